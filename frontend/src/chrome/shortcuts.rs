//! The keys of a dashboard, and the page of help that lists them.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use hailstream_client::draft::Draft;

use crate::panel::BoardContext;
use crate::{dom, session};

/// Where a person's wish not to have letters as keys is stored: speech input types letters without meaning keys.
const LETTERS_OFF: &str = "hailstream-letters-off";

/// Keys and what they do, as the help lists them.
const KEYS: [(&str, &str); 12] = [
    ("/", "To the query"),
    ("Space", "Pause and go on"),
    ("f", "The panel with the focus fills the window; else the page fills the screen"),
    ("t", "The panel with the focus as a table"),
    ("e", "Edit the dashboard; a panel with the focus opens in its editor"),
    ("Ctrl Z, Ctrl Shift Z, Ctrl S", "While editing: undo, redo, save"),
    ("w", "As on a wall: larger, nothing to click"),
    ("Tab", "From panel to panel"),
    ("← →", "In a chart: from bucket to bucket"),
    ("Enter", "In a chart: filter by what is pointed at"),
    ("Esc", "Close, leave, point at nothing"),
    ("?", "This help"),
];

/// Listens for the keys; shows the help.
#[component]
pub(crate) fn Shortcuts(board: BoardContext) -> impl IntoView {
    let help = NodeRef::<html::Dialog>::new();
    let listener = dom::document().map(|document| {
        dom::Listener::new(&document, "keydown", move |event| {
            if let Ok(event) = event.dyn_into::<KeyboardEvent>() {
                press(&board, help, &event);
            }
        })
    });
    StoredValue::new_local(listener);
    let key = |(key, words): (&'static str, &'static str)| view! { <dt><kbd>{key}</kbd></dt><dd>{words}</dd> };
    let keys = KEYS.map(key);
    view! {
        <dialog class="help" aria-label="Keys" node_ref=help>
            <h2>"Keys"</h2>
            <dl>{keys}</dl>
            <label class="check">
                <input type="checkbox" checked=!are_letters_off() on:change=switch_letters />
                "Letters work as keys"
            </label>
            <form method="dialog"><button class="btn">"Close"</button></form>
        </dialog>
    }
}

fn press(board: &BoardContext, help: NodeRef<html::Dialog>, event: &KeyboardEvent) {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let is_in = |selector: &str| {
        target.as_ref().is_some_and(|target| target.closest(selector).ok().flatten().is_some())
    };
    if press_while_editing(board, event, &target) {
        event.prevent_default();
        return;
    }
    if has_modifier || event.default_prevented() || is_in("input, select, textarea, dialog") {
        return;
    }
    let key = event.key();
    if key.starts_with(|first: char| first.is_ascii_lowercase()) && are_letters_off() {
        return;
    }
    let panel = target
        .as_ref()
        .and_then(|target| target.closest("[data-panel-id]").ok().flatten())
        .and_then(|panel| panel.get_attribute("data-panel-id"));
    match key.as_str() {
        " " if !is_in("button, a, [role=button], [role=option]") => {
            session::set_paused(session::pause().with_untracked(|pause| pause.since_ms.is_none()));
        }
        "f" => match panel {
            Some(panel) => board.enlarge(&panel),
            None => toggle_full_screen(),
        },
        "t" => {
            if let Some(panel) = panel {
                board.toggle_table(&panel);
            }
        }
        "e" if !board.editing.id.is_empty() => {
            board.editing.begin();
            board.editing.open.set(panel);
        }
        "/" => super::query_bar::focus(),
        "w" => board.address.toggle_wall(),
        "Escape" if board.enlarged.with_untracked(Option::is_some) && !has_popover() => {
            board.enlarged.set(None);
        }
        "?" => {
            if let Some(help) = help.get_untracked() {
                let _already_open = help.show_modal();
            }
        }
        _ => return,
    }
    event.prevent_default();
}

/// Undo, redo and save, which in a text that is being typed are the browser's.
fn press_while_editing(
    board: &BoardContext,
    event: &KeyboardEvent,
    target: &Option<Element>,
) -> bool {
    let editing = &board.editing;
    if !(event.ctrl_key() || event.meta_key())
        || event.alt_key()
        || editing.draft.with_untracked(Option::is_none)
    {
        return false;
    }
    let types = target
        .as_ref()
        .is_some_and(|target| target.matches("input:not([type=checkbox]), textarea") == Ok(true));
    match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
        ("s", false) => editing.save(board.address.store()),
        ("z", false) if !types => drop(editing.change(Draft::undo)),
        ("z", true) | ("y", false) if !types => drop(editing.change(Draft::redo)),
        _ => return false,
    }
    true
}

fn are_letters_off() -> bool {
    dom::stored(LETTERS_OFF).as_deref() == Some("1")
}

fn switch_letters(event: web_sys::Event) {
    dom::store(LETTERS_OFF, if event_target_checked(&event) { "0" } else { "1" });
}

/// An open menu or card takes the key first: it closes itself.
fn has_popover() -> bool {
    let found = dom::document().and_then(|document| document.query_selector(".pop").ok().flatten());
    found.is_some()
}

fn toggle_full_screen() {
    let Some(document) = dom::document() else { return };
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        // Refused where the page is embedded without permission.
        let _refused = root.request_fullscreen();
    }
}
