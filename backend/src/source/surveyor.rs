//! Asks the cluster, every few seconds and beside reading, for topics, partitions and offsets.
//!
//! A thread of its own, because a question waits behind a fetch that waits for data: asked by the reading thread it
//! would hold records up for half a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Thread;
use std::time::Duration;

use super::consumer::KafkaConsumer;
use super::topics::{Survey, Topics};

const EVERY: Duration = Duration::from_secs(5);
/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// While something is missing.
const SOON: Duration = Duration::from_secs(1);

/// Runs until dropped. It is not waited for: a question under way ends by its own timeout.
pub(super) struct Surveyor {
    shared: Arc<Shared>,
    thread: Thread,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Only the newest survey counts.
    newest: Mutex<Option<Survey>>,
}

impl Surveyor {
    pub(super) fn start(
        consumer: Arc<KafkaConsumer>,
        topics: Arc<Topics>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("kafka-surveyor".to_owned())
            .spawn(move || survey(&consumer, &topics, &seen))?;
        Ok(Self { shared, thread: thread.thread().clone() })
    }

    /// The newest survey, once.
    pub(super) fn take(&self) -> Option<Survey> {
        self.shared.newest.lock().ok()?.take()
    }
}

impl Drop for Surveyor {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn survey(consumer: &KafkaConsumer, topics: &Topics, shared: &Shared) {
    let mut wait = SOON;
    loop {
        std::thread::park_timeout(wait);
        if shared.stop.load(Ordering::Acquire) {
            return;
        }
        match consumer.survey(topics, PATIENCE) {
            Ok(survey) => {
                wait = if survey.complaint(topics).is_some() { SOON } else { EVERY };
                if let Ok(mut newest) = shared.newest.lock() {
                    *newest = Some(survey);
                }
            }
            // The reading thread notices outages by itself.
            Err(error) => tracing::debug!(%error, "no survey this time"),
        }
    }
}
