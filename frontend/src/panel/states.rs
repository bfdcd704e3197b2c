//! What a panel shows when it does not show its picture, or not a fresh one: skeleton, empty, stale, error.

use std::sync::Arc;

use hailstream_chart::Precision;
use hailstream_client::freshness::{Freshness, StaleReason};
use hailstream_client::link::Input;
use leptos::prelude::*;

use super::context::PanelContext;
use crate::chrome::Icon;
use crate::local_time::time_of_day;
use crate::{dom, session, supervisor};

/// Heights of the skeleton's bars, %: a shape that belongs to no data.
const BARS: [u8; 16] = [42, 55, 48, 66, 72, 60, 78, 70, 62, 84, 76, 58, 64, 80, 73, 69];

/// A still skeleton in the final shape. The style sheet shows it after 150 ms only.
#[component]
pub(crate) fn Skeleton(kind: String) -> impl IntoView {
    match kind.as_str() {
        "metric" => view! {
            <div class="skeleton metric"><i class="skel number"></i><i class="skel note"></i></div>
        }
        .into_any(),
        "table" | "search" => {
            let rows = (0..6).map(|_| view! { <i class="skel row"></i> }).collect_view();
            view! { <div class="skeleton rows">{rows}</div> }.into_any()
        }
        "map" => view! { <div class="skeleton"><i class="skel all"></i></div> }.into_any(),
        "pie" => view! { <div class="skeleton"><i class="skel disc"></i></div> }.into_any(),
        _ => {
            let bar =
                |height: &u8| view! { <i class="skel" style=("height", format!("{height}%"))></i> };
            let bars = BARS.iter().map(bar).collect_view();
            view! { <div class="skeleton bars">{bars}</div> }.into_any()
        }
    }
}

/// What is empty, why, and the shortest ways out.
#[component]
pub(crate) fn EmptyState(context: PanelContext) -> impl IntoView {
    let range = context.board.range.clone();
    let is_own_range = context.spec.main.query.get("time").is_some();
    let asks_entities = context.spec.main.asks_entities();
    let title = {
        let range = range.clone();
        move || {
            let words = range.with(hailstream_client::time_range::TimeRange::live_words);
            match words {
                _ if asks_entities => "Nothing to show right now".to_owned(),
                Some(words) if !is_own_range => format!("No records in the {words}"),
                _ => "No records in this range".to_owned(),
            }
        }
    };
    let why = {
        let context = context.clone();
        move || {
            session::pulse().track();
            why_empty(&context)
        }
    };
    let ways = {
        let wider = range.with_untracked(hailstream_client::time_range::TimeRange::wider);
        let saved = context.board.board.range.clone();
        let show_saved = range.with_untracked(|range| *range != saved);
        (!is_own_range && !asks_entities).then(|| {
            let to_wider = wider.map(|wider| {
                let range = range.clone();
                let choose = move |_| {
                    range.set(hailstream_client::time_range::TimeRange::until_now(wider.from));
                };
                view! { <button class="btn" on:click=choose>{format!("Show {}", wider.words)}</button> }
            });
            let to_saved = show_saved.then(|| {
                let choose = move |_| range.set(saved.clone());
                view! { <button class="btn quiet" on:click=choose>"Back to the saved range"</button> }
            });
            view! { <div class="act">{to_wider}{to_saved}</div> }
        })
    };
    view! {
        <div class="center">
            <h3>{title}</h3>
            <p>{why}</p>
            {ways}
        </div>
    }
}

fn why_empty(context: &PanelContext) -> String {
    let stream = context.spec.stream().to_owned();
    let newest =
        session::with_link(|link| link.stream(&stream).and_then(|health| health.event_time_ms));
    let filtered = context.spec.main.query.get("filters").is_some();
    let newest = match newest.flatten() {
        Some(at_ms) => format!("its newest record is of {}", time_of_day(at_ms, Precision::Second)),
        None => "it has not sent a record yet".to_owned(),
    };
    let filter =
        if filtered { ", and the panel's filters may leave out what there is" } else { "" };
    format!("Nothing is broken: the stream {stream} is read, {newest}{filter}.")
}

/// The strip at the foot of a stale panel: why, since when, what next.
#[component]
pub(crate) fn StaleStrip(context: PanelContext) -> impl IntoView {
    let is_small = context.spec.kind == "metric";
    let freshness = context.freshness.clone();
    let words = move || match freshness.get() {
        Freshness::Stale { why, .. } => stale_words(&why),
        _ => (String::new(), String::new()),
    };
    let shown = move || {
        let received = context.result().and_then(|result| result.as_of.received_ms);
        received.map(|at| format!("Showing {}. ", time_of_day(at, Precision::Second)))
    };
    let retry = |_| session::feed(Input::Wake);
    let what = {
        let words = words.clone();
        move || words().0
    };
    let next = move || words().1;
    view! {
        <div class="why" class:small=is_small role="status">
            <Icon name="link" />
            <span class="grow"><b>{what}</b>" "{shown}{next}</span>
            <button class="textbtn" on:click=retry>"Try now"</button>
        </div>
    }
}

fn stale_words(why: &StaleReason) -> (String, String) {
    match why {
        StaleReason::LinkLost { retry_in_ms: 0 } => {
            ("Connection lost.".to_owned(), "Trying now.".to_owned())
        }
        StaleReason::LinkLost { retry_in_ms } => {
            let seconds = (retry_in_ms + 999) / 1_000;
            ("Connection lost.".to_owned(), format!("Next try in {seconds} s."))
        }
        StaleReason::BrokerLost { why } => ("Kafka cannot be reached.".to_owned(), why.clone()),
        StaleReason::StreamFailed { why } => ("The stream cannot be read.".to_owned(), why.clone()),
        StaleReason::OtherProtocol => {
            ("The server was updated.".to_owned(), "Load the page again.".to_owned())
        }
    }
}

/// What failed, where, what to do; its text can be copied.
#[component]
pub(crate) fn ErrorState(
    context: PanelContext,
    title: String,
    detail: String,
    at: Option<String>,
) -> impl IntoView {
    let spec = Arc::clone(&context.spec);
    let place = match &at {
        Some(at) => format!("panel {}  at {at}", spec.id),
        None => format!("panel {}  type {}", spec.id, spec.kind),
    };
    let text = format!("{title}\n{detail}\n{place}");
    let copy = move |_| dom::copy(text.clone());
    let is_aside = supervisor::set_aside(&spec.key).is_some();
    let again = is_aside.then(|| {
        let key = spec.key.clone();
        let try_again = move |_| supervisor::try_again(&key);
        view! { <button class="btn" on:click=try_again>"Try again"</button> }
    });
    view! {
        <div class="what" role="alert">
            <h3><Icon name="warn" /><span>{title}</span></h3>
            <div class="box">{detail}<br /><span class="muted">{place}</span></div>
            <div class="act">
                {again}
                <button class="btn quiet" on:click=copy><Icon name="copy" />"Copy"</button>
            </div>
        </div>
    }
}
