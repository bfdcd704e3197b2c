//! Several numbers in a `metric`: one for each metric of each group; and how ranges colour a number.

use crate::live::live;
use hailstream_chart::{Locale, Numbers, Quantity, Token, range_color, range_ends, range_of};
use hailstream_protocol::visualization::{ColorMode, Format, FormatKind, MetricParams};
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::context::PanelContext;
use crate::zone;

/// A number with its words.
struct Cell {
    words: String,
    value: Value,
    is_estimate: bool,
}

/// Numbers side by side, as many in a row as fit.
pub(super) fn several(context: PanelContext, params: MetricParams) -> AnyView {
    let cells = move || {
        let result = context.result();
        let all = result.map(|result| cells(&context, &result, &params)).unwrap_or_default();
        all.into_iter().map(|cell| number(cell, &params)).collect_view()
    };
    view! { <div class="numbers">{live(cells)}</div> }.into_any()
}

fn cells(context: &PanelContext, result: &QueryResult, params: &MetricParams) -> Vec<Cell> {
    let place = |id: &String| result.columns.iter().position(|column| column == id);
    let metrics: Vec<_> = params.metrics.iter().filter_map(|id| Some((id, place(id)?))).collect();
    let first = metrics.iter().map(|(_, at)| *at).min().unwrap_or(0);
    let mut all = Vec::new();
    for row in &result.rows {
        let keys = result.columns.iter().zip(row).take(first);
        let keys: Vec<String> = keys
            .map(|(column, key)| match key {
                Value::Null => "Other".to_owned(),
                key => context.spec.style.words(column, key),
            })
            .collect();
        for (id, at) in &metrics {
            let mut words = keys.clone();
            words.push(params.names.get(*id).unwrap_or(id).clone());
            all.push(Cell {
                words: words.join(" - "),
                value: row.get(*at).cloned().unwrap_or(Value::Null),
                is_estimate: result.approximate.contains(id),
            });
        }
    }
    all
}

fn number(cell: Cell, params: &MetricParams) -> impl IntoView + use<> {
    let value = cell.value.as_f64();
    let Quantity { number, unit } = match (&cell.value, value) {
        (_, Some(value)) => quantity(value, cell.is_estimate, params),
        (Value::Null, None) => Quantity { number: "–".to_owned(), unit: String::new() },
        (other, None) => Quantity { number: other.to_string(), unit: String::new() },
    };
    let (ink, ground) = colors(value, params);
    let size = params.font_size.map(|size| format!("{size}pt"));
    let words = params.show_labels.then(|| view! { <div class="mdelta">{cell.words}</div> });
    view! {
        <div class="mcell" style=("background", ground)>
            <div class="mval" class:sized=params.font_size.is_some() style=("--size", size) style=("color", ink)>
                <span>{number}</span><small>{unit}</small>
            </div>
            {words}
        </div>
    }
}

/// A number as it is shown: itself, or in percent of what the ranges span.
pub(super) fn quantity(value: f64, is_estimate: bool, params: &MetricParams) -> Quantity {
    let numbers = |format| Numbers { format, locale: Locale::default(), zone: &zone::offset_ms };
    let mut quantity = if params.percentage_mode {
        let (low, high) = range_ends(&params.ranges);
        let format = Format { kind: FormatKind::Percent, ..params.format.clone() };
        numbers(&format).quantity((value - low) / (high - low))
    } else {
        numbers(&params.format).short(value)
    };
    if is_estimate {
        quantity.number.insert_str(0, "≈\u{a0}");
    }
    quantity
}

/// What the ranges make of a number: its colour, and that of its ground.
pub(super) fn colors(
    value: Option<f64>,
    params: &MetricParams,
) -> (Option<String>, Option<String>) {
    let place = value.and_then(|value| range_of(&params.ranges, value));
    let Some(place) = place else { return (None, None) };
    let token = range_color(place, params.ranges.len(), params.colors, params.invert_colors);
    if token == Token::Measure {
        return (None, None);
    }
    let name = token.name();
    match params.color_mode {
        ColorMode::None => (None, None),
        ColorMode::Labels => (Some(format!("var(--{name})")), None),
        ColorMode::Background => {
            (None, Some(format!("color-mix(in srgb, var(--{name}) 18%, transparent)")))
        }
    }
}
