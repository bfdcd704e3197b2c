//! The server watches itself: once a second it tells how its streams, views and the process are doing, as records of the
//! built-in stream [`STREAM`]. They take the road of all records, through decoding, engine, views and sockets, so that
//! boards and the API show them like any other. There is no Kafka on this road: it is open when Kafka is not.

mod differences;
mod process;
mod record;

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use hailstream_engine::StreamConfig;
use hailstream_protocol::TimestampType;
use tokio::sync::watch;

use self::differences::Differences;
use self::record::Record;
use crate::clock;
use crate::hub::Hub;
use crate::runner::feed::Input;
use crate::saved_objects::Library;
use crate::source::{RecordRef, SourceBatch, SourceEvent};

/// Name of the stream, and of the topic it would have.
pub const STREAM: &str = "hailstream";

const FILE: &str = include_str!("hailstream.yaml");
const EVERY_MS: i64 = 1_000;

/// The stream's file.
///
/// # Panics
/// Never: a test reads the file.
#[must_use]
#[expect(clippy::expect_used, reason = "the file is inside the binary, and a test reads it")]
pub fn stream() -> Arc<StreamConfig> {
    static CONFIG: LazyLock<Arc<StreamConfig>> = LazyLock::new(|| {
        Arc::new(
            StreamConfig::from_yaml(FILE, "hailstream.yaml").expect("a test reads this very file"),
        )
    });
    Arc::clone(&CONFIG)
}

/// Whether a stream of somebody's may have this name.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    name == STREAM
}

/// Tells once a second, at whole seconds, until the server stops or the stream's runner ends.
pub(crate) async fn observe(
    hub: Arc<Hub>,
    library: Arc<Library>,
    door: SyncSender<Input>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut differences = Differences::new(library);
    let begun = tokio::task::spawn_blocking(|| Told::begin(door)).await;
    let Ok(Ok(mut told)) = begun else { return };
    loop {
        let to_next_ms = EVERY_MS - clock::now_ms().rem_euclid(EVERY_MS);
        let next = tokio::time::sleep(Duration::from_millis(to_next_ms.unsigned_abs()));
        tokio::select! {
            () = next => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let records = differences.since_last(&hub, clock::now_ms());
        if told.tell(&records).is_err() {
            return;
        }
    }
}

/// Nobody listens any more.
struct Gone;

/// The way of the records into the stream.
struct Told {
    door: SyncSender<Input>,
    topics: Arc<[Arc<str>]>,
    offset: i64,
}

impl Told {
    /// Tells that the stream begins. Waits for room: a stream whose beginning is lost would never be live.
    fn begin(door: SyncSender<Input>) -> Result<Self, Gone> {
        let topic: Arc<str> = Arc::from(STREAM);
        let (partition, offset) = (0, 0);
        let topics = [Arc::clone(&topic)].into();
        for event in [
            SourceEvent::Started { topic, partition, offset, complete_from_start: true },
            SourceEvent::Connected,
            SourceEvent::CaughtUp,
        ] {
            door.send(Input::Source(Arc::new(event))).map_err(|_| Gone)?;
        }
        Ok(Self { door, topics, offset })
    }

    /// A runner that is busy for seconds misses a few: Kafka's streams come first.
    fn send(&self, event: SourceEvent) -> Result<(), Gone> {
        match self.door.try_send(Input::Source(Arc::new(event))) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                tracing::debug!("the server's own stream is busy");
                Ok(())
            }
            Err(TrySendError::Disconnected(_)) => Err(Gone),
        }
    }

    fn tell(&mut self, records: &[Record<'_>]) -> Result<(), Gone> {
        let received_ms = clock::now_ms();
        let mut bytes = Vec::new();
        let mut references = Vec::with_capacity(records.len());
        for record in records {
            let start = bytes.len() as u32;
            if let Err(error) = serde_json::to_writer(&mut bytes, record) {
                tracing::error!(%error, "a record of the server's own cannot be written");
                continue;
            }
            references.push(RecordRef {
                topic: 0,
                partition: 0,
                offset: self.offset,
                timestamp_ms: Some(record.at),
                timestamp_type: TimestampType::Create,
                key: None,
                value: Some(start..bytes.len() as u32),
            });
            self.offset += 1;
        }
        let topics = Arc::clone(&self.topics);
        let ends = topics.iter().map(|topic| (Arc::clone(topic), 0, self.offset)).collect();
        let batch = SourceBatch { topics, bytes, records: references, received_ms };
        self.send(SourceEvent::Batch(batch))?;
        self.send(SourceEvent::Ends(ends))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_told_however_full_the_way_is() {
        // When full, who tells waits.
        let (door, inputs) = std::sync::mpsc::sync_channel(1);
        let telling = std::thread::spawn(|| Told::begin(door).is_ok());
        let told: Vec<String> = inputs
            .iter()
            .map(|input| match input {
                Input::Source(event) => format!("{event:?}").chars().take(8).collect(),
                _ => String::new(),
            })
            .collect();
        assert!(telling.join().unwrap());
        assert_eq!(told, ["Started ", "Connecte", "CaughtUp"]);
    }

    #[test]
    fn the_stream_is_named_as_the_code_says() {
        assert_eq!(stream().name(), STREAM);
    }
}
