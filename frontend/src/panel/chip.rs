//! The freshness chips: one per panel, and the board's, which is its worst panel's. Pointing at one, or reaching it with
//! the keyboard, opens what it is made of; the words are in [`super::words`].

use std::sync::Arc;

use crate::live::{live, live_text};
use hailstream_chart::Precision;
use hailstream_client::coverage::Shortfall;
use hailstream_client::freshness::{Freshness, Legs, age_words, count_words};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Panels;
use super::context::{PanelContext, State};
use super::words;
use crate::local_time::time_of_day;
use crate::{dom, session};

/// What is missing from a panel's answer. Tracks.
fn missing(context: &PanelContext) -> Option<Shortfall> {
    context.answer.with(|answer| answer.result.as_deref().and_then(Shortfall::of))
}

fn is_paused() -> bool {
    session::pause().with(|pause| pause.since_ms.is_some())
}

/// `Paused at 18:42:07, 214 waiting`.
fn paused_words() -> Option<String> {
    let pause = session::pause().get();
    let server_ms = |at_ms| session::with_link(|link| link.clock().server_ms(at_ms));
    let at = time_of_day(server_ms(pause.since_ms?)?, Precision::Second);
    Some(format!("Paused at {at}, {} waiting", count_words(u64::from(pause.waiting))))
}

/// A panel's chips: what is missing, if anything, and how fresh it is.
#[component]
pub(crate) fn Chip(context: PanelContext) -> impl IntoView {
    let (state, freshness) = (context.state.clone(), context.freshness.clone());
    let shown = Memo::new(move |_| match state.get() {
        State::Error { .. } => ("chip bad", "failed".to_owned()),
        _ if is_paused() => ("chip plain", "paused".to_owned()),
        _ => freshness.with(words::chip),
    });
    let short = {
        let context = context.clone();
        let short = Memo::new(move |_| missing(&context).map(|missing| words::shortfall(&missing)));
        move || {
            let short = short.get();
            short.map(|(words, why)| view! { <span class="chip warn" title=why>{words}</span> })
        }
    };
    let name = format!("Freshness of {}", context.spec.title);
    let card = Arc::new(move || view! { <PanelCard context=context.clone() /> }.into_any());
    view! {
        {short}
        <Opening shown name card />
    }
}

/// A chip that opens a card while it is pointed at or has the focus.
#[component]
fn Opening(
    shown: Memo<(&'static str, String)>,
    name: String,
    card: Arc<dyn Fn() -> AnyView + Send + Sync>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let card = StoredValue::new(card);
    let show = move || {
        // Chip and card are then judged by the same stamps, and so say the same.
        session::pulse().set(dom::now_ms());
        open.set(true);
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            open.set(false);
        }
    };
    let label = move || shown.with(|(_, words)| format!("{name}: {words}"));
    view! {
        <span
            class="chip-place"
            on:pointerenter=move |_| show()
            on:pointerleave=move |_| open.set(false)
        >
            <button
                class=move || shown.with(|(class, _)| *class)
                aria-label=label
                on:focus=move |_| show()
                on:blur=move |_| open.set(false)
                on:keydown=keys
            >
                {live_text(move || shown.with(|(_, words)| words.clone()))}
            </button>
            {live(move || open.get().then(|| card.with_value(|card| card())))}
        </span>
    }
}

/// What a panel's chip is made of.
#[component]
fn PanelCard(context: PanelContext) -> impl IntoView {
    let body = move || {
        session::pulse().track();
        let way = way_view(&context);
        let missing = missing(&context).map(|missing| words::shortfall(&missing).1);
        let refused = refused_words(&context);
        let facts = facts(&context).into_iter().chain(missing).chain(refused);
        let facts = facts.map(|words| view! { <div>{words}</div> }).collect_view();
        view! { {way}<div class="ft">{facts}</div> }
    };
    view! { <div class="fresh pop" role="tooltip">{live(body)}</div> }
}

/// The way of the newest record where the panel is live; the reason where it is not.
fn way_view(context: &PanelContext) -> impl IntoView + use<> {
    if let Some(paused) = paused_words() {
        let next = "The server goes on; going live shows the newest at once.";
        return reason_view(paused, next.to_owned(), String::new());
    }
    if let State::Error { title, .. } = context.state.get() {
        return reason_view(
            title,
            "The panel itself says what and where.".to_owned(),
            String::new(),
        );
    }
    let freshness = context.freshness.get();
    let legs = untrack(|| context.legs()).filter(|_| {
        matches!(
            freshness,
            Freshness::Live { .. } | Freshness::Late { .. } | Freshness::FallingBehind { .. }
        )
    });
    let sequence = untrack(|| context.result()).map(|result| result.as_of.sequence);
    let reason = words::reason(&freshness);
    let way = legs.map(|legs| legs_view(&legs, sequence));
    let why = (!reason.what.is_empty() && way.is_none())
        .then(|| reason_view(reason.what, reason.next, reason.detail));
    view! { {way}{why} }.into_any()
}

fn reason_view(what: String, next: String, detail: String) -> AnyView {
    let detail = (!detail.is_empty()).then(|| view! { <p class="mono">{detail}</p> });
    view! { <h4>{what}</h4><p>{next}</p>{detail} }.into_any()
}

/// Newest event, watermark, and from when on the picture may still change.
fn facts(context: &PanelContext) -> Vec<String> {
    let Some(result) = untrack(|| context.result()) else { return Vec::new() };
    let time = |at_ms: i64| time_of_day(at_ms, Precision::Second);
    let as_of = &result.as_of;
    let open = result.provisional_from_ms.filter(|_| context.is_provisional());
    [
        as_of.event_time_ms.map(|at_ms| format!("Newest event {}", time(at_ms))),
        as_of.watermark_ms.map(|at_ms| format!("Watermark {}, all before is final", time(at_ms))),
        open.map(|at_ms| format!("So far: from {} on it still fills", time(at_ms))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Single bad records are no trouble, but they are said.
fn refused_words(context: &PanelContext) -> Option<String> {
    let stream = context.spec.stream();
    let refusals = session::with_link(|link| link.stream(stream)?.refusals.clone())??;
    let count = count_words(refusals.count);
    let place = format!("{} {}:{}", refusals.topic, refusals.partition, refusals.offset);
    Some(format!("{count} bad records left out, newest {place}"))
}

/// One shade of the ramp per leg, in order.
const SHADES: [&str; 5] = ["--seq-3", "--seq-4", "--seq-5", "--seq-6", "--seq-7"];

fn legs_view(legs: &Legs, sequence: Option<u64>) -> impl IntoView + use<> {
    let parts = legs.parts();
    let shade = |index: usize| format!("var({})", SHADES[index % SHADES.len()]);
    let bar = parts.iter().enumerate().map(|(index, (_, ms))| {
        view! { <i style=("flex-grow", ms.to_string()) style=("background", shade(index))></i> }
    });
    let rows = parts.iter().enumerate().map(|(index, (leg, ms))| {
        view! {
            <div class="r">
                <i style=("background", shade(index))></i>
                <span>{leg.name()}</span>
                <b>{format!("{ms} ms")}</b>
            </div>
        }
    });
    let bar = bar.collect_view();
    let rows = rows.collect_view();
    let sequence = sequence.map(|sequence| format!("seq {}", count_words(sequence)));
    view! {
        <h4>{format!("{} behind", age_words(legs.total_ms()))}<span>{sequence}</span></h4>
        <div class="st">{bar}</div>
        {rows}
    }
}

/// The board's chip: its worst panel.
#[component]
pub(crate) fn BoardChip(panels: Panels) -> impl IntoView {
    // Panels that can show nothing do not count.
    let panels = Memo::new_with_compare(
        move |_| {
            let counts = |panel: &&PanelContext| panel.spec.asks() && panel.spec.params.is_ok();
            panels.with(|panels| {
                panels.iter().filter(counts).cloned().collect::<Arc<[PanelContext]>>()
            })
        },
        |_, _| true,
    );
    let worst = move || {
        let all = panels.get();
        all.iter().max_by_key(|panel| panel.freshness.get()).cloned()
    };
    let shown = Memo::new(move |_| {
        if let Some(paused) = paused_words() {
            return ("chip brd paused", paused);
        }
        worst().map_or(("chip brd fact", "No live panels".to_owned()), |panel| {
            panel.freshness.with(words::board_chip)
        })
    });
    // Ages change twice a second and would be read out each time: only another state is.
    let told = Memo::new(move |_| {
        if is_paused() {
            return "Paused".to_owned();
        }
        worst().map(|panel| panel.freshness.with(spoken)).unwrap_or_default()
    });
    let card = Arc::new(move || view! { <BoardCard panels=panels.get() /> }.into_any());
    view! {
        <Opening shown name="Freshness of the board".to_owned() card />
        <span class="sr" role="status">{told}</span>
    }
}

fn spoken(freshness: &Freshness) -> String {
    match freshness {
        Freshness::Live { .. } => "Live".to_owned(),
        Freshness::Replay { .. } => "Replay".to_owned(),
        Freshness::Quiet { .. } => "No new records".to_owned(),
        Freshness::CatchingUp { .. } => "Catching up".to_owned(),
        Freshness::Late { leg, .. } => leg.slow().to_owned(),
        Freshness::Waiting => "Connecting".to_owned(),
        Freshness::Fixed | Freshness::SoFar { .. } => "Fixed range".to_owned(),
        Freshness::FallingBehind { .. } => "The server falls behind".to_owned(),
        Freshness::Stale { .. } => words::reason(freshness).what,
    }
}

/// Its worst panels, each with its own chip's words.
#[component]
fn BoardCard(panels: Arc<[PanelContext]>) -> impl IntoView {
    const SHOWN: usize = 6;
    let body = move || {
        let mut worst: Vec<&PanelContext> = panels.iter().collect();
        worst.sort_by_key(|panel| std::cmp::Reverse(panel.freshness.get()));
        let reason = worst.first().map(|panel| panel.freshness.with(words::reason));
        let reason = reason.filter(|reason| !reason.what.is_empty());
        let reason = reason.map(|of| reason_view(of.what, of.next, of.detail));
        let title = reason.is_none().then(|| view! { <h4>"Oldest panels"</h4> });
        let rows = worst.iter().take(SHOWN).map(|panel| {
            let (_, words) = panel.freshness.with(words::chip);
            let title = panel.spec.title.clone();
            view! { <div class="r two"><span>{title}</span><b>{words}</b></div> }
        });
        let rows = rows.collect_view();
        let rest = panels.len().saturating_sub(SHOWN);
        let rest = (rest > 0)
            .then(|| view! { <div class="ft">{format!("{rest} more are fresher")}</div> });
        view! { {title}{reason}<div class="rows">{rows}</div>{rest} }
    };
    view! { <div class="fresh brd pop" role="tooltip">{live(body)}</div> }
}
