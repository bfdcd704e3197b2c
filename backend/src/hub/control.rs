//! What the hub asks of a stream's runner.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hailstream_protocol::stream_info::StreamInfo;
use hailstream_protocol::{Explanation, QueryResult};
use hailstream_query::{Query, QueryError};
use tokio::sync::oneshot;

use super::view::View;

/// A request to a runner.
#[derive(Debug)]
pub(crate) enum Control {
    /// Open the view in the engine.
    Open(Arc<View>),
    /// Tick the view if it changed, and tell its result.
    Answer(Arc<View>, oneshot::Sender<Result<Arc<QueryResult>, QueryError>>),
    /// Tell what an answer would cost.
    Explain(Box<Query>, oneshot::Sender<Result<Explanation, QueryError>>),
    /// Tell about the stream.
    Info(oneshot::Sender<Box<StreamInfo>>),
    /// End.
    Stop,
}

/// Requests under way to one runner: at most this many; when full, the request is refused and the viewer told so.
const MAX_REQUESTS: usize = 4096;

/// The way to a runner.
#[derive(Default)]
pub(crate) struct ControlQueue {
    requests: Mutex<VecDeque<Control>>,
    /// The runner has ended: nobody would answer.
    closed: AtomicBool,
    look: AtomicBool,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl ControlQueue {
    /// Who is to be called when a request has been put in.
    pub(crate) fn on_request(&self, wake: impl Fn() + Send + Sync + 'static) {
        // A queue has one runner, which calls this once.
        if self.wake.set(Box::new(wake)).is_err() {
            tracing::error!("a stream has two runners");
        }
    }

    /// The runner ends: who waits for an answer is told so, and nobody waits any more.
    pub(crate) fn close(&self) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        self.closed.store(true, Ordering::Release);
        requests.clear();
    }

    /// Puts a request in. False when the queue is full, or nobody is there to take it.
    pub(crate) fn send(&self, request: Control) -> bool {
        {
            let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            let is_full = requests.len() >= MAX_REQUESTS && !matches!(request, Control::Stop);
            if is_full || self.closed.load(Ordering::Acquire) {
                return false;
            }
            requests.push_back(request);
        }
        if let Some(wake) = self.wake.get() {
            wake();
        }
        true
    }

    /// A view that may not have been ticked for a while is followed again: look for what can be published.
    pub(crate) fn look(&self) {
        if !self.look.swap(true, Ordering::AcqRel)
            && let Some(wake) = self.wake.get()
        {
            wake();
        }
    }

    /// Whether to look, since the last call.
    pub(crate) fn take_look(&self) -> bool {
        self.look.swap(false, Ordering::AcqRel)
    }

    /// The next request.
    pub(crate) fn take(&self) -> Option<Control> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl std::fmt::Debug for ControlQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ControlQueue")
    }
}
