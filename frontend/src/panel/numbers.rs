//! The newest answer of a panel as a plain table: what its picture is made of.

use hailstream_chart::{Locale, Numbers, Precision};
use hailstream_protocol::visualization::Format;
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::context::PanelContext;
use crate::live::live;
use crate::local_time::{day_words, time_of_day};
use crate::zone;

/// So many rows are shown.
const ROWS: usize = 100;

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    /// Of one day.
    OfADay,
    /// Of several, so that the day is told too.
    OfDays,
}

/// The table, kept up to date.
pub(crate) fn result_table(context: &PanelContext) -> AnyView {
    let context = context.clone();
    live(move || {
        let result = context.result()?;
        let has_days = result.range.is_none_or(|range| range.to_ms - range.from_ms > 86_400_000);
        let told = if has_days { Times::OfDays } else { Times::OfADay };
        let is_time = |place: usize| {
            let column = result.columns.get(place).map_or("", String::as_str);
            context.spec.main.groups_by_time(column)
        };
        let times: Vec<bool> = (0..result.columns.len()).map(is_time).collect();
        let header = |(place, column): (usize, &String)| {
            let words = context.spec.main.column_words(column);
            let is_number = is_number(&result, place) && !times[place];
            view! { <th scope="col" class:num=is_number>{words}</th> }
        };
        let head = result.columns.iter().enumerate().map(header).collect_view();
        let row = |row: &Vec<Value>| {
            let cell = |(place, value): (usize, &Value)| {
                let is_number = matches!(value, Value::Int(_) | Value::Float(_)) && !times[place];
                view! { <td class:num=is_number>{words(value, times[place].then_some(told))}</td> }
            };
            view! { <tr>{row.iter().enumerate().map(cell).collect_view()}</tr> }
        };
        // Of times the newest are the ones that are looked at.
        let newest_first = times.first() == Some(&true);
        let rows = if newest_first {
            result.rows.iter().rev().take(ROWS).map(row).collect_view()
        } else {
            result.rows.iter().take(ROWS).map(row).collect_view()
        };
        let more = result.rows.len().saturating_sub(ROWS);
        let more =
            (more > 0).then(|| view! { <p class="hint">{format!("and {more} more rows")}</p> });
        Some(
            view! { <table class="t"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more} },
        )
    })
}

fn is_number(result: &QueryResult, place: usize) -> bool {
    let first =
        result.rows.iter().filter_map(|row| row.get(place)).find(|value| **value != Value::Null);
    matches!(first, Some(Value::Int(_) | Value::Float(_)))
}

fn words(value: &Value, time: Option<Times>) -> String {
    let format = Format::default();
    let numbers = Numbers { format: &format, locale: Locale::default(), zone: &zone::offset_ms };
    match value {
        Value::Int(ms) if time == Some(Times::OfDays) => {
            format!("{} {}", day_words(*ms), time_of_day(*ms, Precision::Second))
        }
        Value::Int(ms) if time.is_some() => time_of_day(*ms, Precision::Second),
        Value::Int(whole) => numbers.full(*whole as f64),
        Value::Float(number) => numbers.full(*number),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}
