//! The freshness chips: one per panel, and the board's, which is its worst panel's. Their words and marks.

use hailstream_chart::Precision;
use hailstream_client::freshness::{Freshness, Legs, age_words};
use leptos::prelude::*;

use super::context::{PanelContext, State};
use crate::local_time::time_of_day;
use crate::session;

/// Class and words of a chip.
pub(crate) fn chip_words(freshness: &Freshness) -> (&'static str, String) {
    match freshness {
        Freshness::Live { behind_ms: Some(behind_ms) } => ("chip live", age_words(*behind_ms)),
        Freshness::Live { behind_ms: None } => ("chip live", "live".to_owned()),
        Freshness::Quiet { for_ms } => ("chip wait", format!("quiet {}", age_words(*for_ms))),
        Freshness::Waiting => ("chip wait", "first records".to_owned()),
        Freshness::CatchingUp { lag: 0 } => ("chip wait", "catching up".to_owned()),
        Freshness::CatchingUp { lag } => ("chip wait", format!("catching up, {lag} to go")),
        Freshness::Late { behind_ms } => {
            ("chip stale", format!("{} behind", age_words(*behind_ms)))
        }
        Freshness::Stale { for_ms, .. } => ("chip stale", format!("{} behind", age_words(*for_ms))),
        Freshness::Fixed => ("chip plain", "fixed range".to_owned()),
    }
}

/// A panel's chip; pointing at a live one opens the way of its newest record.
#[component]
pub(crate) fn Chip(context: PanelContext) -> impl IntoView {
    let open = RwSignal::new(false);
    let (state, freshness) = (context.state.clone(), context.freshness.clone());
    let shown = Memo::new(move |_| match state.get() {
        State::Error { .. } => ("chip bad", "failed".to_owned()),
        _ if session::pause().with(|pause| pause.since_ms.is_some()) => {
            ("chip plain", "paused".to_owned())
        }
        _ => freshness.with(chip_words),
    });
    let card = move || {
        let is_live = context.freshness.with(|freshness| {
            matches!(
                freshness,
                Freshness::Live { .. } | Freshness::Quiet { .. } | Freshness::Late { .. }
            )
        });
        let context = context.clone();
        (open.get() && is_live).then(move || view! { <LegsCard context /> })
    };
    view! {
        <span
            class="chip-place"
            on:pointerenter=move |_| open.set(true)
            on:pointerleave=move |_| open.set(false)
        >
            <span class=move || shown.with(|(class, _)| *class)>
                {move || shown.with(|(_, words)| words.clone())}
            </span>
            {card}
        </span>
    }
}

/// The way of the newest record, part by part; the sum is what the chip says.
#[component]
fn LegsCard(context: PanelContext) -> impl IntoView {
    let legs = {
        let context = context.clone();
        move || {
            session::pulse().track();
            untrack(|| context.legs())
        }
    };
    let rows = move || legs().map(|legs| legs_view(&legs));
    let facts = move || {
        session::pulse().track();
        untrack(|| context.result()).map(|result| {
            let time = |at: Option<i64>| at.map(|at| time_of_day(at, Precision::Second));
            let newest = time(result.as_of.event_time_ms).map(|at| format!("Newest event {at}"));
            let final_to = time(result.as_of.watermark_ms)
                .map(|at| format!("Watermark {at}, all before is final"));
            let sequence = format!("Sequence {}", result.as_of.sequence);
            [newest, final_to, Some(sequence)]
                .into_iter()
                .flatten()
                .map(|words| view! { <div>{words}</div> })
                .collect_view()
        })
    };
    view! {
        <div class="fresh pop" role="tooltip">
            {rows}
            <div class="ft">{facts}</div>
        </div>
    }
}

/// One shade of the ramp per leg, in order.
const SHADES: [&str; 5] = ["--seq-3", "--seq-4", "--seq-5", "--seq-6", "--seq-7"];

fn legs_view(legs: &Legs) -> impl IntoView + use<> {
    let parts = legs.parts();
    let shade = |index: usize| format!("var({})", SHADES[index % SHADES.len()]);
    let bar = parts.iter().enumerate().map(|(index, (_, ms))| {
        view! { <i style=("flex-grow", ms.to_string()) style=("background", shade(index))></i> }
    });
    let rows = parts.iter().enumerate().map(|(index, (name, ms))| {
        view! {
            <div class="r">
                <i style=("background", shade(index))></i>
                <span>{*name}</span>
                <b>{format!("{ms} ms")}</b>
            </div>
        }
    });
    let bar = bar.collect_view();
    let rows = rows.collect_view();
    view! {
        <h4>{format!("{} behind", age_words(legs.total_ms()))}</h4>
        <div class="st">{bar}</div>
        {rows}
    }
}

/// The board's chip: its worst panel.
#[component]
pub(crate) fn BoardChip(panels: Vec<PanelContext>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        if let Some(since_ms) = session::pause().with(|pause| pause.since_ms) {
            let waiting = session::pause().with(|pause| pause.waiting);
            let at = time_of_day(since_ms, Precision::Second);
            return ("chip brd paused", format!("Paused at {at}, {waiting} waiting"));
        }
        // Panels that can show nothing do not count.
        let shown = panels.iter().filter(|panel| panel.spec.asks() && panel.spec.params.is_ok());
        let worst = shown.map(|panel| panel.freshness.get()).max();
        worst.map_or(("chip brd wait", "Connecting".to_owned()), |worst| board_words(&worst))
    });
    view! {
        <span class=move || shown.with(|(class, _)| *class) role="status" title="Its oldest panel">
            {move || shown.with(|(_, words)| words.clone())}
        </span>
    }
}

fn board_words(worst: &Freshness) -> (&'static str, String) {
    let (_, words) = chip_words(worst);
    match worst {
        Freshness::Live { behind_ms: Some(_) } => ("chip brd", format!("Live · {words} behind")),
        Freshness::Live { behind_ms: None } => ("chip brd", "Live".to_owned()),
        Freshness::Fixed => ("chip brd plain", "Fixed range".to_owned()),
        Freshness::Quiet { .. } => ("chip brd wait", format!("Live · {words}")),
        Freshness::Waiting | Freshness::CatchingUp { .. } => {
            let mut words = words;
            // Ours are ASCII; Unicode's case tables would be 5 kB of the page.
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            ("chip brd wait", words)
        }
        Freshness::Late { .. } | Freshness::Stale { .. } => ("chip brd stale", words),
    }
}
