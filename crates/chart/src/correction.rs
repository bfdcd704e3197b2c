//! Late corrections: buckets that were thought finished and changed once more, and the light over them.

use crate::chart::Chart;
use crate::geometry::Rect;
use crate::scene::Scene;
use crate::surface::Surface;
use crate::table::{Column, Series, SeriesKey, Table, XKind};
use crate::theme::Token;
use crate::view::View;

/// Where more than one in so many buckets changed, that is no correction: another question, or much that was missed. So of
/// a few buckets none is ever lit.
const ONE_IN: usize = 4;

/// Starts (epoch ms) of the buckets that were finished in `before`, and have other values in `after`. The first bucket is not
/// among them: the range leaves it bit by bit.
#[must_use]
pub fn corrections(before: &Table, after: &Table) -> Vec<f64> {
    if after.x_kind != XKind::Time || before.x_id != after.x_id {
        return Vec::new();
    }
    let place = |column: &Column| {
        let found = before.columns.binary_search_by(|other| other.start.total_cmp(&column.start));
        found.ok().filter(|place| {
            let other = &before.columns[*place];
            *place > 0 && !other.is_provisional && other.end == column.end
        })
    };
    // What other series amount to also changes when one of them comes to the fore.
    let is_told_apart = |series: &&Series| !matches!(series.key.within(), SeriesKey::Other { .. });
    let pairs: Vec<_> = after
        .series
        .iter()
        .filter(is_told_apart)
        .filter_map(|now| Some((now, before.series.iter().find(|was| was.key == now.key)?)))
        .collect();
    let differs = |at: usize, was_at: usize| {
        let value = |series: &Series, at: usize| series.values.get(at).copied().flatten();
        pairs.iter().any(|(now, was)| value(now, at) != value(was, was_at))
    };
    let finished = after.columns.iter().enumerate().skip(1);
    let corrected: Vec<f64> = finished
        .filter(|(_, column)| !column.is_provisional)
        .filter_map(|(at, column)| differs(at, place(column)?).then_some(column.start))
        .collect();
    if corrected.len() * ONE_IN > after.columns.len() { Vec::new() } else { corrected }
}

impl Chart {
    /// A light over buckets, by their start and how bright it is (0 to 1): an overlay in the canvas's own pixels.
    #[must_use]
    pub fn lights(&self, lit: &[(f64, f64)], view: &View<'_>) -> Scene {
        let ratio = self.device_pixel_ratio;
        let surface = Surface::new(view.width, view.height, ratio);
        for (start, brightness) in lit {
            let column = self.table.columns.iter().position(|column| column.start == *start);
            let Some(bounds) = column.and_then(|column| self.column_bounds(column)) else {
                continue;
            };
            let bounds = bounds.scaled(ratio);
            let color = view.color(Token::Accent);
            surface.rect(bounds, color.with_opacity(0.16 * brightness));
            let top = bounds.bottom - surface.px(2.0);
            surface.rect(Rect { top, ..bounds }, color.with_opacity(*brightness));
        }
        surface.finish()
    }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;

    use super::*;
    use crate::shape::EmptyValue;

    const NONE: [f64; 0] = [];

    /// Minutes from `first` on, the last one provisional.
    fn table(first: i64, values: &[i64]) -> Table {
        let column = |minute: i64| Column {
            key: Value::Int(minute * 60_000),
            is_other: false,
            start: minute as f64 * 60_000.0,
            end: (minute + 1) as f64 * 60_000.0,
            is_provisional: minute + 1 == first + values.len() as i64,
        };
        Table {
            x_kind: XKind::Time,
            x_id: "t".to_owned(),
            columns: (first..).take(values.len()).map(column).collect(),
            series: vec![Series {
                key: SeriesKey::Metric("n".to_owned()),
                name: "n".to_owned(),
                metric: 0,
                values: values.iter().map(|value| Some(*value as f64)).collect(),
            }],
            empty: EmptyValue::Zero,
            is_approximate: false,
        }
    }

    #[test]
    fn only_what_was_finished_is_corrected() {
        let before = table(10, &[5, 6, 7, 8, 9, 1]);
        assert_eq!(corrections(&before, &before), NONE);
        // The last bucket fills, the first is left by the range.
        assert_eq!(corrections(&before, &table(10, &[3, 6, 7, 8, 9, 2])), NONE);
        // The window has moved on; 13:00 got one more.
        let after = table(11, &[6, 7, 9, 9, 4, 1]);
        assert_eq!(corrections(&before, &after), [13.0 * 60_000.0]);
    }

    #[test]
    fn another_question_is_no_correction() {
        let before = table(10, &[5, 6, 7, 8, 9, 1]);
        assert_eq!(corrections(&before, &table(10, &[2, 3, 3, 4, 4, 0])), NONE);
        let mut other = table(10, &[5, 6, 7, 9, 9, 1]);
        other.series[0].key = SeriesKey::Metric("m".to_owned());
        assert_eq!(corrections(&before, &other), NONE);
    }
}
