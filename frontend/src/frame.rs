//! The frame loop: whatever arrives between two frames is committed once and painted once.
//!
//! Two callbacks share a frame. The first commits what the link holds to the signals; the reactive world settles in the
//! microtasks between them; the second paints the canvases that are dirty and on screen, as many as a frame has time for.
//! Nothing runs while nothing changes, and the browser runs nothing while the tab is hidden.
//!
//! A frame in which a hand moved belongs to the hand: nothing is committed, and only what the hand touched is painted. The stream
//! has its frame when one is due, whatever the hand does, so that neither waits long for the other.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::supervisor;
use crate::{dom, session};

/// A wait shorter than this is spent frame by frame: a timer would miss the frame.
const SHORT_WAIT_MS: f64 = 34.0;

/// Painting that took this long leaves the rest to the next frame, ms: where forty panels change at once a hand is answered
/// between them. Committing has as much, and what its time is not enough for waits in the same way.
const BUDGET_MS: f64 = 8.0;

/// The same while a hand is at work.
const BUDGET_BESIDE_HAND_MS: f64 = 2.5;

/// While a hand is at work the stream has one frame in so many ms: behind each the browser lays out, paints and puts together what
/// changed, and a hand that moves meanwhile waits for it.
const BESIDE_HAND_EVERY_MS: f64 = 40.0;

/// So long after it last did something a hand is thought to be at work, ms.
const AT_WORK_MS: f64 = 500.0;

/// What a hand does.
const BY_HAND: [&str; 5] = ["pointermove", "pointerdown", "pointerup", "keydown", "wheel"];

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
    /// Marked by a hand.
    urgent: Cell<bool>,
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
            urgent: Cell::new(false),
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
        self.urgent.set(self.urgent.get() || LOOP.with(|frames| frames.is_by_hand.get()));
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
        self.urgent.set(false);
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
    /// A hand did something that no frame has answered.
    is_by_hand: Cell<bool>,
    /// When it did something last, our clock.
    by_hand_ms: Cell<f64>,
    /// When the stream had its last frame, our clock.
    stream_ms: Cell<f64>,
    /// Whom this frame belongs to.
    turn: Cell<Turn>,
    load: Cell<Load>,
    hands: RefCell<Vec<dom::Listener>>,
    requested: Cell<bool>,
    timer: RefCell<Option<dom::Timeout>>,
    commit: RefCell<Option<Closure<dyn FnMut()>>>,
    paint: RefCell<Option<Closure<dyn FnMut()>>>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Turn {
    #[default]
    Stream,
    Hand,
    /// Nobody: a hand is at work, and the stream was served just now.
    Rest,
}

/// What committing costs here, to know how much of it a frame has time for.
#[derive(Clone, Copy, Default)]
struct Load {
    /// What one answer takes until its part of the page has settled, ms; absent before the first.
    answer_ms: Option<f64>,
    /// When this frame began to commit, our clock.
    began_ms: f64,
    /// So many answers were committed.
    answers: usize,
}

impl Load {
    /// The part of a new figure: single answers differ a lot.
    const WEIGHT: f64 = 0.1;

    /// First answers take longer than all later ones, ms.
    const AT_FIRST_MS: f64 = 2.0;

    /// So many answers fit into a frame. The very first is shown alone: it is what a person waits for.
    fn room(self, budget_ms: f64) -> usize {
        self.answer_ms.map_or(1, |answer_ms| (budget_ms / answer_ms).max(1.0) as usize)
    }

    fn settled(&mut self, now: f64) {
        let answers = std::mem::take(&mut self.answers);
        if answers > 0 {
            let each = ((now - self.began_ms) / answers as f64).max(0.01);
            let before = self.answer_ms.unwrap_or(Self::AT_FIRST_MS);
            self.answer_ms = Some(before + (each - before) * Self::WEIGHT);
        }
    }
}

thread_local! {
    static LOOP: Loop = Loop::default();
}

/// Begins to feel for hands. Once.
pub(crate) fn start() {
    let Some(window) = dom::window() else { return };
    let felt = |_| {
        LOOP.with(|frames| {
            frames.is_by_hand.set(true);
            frames.by_hand_ms.set(dom::now());
        });
    };
    let listen = |name| dom::Listener::before_all(&window, name, felt);
    LOOP.with(|frames| *frames.hands.borrow_mut() = BY_HAND.map(listen).into());
}

/// Asks for a frame; asking again before it came changes nothing.
pub(crate) fn request() {
    LOOP.with(|frames| {
        if frames.requested.replace(true) {
            return;
        }
        let mut commit = frames.commit.borrow_mut();
        let mut paint = frames.paint.borrow_mut();
        let commit = commit.get_or_insert_with(|| Closure::new(commit_some));
        let paint = paint.get_or_insert_with(|| Closure::new(paint_all));
        let Some(window) = dom::window() else { return };
        let _refused = window.request_animation_frame(commit.as_ref().unchecked_ref());
        let _refused = window.request_animation_frame(paint.as_ref().unchecked_ref());
    });
}

fn is_hand_at_work(frames: &Loop, now: f64) -> bool {
    is_within(AT_WORK_MS, frames.by_hand_ms.get(), now)
}

/// Whether something happened at most so many ms ago. What lies ahead did not: then somebody set the computer's clock back.
fn is_within(ms: f64, at_ms: f64, now: f64) -> bool {
    (0.0..ms).contains(&(now - at_ms))
}

fn budget_ms(now: f64) -> f64 {
    let is_at_work = LOOP.with(|frames| is_hand_at_work(frames, now));
    if is_at_work { BUDGET_BESIDE_HAND_MS } else { BUDGET_MS }
}

impl Turn {
    fn next(frames: &Loop, now: f64) -> Self {
        // What a hand did while nothing was to be drawn is answered long since.
        let is_at_work = is_hand_at_work(frames, now);
        let is_by_hand = frames.is_by_hand.take() && is_at_work;
        let was_just_served = is_within(BESIDE_HAND_EVERY_MS, frames.stream_ms.get(), now);
        let is_streams = !is_at_work || !was_just_served;
        match frames.turn.get() {
            Self::Stream | Self::Rest if is_by_hand => Self::Hand,
            Self::Hand if is_by_hand && !is_streams => Self::Hand,
            _ if is_streams => Self::Stream,
            _ => Self::Rest,
        }
    }
}

fn commit_some() {
    let now = dom::now();
    let (turn, mut load) = LOOP.with(|frames| {
        frames.turn.set(Turn::next(frames, now));
        (frames.turn.get(), frames.load.get())
    });
    if turn == Turn::Stream {
        load.began_ms = now;
        load.answers = session::commit(load.room(budget_ms(now)));
        LOOP.with(|frames| {
            frames.load.set(load);
            frames.stream_ms.set(now);
        });
    }
}

fn paint_all() {
    let now = dom::now();
    let (mut painters, turn) = LOOP.with(|frames| {
        frames.requested.set(false);
        let mut load = frames.load.get();
        load.settled(now);
        frames.load.set(load);
        let mut painters = frames.painters.borrow_mut();
        painters.retain(|painter| painter.strong_count() > 0);
        (painters.clone(), frames.turn.get())
    });
    let count = painters.len();
    let first = LOOP.with(|frames| frames.first.get()).min(count);
    painters.rotate_left(first);
    let painters: Vec<_> = painters.iter().filter_map(Weak::upgrade).collect();
    for painter in painters.iter().filter(|painter| painter.urgent.get() && painter.visible.get()) {
        painter.run(now);
    }
    let budget_ms = budget_ms(now);
    if turn != Turn::Stream {
        // What moves by itself goes on moving.
        let is_due = |painter: &&Rc<Painter>| painter.visible.get() && painter.due_ms.get() <= now;
        let has_time = |_: &&Rc<Painter>| turn == Turn::Rest && dom::now() - now <= budget_ms;
        painters.iter().filter(is_due).take_while(has_time).for_each(|painter| painter.run(now));
        return request();
    }
    LOOP.with(|frames| frames.first.set(0));
    let mut next = f64::INFINITY;
    for (place, painter) in painters.iter().enumerate() {
        if painter.wants_to_paint(now) {
            if dom::now() - now > budget_ms {
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
    if session::has_more() {
        next = now;
    }
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
