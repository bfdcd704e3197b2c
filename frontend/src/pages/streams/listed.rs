//! The list of streams at the left; on phones the first page.

use crate::live::live;
use hailstream_protocol::StreamState;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::Fetched;
use super::figures::{History, text, whole};
use crate::api::Failure;
use crate::session::{self, AnswerSignal};

/// Width and height of a sparkline in its own units.
const WIDE: u64 = 640;
const HIGH: u64 = 200;
/// So much is left free above and below for the line itself.
const EDGE: u64 = 20;

pub(super) fn listed(
    list: Fetched,
    chosen: Memo<Option<String>>,
    answer: AnswerSignal,
) -> impl IntoView {
    let head = move || match list.with(|list| streams(list).len()) {
        0 => String::new(),
        1 => "1 stream".to_owned(),
        count => format!("{count} streams"),
    };
    let rows = move || {
        session::pulse().track();
        let history = answer.with(|answer| History::of(answer.result.as_deref()));
        let chosen = chosen.get();
        let row = |stream: &Json| row(stream, &history, chosen.as_deref());
        list.with(|list| streams(list).iter().map(row).collect_view())
    };
    view! {
        <nav class="ls" aria-label="Streams">
            <h3><span>{live(head)}</span><span>"records/s"</span></h3>
            {live(rows)}
        </nav>
    }
}

/// The streams of the answer; none before it is there.
fn streams(list: &Option<Result<Json, Failure>>) -> &[Json] {
    let list = list.as_ref().and_then(|list| list.as_ref().ok());
    list.and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn row(stream: &Json, history: &History, chosen: Option<&str>) -> AnyView {
    let name = text(stream, "stream").to_owned();
    let href = format!("/streams/{}", js_sys::encode_uri_component(&name));
    let current = (chosen == Some(name.as_str())).then_some("true");
    let (path, last) = line(history.seconds(&name));
    let area = format!("{path}V{HIGH}H0Z");
    let words = words(stream, &name, history);
    view! {
        <a href=href aria-current=current>
            <b class="clip">{name}</b>
            <span class="clip">{words}</span>
            <svg class="sp" viewBox="0 0 660 200" aria-hidden="true">
                <path class="area" d=area></path>
                <path d=path></path>
                <path class="end" d=format!("M{WIDE} {last}h1")></path>
            </svg>
        </a>
    }
    .into_any()
}

/// `448/s, append`, or what is wrong.
fn words(stream: &Json, name: &str, history: &History) -> String {
    let health = session::with_link(|link| link.stream(name).cloned()).flatten();
    let rate = match history.rate(name) {
        Some(rate) => format!("{}/s", whole(rate)),
        None => "–".to_owned(),
    };
    let state = health.map_or(StreamState::Live, |health| health.state);
    let more = match state {
        StreamState::Live => text(stream, "mode"),
        StreamState::Connecting => "connecting",
        StreamState::CatchingUp => "catching up",
        StreamState::Disconnected => "disconnected",
        StreamState::Failed => "cannot be read",
    };
    format!("{rate}, {more}")
}

/// The path of a sparkline and the height of its end.
fn line(seconds: &[u64]) -> (String, u64) {
    let most = seconds.iter().copied().max().unwrap_or(0).max(1);
    let steps = (seconds.len() as u64).saturating_sub(1).max(1);
    let height = |value: u64| HIGH - EDGE - (HIGH - 2 * EDGE) * value / most;
    let mut path = String::new();
    for (place, value) in (0..).zip(seconds) {
        path.push(if place == 0 { 'M' } else { 'L' });
        path.push_str(&(place * WIDE / steps).to_string());
        path.push(' ');
        path.push_str(&height(*value).to_string());
    }
    if path.is_empty() {
        path.push_str("M0 180H640");
    }
    (path, height(seconds.last().copied().unwrap_or(0)))
}
