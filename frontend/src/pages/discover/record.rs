//! One record, opened: its fields, the same as JSON, and where it is in Kafka.

use std::sync::Arc;

use hailstream_chart::{Locale, Numbers, Precision};
use hailstream_client::discover::narrow::{Narrow, narrow};
use hailstream_client::discover::record::{Place, is_own, json_text};
use hailstream_client::freshness::count_words;
use hailstream_client::stream_fields::StreamFields;
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::visualization::Format;
use hailstream_protocol::{QueryResult, Row, TimestampType, Value};
use leptos::prelude::*;

use super::Discover;
use super::fields::switch_column;
use crate::chrome::Icon;
use crate::live::{live, live_flag, live_value};
use crate::local_time::{iso, time_of_day};
use crate::{dom, zone};

/// What is shown around a record, on either side of it, ms.
const AROUND_MS: i64 = 30_000;

/// A number as people read it.
pub(super) fn number(number: f64) -> String {
    let format = Format::default();
    Numbers { format: &format, locale: Locale::default(), zone: &zone::offset_ms }.full(number)
}

/// A value of a field in words: times by the clock, numbers exactly as they are.
pub(super) fn words(kind: &str, value: &Value) -> String {
    match value {
        Value::Int(at_ms) if kind == "date" => time_of_day(*at_ms, Precision::Millisecond),
        // Longitude first, as GeoJSON and OpenSearch have it; people say it the other way round.
        Value::List(pair) if kind == "geo_point" && pair.len() == 2 => {
            format!("{}, {}", pair[1], pair[0])
        }
        _ => value.to_string(),
    }
}

/// The event time of a row: that of the stream's time field, else the record's own.
pub(super) fn event_ms(stream: &StreamFields, columns: &[String], row: &Row) -> Option<i64> {
    let name = if stream.time_field.is_empty() { "_timestamp" } else { stream.time_field.as_str() };
    let place = columns.iter().position(|column| column == name)?;
    row.get(place).and_then(Value::as_i64)
}

/// The record.
pub(super) fn record(
    discover: &Discover,
    result: &Arc<QueryResult>,
    row: &Row,
) -> impl IntoView + use<> {
    let is_json = RwSignal::new(false);
    let stream = discover.stream.get_untracked();
    let tab = |name: &'static str, of_json: bool| {
        let is_on = move || is_json.get() == of_json;
        view! {
            <button
                role="tab" class:on=live_flag(is_on) aria-selected=live_value(move || is_on().to_string())
                on:click=move |_| is_json.set(of_json)
            >{name}</button>
        }
    };
    let json = json_text(&result.columns, row);
    let fields: Vec<_> = result
        .columns
        .iter()
        .zip(row)
        .filter(|(name, value)| is_own(name) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let (discover_in, stream_in) = (discover.clone(), Arc::clone(&stream));
    let inside = move || match is_json.get() {
        true => json_view(json.clone()),
        false => {
            let field =
                |(name, value): &(String, Value)| field(&discover_in, &stream_in, name, value);
            view! { <dl class="kv">{fields.iter().map(field).collect_view()}</dl> }.into_any()
        }
    };
    view! {
        <div class="in">
            <div class="of-record">
                <div class="tabs" role="tablist" aria-label="Record">{tab("Fields", false)}{tab("JSON", true)}</div>
                {live(inside)}
            </div>
            {kafka(discover, &stream, result, row)}
        </div>
    }
}

fn json_view(json: String) -> AnyView {
    let text = json.clone();
    view! {
        <div class="json">
            <button class="pm" title="Copy" aria-label="Copy the JSON" on:click=move |_| dom::copy(text.clone())><Icon name="copy" /></button>
            <pre tabindex="0" aria-label="The record as JSON">{json}</pre>
        </div>
    }
    .into_any()
}

fn field(discover: &Discover, stream: &StreamFields, name: &str, value: &Value) -> AnyView {
    let known = stream.field(name);
    let kind = known.map(|field| field.kind.as_str()).unwrap_or_default();
    let unit = known.map(|field| field.unit.as_str()).filter(|unit| !unit.is_empty());
    let mut shown = words(kind, value);
    shown.extend(unit.map(|unit| format!(" {unit}")));
    let can_filter = !matches!(kind, "geo_point" | "text" | "date")
        && !matches!(value, Value::List(_) | Value::Object(_));
    let narrows = can_filter.then(|| {
        let button = |way: Narrow, icon: &'static str, verb: &'static str| {
            let filters = discover.context.filters.clone();
            let (field, text) = (name.to_owned(), value.to_string());
            let label = format!("{verb} {field}: {text}");
            let click = move |_| filters.update(|filters| narrow(filters, way, &field, &text));
            view! { <button class="pm" title=label.clone() aria-label=label on:click=click><Icon name=icon /></button> }
        };
        view! { {button(Narrow::To, "plus", "Only")}{button(Narrow::Without, "minus", "Without")} }
    });
    let column = {
        let (discover, name) = (discover.clone(), name.to_owned());
        let label = format!("Column {name} on or off");
        view! {
            <button class="pm" title=label.clone() aria-label=label on:click=move |_| switch_column(&discover, &name)>
                <Icon name="table" />
            </button>
        }
    };
    let mark = known.map_or("#", hailstream_client::stream_fields::StreamField::mark);
    view! {
        <dt><i class="ty" aria-hidden="true">{mark}</i><span class="clip">{name.to_owned()}</span></dt>
        <dd><span class="value">{shown}</span><span class="acts">{narrows}{column}</span></dd>
    }
    .into_any()
}

/// Where it is in Kafka, when it was there, and the command that fetches it.
fn kafka(
    discover: &Discover,
    stream: &StreamFields,
    result: &Arc<QueryResult>,
    row: &Row,
) -> impl IntoView + use<> {
    let place = Place::of(row);
    let command = place.kcat();
    let (shown, copied) = (command.clone(), command.clone());
    let event_ms = event_ms(stream, &result.columns, row);
    let stamp_ms = row.get(3).and_then(Value::as_i64);
    let stamped = match result.as_of.timestamp_type {
        TimestampType::LogAppend => "Appended",
        _ => "Sent",
    };
    let at = |at_ms: i64| time_of_day(at_ms, Precision::Millisecond);
    let stamp = stamp_ms.map(|stamp_ms| match event_ms.map(|event_ms| stamp_ms - event_ms) {
        // A replay's records are sent long after they happened.
        Some(after_ms) if after_ms.abs() < 60_000 => format!("{after_ms:+} ms"),
        _ => at(stamp_ms),
    });
    let range = discover.context.range.clone();
    let around = event_ms.map(|event_ms| {
        let to = TimeRange { from: iso(event_ms - AROUND_MS), to: iso(event_ms + AROUND_MS) };
        view! { <button class="textbtn" on:click=move |_| range.set(to.clone())>"Around it"</button> }
    });
    let row = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> })
    };
    view! {
        <section class="kafka" aria-label="Where it is in Kafka">
            <h4>"Where it is in Kafka"{around}</h4>
            <dl>
                <dt>"Topic"</dt><dd class="mono">{place.topic.clone()}</dd>
                <dt>"Partition, offset"</dt><dd><b>{place.partition}</b>", "{count_words(place.offset.unsigned_abs())}</dd>
                {row("Event time", event_ms.map(at))}
                {row(stamped, stamp)}
            </dl>
            <div class="cmd">
                <code class="clip" title=command>{shown}</code>
                <button class="pm" title="Copy" aria-label="Copy the command" on:click=move |_| dom::copy(copied.clone())>
                    <Icon name="copy" />
                </button>
            </div>
        </section>
    }
}
