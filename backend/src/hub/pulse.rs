//! The pulse of the server: who is connected, the heartbeat that all are sent, and the time by which sessions judge
//! their deadlines. One timer for all instead of several per viewer.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hailstream_protocol::{ServerMessage, StreamHealth};
use slab::Slab;
use tokio::sync::watch;

use super::desk::Leg;
use super::frame::SharedFrame;
use super::mailbox::{Mailbox, Signal};

/// What viewers are promised.
pub(crate) const HEARTBEAT_MS: u32 = 1000;
/// A little more often, so that the promise holds on a busy machine.
pub(crate) const BEAT_EVERY_MS: u64 = 800;

#[derive(Debug)]
pub(crate) struct Pulse {
    now_ms: AtomicI64,
    heartbeat: Mutex<Option<Arc<SharedFrame>>>,
    sessions: Mutex<Slab<Arc<Mailbox>>>,
    connected: watch::Sender<usize>,
    round_trips: Mutex<Leg>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            now_ms: AtomicI64::new(crate::clock::now_ms()),
            heartbeat: Mutex::default(),
            sessions: Mutex::default(),
            connected: watch::Sender::new(0),
            round_trips: Mutex::default(),
        }
    }
}

impl Pulse {
    fn sessions(&self) -> MutexGuard<'_, Slab<Arc<Mailbox>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Epoch ms at the last beat: precise enough for deadlines of seconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    pub(super) fn beat(&self, now_ms: i64, streams: Vec<StreamHealth>) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
        let frame = SharedFrame::new(&ServerMessage::Heartbeat { now_ms, streams });
        *self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(frame));
        self.signal(Signal::Heartbeat);
    }

    /// The newest heartbeat.
    pub(crate) fn heartbeat(&self) -> Option<Arc<SharedFrame>> {
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn signal(&self, signal: Signal) {
        let sessions = self.sessions();
        for (_, mailbox) in sessions.iter() {
            mailbox.signal(signal);
        }
    }

    /// A session begins. The key ends it.
    pub(crate) fn enter(&self, mailbox: &Arc<Mailbox>) -> usize {
        let mut sessions = self.sessions();
        let key = sessions.insert(Arc::clone(mailbox));
        self.connected.send_replace(sessions.len());
        key
    }

    /// A session ends.
    pub(crate) fn leave(&self, key: usize) {
        let mut sessions = self.sessions();
        sessions.try_remove(key);
        self.connected.send_replace(sessions.len());
    }

    /// A viewer's page told how long its pings take.
    pub(crate) fn round_trip(&self, ms: u32) {
        self.round_trips.lock().unwrap_or_else(PoisonError::into_inner).note(i64::from(ms));
    }

    /// All that viewers told of their pings.
    pub(crate) fn round_trips(&self) -> Leg {
        *self.round_trips.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many sessions there are, and news of it.
    pub(crate) fn connected(&self) -> watch::Receiver<usize> {
        self.connected.subscribe()
    }
}
