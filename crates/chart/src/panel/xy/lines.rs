//! Lines and areas.
//!
//! A point stands in the middle of its bucket, so that crosshairs of line and bar panels agree. Where a bucket has no value the line
//! has a gap. What may still change is dotted, over a band; of an area it is hatched.

use hailstream_protocol::visualization::SeriesMark;

use super::Picture;
use super::curve::curve;
use super::plan::{Layer, Turn};
use crate::axis::middle;
use crate::color::Color;
use crate::decimate::{column_bars, is_dense};
use crate::geometry::Rect;
use crate::theme::Token;
use crate::view::View;

/// How much of its colour an area has that stands on others, and one that others shine through.
const OPACITY: (f64, f64) = (0.55, 0.22);

/// Pixels of a value: along, near end, far end.
type Place = (f64, f64, f64);

/// Values without a gap, and whether they may still change. An open run begins with the last closed place.
struct Run {
    places: Vec<Place>,
    is_open: bool,
}

#[derive(Clone, Copy)]
struct Brush {
    color: Color,
    width: f64,
}

impl Picture<'_> {
    /// The band behind what may still change.
    pub(super) fn draw_band(&self, color: Color) {
        let open = self.table.columns.iter().find(|column| column.is_provisional);
        let Some(first) = open else { return };
        let rect = match self.turn {
            Turn::Upright => {
                let left = self.along.px(first.start).round();
                Rect { left: left.clamp(self.plot.left, self.plot.right), ..self.plot }
            }
            Turn::Lying => {
                let top = self.along.px(first.start).round();
                Rect { top: top.clamp(self.plot.top, self.plot.bottom), ..self.plot }
            }
        };
        self.surface.rect(rect, color);
    }

    fn runs(&self, series: usize) -> Vec<Run> {
        let columns = &self.table.columns;
        let open = columns.iter().position(|column| column.is_provisional);
        let places: Vec<Option<Place>> = columns
            .iter()
            .zip(&self.spans[series])
            .map(|(column, span)| {
                let (from, to) = (*span)?;
                Some((middle(column, self.along), self.px(series, from), self.px(series, to)))
            })
            .collect();
        let closed = open.unwrap_or(places.len());
        let runs = |places: &[Option<Place>], is_open: bool| -> Vec<Run> {
            places
                .split(Option::is_none)
                .filter(|run| !run.is_empty())
                .map(|run| Run { places: run.iter().copied().flatten().collect(), is_open })
                .collect()
        };
        let mut all = runs(&places[..closed], false);
        if open.is_some() {
            // The dotted end starts at the last closed point.
            let ends = runs(&places[closed.saturating_sub(1)..], true);
            // A single one is no end of anything: it is the last closed point itself, or stands alone.
            all.extend(ends.into_iter().map(|run| Run { is_open: run.places.len() > 1, ..run }));
        }
        all
    }

    pub(super) fn draw_areas(&self, view: &View<'_>) {
        let areas = self.of_mark(SeriesMark::Area);
        for &series in &areas {
            let layer = self.layer(series);
            let Some(color) = self.colors[series] else { continue };
            let opacity = if layer.is_stacked() { OPACITY.0 } else { OPACITY.1 };
            // Over the surface, so that what lies beneath does not shine through and sums of colours are none.
            let soft = match layer.is_stacked() {
                true => color.with_opacity(opacity).over(view.color(Token::Surface1)),
                false => color.with_opacity(opacity),
            };
            for run in self.runs(series) {
                self.draw_area(&run, layer, (color, soft));
            }
        }
        for series in areas {
            self.draw_line(series, view);
        }
    }

    fn draw_area(&self, run: &Run, layer: Layer, (color, soft): (Color, Color)) {
        let (Some(first), Some(last)) = (run.places.first(), run.places.last()) else { return };
        if run.places.len() < 2 {
            return;
        }
        if is_dense(run.places.len(), (last.0 - first.0).abs()) {
            for same in run.places.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
                let at = same[0].0.floor();
                let ends = same.iter().flat_map(|place| [place.1, place.2]);
                let (low, high) = ends
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), px| {
                        (low.min(px), high.max(px))
                    });
                self.surface.rect(self.turn.rect((at, at + 1.0), (low, high)), color);
            }
            return;
        }
        let far: Vec<_> = run.places.iter().map(|place| (place.0, place.2)).collect();
        let near: Vec<_> = run.places.iter().map(|place| (place.0, place.1)).collect();
        let mut outline = curve(&far, layer.interpolate);
        outline.extend(curve(&near, layer.interpolate).into_iter().rev());
        let outline: Vec<_> = outline.into_iter().map(|point| self.turn.point(point)).collect();
        if run.is_open {
            self.surface.hatched(&outline, color);
        } else {
            self.surface.polygon(&outline, soft);
        }
    }

    pub(super) fn draw_lines(&self, view: &View<'_>) {
        for series in self.of_mark(SeriesMark::Line) {
            self.draw_line(series, view);
        }
    }

    fn draw_line(&self, series: usize, view: &View<'_>) {
        let layer = self.layer(series);
        let Some(color) = self.colors[series] else { return };
        let width = self.surface.px(view.theme.line_width() * layer.width);
        let brush = Brush { color, width };
        for run in self.runs(series) {
            let points: Vec<_> = run.places.iter().map(|place| (place.0, place.2)).collect();
            if !layer.is_joined {
                let own = if run.is_open { &points[1..] } else { &points[..] };
                let radius = self.surface.px(view.theme.line_width() * 1.9);
                for point in own {
                    self.surface.circle(self.turn.point(*point), radius, color);
                }
            } else if width > 0.0 {
                self.draw_run(&points, (layer, run.is_open), brush);
            }
        }
    }

    fn draw_run(&self, points: &[(f64, f64)], (layer, is_open): (Layer, bool), brush: Brush) {
        let (first, last) = (points[0], points[points.len() - 1]);
        let turned = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            points.iter().map(|point| self.turn.point(*point)).collect()
        };
        if points.len() == 1 {
            self.surface.circle(self.turn.point(first), brush.width * 1.25, brush.color);
        } else if is_open {
            let points = turned(&curve(points, layer.interpolate));
            self.surface
                .dashed((2.0, 3.0), || self.surface.polyline(&points, brush.color, brush.width));
        } else if is_dense(points.len(), last.0 - first.0) && layer.mark == SeriesMark::Area {
            // The area is drawn in the colour of its line.
        } else if is_dense(points.len(), last.0 - first.0) && self.turn == Turn::Upright {
            for bar in column_bars(points, brush.width) {
                self.surface.rect(bar, brush.color);
            }
        } else {
            let points = turned(&curve(points, layer.interpolate));
            self.surface.polyline(&points, brush.color, brush.width);
        }
    }

    /// A line at the present.
    pub(super) fn draw_present(&self, view: &View<'_>) {
        let at = self.along.px(view.now_ms as f64);
        let (from, to) = (self.along.from_px, self.along.to_px);
        if !(from..=to).contains(&at) {
            return;
        }
        let thickness = self.surface.hairline();
        let at = (at - thickness / 2.0).round() + thickness / 2.0;
        let ends = match self.turn {
            Turn::Upright => [(at, self.plot.top), (at, self.plot.bottom)],
            Turn::Lying => [(self.plot.left, at), (self.plot.right, at)],
        };
        let color = view.color(Token::Text3);
        self.surface.dashed((1.0, 2.0), || self.surface.polyline(&ends, color, thickness));
    }
}
