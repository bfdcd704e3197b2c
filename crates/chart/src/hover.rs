//! Pointing at a chart: which bucket and series lie under a point, and the crosshair's overlay.

use std::f64::consts::{FRAC_PI_2, TAU};

use crate::axis::middle;
use crate::chart::{Chart, Kind, Shape};
use crate::geometry::Rect;
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
    /// The column under an x (CSS px).
    #[must_use]
    pub fn column_at(&self, x: f64) -> Option<usize> {
        let value = self.x?.value(x);
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
            self.kind == Kind::Line && value > column.start - reach && value < column.end + reach
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
        if let Shape::Ring { center, outer, inner, ends } = &self.shape {
            return self.slice_at((x - center.0, y - center.1), (*inner, *outer), ends);
        }
        if !self.plot.contains(x, y) {
            return None;
        }
        let column = self.column_at(x)?;
        let bounds = self.column_bounds(column)?;
        if let Shape::Cells { row_edges } = &self.shape {
            let row = row_edges.partition_point(|edge| *edge <= y).checked_sub(1)?;
            let (top, bottom) = (row_edges[row], *row_edges.get(row + 1)?);
            return Some(Hit { column, series: Some(row), bounds: Rect { top, bottom, ..bounds } });
        }
        let series = match self.kind {
            Kind::Line => self.nearest_line(column, y),
            _ => self.bar_at(x, y),
        };
        Some(Hit { column, series, bounds })
    }

    /// A column from top to bottom of the plot.
    #[must_use]
    pub fn column_bounds(&self, column: usize) -> Option<Rect> {
        let (scale, column) = (self.x?, self.table.columns.get(column)?);
        Some(Rect { left: scale.px(column.start), right: scale.px(column.end), ..self.plot })
    }

    /// A point on the mark of a series in a column (CSS px), to be pointed at from the keyboard; `None` where nothing of it is drawn.
    #[must_use]
    pub fn place_of(&self, column: usize, series: usize) -> Option<(f64, f64)> {
        if !self.is_shown(series) {
            return None;
        }
        let value = self.table.series.get(series)?.values.get(column).copied()??;
        let bounds = self.column_bounds(column);
        let x = bounds.map(|bounds| f64::midpoint(bounds.left, bounds.right));
        match &self.shape {
            Shape::Ring { center, outer, inner, ends } => {
                let place = ends.iter().position(|(index, _)| *index == series)?;
                let before = place.checked_sub(1).map_or(0.0, |before| ends[before].1);
                let (sin, cos) = f64::midpoint(before, ends[place].1).sin_cos();
                let radius = f64::midpoint(*outer, *inner);
                Some((center.0 + radius * sin, center.1 - radius * cos))
            }
            Shape::Cells { row_edges } => {
                Some((x?, f64::midpoint(*row_edges.get(series)?, *row_edges.get(series + 1)?)))
            }
            // A value at the very edge is pointed at from within.
            Shape::Columns if self.kind == Kind::Line => {
                Some((x?, self.y?.px(value).clamp(self.plot.top + 0.5, self.plot.bottom - 0.5)))
            }
            Shape::Columns => {
                let below = (0..series).filter(|index| self.is_shown(*index));
                let below: f64 =
                    below.filter_map(|index| self.table.series[index].values[column]).sum();
                (value != 0.0).then_some((x?, self.y?.px(below + value / 2.0)))
            }
        }
    }

    fn nearest_line(&self, column: usize, y: f64) -> Option<usize> {
        let scale = self.y?;
        let distance = |index: &usize| {
            let value = self.table.series[*index].values[column]?;
            Some((scale.px(value) - y).abs()).filter(|distance| *distance <= REACH)
        };
        (0..self.table.series.len())
            .filter(|index| self.is_shown(*index))
            .filter_map(|index| Some((index, distance(&index)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(index, _)| index)
    }

    fn bar_at(&self, x: f64, y: f64) -> Option<usize> {
        let ratio = self.device_pixel_ratio;
        let mark = self.scene.mark_at((x * ratio) as f32, (y * ratio) as f32)?;
        (mark.id as usize).checked_rem(self.table.series.len())
    }

    fn slice_at(
        &self,
        (dx, dy): (f64, f64),
        (inner, outer): (f64, f64),
        ends: &[(usize, f64)],
    ) -> Option<Hit> {
        let radius = dx.hypot(dy);
        if !(inner..outer).contains(&radius) {
            return None;
        }
        let angle = (dy.atan2(dx) + FRAC_PI_2).rem_euclid(TAU);
        let (series, _) = ends.iter().find(|(_, end)| angle < *end).or(ends.last())?;
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
        let at = middle(column_at, x.scaled(ratio));
        let thickness = surface.hairline();
        let left = (at - thickness / 2.0).round();
        let color = view.color(Token::Crosshair).with_opacity(0.55);
        surface.rect(Rect { left, right: left + thickness, ..plot }, color);
        if let (Kind::Line, Some(y)) = (self.kind, self.y) {
            let shown = (0..self.table.series.len()).filter(|index| self.is_shown(*index));
            for index in shown {
                let Some(value) = self.table.series[index].values[column] else { continue };
                let center = (at, y.scaled(ratio).px(value));
                // The ring of the surface is 1.5 wide, half of it over the point.
                surface.circle(center, surface.px(4.25), view.color(Token::Surface1));
                surface.circle(center, surface.px(2.75), view.color(self.token(index)));
            }
        }
        surface.finish()
    }
}
