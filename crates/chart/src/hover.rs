//! Pointing at a chart: which bucket and series lie under a point, and the crosshair's overlay.

use std::f64::consts::{FRAC_PI_2, TAU};

use hailstream_protocol::visualization::{AxisSide, SeriesMark};

use crate::axis::middle as middle_of;
use crate::chart::{Chart, RingShape, Shape};
use crate::geometry::Rect;
use crate::panel::Turn;
use crate::scale::Scale;
use crate::scene::Scene;
use crate::surface::Surface;
use crate::table::XKind;
use crate::theme::Token;
use crate::view::View;

/// What lies under a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Index into [`crate::Table::columns`].
    pub column: usize,
    /// Index into [`crate::Table::series`], where the point is on or near one.
    pub series: Option<usize>,
    /// The column, cell or slice's surroundings, CSS px.
    pub bounds: Rect,
}

/// A line farther than this from the cursor (CSS px) is not meant.
const REACH: f64 = 12.0;

impl Chart {
    /// The column at a place along the categories (CSS px): an x, or a y where the chart lies.
    #[must_use]
    pub fn column_at(&self, along: f64) -> Option<usize> {
        let value = self.x?.value(along);
        let columns = &self.table.columns;
        // Columns ascend, and lines are read from the nearest, so that gaps between buckets still answer.
        let after = columns.partition_point(|column| column.end <= value);
        let inside = columns.get(after).is_some_and(|column| column.start <= value);
        if inside {
            return Some(after);
        }
        let is_near = |column: &usize| {
            let column = &columns[*column];
            let reach = (column.end - column.start) / 2.0;
            self.has_lines() && value > column.start - reach && value < column.end + reach
        };
        let nearest = |column: &usize| {
            let middle = f64::midpoint(columns[*column].start, columns[*column].end);
            (middle - value).abs()
        };
        (after.saturating_sub(1)..(after + 1).min(columns.len()))
            .filter(is_near)
            .min_by(|a, b| nearest(a).total_cmp(&nearest(b)))
    }

    /// The column that holds an instant (epoch ms): crosshairs of other panels.
    #[must_use]
    pub fn column_at_time(&self, epoch_ms: f64) -> Option<usize> {
        if self.table.x_kind != XKind::Time {
            return None;
        }
        self.column_at(self.x?.px(epoch_ms))
    }

    /// What lies under a point (CSS px).
    #[must_use]
    pub fn hit(&self, x: f64, y: f64) -> Option<Hit> {
        match &self.shape {
            Shape::Rings { center, rings } => {
                return self.slice_at((x - center.0, y - center.1), rings);
            }
            Shape::Boxes(boxes) => {
                let series = boxes.iter().position(|place| place.contains(x, y))?;
                return Some(Hit { column: 0, series: Some(series), bounds: boxes[series] });
            }
            Shape::Words { middle, words } => {
                let word = words.iter().find(|word| word.contains(*middle, (x, y)))?;
                let bounds = word.bounds(*middle);
                return Some(Hit { column: 0, series: Some(word.series), bounds });
            }
            Shape::Columns | Shape::Cells { .. } => {}
        }
        if !self.plot.contains(x, y) {
            return None;
        }
        let (along, across) = self.turn.point((x, y));
        let column = self.column_at(along)?;
        let bounds = self.column_bounds(column)?;
        if let Shape::Cells { row_edges } = &self.shape {
            let row = row_edges.partition_point(|edge| *edge <= y).checked_sub(1)?;
            let (top, bottom) = (row_edges[row], *row_edges.get(row + 1)?);
            return Some(Hit { column, series: Some(row), bounds: Rect { top, bottom, ..bounds } });
        }
        let series = self.nearest_line(column, across).or_else(|| self.bar_at(x, y));
        let series = series.or_else(|| self.area_at(column, across));
        Some(Hit { column, series, bounds })
    }

    /// A column from one edge of the plot to the other.
    #[must_use]
    pub fn column_bounds(&self, column: usize) -> Option<Rect> {
        let (scale, column) = (self.x?, self.table.columns.get(column)?);
        let (from, to) = (scale.px(column.start), scale.px(column.end));
        Some(match self.turn {
            Turn::Upright => Rect { left: from, right: to, ..self.plot },
            Turn::Lying => Rect { top: from, bottom: to, ..self.plot },
        })
    }

    /// A point on the mark of a series in a column (CSS px), to be pointed at from the keyboard; `None` where nothing of it is drawn.
    #[must_use]
    pub fn place_of(&self, column: usize, series: usize) -> Option<(f64, f64)> {
        if !self.is_shown(series) {
            return None;
        }
        self.table.series.get(series)?.values.get(column).copied()??;
        let bounds = self.column_bounds(column);
        let x = bounds.map(|bounds| f64::midpoint(bounds.left, bounds.right));
        match &self.shape {
            Shape::Rings { center, rings } => {
                let of_ring = |ring: &RingShape| {
                    let (_, start, end) = *ring.ends.iter().find(|(of, ..)| *of == series)?;
                    Some((f64::midpoint(start, end), f64::midpoint(ring.outer, ring.inner)))
                };
                let (angle, radius) = rings.iter().find_map(of_ring)?;
                let (sin, cos) = angle.sin_cos();
                Some((center.0 + radius * sin, center.1 - radius * cos))
            }
            Shape::Boxes(boxes) => {
                let place = boxes.get(series)?;
                Some((
                    f64::midpoint(place.left, place.right),
                    f64::midpoint(place.top, place.bottom),
                ))
            }
            Shape::Words { middle, words } => {
                let word = words.iter().find(|word| word.series == series)?;
                Some(word.place(*middle))
            }
            Shape::Cells { row_edges } => {
                Some((x?, f64::midpoint(*row_edges.get(series)?, *row_edges.get(series + 1)?)))
            }
            Shape::Columns => self.mark_place(column, series),
        }
    }

    /// The middle of a bar, the point of a line. One at the very edge is pointed at from within.
    fn mark_place(&self, column: usize, series: usize) -> Option<(f64, f64)> {
        let (from, to) = self.spans.get(series)?.get(column).copied()??;
        let (scale, at) = (self.values_of(series)?, self.table.columns.get(column)?);
        if self.mark_of(series) == Some(SeriesMark::Histogram) {
            if to == from {
                return None;
            }
            let id = (column * self.table.series.len() + series) as u32;
            if let Some(mark) = self.scene.marks().iter().find(|mark| mark.id == id) {
                let [left, top, right, bottom] =
                    mark.bounds.map(|px| f64::from(px) / self.device_pixel_ratio);
                return Some((f64::midpoint(left, right), f64::midpoint(top, bottom)));
            }
            let middle = scale.px(f64::midpoint(from, to));
            return Some(self.turn.point((middle_of(at, self.x?), middle)));
        }
        let (x, y) = self.turn.point((middle_of(at, self.x?), scale.px(to)));
        let within = |px: f64, from: f64, to: f64| px.clamp(from + 0.5, (to - 0.5).max(from + 0.5));
        let plot = self.plot;
        Some((within(x, plot.left, plot.right), within(y, plot.top, plot.bottom)))
    }

    /// What a series is drawn as, where there are axes.
    fn mark_of(&self, series: usize) -> Option<SeriesMark> {
        self.layers.get(self.table.series.get(series)?.metric).map(|layer| layer.mark)
    }

    fn has_lines(&self) -> bool {
        self.layers.iter().any(|layer| layer.mark != SeriesMark::Histogram)
    }

    fn values_of(&self, series: usize) -> Option<Scale> {
        let layer = self.layers.get(self.table.series.get(series)?.metric)?;
        self.values[usize::from(layer.side == AxisSide::Right)]
    }

    /// Where a line or area has its value in a column.
    fn line_px(&self, column: usize, series: usize) -> Option<f64> {
        let is_line = self.mark_of(series)? != SeriesMark::Histogram && self.is_shown(series);
        let (_, to) = self.spans.get(series)?.get(column).copied()?.filter(|_| is_line)?;
        Some(self.values_of(series)?.px(to))
    }

    fn nearest_line(&self, column: usize, across: f64) -> Option<usize> {
        let distance = |series: usize| {
            let distance = (self.line_px(column, series)? - across).abs();
            // Inside areas near their edge the area is meant, wherever its neighbour ends.
            let reach = match self.mark_of(series)? {
                SeriesMark::Line => REACH,
                SeriesMark::Area | SeriesMark::Histogram => 1.0,
            };
            Some(distance).filter(|distance| *distance <= reach)
        };
        (0..self.table.series.len())
            .filter_map(|series| Some((series, distance(series)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(series, _)| series)
    }

    /// The uppermost area that holds a place across a column.
    fn area_at(&self, column: usize, across: f64) -> Option<usize> {
        let holds = |series: &usize| {
            let (from, to) = self.spans.get(*series)?.get(column).copied()??;
            let is_area = self.mark_of(*series)? == SeriesMark::Area;
            let scale = self.values_of(*series).filter(|_| is_area)?;
            let (a, b) = (scale.px(from), scale.px(to));
            Some(a.min(b) <= across && across <= a.max(b))
        };
        (0..self.table.series.len()).rev().find(|series| holds(series) == Some(true))
    }

    fn bar_at(&self, x: f64, y: f64) -> Option<usize> {
        let ratio = self.device_pixel_ratio;
        let mark = self.scene.mark_at((x * ratio) as f32, (y * ratio) as f32)?;
        (mark.id as usize).checked_rem(self.table.series.len())
    }

    fn slice_at(&self, (dx, dy): (f64, f64), rings: &[RingShape]) -> Option<Hit> {
        let radius = dx.hypot(dy);
        let ring = rings.iter().find(|ring| (ring.inner..ring.outer).contains(&radius))?;
        let angle = (dy.atan2(dx) + FRAC_PI_2).rem_euclid(TAU);
        let holds = |(_, start, end): &&(usize, f64, f64)| *start <= angle && angle < *end;
        let found = ring.ends.iter().find(holds);
        // A whole turn has no end that is not its start.
        let (series, ..) = found.or(ring.ends.last().filter(|_| rings.len() == 1))?;
        Some(Hit { column: 0, series: Some(*series), bounds: self.plot })
    }

    /// The crosshair at a column, and in a line chart a point on each line: an overlay in the canvas's own pixels, to be
    /// painted over the scene.
    #[must_use]
    pub fn crosshair(&self, column: usize, view: &View<'_>) -> Scene {
        let ratio = self.device_pixel_ratio;
        let surface = Surface::new(view.width, view.height, ratio);
        let (Some(x), Some(column_at)) = (self.x, self.table.columns.get(column)) else {
            return surface.finish();
        };
        let plot = self.plot.scaled(ratio);
        let at = middle_of(column_at, x.scaled(ratio));
        let thickness = surface.hairline();
        let first = (at - thickness / 2.0).round();
        let color = view.color(Token::Crosshair).with_opacity(0.55);
        surface.rect(
            match self.turn {
                Turn::Upright => Rect { left: first, right: first + thickness, ..plot },
                Turn::Lying => Rect { top: first, bottom: first + thickness, ..plot },
            },
            color,
        );
        for index in 0..self.table.series.len() {
            let Some(px) = self.line_px(column, index) else { continue };
            let center = self.turn.point((at, px * ratio));
            // The ring of the surface is 1.5 wide, half of it over the point.
            surface.circle(center, surface.px(4.25), view.color(Token::Surface1));
            surface.circle(center, surface.px(2.75), view.color(self.token(index)));
        }
        surface.finish()
    }
}
