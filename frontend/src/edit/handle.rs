//! The handle of a panel on a board that is edited: the keyboard's way to move, resize, copy and delete it.

use hailstream_client::layout::{nudge, stretch};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Editing;
use crate::chrome::Icon;

/// See the module's words.
#[component]
pub(crate) fn Handle(editing: Editing, id: String, title: String) -> impl IntoView {
    let name = format!("{title}: arrows move it, Shift and arrows resize it, Delete removes it");
    let press = move |event: KeyboardEvent| {
        if press(&editing, &id, &event) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <button class="handle" title="Drag to move; with the keyboard: arrows, Shift and arrows" aria-label=name on:keydown=press>
            <Icon name="grip" />
        </button>
    }
}

/// Whether the key meant something.
fn press(editing: &Editing, id: &str, event: &KeyboardEvent) -> bool {
    let is_plain = !event.alt_key() && !event.ctrl_key() && !event.meta_key();
    let (right, down) = match event.key().as_str() {
        "ArrowLeft" => (-1, 0),
        "ArrowRight" => (1, 0),
        "ArrowUp" => (0, -1),
        "ArrowDown" => (0, 1),
        "Delete" | "Backspace" if is_plain => {
            editing.change(|draft| draft.remove_panel(id));
            return true;
        }
        "Enter" if is_plain => {
            editing.open.set(Some(id.to_owned()));
            return true;
        }
        _ => return false,
    };
    if !is_plain {
        return false;
    }
    let change = if event.shift_key() { stretch } else { nudge };
    editing.change(|draft| {
        let mut places = draft.places();
        change(&mut places, id, right, down);
        draft.place(&places);
    });
    true
}
