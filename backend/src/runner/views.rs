//! The views of one stream between its engine and the hub: opened, filled, ticked, closed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use hailstream_engine::{Engine, ViewId};
use hailstream_protocol::QueryResult;
use hailstream_query::QueryError;
use tokio::sync::oneshot;

use super::backfill::{Filled, Pool, Work};
use crate::clock;
use crate::hub::Hub;
use crate::hub::view::{Update, View};

type Reply = oneshot::Sender<Result<Arc<QueryResult>, QueryError>>;

pub(super) struct Views {
    seats: BTreeMap<ViewId, Seat>,
    pool: Pool,
    filled: Arc<Filled>,
    /// Work the pool had no room for; one entry per view at most.
    waiting: VecDeque<Work>,
}

struct Seat {
    view: Arc<View>,
    is_filled: bool,
    /// Questions that wait for the fill; each has a request behind it, whose number is bounded.
    replies: Vec<Reply>,
    /// Records that the stream had consumed at the last tick.
    ticked_at: u64,
}

impl Views {
    pub(super) fn new(pool: Pool, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let filled = Arc::new(Filled::new(wake));
        Self { seats: BTreeMap::new(), pool, filled, waiting: VecDeque::new() }
    }

    /// Opens a view in the engine and has it filled.
    pub(super) fn open(&mut self, engine: &mut Engine, hub: &Hub, view: Arc<View>) {
        match engine.open_view(&view.query) {
            Err(error) => hub.refuse(&view, error),
            Ok((id, backfill)) => {
                view.opened();
                // The engine may still hold an earlier view of the same question, perhaps not filled yet.
                let earlier = self.seats.remove(&id);
                let is_filled =
                    backfill.is_none() && earlier.as_ref().is_none_or(|earlier| earlier.is_filled);
                let replies = earlier.map(|earlier| earlier.replies).unwrap_or_default();
                self.seats.insert(id, Seat { view, is_filled, replies, ticked_at: 0 });
                let done = Arc::clone(&self.filled);
                self.waiting.extend(backfill.map(|backfill| Work { view: id, backfill, done }));
                self.offer();
            }
        }
    }

    fn offer(&mut self) {
        while let Some(work) = self.waiting.pop_front() {
            if let Err(work) = self.pool.offer(work) {
                self.waiting.push_front(work);
                return;
            }
        }
    }

    /// Installs what the workers have filled. True where there was something.
    pub(super) fn take_filled(&mut self, engine: &mut Engine, hub: &Hub) -> bool {
        let filled = self.filled.take();
        let any = !filled.is_empty();
        for (id, view) in filled {
            let Some(seat) = self.seats.get_mut(&id) else { continue };
            match view {
                Some(view) => {
                    engine.install(view);
                    seat.is_filled = true;
                }
                None => {
                    let detail = "the view could not be filled: an internal error".to_owned();
                    let error = QueryError { code: "internal", at: "query".into(), detail };
                    hub.refuse(&seat.view, error);
                    engine.close_view(id);
                    self.seats.remove(&id);
                    continue;
                }
            }
            let replies = std::mem::take(&mut seat.replies);
            if !replies.is_empty() {
                self.tick_one(engine, hub, id);
            }
            for reply in replies {
                self.reply(id, reply);
            }
        }
        self.offer();
        any
    }

    /// Answers with the present result, ticking if it is not the newest.
    pub(super) fn answer(
        &mut self,
        engine: &mut Engine,
        hub: &Hub,
        view: &Arc<View>,
        reply: Reply,
    ) {
        let found = self.seats.iter_mut().find(|(_, seat)| Arc::ptr_eq(&seat.view, view));
        let Some((id, seat)) = found.map(|(id, seat)| (*id, seat)) else {
            // Refused or retired in between: the question is asked anew where it matters.
            let error = QueryError {
                code: "busy",
                at: "query".to_owned(),
                detail: "the view was closed; ask again".to_owned(),
            };
            return drop(reply.send(Err(view.refusal().unwrap_or(error))));
        };
        if !seat.is_filled {
            seat.replies.push(reply);
            return;
        }
        let moved = seat.ticked_at != engine.account().consumed;
        if moved || seat.view.newest().is_none() || engine.dirty().contains(&id) {
            self.tick_one(engine, hub, id);
        }
        self.reply(id, reply);
    }

    fn reply(&self, id: ViewId, reply: Reply) {
        let newest = self.seats.get(&id).and_then(|seat| seat.view.newest());
        if let Some(newest) = newest {
            // Who asked may be gone.
            drop(reply.send(Ok(Arc::clone(newest.result()))));
        }
    }

    fn tick_one(&mut self, engine: &mut Engine, hub: &Hub, id: ViewId) {
        let update = self.update(engine, id, clock::now_ms());
        hub.publish(update);
    }

    fn update(
        &mut self,
        engine: &mut Engine,
        id: ViewId,
        pushed_ms: i64,
    ) -> Option<(Arc<View>, Update)> {
        let seat = self.seats.get_mut(&id)?;
        let tick = engine.tick(id, pushed_ms)?;
        seat.ticked_at = engine.account().consumed;
        let update = Update { result: tick.result, delta: tick.delta };
        Some((Arc::clone(&seat.view), update))
    }

    /// Publishes all views that changed and are followed. How many.
    pub(super) fn tick(&mut self, engine: &mut Engine, hub: &Hub) -> usize {
        let now_ms = clock::now_ms();
        // Until something is shown, whether or not anybody looks: that is when the server is ready to be looked at.
        let show_all = !hub.has_data();
        let is_due = |seat: &Seat| seat.view.is_followed() || (show_all && seat.view.is_standing());
        let mut due = engine.dirty();
        due.retain(|id| self.seats.get(id).is_some_and(is_due));
        self.publish(engine, hub, &due, now_ms)
    }

    /// Publishes the views that somebody began to follow since they were published last: a first answer waits for no pace.
    pub(super) fn tick_newcomers(&mut self, engine: &mut Engine, hub: &Hub) {
        let is_due = |seat: &Seat| seat.is_filled && seat.view.is_newly_followed();
        let mut due = engine.dirty();
        due.retain(|id| self.seats.get(id).is_some_and(is_due));
        self.publish(engine, hub, &due, clock::now_ms());
    }

    fn publish(&mut self, engine: &mut Engine, hub: &Hub, due: &[ViewId], now_ms: i64) -> usize {
        let updates: Vec<(Arc<View>, Update)> =
            due.iter().filter_map(|id| self.update(engine, *id, now_ms)).collect();
        let count = updates.len();
        hub.publish(updates);
        count
    }

    /// Tells each view what the engine has spent on it.
    pub(super) fn tell_costs(&self, engine: &Engine) {
        for (id, seat) in &self.seats {
            seat.view.set_engine_ns(engine.spent_ns(*id));
        }
    }

    /// Closes views that nobody has followed for long.
    pub(super) fn sweep(&mut self, engine: &mut Engine, hub: &Hub) {
        let now_ms = clock::now_ms();
        self.seats.retain(|id, seat| {
            let retired = seat.is_filled && hub.retire(&seat.view, now_ms);
            if retired {
                engine.close_view(*id);
            }
            !retired
        });
    }
}
