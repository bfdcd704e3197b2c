//! Bars: stacked, beside each other, or both.
//!
//! Edges lie on whole device pixels, so bars and gaps are crisp. Open buckets are hatched under a solid far edge. More
//! bars than pixels become the highest of each pixel column.

use hailstream_protocol::visualization::{AxisSide, Format, SeriesMark, SeriesMode};

use super::Picture;
use super::plan::Turn;
use crate::axis::{label_width, lettering};
use crate::color::Color;
use crate::forecast::Expected;
use crate::geometry::Rect;
use crate::surface::Align;
use crate::theme::Token;
use crate::view::View;

impl Picture<'_> {
    /// The narrowest column.
    fn slot_px(&self) -> f64 {
        let width =
            |column: &crate::table::Column| self.along.px(column.end) - self.along.px(column.start);
        self.table.columns.iter().map(width).fold(f64::INFINITY, f64::min)
    }

    /// First and last edge of a column's bars: 2 CSS px between neighbours, less where that would leave too little.
    fn edges(&self, column: usize) -> (f64, f64) {
        let column = &self.table.columns[column];
        let (start, end) = (self.along.px(column.start), self.along.px(column.end));
        let slot = end - start;
        let gap = self.surface.snap(2.0).max(1.0).min((slot / 3.0).floor());
        let left = (start + gap / 2.0).round();
        (left, (end + gap / 2.0).round().max(left + gap + 1.0) - gap)
    }

    pub(super) fn draw_bars(&self, edge: Color) {
        let bars = self.of_mark(SeriesMark::Histogram);
        if bars.is_empty() {
            return;
        }
        if self.slot_px() < 1.0 {
            self.draw_highest(&bars);
            return;
        }
        let slots = self.slots(&bars);
        for column in 0..self.table.columns.len() {
            for (place, slot) in slots.iter().enumerate() {
                self.draw_slot(column, self.slot_edges(column, (place, slots.len())), slot, edge);
            }
        }
    }

    /// The series of each place in a column: those that stack share one.
    fn slots(&self, bars: &[usize]) -> Vec<Vec<usize>> {
        let mut slots: Vec<Vec<usize>> = Vec::new();
        let mut stacks: [Option<usize>; 2] = [None; 2];
        for &series in bars {
            let layer = self.layer(series);
            let stack = &mut stacks[usize::from(layer.side == AxisSide::Right)];
            match *stack {
                Some(place) if layer.is_stacked() => slots[place].push(series),
                _ => {
                    if layer.is_stacked() {
                        *stack = Some(slots.len());
                    }
                    slots.push(vec![series]);
                }
            }
        }
        slots
    }

    fn slot_edges(&self, column: usize, (place, count): (usize, usize)) -> (f64, f64) {
        let (left, right) = self.edges(column);
        if count == 1 {
            return (left, right);
        }
        let width = (right - left) / count as f64;
        let seam = if width >= 3.0 { self.surface.hairline() } else { 0.0 };
        let place = place as f64;
        ((left + place * width).round(), (left + (place + 1.0) * width - seam).round())
    }

    fn draw_slot(&self, column: usize, along: (f64, f64), slot: &[usize], edge: Color) {
        let seam = self.surface.hairline();
        let is_open = self.table.columns[column].is_provisional;
        let mut far: Option<(f64, f64)> = None;
        for &series in slot {
            let (Some((from, to)), Some(color)) = (self.spans[series][column], self.colors[series])
            else {
                continue;
            };
            let (mut near_px, mut far_px) =
                (self.px(series, from).round(), self.px(series, to).round());
            if near_px == far_px && to != from && from == 0.0 {
                far_px += self.rise();
            }
            // A stacked segment goes without the seam to the one nearer to zero, where it is higher than that.
            if from != 0.0 && (far_px - near_px).abs() > seam {
                near_px += seam * (far_px - near_px).signum();
            }
            let rect = self.turn.rect(along, (near_px, far_px));
            self.bar((column, series), rect, color);
            let zero = self.px(series, 0.0).round();
            let reach = far.map_or(zero, |(far, _)| far);
            let is_farther = (far_px - reach) * self.rise() > 0.0;
            far = Some((if is_farther { far_px } else { reach }, zero));
        }
        if let Some((far, zero)) = far.filter(|(far, zero)| is_open && far != zero) {
            let thickness = self.surface.snap(1.5).max(1.0);
            let inner = far + thickness * (zero - far).signum();
            self.surface.rect(self.turn.rect(along, (far, inner)), edge);
        }
    }

    /// A device pixel towards greater values.
    fn rise(&self) -> f64 {
        if self.turn == Turn::Upright { -1.0 } else { 1.0 }
    }

    /// More columns than pixels: of those that share one, the highest is drawn.
    fn draw_highest(&self, bars: &[usize]) {
        let pixel = |column: &usize| self.along.px(self.table.columns[*column].start).floor();
        let values = |column: usize| {
            bars.iter().filter_map(move |series| {
                Some((*series, self.spans[*series][column]?, self.colors[*series]?))
            })
        };
        let height =
            |column: &usize| values(*column).map(|(_, (from, to), _)| to - from).sum::<f64>();
        let columns: Vec<usize> = (0..self.table.columns.len()).collect();
        for same in columns.chunk_by(|a, b| pixel(a) == pixel(b)) {
            let Some(&column) = same.iter().max_by(|a, b| height(a).total_cmp(&height(b))) else {
                continue;
            };
            let at = pixel(&column);
            for (series, (from, to), color) in values(column) {
                let (near, far) = (self.px(series, from).round(), self.px(series, to).round());
                self.surface.rect(self.turn.rect((at, at + 1.0), (near, far)), color);
            }
        }
    }

    fn bar(&self, (column, series): (usize, usize), rect: Rect, color: Color) {
        let id = (column * self.table.series.len() + series) as u32;
        self.surface.marked(id, || {
            if self.table.columns[column].is_provisional && rect.height() > 0.0 {
                self.surface.hatched(&rect.corners(), color);
            } else {
                self.surface.rect(rect, color);
            }
        });
    }

    pub(super) fn draw_expected(&self, expected: Expected, color: Color) {
        let (left, right) = self.edges(expected.column);
        let half = self.surface.hairline() / 2.0;
        let reached = self.table.total(expected.column).unwrap_or(0.0).max(0.0);
        let (top, bottom) =
            (self.px(0, expected.total).round() + half, self.px(0, reached).round());
        if bottom - top > 2.0 {
            let rect = Rect { left: left + half, right: right - half, top, bottom };
            self.surface.dashed((2.0, 2.0), || self.surface.outline(rect, color, half * 2.0));
        }
    }

    /// Values at the far ends of bars, within those that stack; left out where there is no room.
    pub(super) fn write_values(&self, formats: &[Format], view: &View<'_>) {
        let slots = self.slots(&self.of_mark(SeriesMark::Histogram));
        for column in 0..self.table.columns.len() {
            for (place, slot) in slots.iter().enumerate() {
                let along = self.slot_edges(column, (place, slots.len()));
                let write = |series: &usize| {
                    let words = self.words(column, *series, formats, view)?;
                    let (from, to) = self.spans[*series][column]?;
                    let ends = (self.px(*series, from), self.px(*series, to));
                    self.write_value(&words, along, (ends, slot.len() > 1), view);
                    Some(())
                };
                for series in slot {
                    let _written = write(series);
                }
            }
        }
    }

    fn words(
        &self,
        column: usize,
        series: usize,
        formats: &[Format],
        view: &View<'_>,
    ) -> Option<String> {
        let (from, to) = self.spans[series][column].filter(|(from, to)| from != to)?;
        if self.layer(series).mode == SeriesMode::Percent {
            return Some(crate::words::percent((to - from).abs()));
        }
        let format = formats.get(self.table.series[series].metric)?;
        Some(view.numbers(format).short(self.table.series[series].values[column]?).to_string())
    }

    fn write_value(
        &self,
        words: &str,
        along: (f64, f64),
        ((near, far), is_inside): ((f64, f64), bool),
        view: &View<'_>,
    ) {
        let text = lettering(view, Token::Text2);
        let (width, height) =
            (self.surface.px(label_width(words, view)), self.surface.px(text.size));
        let middle = f64::midpoint(along.0, along.1);
        let gap = self.surface.px(3.0);
        let (across, deep) = match self.turn {
            Turn::Upright => (width, height),
            Turn::Lying => (height, width),
        };
        let fits_inside = (far - near).abs() > deep + gap;
        if across > (along.1 - along.0).abs() || (is_inside && !fits_inside) {
            return;
        }
        let outward = far + self.rise() * (gap + deep / 2.0);
        let edges = self.values[0];
        let (low, high) = (edges.from_px.min(edges.to_px), edges.from_px.max(edges.to_px));
        let leaves = outward - deep / 2.0 < low || outward + deep / 2.0 > high;
        let at = match is_inside || leaves {
            true if !fits_inside => return,
            true => far - (far - near).signum() * (gap + deep / 2.0),
            false => outward,
        };
        let (x, y) = self.turn.point((middle, at));
        // Over a bar words are read on the surface.
        if is_inside || leaves {
            let ground = Rect {
                left: (x - width / 2.0 - gap).round(),
                right: (x + width / 2.0 + gap).round(),
                top: (y - height * 0.6).round(),
                bottom: (y + height * 0.6).round(),
            };
            self.surface.rect(ground, view.color(Token::Surface1).with_opacity(0.8));
        }
        let baseline = (y + self.surface.px(text.size * 0.36)).round();
        self.surface.text(words, (x, baseline), Align::Middle, text);
    }
}
