//! Where each value stands on its axis: from zero, on those before it, or as its share of all.

use hailstream_protocol::visualization::{AxisSide, SeriesMode};

use super::plan::Layer;
use crate::table::Table;

/// From where to where each series reaches in each column, in values of its axis (shares in percent mode); absent where there is none.
pub(crate) type Spans = Vec<Vec<Option<(f64, f64)>>>;

/// The spans of those series that are shown. Values of one axis that stack do so in the order of the series, negative ones downwards.
pub(crate) fn spans(table: &Table, layers: &[Layer], shown: &[bool]) -> Spans {
    let mut spans: Spans = vec![Vec::with_capacity(table.columns.len()); table.series.len()];
    for column in 0..table.columns.len() {
        for (spans, span) in spans.iter_mut().zip(of_column(table, layers, shown, column)) {
            spans.push(span);
        }
    }
    spans
}

fn of_column(
    table: &Table,
    layers: &[Layer],
    shown: &[bool],
    column: usize,
) -> Vec<Option<(f64, f64)>> {
    let value = |index: usize| {
        let series = table.series.get(index).filter(|_| shown[index])?;
        Some((*layers.get(series.metric)?, series.values[column]?))
    };
    // Per side.
    let mut totals = [0.0; 2];
    for (layer, value) in (0..table.series.len()).filter_map(value) {
        totals[side(layer)] += if layer.mode == SeriesMode::Percent { value.abs() } else { 0.0 };
    }
    // Up and down.
    let mut reached = [(0.0, 0.0); 2];
    let mut stand = |index: usize| {
        let (layer, value) = value(index)?;
        let value = match (layer.mode, totals[side(layer)]) {
            (SeriesMode::Percent, total) if total > 0.0 => value / total,
            _ => value,
        };
        if !layer.is_stacked() {
            return Some((0.0, value));
        }
        let (up, down) = &mut reached[side(layer)];
        let from = if value < 0.0 { down } else { up };
        let span = (*from, *from + value);
        *from += value;
        Some(span)
    };
    (0..table.series.len()).map(&mut stand).collect()
}

fn side(layer: Layer) -> usize {
    usize::from(layer.side == AxisSide::Right)
}
