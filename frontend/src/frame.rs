//! The frame loop: whatever arrives between two frames is committed once and painted once.
//!
//! Two callbacks share a frame. The first commits what the link holds to the signals; the reactive world settles in the
//! microtasks between them; the second paints the canvases that are dirty and on screen, as many as a frame has time for.
//! Nothing runs while nothing changes, and the browser runs nothing while the tab is hidden.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::supervisor;
use crate::{dom, session};

/// A wait shorter than this is spent frame by frame: a timer would miss the frame.
const SHORT_WAIT_MS: f64 = 34.0;

/// Painting that took this long leaves the rest to the next frame, ms: where forty panels change at once a hand is answered
/// between them.
const BUDGET_MS: f64 = 8.0;

/// When a painter wants to paint again by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Next {
    /// When it is marked.
    Rest,
    /// After so many ms.
    After(f64),
}

/// One canvas's place in the loop. It leaves the loop when it is dropped.
pub(crate) struct Painter {
    panel: String,
    dirty: Cell<bool>,
    visible: Cell<bool>,
    due_ms: Cell<f64>,
    paint: RefCell<Box<dyn FnMut(f64) -> Next>>,
}

impl Painter {
    /// `paint` gets our clock.
    pub(crate) fn new(panel: &str, paint: impl FnMut(f64) -> Next + 'static) -> Rc<Self> {
        let painter = Rc::new(Self {
            panel: panel.to_owned(),
            dirty: Cell::new(true),
            visible: Cell::new(true),
            due_ms: Cell::new(f64::INFINITY),
            paint: RefCell::new(Box::new(paint)),
        });
        LOOP.with(|frames| frames.painters.borrow_mut().push(Rc::downgrade(&painter)));
        request();
        painter
    }

    /// Paints in the next frame.
    pub(crate) fn mark(&self) {
        self.dirty.set(true);
        request();
    }

    /// Off screen nothing is painted; coming back paints what was missed.
    pub(crate) fn set_visible(&self, visible: bool) {
        self.visible.set(visible);
        if visible {
            request();
        }
    }

    fn wants_to_paint(&self, now: f64) -> bool {
        self.visible.get() && (self.dirty.get() || self.due_ms.get() <= now)
    }

    fn run(&self, now: f64) {
        self.dirty.set(false);
        self.due_ms.set(f64::INFINITY);
        let next = supervisor::rendering(&self.panel, || (self.paint.borrow_mut())(now));
        if let Next::After(ms) = next {
            self.due_ms.set(now + ms);
        }
    }
}

#[derive(Default)]
struct Loop {
    painters: RefCell<Vec<Weak<Painter>>>,
    /// Where among them the next frame begins: with who was left by the last.
    first: Cell<usize>,
    requested: Cell<bool>,
    timer: RefCell<Option<dom::Timeout>>,
    commit: RefCell<Option<Closure<dyn FnMut()>>>,
    paint: RefCell<Option<Closure<dyn FnMut()>>>,
}

thread_local! {
    static LOOP: Loop = Loop::default();
}

/// Asks for a frame; asking again before it came changes nothing.
pub(crate) fn request() {
    LOOP.with(|frames| {
        if frames.requested.replace(true) {
            return;
        }
        let mut commit = frames.commit.borrow_mut();
        let mut paint = frames.paint.borrow_mut();
        let commit = commit.get_or_insert_with(|| Closure::new(session::commit));
        let paint = paint.get_or_insert_with(|| Closure::new(paint_all));
        let Some(window) = dom::window() else { return };
        let _refused = window.request_animation_frame(commit.as_ref().unchecked_ref());
        let _refused = window.request_animation_frame(paint.as_ref().unchecked_ref());
    });
}

fn paint_all() {
    let mut painters = LOOP.with(|frames| {
        frames.requested.set(false);
        let mut painters = frames.painters.borrow_mut();
        painters.retain(|painter| painter.strong_count() > 0);
        painters.clone()
    });
    let count = painters.len();
    let first = LOOP.with(|frames| frames.first.take()).min(count);
    painters.rotate_left(first);
    let now = dom::now();
    let mut next = f64::INFINITY;
    for (place, painter) in painters.iter().enumerate() {
        let Some(painter) = painter.upgrade() else { continue };
        if painter.wants_to_paint(now) {
            if dom::now() - now > BUDGET_MS {
                LOOP.with(|frames| frames.first.set((first + place) % count));
                next = now;
                break;
            }
            painter.run(now);
        }
        if painter.visible.get() {
            next = next.min(painter.due_ms.get());
        }
    }
    session::painted(now as i64);
    wake_at(next, now);
}

fn wake_at(due: f64, now: f64) {
    if due - now <= SHORT_WAIT_MS {
        request();
    } else if due.is_finite() {
        // One more ms, so that the frame it asks for does not come too early.
        let timer = dom::Timeout::new((due - now - 16.0) as i64, request);
        LOOP.with(|frames| *frames.timer.borrow_mut() = timer);
    }
}
