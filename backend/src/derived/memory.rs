//! What a run leaves behind in Kafka and finds again: the safe position with its notes, and what the newest rows say.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_engine::StreamConfig;

use super::Derivation;
use super::positions::{Committed, POSITIONS_HEADER, Resume, SafePoint, Written, position};
use crate::source::PartitionId;
use crate::source::checkpoint::{Checkpoint, CheckpointError, Noted};

/// So many of the newest rows of each output partition are looked at: one would do, but for rows of other writers.
const TAIL: i64 = 8;

/// See the module's words.
pub(super) struct Memory {
    checkpoint: Checkpoint,
    output: String,
    /// The group may not be used; said once.
    is_refused: bool,
    is_start_remembered: bool,
}

impl Memory {
    pub(super) fn open<D: Derivation>(
        what: &D,
        kafka: &BTreeMap<String, String>,
    ) -> Result<Self, CheckpointError> {
        let group = format!("hailstream-{}-{}-safe", D::KIND, what.name());
        let checkpoint = Checkpoint::open(kafka, &group)?;
        let output = what.to().to_owned();
        Ok(Self { checkpoint, output, is_refused: false, is_start_remembered: false })
    }

    /// What the run before left behind.
    pub(super) fn recall(&mut self, stream: &StreamConfig) -> Result<Resume, CheckpointError> {
        let mut resume =
            Resume { written: self.newest()?.unwrap_or_default(), ..Resume::default() };
        for topic in self.checkpoint.topics(stream.topics())? {
            let committed = match self.checkpoint.load(&topic) {
                Err(error) if error.is_refused() => {
                    self.refused(&error);
                    break;
                }
                answer => answer?,
            };
            for ((topic, partition), (offset, note)) in committed {
                let note = serde_json::from_str::<Committed>(&note).unwrap_or_default();
                resume.closed_until_ms = resume.closed_until_ms.max(note.closed_until_ms);
                if let Some(published) = note.published {
                    let topic = resume.published.entry(topic.to_string()).or_default();
                    topic.insert(partition, published);
                }
                resume.start.insert((topic.to_string(), partition), (offset, note.newest_ms));
            }
        }
        self.is_start_remembered = !resume.start.is_empty();
        Ok(resume)
    }

    fn newest(&self) -> Result<Option<Written>, CheckpointError> {
        let headers = self.checkpoint.last_headers(&self.output, POSITIONS_HEADER, TAIL)?;
        let written = headers.iter().filter_map(|header| serde_json::from_slice(header).ok());
        Ok(written.max_by_key(|written: &Written| written.round))
    }

    /// The way to the output, for what is looked up there.
    pub(super) fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The highest round that rows of the output topic tell of; 0 where there are none.
    pub(super) fn newest_round(&self) -> Result<u64, CheckpointError> {
        Ok(self.newest()?.map_or(0, |written| written.round))
    }

    /// Without a committed position, records that retention took before the first commit could not be told from
    /// records that were counted: so where reading began is committed before anything is written.
    pub(super) fn remember_start(&mut self, starts: &BTreeMap<PartitionId, i64>) {
        if self.is_start_remembered || starts.is_empty() {
            return;
        }
        self.is_start_remembered = true;
        let note = Committed::default();
        self.store(starts.iter().map(|(id, offset)| (id.clone(), *offset, note)));
    }

    /// Commits a safe position.
    pub(super) fn remember(&mut self, safe: &SafePoint) {
        let closed_until_ms = safe.closed_until_ms;
        self.store(safe.positions.iter().map(|((topic, partition), (offset, newest_ms))| {
            let id = (Arc::from(topic.as_str()), *partition);
            let published = position(&safe.published, topic, *partition);
            (id, *offset, Committed { newest_ms: *newest_ms, published, closed_until_ms })
        }));
    }

    fn store(&mut self, positions: impl Iterator<Item = (PartitionId, i64, Committed)>) {
        if self.is_refused {
            return;
        }
        let noted: BTreeMap<PartitionId, Noted> = positions
            .map(|(id, offset, note)| {
                (id, (offset, serde_json::to_string(&note).unwrap_or_default()))
            })
            .collect();
        match self.checkpoint.store(&noted) {
            Ok(()) => {}
            Err(error) if error.is_refused() => self.refused(&error),
            // The next safe position will do as well; reading again only starts a little earlier.
            Err(error) => tracing::warn!(%error, "the safe position is not committed this time"),
        }
    }

    /// A group that may not be used is no reason not to run: but all of the input is then read again after a restart.
    fn refused(&mut self, error: &CheckpointError) {
        if !std::mem::replace(&mut self.is_refused, true) {
            tracing::warn!(%error, "after a restart all of the input will be read again");
        }
    }
}
