//! Moving a map: drag, wheel, pinch, keys; choosing a vehicle by a click; drawing an area with a tool or with Shift.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent, WheelEvent};

use super::MapHandle;
use super::around::Around;
use super::state::MapState;
use crate::dom::Listener;

/// A pointer that moved less than this (CSS px) has clicked.
const CLICK_PX: f64 = 4.0;
/// Wheel units that make one zoom step of a factor of two.
const WHEEL_STEP: f64 = 320.0;
/// A click on a count looks this much closer.
const COUNT_STEP: f64 = 1.5;
/// What one key press moves, CSS px.
const KEY_PX: f64 = 80.0;

/// Pointers that are down, and how far the first has come.
#[derive(Default)]
struct Pointers {
    down: Vec<(i32, (f64, f64))>,
    travelled: f64,
    /// Where the first went down, and whether Shift was held, until it has moved or another joins it.
    pressed: Option<((f64, f64), bool)>,
}

/// Listens on the map for as long as it is there.
pub(super) fn listen(map: NodeRef<html::Div>, handle: &MapHandle, around: Around) {
    let listeners = StoredValue::new_local(Vec::new());
    let handle = handle.clone();
    Effect::new(move |_| {
        let Some(map) = map.get() else { return };
        let element: &Element = map.as_ref();
        listeners.set_value(listeners_on(element, &handle, around));
    });
}

fn listeners_on(map: &Element, handle: &MapHandle, around: Around) -> Vec<Listener> {
    let pointers = Rc::new(RefCell::new(Pointers::default()));
    let on = |name: &'static str, act: fn(&Gesture, &Event)| {
        let gesture = Gesture {
            map: map.clone(),
            handle: handle.clone(),
            around,
            pointers: Rc::clone(&pointers),
        };
        Listener::new(map, name, move |event| act(&gesture, &event))
    };
    vec![
        on("pointerdown", Gesture::press),
        on("pointermove", Gesture::drag),
        on("pointerup", Gesture::release),
        on("pointercancel", Gesture::cancel),
        on("pointerleave", Gesture::leave),
        on("wheel", Gesture::wheel),
        on("keydown", Gesture::key),
    ]
}

impl Pointers {
    /// Takes a pointer's new place, if it is down; its place before.
    fn moved(&mut self, id: i32, to: (f64, f64)) -> Option<(f64, f64)> {
        let (_, at) = self.down.iter_mut().find(|(of, _)| *of == id)?;
        Some(std::mem::replace(at, to))
    }

    /// Lifts a pointer; whether it was down.
    fn lift(&mut self, id: i32) -> bool {
        let before = self.down.len();
        self.down.retain(|(of, _)| *of != id);
        self.down.len() < before
    }
}

struct Gesture {
    map: Element,
    handle: MapHandle,
    around: Around,
    pointers: Rc<RefCell<Pointers>>,
}

impl Gesture {
    /// A pointer event on the map itself, not on what lies on top; its place in the map.
    fn pointer<'a>(&self, event: &'a Event) -> Option<(&'a PointerEvent, (f64, f64))> {
        let event = event.dyn_ref::<PointerEvent>()?;
        Some((event, self.place(f64::from(event.client_x()), f64::from(event.client_y()))))
    }

    fn place(&self, client_x: f64, client_y: f64) -> (f64, f64) {
        let bounds = self.map.get_bounding_client_rect();
        (client_x - bounds.left(), client_y - bounds.top())
    }

    fn is_on_map(event: &Event) -> bool {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        target.is_some_and(|target| target.tag_name().eq_ignore_ascii_case("canvas"))
    }

    fn press(&self, event: &Event) {
        let Some((pointer, place)) = self.pointer(event).filter(|_| Self::is_on_map(event)) else {
            return;
        };
        // Not captured where the pointer is already gone: then the drag ends at the edge.
        let _gone = self.map.set_pointer_capture(pointer.pointer_id());
        let mut pointers = self.pointers.borrow_mut();
        pointers.lift(pointer.pointer_id());
        pointers.down.push((pointer.pointer_id(), place));
        if pointers.down.len() == 1 {
            pointers.travelled = 0.0;
            pointers.pressed = Some((place, pointer.shift_key()));
        } else {
            // Two fingers move the map.
            pointers.pressed = None;
            drop(pointers);
            self.abandon_area();
        }
    }

    fn abandon_area(&self) {
        let is_open = self.handle.state.try_borrow().is_ok_and(|state| state.draws_area());
        if is_open {
            self.around.tool.set(None);
            self.handle.change(MapState::clear_area);
        }
    }

    fn drag(&self, event: &Event) {
        let Some((pointer, (x, y))) = self.pointer(event) else { return };
        let mut pointers = self.pointers.borrow_mut();
        let Some(before) = pointers.moved(pointer.pointer_id(), (x, y)) else {
            drop(pointers);
            self.hover(x, y, event);
            return;
        };
        let other =
            pointers.down.iter().find(|(id, _)| *id != pointer.pointer_id()).map(|(_, at)| *at);
        let (dx, dy) = (x - before.0, y - before.1);
        pointers.travelled += dx.hypot(dy);
        let has_moved = pointers.travelled >= CLICK_PX;
        let pressed = has_moved.then(|| pointers.pressed.take()).flatten();
        drop(pointers);
        if let Some((from, with_shift)) = pressed {
            self.handle.change(|state| state.begin_area(from, with_shift));
        }
        if other.is_none() && self.draws((x, y)) {
            return;
        }
        match other {
            Some((other_x, other_y)) => {
                let spread = |at: (f64, f64)| (at.0 - other_x).hypot(at.1 - other_y).max(1.0);
                let steps = (spread((x, y)) / spread(before)).log2();
                let middle = (f64::midpoint(x, other_x), f64::midpoint(y, other_y));
                self.handle.change(|state| {
                    state.move_view(|view| {
                        view.panned(dx / 2.0, dy / 2.0).zoomed_at(middle.0, middle.1, steps)
                    });
                });
            }
            None if has_moved => self.handle.change(|state| {
                state.stop_following();
                state.hovered = None;
                state.move_view(|view| view.panned(dx, dy));
            }),
            None => {}
        }
    }

    /// Goes on with an area; whether one is being drawn.
    fn draws(&self, at: (f64, f64)) -> bool {
        let draws = self.handle.state.try_borrow_mut().is_ok_and(|mut state| state.draw_area(at));
        if draws {
            self.handle.mark.paint();
        }
        draws
    }

    fn hover(&self, x: f64, y: f64, event: &Event) {
        let is_touch = event.dyn_ref::<PointerEvent>().is_some_and(|p| p.pointer_type() == "touch");
        let picked = {
            let Ok(state) = self.handle.state.try_borrow() else { return };
            let picked = state.pick(x, y);
            let picked = picked.filter(|_| Self::is_on_map(event) && !is_touch);
            if picked == state.hovered {
                return;
            }
            picked
        };
        self.handle.change(|state| state.hovered = picked);
    }

    fn leave(&self, _event: &Event) {
        self.handle.change(|state| state.hovered = None);
    }

    fn release(&self, event: &Event) {
        let Some((pointer, (x, y))) = self.pointer(event) else { return };
        let mut pointers = self.pointers.borrow_mut();
        let was_down = pointers.lift(pointer.pointer_id());
        let is_click = was_down && pointers.down.is_empty() && pointers.travelled < CLICK_PX;
        drop(pointers);
        let has_drawn =
            was_down && self.handle.state.try_borrow_mut().is_ok_and(|mut state| state.end_area());
        if has_drawn {
            self.around.tool.set(None);
            return self.handle.mark.paint();
        }
        if is_click {
            let is_crowded = self.handle.state.try_borrow().is_ok_and(|state| state.is_crowded);
            if is_crowded {
                return self
                    .handle
                    .change(|state| state.move_view(|view| view.zoomed_at(x, y, COUNT_STEP)));
            }
            let state = self.handle.state.try_borrow();
            let picked = state.ok().and_then(|state| state.pick(x, y));
            self.handle.choose(picked, self.around);
        }
    }

    fn cancel(&self, event: &Event) {
        if let Some((pointer, _)) = self.pointer(event) {
            self.pointers.borrow_mut().lift(pointer.pointer_id());
            self.abandon_area();
        }
    }

    fn wheel(&self, event: &Event) {
        let Some(wheel) = event.dyn_ref::<WheelEvent>() else { return };
        event.prevent_default();
        let (x, y) = self.place(f64::from(wheel.client_x()), f64::from(wheel.client_y()));
        // Lines and pages are made pixels; a pinch on a touchpad arrives as a wheel with Ctrl, in small units.
        let unit = if wheel.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { 30.0 };
        let strength = if wheel.ctrl_key() { 4.0 } else { 1.0 };
        let steps = (-wheel.delta_y() * unit * strength / WHEEL_STEP).clamp(-1.0, 1.0);
        self.handle.change(|state| state.move_view(|view| view.zoomed_at(x, y, steps)));
    }

    fn key(&self, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_in_list = target
            .as_ref()
            .is_some_and(|target| target.closest(".side, .past").is_ok_and(|side| side.is_some()));
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        // The list and the playback have keys of their own, and all of them while a name is typed or the slider moved.
        let is_typed = target.as_ref().is_some_and(|target| target.tag_name() == "INPUT");
        if is_in_list && (is_typed || key.key() != "f") {
            return;
        }
        let (dx, dy, steps) = match key.key().as_str() {
            "ArrowLeft" => (KEY_PX, 0.0, 0.0),
            "ArrowRight" => (-KEY_PX, 0.0, 0.0),
            "ArrowUp" => (0.0, KEY_PX, 0.0),
            "ArrowDown" => (0.0, -KEY_PX, 0.0),
            "+" | "=" => (0.0, 0.0, 0.5),
            "-" => (0.0, 0.0, -0.5),
            other => return self.command(other, event),
        };
        event.prevent_default();
        self.handle.change(|state| {
            if steps == 0.0 {
                state.stop_following();
            }
            state.move_view(|view| {
                let (width, height) = view.size();
                view.panned(dx, dy).zoomed_at(width / 2.0, height / 2.0, steps)
            });
        });
    }

    /// Keys that mean the board's own where nothing is chosen are left to it.
    fn command(&self, key: &str, event: &Event) {
        let state = self.handle.state.try_borrow();
        let (has_chosen, has_area) = state.map_or((false, false), |state| {
            let drawing = &state.drawing;
            (state.chosen.is_some(), drawing.tool.is_some() || drawing.area.is_some())
        });
        match key {
            "Escape" if has_area => {
                self.around.tool.set(None);
                self.handle.change(MapState::clear_area);
            }
            "0" => self.handle.change(MapState::go_home),
            "f" if has_chosen => self.handle.toggle_follow(),
            "Escape" if has_chosen => self.handle.choose(None, self.around),
            _ => return,
        }
        event.prevent_default();
    }
}
