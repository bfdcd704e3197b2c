//! The row at the top of a dashboard: where one is, how fresh it is, which time it shows, the pause, and a link to it. On a
//! wall there is nothing to click, but a clock.

use crate::live::{live, live_text, live_value};
use hailstream_chart::Precision;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;

use super::Icon;
use super::popover::PopButton;
use super::share::ShareButton;
use super::time_menu;
use crate::edit::{EditButton, Editing, edit_bar};
use crate::lazy::lazily;
use crate::local_time::{day_words, time_of_day};
use crate::panel::{BoardChip, BoardContext, Panels};
use crate::time_words::range_words;
use crate::{session, zone};

/// The row.
#[component]
pub(crate) fn TitleRow(board: BoardContext, panels: Panels, is_wall: Memo<bool>) -> impl IntoView {
    let range = board.range.clone();
    let editing = board.editing.clone();
    let is_editing = {
        let editing = editing.clone();
        Memo::new(move |_| editing.is_on())
    };
    let name = {
        let editing = editing.clone();
        live(move || name(&editing, is_editing.get()))
    };
    let right = move || {
        if is_wall.get() {
            return view! { <WallClock /> }.into_any();
        }
        if is_editing.get() {
            return lazily(edit_bar(editing.clone(), range.clone()));
        }
        view! {
            <span class="split">
                <TimeButton range=range.clone() />
                <PauseButton />
            </span>
            <ShareButton board=board.clone() />
            {board.can_edit().then(|| view! { <EditButton editing=editing.clone() /> })}
        }
        .into_any()
    };
    view! {
        <div class="titlerow">
            <a class="crumb" href="/">"Dashboards"</a>
            <span class="sep muted">"/"</span>
            {name}
            <BoardChip panels />
            <span class="grow"></span>
            {live(right)}
        </div>
    }
}

/// The board's name; while one edits it can be changed.
fn name(editing: &Editing, is_editing: bool) -> AnyView {
    let of_name = editing.clone();
    if !is_editing {
        let of_about = editing.clone();
        return view! { <h1 title=live_value(move || of_about.name().1)>{live_text(move || of_name.name().0)}</h1> }
            .into_any();
    }
    let editing = editing.clone();
    let rename = move |event| {
        let title = event_target_value(&event).trim().to_owned();
        if !title.is_empty() {
            editing.change(|draft| draft.set_attribute("title", title.into()));
        }
    };
    view! {
        <h1 class="sr">{live_text({ let of_name = of_name.clone(); move || of_name.name().0 })}</h1>
        <input
            class="input rename" aria-label="Name of the dashboard" autocomplete="off"
            prop:value=live_value(move || of_name.name().0) on:change=rename
        />
    }
    .into_any()
}

#[component]
pub(crate) fn TimeButton(range: ArcRwSignal<TimeRange>) -> impl IntoView {
    let words = {
        let range = range.clone();
        move || {
            zone::chosen().track();
            range.with(|range| {
                let live = if range.is_live() { "Live · " } else { "" };
                format!("{live}{}", range_words(range))
            })
        }
    };
    // What is seen is part of the name: people who speak to their computer say what they see.
    let name = {
        let words = words.clone();
        move || format!("Time range: {}", words())
    };
    let menu = move |open| lazily(time_menu(range.clone(), open));
    view! {
        <PopButton class="btn timebtn" popup="dialog" label=Signal::derive(name) content=menu>
            <Icon name="clock" />
            <span class="words">{words}</span>
            <span class="chev"><Icon name="chev" /></span>
        </PopButton>
    }
}

#[component]
pub(crate) fn PauseButton() -> impl IntoView {
    let pause = session::pause();
    let is_paused = Signal::derive(move || pause.with(|pause| pause.since_ms.is_some()));
    let name = move || if is_paused.get() { "Resume (Space)" } else { "Pause (Space)" };
    let icon = Signal::derive(move || if is_paused.get() { "play" } else { "pause" });
    let toggle = move |_| session::set_paused(!is_paused.get_untracked());
    view! {
        <button class="btn icon" title=name aria-label=name on:click=toggle>
            <Icon name=icon />
        </button>
    }
}

/// Day and time of day.
#[component]
fn WallClock() -> impl IntoView {
    let now_ms = move || session::pulse().get();
    view! {
        <span class="wallclock">
            {live_text(move || day_words(now_ms()))}" "<b>{live_text(move || time_of_day(now_ms(), Precision::Second))}</b>
        </span>
    }
}
