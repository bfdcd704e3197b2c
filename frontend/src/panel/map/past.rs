//! Where the vehicles were: at the minute that a person points at in another panel, and in playback. The server knows the last record
//! of each before a moment; between two such moments vehicles glide as they do between fixes.

use std::sync::Arc;

use hailstream_geo::basemap::Street;
use hailstream_map::fleet::{Fleet, Motion};
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::around::Around;
use super::questions;
use super::state::MapState;
use super::{MapHandle, past_bar};
use crate::panel::context::PanelContext;
use crate::{api, dom};

/// Moments are asked for no more often than this, ms.
const ASK_EVERY_MS: f64 = 200.0;
/// The time beside the slider is written no more often than this, ms: it could not be read.
const TELL_EVERY_MS: f64 = 100.0;

/// An earlier moment that the map shows.
pub(super) struct Past {
    /// The fleet as it is now, which goes on meanwhile.
    live: Fleet,
    pub(super) result: Arc<QueryResult>,
    pub(super) at_ms: i64,
}

/// The fleet that answers about the present belong to, whatever the map shows.
pub(super) fn live_fleet<'a>(past: &'a mut Option<Past>, shown: &'a mut Fleet) -> &'a mut Fleet {
    match past {
        Some(past) => &mut past.live,
        None => shown,
    }
}

impl MapState {
    /// Lets vehicles move along streets, whatever is shown.
    pub(super) fn set_streets(&mut self, streets: &[Street]) {
        live_fleet(&mut self.past, &mut self.fleet).set_streets(streets);
    }

    fn show_past(&mut self, at_ms: i64, result: QueryResult, motion: Motion) {
        let result = Arc::new(result);
        match &mut self.past {
            Some(past) => (past.at_ms, past.result) = (at_ms, Arc::clone(&result)),
            None => {
                let then = self.fleet.alike(&self.params);
                let live = std::mem::replace(&mut self.fleet, then);
                self.past = Some(Past { live, result: Arc::clone(&result), at_ms });
            }
        }
        self.fleet.update(&result, &self.params, motion, dom::now());
        self.seen.clear();
        self.wants_count = true;
    }

    fn show_now(&mut self) {
        if let Some(past) = self.past.take() {
            self.fleet = past.live;
            self.seen.clear();
            self.wants_count = true;
        }
    }
}

/// The moment that a person chose, and how it goes on.
#[derive(Clone, Copy)]
pub(super) struct Playback {
    pub(super) is_open: RwSignal<bool>,
    pub(super) is_playing: RwSignal<bool>,
    /// Times as fast as it was.
    pub(super) speed: RwSignal<f64>,
    /// What the slider says, epoch ms.
    pub(super) told_ms: RwSignal<f64>,
    /// Why a moment cannot be shown.
    pub(super) failure: RwSignal<Option<String>>,
    /// The moment that the map shows, epoch ms; none while it shows the present.
    pub(super) shown_ms: RwSignal<Option<i64>>,
    exact_ms: StoredValue<f64>,
    stepped_at: StoredValue<f64>,
    told_at: StoredValue<f64>,
    asked: StoredValue<Asked>,
}

/// The moment asked for last.
#[derive(Clone, Copy, Default)]
struct Asked {
    moment_ms: i64,
    at: f64,
    is_open: bool,
}

impl Playback {
    pub(super) fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            is_playing: RwSignal::new(false),
            speed: RwSignal::new(past_bar::SPEEDS[1]),
            told_ms: RwSignal::new(0.0),
            failure: RwSignal::new(None),
            shown_ms: RwSignal::new(None),
            exact_ms: StoredValue::new(0.0),
            stepped_at: StoredValue::new(0.0),
            told_at: StoredValue::new(0.0),
            asked: StoredValue::new(Asked::default()),
        }
    }

    /// Goes to a moment.
    pub(super) fn seek(self, moment_ms: f64) {
        self.exact_ms.set_value(moment_ms);
        self.told_ms.set(moment_ms);
    }

    /// Back to the present.
    pub(super) fn close(self) {
        dom::give_focus_back(".past", ".mapview");
        self.is_playing.set(false);
        self.is_open.set(false);
        self.failure.set(None);
    }

    /// What changes the moment. Tracks.
    pub(super) fn track(self, context: &PanelContext) {
        context.board.cursor_ms.track();
        self.is_open.track();
        self.is_playing.track();
        self.told_ms.track();
    }

    /// Brings the map to the moment that is wanted; after how many ms there is more to do without anybody asking for it.
    pub(super) fn step(
        self,
        handle: &MapHandle,
        around: Around,
        context: &PanelContext,
        state: &mut MapState,
        now: f64,
    ) -> Option<f64> {
        let elapsed_ms = now - self.stepped_at.get_value();
        self.stepped_at.set_value(now);
        if self.is_playing.get_untracked() {
            self.advance(elapsed_ms.clamp(0.0, 1_000.0), state.stream_ms, now);
        }
        let wanted = self.wanted(context);
        let shown = state.past.as_ref().map(|past| past.at_ms);
        match wanted {
            None => {
                state.show_now();
                // Whoever comes back to the same moment asks again.
                self.asked.update_value(|asked| asked.moment_ms = i64::MIN);
            }
            Some(moment_ms) if shown != Some(moment_ms) => {
                self.ask(handle, around, state, moment_ms, now);
            }
            Some(_) => {}
        }
        let shown = state.past.as_ref().map(|past| past.at_ms);
        if self.shown_ms.get_untracked() != shown {
            self.shown_ms.set(shown);
        }
        if let Some(moment_ms) = shown {
            state.stream_ms = moment_ms;
        }
        let asked = self.asked.get_value();
        let is_waiting = wanted.is_some_and(|wanted| {
            Some(wanted) != shown && wanted != asked.moment_ms && !asked.is_open
        });
        if self.is_playing.get_untracked() {
            Some(0.0)
        } else {
            is_waiting.then(|| (ASK_EVERY_MS - (now - asked.at)).max(1.0))
        }
    }

    fn advance(self, elapsed_ms: f64, present_ms: i64, now: f64) {
        let moment_ms = self.exact_ms.get_value() + elapsed_ms * self.speed.get_untracked();
        if moment_ms >= present_ms as f64 {
            return self.close();
        }
        self.exact_ms.set_value(moment_ms);
        if now - self.told_at.get_value() >= TELL_EVERY_MS {
            self.told_at.set_value(now);
            self.told_ms.set(moment_ms);
        }
    }

    /// What another panel points at comes before what this one plays.
    fn wanted(self, context: &PanelContext) -> Option<i64> {
        let pointed = context.board.cursor_ms.get_untracked();
        let played = self.is_open.get_untracked().then(|| self.exact_ms.get_value());
        pointed.or(played).map(|moment_ms| moment_ms as i64)
    }

    fn ask(self, handle: &MapHandle, around: Around, state: &MapState, moment_ms: i64, now: f64) {
        let asked = self.asked.get_value();
        if asked.is_open || asked.moment_ms == moment_ms || now - asked.at < ASK_EVERY_MS {
            return;
        }
        let Some((base, field)) = around.base().zip(state.entity_field()) else { return };
        let question = questions::past(&base, field, &state.params, moment_ms);
        self.asked.set_value(Asked { moment_ms, at: now, is_open: true });
        let handle = handle.clone();
        let playback = self;
        spawn_local(async move {
            let answer = api::post_json("/api/query", &question).await;
            playback.asked.try_update_value(|asked| asked.is_open = false);
            let read = answer
                .map_err(|failure| failure.detail().to_owned())
                .and_then(|answer| as_of(answer, moment_ms));
            match read {
                Ok(result) => {
                    playback.failure.try_set(None);
                    let motion = playback.motion();
                    handle.change(|state| state.show_past(moment_ms, result, motion));
                }
                Err(why) => drop(playback.failure.try_set(Some(why))),
            }
        });
    }

    fn motion(self) -> Motion {
        let glides = self.is_playing.try_get_untracked() == Some(true) && !dom::reduced_motion();
        if glides { Motion::Live } else { Motion::Step }
    }
}

/// An answer of [`questions::past`] as the answer of that moment about all vehicles: their names, the moment, their fields.
fn as_of(answer: serde_json::Value, moment_ms: i64) -> Result<QueryResult, String> {
    let mut result: QueryResult =
        serde_json::from_value(answer).map_err(|error| error.to_string())?;
    result.columns.insert(1, "_event_time".to_owned());
    for row in &mut result.rows {
        row.insert(1, Value::Int(moment_ms));
    }
    Ok(result)
}
