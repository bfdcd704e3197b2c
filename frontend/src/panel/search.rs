//! `search`: the newest records as a list, a line each, newest first.

use crate::live::{live, live_flag};
use hailstream_chart::Precision;
use hailstream_client::event_line::{Piece, event_line};
use hailstream_protocol::visualization::SearchParams;
use hailstream_protocol::{QueryResult, Row, Value};
use leptos::prelude::*;

use super::context::PanelContext;
use crate::local_time::time_of_day;
use crate::pages::discover_link;
use crate::zone;

/// A record as shown.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    /// Topic, partition and offset.
    place: Place,
    time: String,
    token: Option<&'static str>,
    line: Vec<Piece>,
    /// Names and values of all fields the query asks for.
    fields: Vec<(String, String)>,
}

/// Where a record lies.
type Place = (String, i64, i64);

/// The list. While one looks into a record it stands still, and says how many came since.
pub(super) fn search(context: PanelContext, params: SearchParams) -> impl IntoView {
    let opened: RwSignal<Option<Place>> = RwSignal::new(None);
    let board = context.clone();
    let arrived = Memo::new(move |_| {
        zone::chosen().track();
        let result = context.result();
        result.map(|result| events(&context, &params, &result)).unwrap_or_default()
    });
    let shown = Memo::new(move |before: Option<&Vec<Event>>| match before {
        Some(before) if opened.with(Option::is_some) => before.clone(),
        _ => arrived.get(),
    });
    let newer = move || {
        let newest = shown.with(|shown| shown.first().map(|event| event.place.clone()))?;
        let is_newest = |event: &Event| event.place == newest;
        let count =
            arrived.with(|arrived| arrived.iter().position(is_newest).unwrap_or(arrived.len()));
        let words = format!("{count} newer");
        (count > 0).then(
            || view! { <button class="newer" on:click=move |_| opened.set(None)>{words}</button> },
        )
    };
    let list = move || {
        let row = |event: Event| row(event, opened, &board);
        shown.get().into_iter().map(row).collect_view()
    };
    view! {
        {newer}
        <ul class="events" class:open=live_flag(move || opened.with(Option::is_some))>{live(list)}</ul>
    }
}

fn row(
    event: Event,
    opened: RwSignal<Option<Place>>,
    context: &PanelContext,
) -> impl IntoView + use<> {
    let Event { place, time, token, line, fields } = event;
    let pieces = line.into_iter().map(piece).collect_view();
    let mark = token.map(|token| {
        view! { <i class="dot" style=("background", format!("var(--{token})"))></i> }
    });
    let is_open = opened.with(|opened| opened.as_ref() == Some(&place));
    let record = is_open.then(|| record(&place, fields, discover_link(context)));
    let toggle = move |_| opened.set((!is_open).then(|| place.clone()));
    view! {
        <li>
            <button class="line" aria-expanded=is_open.to_string() on:click=toggle>
                <time>{time}</time>{mark}<span class="w clip">{pieces}</span>
            </button>
            {record}
        </li>
    }
}

/// All of a record, and where it lies in Kafka.
fn record(
    (topic, partition, offset): &Place,
    fields: Vec<(String, String)>,
    link: String,
) -> impl IntoView + use<> {
    let place = format!("{topic}, partition {partition}, offset {offset}");
    let field = |(name, value): (String, String)| view! { <dt>{name}</dt><dd>{value}</dd> };
    let fields = fields.into_iter().map(field).collect_view();
    view! { <dl class="record"><div class="place">{place}" · "<a href=link>"Open in Discover"</a></div>{fields}</dl> }
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
        let whole = |name: &str| cell(column(name)).and_then(Value::as_i64).unwrap_or_default();
        let topic = cell(column("_topic")).map(ToString::to_string).unwrap_or_default();
        Event {
            place: (topic, whole("_partition"), whole("_offset")),
            fields: fields(result, row),
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

/// Names and values of the fields a record has.
fn fields(result: &QueryResult, row: &Row) -> Vec<(String, String)> {
    let fields = result.columns.iter().zip(row);
    let own = fields.filter(|(name, value)| !name.starts_with('_') && !value.is_null());
    own.map(|(name, value)| (name.clone(), value.to_string())).collect()
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
