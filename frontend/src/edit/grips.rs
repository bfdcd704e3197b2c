//! Moving a panel by its header and resizing it by its corners. While it is held, the others already make room; where it would
//! stand is marked; Escape puts it back.

use std::rc::Rc;

use hailstream_client::layout::{COLUMNS, MIN_HEIGHT, MIN_WIDTH, Placed, settle, within};
use hailstream_protocol::saved_object::GridData;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, PointerEvent};

use super::Editing;
use crate::dom;
use crate::live::live;

/// Nearer than this to where it was taken, a press is a click, px.
const CLICK_PX: f64 = 4.0;

/// What is done to a panel that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// It goes elsewhere.
    Move,
    /// A corner goes elsewhere: whether it is a left one, and whether an upper one.
    Resize { left: bool, upper: bool },
}

/// Where a panel was taken, and what a step on the grid is, px.
#[derive(Debug)]
struct Taken {
    hold: Hold,
    id: String,
    pointer: (f64, f64),
    step: (f64, f64),
    places: Vec<Placed>,
}

/// The four corners.
#[component]
pub(crate) fn Grips(editing: Editing, id: String) -> impl IntoView {
    let corners =
        [(true, true, "nw"), (false, true, "ne"), (true, false, "sw"), (false, false, "se")];
    let grip = move |(left, upper, class): (bool, bool, &'static str)| {
        let (editing, id) = (editing.clone(), id.clone());
        let take =
            move |event: PointerEvent| hold(&editing, &id, Hold::Resize { left, upper }, &event);
        view! { <i class=format!("grip {class}") aria-hidden="true" on:pointerdown=take></i> }
    };
    corners.map(grip).collect_view()
}

/// Takes a panel by its header.
pub(crate) fn drag_by_header(editing: &Editing, id: &str, event: &PointerEvent) {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let on_control = target.is_some_and(|target| {
        target.closest("button:not(.handle), a, input, select, .pop").ok().flatten().is_some()
    });
    if !on_control && editing.draft.with_untracked(Option::is_some) {
        hold(editing, id, Hold::Move, event);
    }
}

/// Marks the place that a held panel would take.
#[component]
pub(crate) fn PlaceMark(editing: Editing) -> impl IntoView {
    live(move || {
        let held = editing.held.get()?;
        let places = editing.draft.with_untracked(|draft| Some(draft.as_ref()?.places()))?;
        let settled = with_held(&places, &held);
        let GridData { x, y, w, h } = settled.into_iter().find(|placed| placed.id == held.id)?.grid;
        Some(view! {
            <i class="landing" aria-hidden="true"
                style=("--x", (x + 1).to_string()) style=("--y", (y + 1).to_string())
                style=("--w", w.to_string()) style=("--h", h.to_string())
            ></i>
        })
    })
}

fn hold(editing: &Editing, id: &str, hold: Hold, event: &PointerEvent) {
    let one_column = dom::matches_media("(max-width: 480px)");
    let board = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest(".board").ok().flatten());
    let (Some(board), Some(document)) = (board, dom::document()) else { return };
    if event.button() != 0 || one_column {
        return;
    }
    event.prevent_default();
    let Some(places) = editing.draft.with_untracked(|draft| Some(draft.as_ref()?.places())) else {
        return;
    };
    let taken = Taken {
        hold,
        id: id.to_owned(),
        pointer: (f64::from(event.client_x()), f64::from(event.client_y()) + scrolled()),
        step: step_of(&board),
        places,
    };
    editing.chosen.set(Some(id.to_owned()));
    follow(editing, taken, &document);
}

/// Follows the pointer until it lets go, or until Escape.
fn follow(editing: &Editing, taken: Taken, document: &Document) {
    let listeners = StoredValue::new_local(Vec::new());
    let taken = Rc::new(taken);
    let mut is_moving = false;
    let moved = {
        let (editing, taken) = (editing.clone(), Rc::clone(&taken));
        move |event: web_sys::Event| {
            let Ok(event) = event.dyn_into::<PointerEvent>() else { return };
            let by = taken.moved_by(&event);
            is_moving |= by.0.hypot(by.1) >= CLICK_PX;
            let at = Placed { id: taken.id.clone(), grid: taken.grid(by) };
            if is_moving && editing.held.with_untracked(|held| held.as_ref() != Some(&at)) {
                editing.held.set(Some(at));
            }
        }
    };
    let let_go = {
        let editing = editing.clone();
        move |_| {
            listeners.try_set_value(Vec::new());
            let held = editing.held.get_untracked();
            editing.held.set(None);
            if let Some(held) = held {
                editing.change(|draft| draft.place(&with_held(&taken.places, &held)));
            }
        }
    };
    let give_up = {
        let editing = editing.clone();
        move |event: web_sys::Event| {
            let key = event.dyn_ref::<web_sys::KeyboardEvent>();
            if key.is_none_or(|event| event.key() == "Escape") {
                event.stop_propagation();
                listeners.try_set_value(Vec::new());
                editing.held.set(None);
            }
        }
    };
    listeners.set_value(vec![
        dom::Listener::new(document, "pointermove", moved),
        dom::Listener::new(document, "pointerup", let_go),
        dom::Listener::new(document, "pointercancel", give_up.clone()),
        dom::Listener::new(document, "keydown", give_up),
    ]);
}

/// Where all panels stand while one is held.
pub(crate) fn with_held(places: &[Placed], held: &Placed) -> Vec<Placed> {
    let mut places = places.to_vec();
    for placed in places.iter_mut().filter(|placed| placed.id == held.id) {
        placed.grid = held.grid;
    }
    settle(&mut places, Some(&held.id));
    places
}

impl Taken {
    /// How far the pointer is from where it took the panel, px.
    fn moved_by(&self, event: &PointerEvent) -> (f64, f64) {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()) + scrolled());
        (x - self.pointer.0, y - self.pointer.1)
    }

    fn grid(&self, by: (f64, f64)) -> GridData {
        let found = self.places.iter().find(|placed| placed.id == self.id);
        let from = found.map(|placed| placed.grid).unwrap_or_default();
        let steps = ((by.0 / self.step.0).round() as i64, (by.1 / self.step.1).round() as i64);
        let shifted = |start: u32, by: i64| (i64::from(start) + by).max(0) as u32;
        let grid = match self.hold {
            Hold::Move => {
                GridData { x: shifted(from.x, steps.0), y: shifted(from.y, steps.1), ..from }
            }
            Hold::Resize { left, upper } => {
                let right = from.x + from.w;
                let bottom = from.y + from.h;
                let x = if left {
                    shifted(from.x, steps.0).min(right.saturating_sub(MIN_WIDTH))
                } else {
                    from.x
                };
                let y = if upper {
                    shifted(from.y, steps.1).min(bottom.saturating_sub(MIN_HEIGHT))
                } else {
                    from.y
                };
                let w =
                    if left { right - x } else { shifted(from.w, steps.0).min(COLUMNS - from.x) };
                let h = if upper { bottom - y } else { shifted(from.h, steps.1) };
                GridData { x, y, w, h }
            }
        };
        within(grid)
    }
}

/// From column to column and from row to row, px.
fn step_of(board: &Element) -> (f64, f64) {
    const GAP: f64 = 8.0;
    const ROW: f64 = 20.0;
    const SIDES: f64 = 24.0;
    let width = f64::from(board.client_width()) - SIDES;
    ((width + GAP) / f64::from(COLUMNS), ROW + GAP)
}

fn scrolled() -> f64 {
    dom::window().and_then(|window| window.scroll_y().ok()).unwrap_or(0.0)
}
