//! The handle of a panel on a board that is edited: the keyboard's way to move, resize, copy and delete it.

use hailstream_client::layout::{COLUMNS, MIN_HEIGHT, MIN_WIDTH, settle};
use hailstream_protocol::saved_object::GridData;
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
    let resizes = event.shift_key();
    editing.change(|draft| {
        let mut places = draft.places();
        let Some(at) = places.iter().position(|placed| placed.id == id) else { return };
        let grid = places[at].grid;
        places[at].grid =
            if resizes { resized(grid, right, down) } else { moved(grid, right, down) };
        // A step down changes places with what is below, which may be many rows high.
        if !resizes && down > 0 {
            let below = places.iter().filter(|other| other.grid.y >= grid.y + grid.h);
            let under = below.filter(|other| {
                other.grid.x < grid.x + grid.w && grid.x < other.grid.x + other.grid.w
            });
            let next = under.map(|other| other.grid.y + 1).min();
            places[at].grid.y = next.unwrap_or(grid.y);
        }
        if !resizes && down < 0 {
            let above = places.iter().filter(|other| other.grid.y < grid.y);
            let over = above.filter(|other| {
                other.grid.x < grid.x + grid.w && grid.x < other.grid.x + other.grid.w
            });
            places[at].grid.y = over.map(|other| other.grid.y).max().unwrap_or(0);
        }
        settle(&mut places, Some(id));
        draft.place(&places);
    });
    true
}

fn moved(grid: GridData, right: i64, down: i64) -> GridData {
    let x = (i64::from(grid.x) + right).clamp(0, i64::from(COLUMNS - grid.w.min(COLUMNS)));
    let y = (i64::from(grid.y) + down).max(0);
    GridData { x: x as u32, y: y as u32, ..grid }
}

fn resized(grid: GridData, right: i64, down: i64) -> GridData {
    let widest = i64::from(COLUMNS - grid.x.min(COLUMNS - MIN_WIDTH));
    let w = (i64::from(grid.w) + right).clamp(i64::from(MIN_WIDTH), widest);
    let h = (i64::from(grid.h) + down).max(i64::from(MIN_HEIGHT));
    GridData { w: w as u32, h: h as u32, ..grid }
}
