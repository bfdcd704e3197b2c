//! Workers that fill new views from what is retained, so that ticks never wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use hailstream_engine::{Backfill, BackfilledView, ViewId};

/// Fills under way in the whole server, besides those that workers have in hand. When full, the runner keeps its work
/// and offers it again.
const QUEUED: usize = 64;

/// A fill and where it goes.
pub(super) struct Work {
    pub(super) view: ViewId,
    pub(super) backfill: Backfill,
    pub(super) done: Arc<Filled>,
}

/// Fills that a runner can take. Bounded by the number of its views.
pub(super) struct Filled {
    views: Mutex<Vec<(ViewId, Option<BackfilledView>)>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Filled {
    pub(super) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { views: Mutex::default(), wake: Box::new(wake) }
    }

    /// What was filled since the last call; without a view where filling failed.
    pub(super) fn take(&self) -> Vec<(ViewId, Option<BackfilledView>)> {
        std::mem::take(&mut *self.views.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, view: ViewId, filled: Option<BackfilledView>) {
        self.views.lock().unwrap_or_else(PoisonError::into_inner).push((view, filled));
        (self.wake)();
    }
}

/// The workers. They end when the pool and all its clones are gone.
#[derive(Clone)]
pub(crate) struct Pool {
    queue: SyncSender<Work>,
}

impl Pool {
    /// Starts `threads` workers.
    pub(crate) fn start(threads: usize) -> std::io::Result<(Self, Vec<JoinHandle<()>>)> {
        // When full, `offer` hands the work back.
        let (queue, work) = sync_channel(QUEUED);
        let work = Arc::new(Mutex::new(work));
        let spawn = |index: usize| {
            let work = Arc::clone(&work);
            let name = format!("backfill-{index}");
            std::thread::Builder::new().name(name).spawn(move || run(&work))
        };
        let workers = (0..threads).map(spawn).collect::<std::io::Result<Vec<_>>>()?;
        Ok((Self { queue }, workers))
    }

    /// Takes work, or hands it back when there is too much.
    #[allow(clippy::result_large_err, reason = "it is the work itself")]
    pub(super) fn offer(&self, work: Work) -> Result<(), Work> {
        self.queue.try_send(work).map_err(|error| match error {
            TrySendError::Full(work) | TrySendError::Disconnected(work) => work,
        })
    }
}

fn run(queue: &Mutex<Receiver<Work>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Work { view, backfill, done }) = next else { return };
        let filled = catch_unwind(AssertUnwindSafe(|| backfill.run()));
        if filled.is_err() {
            tracing::error!(view, "filling a view panicked");
        }
        done.put(view, filled.ok());
    }
}
