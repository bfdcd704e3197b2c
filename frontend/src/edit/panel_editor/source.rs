//! What the panel asks: which stream, which of its records, and of which time.

use hailstream_dql as dql;
use leptos::prelude::*;
use serde_json::{Value as Json, json};

use super::settings::put;
use super::{Editor, fields};
use crate::live::live;

pub(super) fn source(editor: &Editor) -> AnyView {
    let streams = editor.0.streams.clone();
    let options = Memo::new(move |_| {
        let name = |name: &String| (name.clone(), name.clone());
        streams.with(|names| names.iter().map(name).collect::<Vec<_>>())
    });
    let of_stream = editor.clone();
    let stream = fields::choice("Stream", editor.text("/query/stream"), options, move |stream| {
        of_stream.change(|of, _| of["query"]["stream"] = stream.into());
    });
    view! {
        <section class="group">
            {stream}
            {filter(editor)}
            {time(editor)}
        </section>
    }
    .into_any()
}

/// A filter that does not read keeps the panel at the last one that did, and says what is wrong.
fn filter(editor: &Editor) -> AnyView {
    let wrong = RwSignal::new(None);
    let saved = editor.text("/query/query");
    let of_filter = editor.clone();
    let input = fields::text("Only records that match (DQL)", saved, "all", move |text| {
        let text = text.trim().to_owned();
        let error = dql::parse(&text).err();
        wrong.set(error.as_ref().map(|error| match &error.suggestion {
            Some(suggestion) => format!("{}. {suggestion}", error.message),
            None => error.message.clone(),
        }));
        if error.is_none() {
            let text = Some(text).filter(|text| !text.is_empty());
            of_filter.change(|of, _| put(of, "/query/query", text.map(Json::from)));
        }
    });
    let told =
        live(move || wrong.get().map(|words| view! { <p class="wrong" role="alert">{words}</p> }));
    view! { <div>{input}{told}</div> }.into_any()
}

fn time(editor: &Editor) -> AnyView {
    const RANGES: [(&str, &str); 9] = [
        ("", "The board's time range"),
        ("now-1m", "The last minute"),
        ("now-5m", "The last 5 minutes"),
        ("now-15m", "The last 15 minutes"),
        ("now-1h", "The last hour"),
        ("now-24h", "The last 24 hours"),
        ("now-7d", "The last 7 days"),
        ("now/d", "Today"),
        ("now/w", "This week"),
    ];
    let of_time = editor.clone();
    fields::choice("Time", editor.text("/query/time/from"), fields::fixed(&RANGES), move |from| {
        let range = Some(from).filter(|from| !from.is_empty());
        let range = range.map(|from| json!({ "from": from, "to": "now" }));
        of_time.change(|of, _| put(of, "/query/time", range));
    })
}
