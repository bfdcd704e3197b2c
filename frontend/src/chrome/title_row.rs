//! The row at the top of a dashboard: where one is, how fresh it is, which time it shows, and the pause.

use hailstream_chart::Precision;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;

use super::Icon;
use super::time_menu::TimeMenu;
use crate::local_time::{instant_ms, time_of_day};
use crate::panel::{BoardChip, PanelContext};
use crate::session;

/// The row.
#[component]
pub(crate) fn TitleRow(
    title: String,
    panels: Vec<PanelContext>,
    range: ArcRwSignal<TimeRange>,
) -> impl IntoView {
    view! {
        <div class="titlerow">
            <a class="crumb" href="/">"Dashboards"</a>
            <span class="sep muted">"/"</span>
            <h1>{title}</h1>
            <BoardChip panels />
            <span class="grow"></span>
            <span class="split">
                <TimeButton range />
                <PauseButton />
            </span>
        </div>
    }
}

#[component]
fn TimeButton(range: ArcRwSignal<TimeRange>) -> impl IntoView {
    let open = RwSignal::new(false);
    let words = {
        let range = range.clone();
        move || range.with(range_words)
    };
    let toggle = move |_| open.update(|open| *open = !*open);
    let menu = move || open.get().then(|| view! { <TimeMenu range=range.clone() open /> });
    view! {
        <span class="anchor">
            <button
                class="btn timebtn"
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                aria-label="Time range"
                on:click=toggle
            >
                <Icon name="clock" />
                <span class="words">{words}</span>
                <span class="chev"><Icon name="chev" /></span>
            </button>
            {menu}
        </span>
    }
}

/// A range in words: `Live · last 15 min`, or its two ends.
fn range_words(range: &TimeRange) -> String {
    if let Some(words) = range.live_words() {
        return format!("Live · {words}");
    }
    let end = |text: &str| match instant_ms(text) {
        Some(at_ms) => time_of_day(at_ms, Precision::Minute),
        None => text.to_owned(),
    };
    format!("{} to {}", end(&range.from), end(&range.to))
}

#[component]
fn PauseButton() -> impl IntoView {
    let pause = session::pause();
    let is_paused = Signal::derive(move || pause.with(|pause| pause.since_ms.is_some()));
    let name = move || if is_paused.get() { "Resume" } else { "Pause" };
    let icon = Signal::derive(move || if is_paused.get() { "play" } else { "pause" });
    let toggle = move |_| session::set_paused(!is_paused.get_untracked());
    view! {
        <button class="btn icon" title=name aria-label=name on:click=toggle>
            <Icon name=icon />
        </button>
    }
}
