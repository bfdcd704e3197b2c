//! The six figures of a stream, and its state in the title row.

use hailstream_chart::Precision;
use hailstream_client::link::Status;
use hailstream_protocol::StreamState;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{History, count, counted, duration, items, number, text, whole};
use crate::local_time::time_of_day;
use crate::session;

/// Live and by how much behind, or what is wrong.
pub(super) fn chip(name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    move || {
        session::pulse().track();
        let health = session::with_link(|link| link.stream(&name).cloned()).flatten();
        let is_lost = session::with_link(|link| link.status() != Status::Live).unwrap_or(true);
        let (class, words) = match health {
            _ if is_lost => ("chip brd stale", "No connection".to_owned()),
            None => ("chip brd wait", "Waiting".to_owned()),
            Some(health) => match health.state {
                StreamState::Live => ("chip brd", "Live".to_owned()),
                StreamState::Connecting => ("chip brd wait", "Connecting".to_owned()),
                StreamState::CatchingUp => {
                    let words = format!("Catching up, {} records to go", counted(health.lag));
                    ("chip brd wait", words)
                }
                StreamState::Disconnected => ("chip brd stale", health.why),
                StreamState::Failed => ("chip bad", health.why),
            },
        };
        view! { <span class=class role="status">{words}</span> }
    }
}

struct Tile {
    title: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    is_bad: bool,
}

pub(super) fn tiles(info: &Json, history: &History) -> impl IntoView + use<> {
    let account = info.get("account").unwrap_or(&Json::Null);
    let partitions = items(info, "partitions").len();
    let minute: u64 = history.seconds(text(info, "stream")).iter().sum();
    let dedupe: Vec<&str> = items(info, "dedupe").iter().filter_map(Json::as_str).collect();
    let bad = count(account, "dead_lettered");
    let tile = |title, value, note| Tile { title, value, unit: "", note, is_bad: false };
    let rate = history.rate(text(info, "stream")).map_or_else(|| "–".to_owned(), whole);
    let lag = counted(count(info, "lag"));
    let all = [
        Tile {
            unit: "/s",
            ..tile("Records in", rate, format!("{} in the last minute", counted(minute)))
        },
        tile(
            "Behind the log",
            number(info, "behind_ms").map_or_else(|| "–".to_owned(), duration),
            format!(
                "{lag} records, {partitions} partition{}",
                if partitions == 1 { "" } else { "s" }
            ),
        ),
        tile(
            "Watermark",
            number(info, "watermark_ms")
                .map_or_else(|| "–".to_owned(), |at| time_of_day(at as i64, Precision::Second)),
            match number(info, "lateness_ms") {
                Some(ms) => format!("{} lateness allowed", duration(ms)),
                None => String::new(),
            },
        ),
        tile(
            "Duplicates dropped",
            counted(count(account, "duplicate")),
            match dedupe.is_empty() {
                true => "not looked for".to_owned(),
                false => format!("by {}", dedupe.join(" and ")),
            },
        ),
        tile(
            "Late, dropped",
            counted(count(account, "late_dropped")),
            "older than allowed".to_owned(),
        ),
        Tile {
            is_bad: bad > 0,
            ..tile(
                "Dead-lettered",
                counted(bad),
                match text(info, "dead_letter") {
                    "" => "counted, not kept".to_owned(),
                    topic => format!("to {topic}"),
                },
            )
        },
    ];
    let tile = |tile: Tile| {
        view! {
            <div class="kp">
                <span>{tile.title}</span>
                <b class:wrong=tile.is_bad>{tile.value}<small>{tile.unit}</small></b>
                <em class="clip">{tile.note}</em>
            </div>
        }
    };
    all.map(tile).collect_view()
}
