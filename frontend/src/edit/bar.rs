//! The right end of the title row: the button that begins to edit and, while one edits, undo, new panels, discard and save.

use hailstream_client::draft::Draft;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;

use super::Editing;
use super::add::AddButton;
use super::board_settings::BoardSettings;
use crate::address::AddressStore;
use crate::chrome::Icon;
use crate::live::{live_text, live_value};

/// Begins to edit.
#[component]
pub(crate) fn EditButton(editing: Editing) -> impl IntoView {
    view! {
        <button class="btn edit" title="Edit this dashboard (e)" on:click=move |_| editing.begin()>
            <Icon name="edit" /><span class="words">"Edit"</span>
        </button>
    }
}

/// What one needs while editing.
#[component]
pub(crate) fn EditBar(editing: Editing, range: ArcRwSignal<TimeRange>) -> impl IntoView {
    let address = expect_context::<AddressStore>();
    let of_draft = {
        let draft = editing.draft.clone();
        move |read: fn(&Draft) -> usize| draft.with(|draft| draft.as_ref().map_or(0, read))
    };
    let steps = of_draft.clone();
    let words = move || match steps(Draft::steps) {
        0 => String::new(),
        1 => "1 change, draft kept".to_owned(),
        steps => format!("{steps} changes, draft kept"),
    };
    let step = |icon: &'static str,
                name: &'static str,
                can: fn(&Draft) -> usize,
                step: fn(&mut Draft) -> bool| {
        let of_draft = of_draft.clone();
        let editing = editing.clone();
        view! {
            <button
                class="btn icon" title=name aria-label=name
                disabled=move || of_draft(can) == 0
                on:click=move |_| { editing.change(step); }
            >
                <Icon name=icon />
            </button>
        }
        .into_any()
    };
    let undo = step("undo", "Undo (Ctrl Z)", Draft::steps, Draft::undo);
    let redo =
        step("redo", "Redo (Ctrl Shift Z)", |draft| usize::from(draft.can_redo()), Draft::redo);
    let save_words = {
        let editing = editing.clone();
        move || {
            let copy = if editing.is_read_only() { "Save a copy" } else { "Save" };
            if editing.is_saving.get() { "Saving …".to_owned() } else { copy.to_owned() }
        }
    };
    let why = untrack(|| editing.is_read_only())
        .then_some("This dashboard comes from a file of the server: changes are saved as a copy");
    let discard = {
        let editing = editing.clone();
        move |_| editing.discard()
    };
    let save = {
        let editing = editing.clone();
        move |_| editing.save(address)
    };
    let is_saving = editing.is_saving.clone();
    view! {
        <span class="drafted" role="status">{live_text(words)}</span>
        {undo}{redo}
        <BoardSettings editing=editing.clone() range />
        <AddButton editing=editing.clone() />
        <button class="btn" on:click=discard>"Discard"</button>
        <button class="btn primary" title=why aria-busy=live_value(move || is_saving.get().to_string()) on:click=save>
            {live_text(save_words)}
        </button>
    }
}
