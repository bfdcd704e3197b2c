//! A stream as the rest of the server sees it: the way to its runner, and how it is.

use std::sync::{Mutex, PoisonError};

use hailstream_protocol::{StreamHealth, StreamState};

use super::control::ControlQueue;

/// One stream's desk.
#[derive(Debug)]
pub(crate) struct Desk {
    name: String,
    pub(crate) control: ControlQueue,
    health: Mutex<StreamHealth>,
}

impl Desk {
    pub(super) fn new(name: String) -> Self {
        let health = StreamHealth {
            stream: name.clone(),
            state: StreamState::Connecting,
            why: String::new(),
            lag: 0,
            clock_ms: None,
            event_time_ms: None,
            received_ms: None,
            refusals: None,
        };
        Self { name, control: ControlQueue::default(), health: Mutex::new(health) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn health(&self) -> StreamHealth {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_health(&self, health: StreamHealth) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }
}
