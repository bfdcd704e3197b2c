//! `search`: the newest records as a list, a line each, newest first.

use hailstream_chart::Precision;
use hailstream_client::event_line::{Piece, event_line};
use hailstream_protocol::visualization::SearchParams;
use hailstream_protocol::{QueryResult, Row, Value};
use leptos::prelude::*;

use super::context::PanelContext;
use crate::local_time::time_of_day;

/// A record as shown.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    time: String,
    token: Option<&'static str>,
    line: Vec<Piece>,
}

/// The list.
pub(super) fn search(context: PanelContext, params: SearchParams) -> impl IntoView {
    let events = Memo::new(move |_| {
        let result = context.result();
        result.map(|result| events(&context, &params, &result)).unwrap_or_default()
    });
    let row = |event: Event| {
        let pieces = event.line.into_iter().map(piece).collect_view();
        let mark = event.token.map(|token| {
            view! { <i class="dot" style=("background", format!("var(--{token})"))></i> }
        });
        view! { <li><time>{event.time}</time>{mark}<span class="w clip">{pieces}</span></li> }
    };
    view! {
        <ul class="events">{move || events.get().into_iter().map(row).collect_view()}</ul>
    }
}

fn piece(piece: Piece) -> AnyView {
    if piece.is_subject { view! { <b>{piece.text}</b> }.into_any() } else { piece.text.into_any() }
}

fn events(context: &PanelContext, params: &SearchParams, result: &QueryResult) -> Vec<Event> {
    let column = |name: &str| result.columns.iter().position(|column| column == name);
    let time_name =
        if params.time_field.is_empty() { "_timestamp" } else { params.time_field.as_str() };
    let (time, mark) = (column(time_name), column(&params.mark_field));
    let event = |row: &Row| {
        let cell = |place: Option<usize>| place.and_then(|place| row.get(place));
        let words = |name: &str| {
            let value = cell(column(name)).filter(|value| !value.is_null())?;
            Some(context.spec.style.words(name, value))
        };
        let token = cell(mark)
            .filter(|value| !value.is_null())
            .map(|value| context.spec.style.board().color(&params.mark_field, value).name());
        Event {
            time: cell(time)
                .and_then(Value::as_i64)
                .map(|at_ms| time_of_day(at_ms, Precision::Second))
                .unwrap_or_default(),
            token,
            line: line(params, result, row, &words),
        }
    };
    result.rows.iter().map(event).collect()
}

/// The line of the template; without one, the fields as they are.
fn line(
    params: &SearchParams,
    result: &QueryResult,
    row: &Row,
    words: &dyn Fn(&str) -> Option<String>,
) -> Vec<Piece> {
    if !params.line.is_empty() {
        return event_line(&params.line, words);
    }
    let fields = result.columns.iter().zip(row).filter(|(name, value)| {
        !name.starts_with('_') && **name != params.time_field && !value.is_null()
    });
    let text: Vec<String> = fields.map(|(name, value)| format!("{name} {value}")).collect();
    vec![Piece { text: text.join(", "), is_subject: false }]
}
