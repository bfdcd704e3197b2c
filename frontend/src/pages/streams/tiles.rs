//! The six figures of a stream, and its state in the title row.

use crate::live::live;
use hailstream_chart::Precision;
use hailstream_client::link::Status;
use hailstream_protocol::StreamState;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{History, count, counted, duration, items, number, or_dash, text, whole};
use crate::local_time::time_of_day;
use crate::session;

/// Live and by how much behind, or what is wrong.
pub(super) fn chip(name: &str) -> impl IntoView + use<> {
    let name = name.to_owned();
    live(move || {
        session::pulse().track();
        let health = session::with_link(|link| link.stream(&name).cloned()).flatten();
        let is_lost = session::with_link(|link| {
            matches!(link.status(), Status::Lost { .. } | Status::Refused)
        });
        let (class, words) = match health {
            _ if is_lost == Some(true) => ("chip brd stale", "No connection".to_owned()),
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
    })
}

struct Tile {
    title: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    is_bad: bool,
}

pub(super) fn tiles(info: &Json, history: &History) -> impl IntoView + use<> {
    let tile = |tile: Tile| {
        view! {
            <div class="kp">
                <span>{tile.title}</span>
                <b class:wrong=tile.is_bad>{tile.value}<small>{tile.unit}</small></b>
                <i class="clip">{tile.note}</i>
            </div>
        }
    };
    coming_in(info, history).into_iter().chain(left_out(info)).map(tile).collect_view()
}

fn tile(title: &'static str, value: String, note: String) -> Tile {
    Tile { title, value, unit: "", note, is_bad: false }
}

fn coming_in(info: &Json, history: &History) -> [Tile; 3] {
    let name = text(info, "stream");
    let minute: u64 = history.seconds(name).iter().sum();
    let minute = format!("{} in the last minute", counted(minute));
    let lag = counted(count(info, "lag"));
    let behind = match items(info, "partitions").len() {
        1 => format!("{lag} records, 1 partition"),
        partitions => format!("{lag} records, {partitions} partitions"),
    };
    let watermark = number(info, "watermark_ms");
    let lateness =
        format!("{} lateness allowed", duration(number(info, "lateness_ms").unwrap_or(0.0)));
    [
        Tile { unit: "/s", ..tile("Records in", or_dash(history.rate(name).map(whole)), minute) },
        tile("Behind the log", or_dash(number(info, "behind_ms").map(duration)), behind),
        tile(
            "Watermark",
            or_dash(watermark.map(|at| time_of_day(at as i64, Precision::Second))),
            lateness,
        ),
    ]
}

fn left_out(info: &Json) -> [Tile; 3] {
    let account = info.get("account").unwrap_or(&Json::Null);
    let dedupe: Vec<&str> = items(info, "dedupe").iter().filter_map(Json::as_str).collect();
    let duplicates = match dedupe.is_empty() {
        true => "not looked for".to_owned(),
        false => format!("by {}", dedupe.join(" and ")),
    };
    let bad = count(account, "dead_lettered");
    let kept = match text(info, "dead_letter") {
        "" => "counted, not kept".to_owned(),
        topic => format!("to {topic}"),
    };
    let late = counted(count(account, "late_dropped"));
    [
        tile("Duplicates dropped", counted(count(account, "duplicate")), duplicates),
        tile("Late, dropped", late, "older than allowed".to_owned()),
        Tile { is_bad: bad > 0, ..tile("Dead-lettered", counted(bad), kept) },
    ]
}
