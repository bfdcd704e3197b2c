//! What a panel shows when it does not show its picture, or not a fresh one: skeleton, empty, stale, error.

use std::sync::Arc;

use crate::lazy::lazily;
use crate::live::{live, live_text, live_value};
use hailstream_chart::Precision;
use hailstream_client::freshness::{Freshness, StaleReason, age_words, count_words};
use hailstream_client::link::Input;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;

use super::context::PanelContext;
use super::words::{self, Reason};
use super::{other_streams, remap};
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
        "table" | "search" | "horizontal_bar" | "tagcloud" => {
            let rows = (0..6).map(|_| view! { <i class="skel row"></i> }).collect_view();
            view! { <div class="skeleton rows">{rows}</div> }.into_any()
        }
        "map" => view! { <div class="skeleton"><i class="skel all"></i></div> }.into_any(),
        "pie" | "gauge" | "goal" => {
            view! { <div class="skeleton"><i class="skel disc"></i></div> }.into_any()
        }
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
            let words = range.with(TimeRange::live_words);
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
    let ways = (!is_own_range && !asks_entities).then(|| ways_out(&context));
    view! {
        <div class="center">
            <h3>{live_text(title)}</h3>
            <p>{live_text(why)}</p>
            {ways}
        </div>
    }
}

/// The next wider range, and the board's own; where that is the one in force, one that is much wider.
fn ways_out(context: &PanelContext) -> impl IntoView + use<> {
    let range = context.board.range.clone();
    let button = |class: &'static str, words: String, to: TimeRange| {
        let range = range.clone();
        view! { <button class=class on:click=move |_| range.set(to.clone())>{words}</button> }
    };
    let now = range.get_untracked();
    let wider = now.wider();
    let to_wider = wider.map(|wider| {
        button("btn", format!("Show {}", wider.words), TimeRange::until_now(wider.from))
    });
    let saved = context.board.board.range.clone();
    let second = if now != saved {
        Some(button("btn quiet", "Back to the saved range".to_owned(), saved))
    } else {
        let far = wider.and_then(|wider| TimeRange::until_now(wider.from).wider());
        far.map(|far| {
            button("btn quiet", format!("Show {}", far.words), TimeRange::until_now(far.from))
        })
    };
    view! { <div class="act">{to_wider}{second}</div> }
}

fn why_empty(context: &PanelContext) -> String {
    let stream = context.spec.stream();
    let filtered = context.spec.main.query.get("filters").is_some();
    let newest = untrack(|| context.result()).and_then(|result| result.as_of.event_time_ms);
    let (server_ms, refused) = session::with_link(|link| {
        let refusals = link.stream(stream).and_then(|health| health.refusals.as_ref());
        let server_ms = link.clock().server_ms(dom::now_ms());
        (server_ms, refusals.map_or(0, |refusals| refusals.count))
    })
    .unwrap_or_default();
    let mut why = format!("Nothing is broken: the stream {stream} is read, ");
    why += &match newest {
        None => "it has not sent a record yet".to_owned(),
        Some(at_ms) => {
            let at = time_of_day(at_ms, Precision::Second);
            match server_ms - at_ms {
                age_ms if age_ms >= 0 => {
                    format!("its newest record is {} old ({at})", age_words(age_ms))
                }
                _ => format!("its newest record is of {at}"),
            }
        }
    };
    if filtered {
        why += ", and the panel's filters may leave out what there is";
    }
    if refused > 0 {
        why += &format!("; {} records were bad and left out", count_words(refused));
    }
    why + "."
}

/// A stale panel: the strip at the foot of its picture, or where there is none yet the same words in its place.
#[component]
pub(crate) fn StaleState(context: PanelContext) -> impl IntoView {
    let has_picture = {
        let context = context.clone();
        Memo::new(move |_| context.has_picture())
    };
    live(move || match has_picture.get() {
        true => view! { <StaleStrip context=context.clone() /> }.into_any(),
        false => view! { <Unseen context=context.clone() /> }.into_any(),
    })
}

/// The strip: why, since when, what next.
#[component]
fn StaleStrip(context: PanelContext) -> impl IntoView {
    let is_small = context.spec.kind == "metric";
    let freshness = context.freshness.clone();
    let reason = Memo::new(move |_| freshness.with(words::reason));
    let answer = context.answer.clone();
    let shown = move || {
        let received = answer.with(|answer| answer.result.as_ref()?.as_of.received_ms);
        let at = received.map(|at| format!("Showing {}. ", time_of_day(at, Precision::Second)));
        format!(" {}", at.unwrap_or_default())
    };
    view! {
        <div class="why" class:small=is_small title=live_value(move || reason.with(|of| of.detail.clone()))>
            <Icon name="link" />
            <span class="grow">
                <b>{live_text(move || reason.with(|of| of.what.clone()))}</b>
                {shown}
                {live_text(move || reason.with(|of| of.next.clone()))}
            </span>
            <WayOut context=context.clone() />
        </div>
    }
}

/// Nothing was shown yet, and nothing can be.
#[component]
fn Unseen(context: PanelContext) -> impl IntoView {
    let freshness = context.freshness.clone();
    let reason = Memo::new(move |_| freshness.with(words::reason));
    view! {
        <div class="center">
            <h3>{live_text(move || reason.with(|of| of.what.clone()))}</h3>
            <p>{live_text(move || reason.with(|of| of.next.clone()))}</p>
            <p class="mono">{live_text(move || reason.with(|of| of.detail.clone()))}</p>
            <div class="act"><WayOut context /></div>
        </div>
    }
}

/// What a person can do about a stale panel: try at once where the page itself tries, load it anew where only that helps,
/// hand the words to somebody where it is not up to the page.
#[component]
fn WayOut(context: PanelContext) -> impl IntoView {
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Way {
        Try,
        Load,
        Copy,
    }
    let freshness = context.freshness.clone();
    let way = Memo::new(move |_| match freshness.get() {
        Freshness::Stale { why: StaleReason::LinkLost { .. }, .. } => Way::Try,
        Freshness::Stale { why: StaleReason::OtherProtocol, .. } => Way::Load,
        _ => Way::Copy,
    });
    live(move || {
        let freshness = context.freshness.clone();
        let spec = Arc::clone(&context.spec);
        let click = move |_| match way.get_untracked() {
            Way::Try => session::feed(Input::Wake),
            Way::Load => drop(dom::window().map(|window| window.location().reload())),
            Way::Copy => {
                let Reason { what, next, detail } = freshness.with_untracked(words::reason);
                dom::copy(format!(
                    "{what}\n{next}\n{detail}\nstream {}  panel {}",
                    spec.stream(),
                    spec.id
                ));
            }
        };
        let words = match way.get() {
            Way::Try => "Try now",
            Way::Load => "Load it",
            Way::Copy => "Copy",
        };
        view! { <button class="textbtn" on:click=click>{words}</button> }
    })
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
    let others = remap::is_missing(&context).then(|| lazily(other_streams(context.clone())));
    view! {
        <div class="what" role="status">
            <h3><Icon name="warn" /><span>{title}</span></h3>
            <div class="box">{detail}<br /><span class="muted">{place}</span></div>
            {others}
            <div class="act">
                {again}
                <button class="btn quiet" on:click=copy><Icon name="copy" />"Copy"</button>
            </div>
        </div>
    }
}
