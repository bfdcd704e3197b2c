//! `search`: the newest records, newest first: as a list, a line each, or as a table of fields.

use crate::live::{live, live_flag};
use hailstream_chart::{Civil, Precision};
use hailstream_client::event_line::{Piece, event_line};
use hailstream_protocol::visualization::SearchParams;
use hailstream_protocol::{QueryResult, Row, Value};
use leptos::html;
use leptos::prelude::*;

use super::context::PanelContext;
use crate::chrome::Icon;
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
    /// What stands in the columns of a table.
    cells: Vec<String>,
    /// Names and values of all fields the query asks for.
    fields: Vec<(String, String)>,
}

/// Where a record lies.
type Place = (String, i64, i64);

/// Records shown of a table at first, and how many more on demand: what changes ten times a second is to stay light.
const SOME: usize = 50;

/// The records. While one looks into one of them, or has scrolled away from the newest, they stand still, and it is said how many
/// came since.
pub(super) fn search(context: PanelContext, params: SearchParams) -> AnyView {
    let opened: RwSignal<Option<Place>> = RwSignal::new(None);
    let is_scrolled = RwSignal::new(false);
    let columns = params.columns.clone();
    let board = context.clone();
    let arrived = Memo::new(move |_| {
        zone::chosen().track();
        let result = context.result();
        result.map(|result| events(&context, &params, &result)).unwrap_or_default()
    });
    let shown = Memo::new(move |before: Option<&Vec<Event>>| match before {
        Some(before) if opened.with(Option::is_some) || is_scrolled.get() => before.clone(),
        _ => arrived.get(),
    });
    let (filters, range) = (board.board.filters.clone(), board.board.range.clone());
    Effect::new(move |before: Option<()>| {
        filters.track();
        range.track();
        // Other records are asked for: those that stand still are none of them.
        if before.is_some() {
            opened.set(None);
            is_scrolled.set(false);
        }
    });
    let list = List { board, shown, arrived, opened, is_scrolled, body: NodeRef::new() };
    list.answer_csv(columns.clone());
    if columns.is_empty() { lines(list) } else { table(list, columns) }
}

/// What is shown of the records, and what was done to it.
#[derive(Clone)]
struct List {
    board: PanelContext,
    shown: Memo<Vec<Event>>,
    /// All there are, shown or not.
    arrived: Memo<Vec<Event>>,
    opened: RwSignal<Option<Place>>,
    is_scrolled: RwSignal<bool>,
    body: NodeRef<html::Div>,
}

impl List {
    /// How many came since, and the way to them.
    fn newer(&self) -> impl Fn() -> Option<AnyView> + Send + 'static {
        let Self { shown, arrived, opened, is_scrolled, body, .. } = self.clone();
        move || {
            let newest = shown.with(|shown| shown.first().map(|event| event.place.clone()))?;
            let is_newest = |event: &Event| event.place == newest;
            let count =
                arrived.with(|arrived| arrived.iter().position(is_newest).unwrap_or(arrived.len()));
            let words = format!("{count} newer");
            let go = move |_| {
                opened.set(None);
                if let Some(body) = body.get_untracked() {
                    body.set_scroll_top(0);
                }
                is_scrolled.set(false);
            };
            (count > 0)
                .then(|| view! { <button class="newer" on:click=go>{words}</button> }.into_any())
        }
    }

    fn answer_csv(&self, columns: Vec<String>) {
        let shown = self.shown;
        self.board.answer_csv(move || {
            let record = columns.is_empty().then(|| "Record".to_owned());
            let head =
                std::iter::once("Time".to_owned()).chain(columns.iter().map(title)).chain(record);
            let row = |event: Event| {
                if columns.is_empty() {
                    return vec![
                        event.time,
                        event.line.into_iter().map(|piece| piece.text).collect(),
                    ];
                }
                // Numbers as they are, not as a table has room for them.
                let whole = |(column, cell): (&String, String)| {
                    let field = event.fields.iter().find(|(name, _)| name == column);
                    field.map_or(cell, |(_, value)| value.clone())
                };
                let cells = columns.iter().zip(event.cells).map(whole);
                std::iter::once(event.time).chain(cells).collect::<Vec<_>>()
            };
            let rows = shown.get_untracked().into_iter().map(row);
            std::iter::once(head.collect()).chain(rows).collect()
        });
    }
}

/// A line each.
fn lines(list: List) -> AnyView {
    let (newer, opened) = (list.newer(), list.opened);
    let lines = move || {
        let row = |event: Event| row(event, opened, &list.board);
        list.shown.get().into_iter().map(row).collect_view()
    };
    let is_open = live_flag(move || opened.with(Option::is_some));
    view! {
        {newer}
        <ul class="events" class:open=is_open>{live(lines)}</ul>
    }
    .into_any()
}

/// A row each.
fn table(list: List, columns: Vec<String>) -> AnyView {
    let limit = RwSignal::new(SOME);
    let (newer, body, is_scrolled, shown) = (list.newer(), list.body, list.is_scrolled, list.shown);
    let rows = move || {
        let row = |event: Event| table_row(event, list.opened, &list.board);
        let limit = limit.get();
        shown.with(|shown| shown.iter().take(limit).cloned().map(row).collect_view())
    };
    let more = move || {
        let left = shown.with(Vec::len).saturating_sub(limit.get());
        let words = format!("{} more", left.min(SOME));
        let more = move |_| limit.update(|limit| *limit += SOME);
        (left > 0).then(|| view! { <button class="btn quiet" on:click=more>{words}</button> })
    };
    let scrolled = move |_| {
        let top = body.get_untracked().map_or(0, |body| body.scroll_top());
        if is_scrolled.get_untracked() != (top > 0) {
            is_scrolled.set(top > 0);
        }
    };
    let head = columns.iter().map(|column| view! { <th scope="col">{title(column)}</th> });
    let head = head.collect_view();
    view! {
        {newer}
        <div class="records" tabindex="0" role="region" aria-label="Records" node_ref=body on:scroll=scrolled>
            <table class="t">
                <thead><tr><th class="fold"><span class="sr">"Open"</span></th><th scope="col">"Time"</th>{head}</tr></thead>
                <tbody>{live(rows)}</tbody>
            </table>
            {live(more)}
        </div>
    }
    .into_any()
}

/// What stands above a column.
fn title(column: &String) -> String {
    if column == "_source" { "Record".to_owned() } else { column.clone() }
}

/// A record as a row; below it all of it, once it is opened.
fn table_row(event: Event, opened: RwSignal<Option<Place>>, context: &PanelContext) -> AnyView {
    let Event { place, time, cells, fields, .. } = event;
    let is_open = opened.with(|opened| opened.as_ref() == Some(&place));
    let columns = (cells.len() + 2).to_string();
    let below = is_open.then(|| {
        view! { <tr class="below"><td colspan=columns>{record(&place, fields, discover_link(context))}</td></tr> }
    });
    let toggle = move |_| opened.set((!is_open).then(|| place.clone()));
    let cells = cells
        .into_iter()
        .map(|cell| view! { <td title=cell.clone()>{cell.clone()}</td> })
        .collect_view();
    let label = format!("Record of {time}");
    view! {
        <tr>
            <td class="fold">
                <button aria-expanded=is_open.to_string() aria-label=label on:click=toggle><Icon name="chev" /></button>
            </td>
            <td class="time">{time}</td>{cells}
        </tr>
        {below}
    }
    .into_any()
}

fn row(
    event: Event,
    opened: RwSignal<Option<Place>>,
    context: &PanelContext,
) -> impl IntoView + use<> {
    let Event { place, time, token, line, fields, .. } = event;
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
            Some(match value {
                Value::Float(number) if !params.columns.is_empty() => decimal_words(*number),
                value => context.spec.style.words(name, value),
            })
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
                .map(|at_ms| match params.columns.is_empty() {
                    true => time_of_day(at_ms, Precision::Second),
                    false => Civil::at(at_ms, &zone::offset_ms).date_words(3),
                })
                .unwrap_or_default(),
            token,
            line: line(params, result, row, &words),
            cells: params
                .columns
                .iter()
                .map(|name| cell_words(name, result, row, &words))
                .collect(),
        }
    };
    result.rows.iter().map(event).collect()
}

/// Three decimals, as OSD's tables have; all of them are in the opened record.
fn decimal_words(number: f64) -> String {
    const STEPS: f64 = 1000.0;
    ((number * STEPS).round() / STEPS).to_string()
}

/// A field in words; of the whole record its fields with their names.
fn cell_words(
    name: &str,
    result: &QueryResult,
    row: &Row,
    words: &dyn Fn(&str) -> Option<String>,
) -> String {
    if name != "_source" {
        return words(name).unwrap_or_else(|| "–".to_owned());
    }
    let fields = fields(result, row).into_iter().map(|(name, value)| format!("{name}: {value}"));
    fields.collect::<Vec<_>>().join("  ")
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
