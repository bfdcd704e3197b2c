//! What an engine tells of itself: accounts, positions, fields, faults, costs. Nothing here changes anything.

use hailstream_protocol::Refusals;
use hailstream_protocol::stream_info::{
    Account, BadRecords, DeadLetterSample, FieldInfo, PartitionInfo,
};

use super::{Engine, ViewId};
use crate::rows::Rows;

impl Engine {
    /// Sum of the partitions' accounts.
    #[must_use]
    pub fn account(&self) -> Account {
        self.partitions.account()
    }

    /// Records between here and the broker's ends.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.partitions.lag()
    }

    /// Newest event time, epoch ms.
    #[must_use]
    pub fn event_time_ms(&self) -> Option<i64> {
        self.partitions.newest_ms()
    }

    /// What could not be understood, and where the newest of it is.
    #[must_use]
    pub fn refusals(&self) -> Option<Refusals> {
        self.refused.summary(self.account().dead_lettered)
    }

    /// Before this event time only late records are to be expected, epoch ms.
    #[must_use]
    pub fn watermark_ms(&self) -> Option<i64> {
        self.partitions.watermark_ms(self.config.disorder_ms())
    }

    /// Newest record timestamp, epoch ms.
    #[must_use]
    pub fn record_timestamp_ms(&self) -> Option<i64> {
        self.partitions.newest_record_ms
    }

    /// What a view has cost so far, in the stopwatch's nanoseconds.
    #[must_use]
    pub fn spent_ns(&self, id: ViewId) -> u64 {
        self.views.get(&id).map_or(0, |entry| entry.spent_ns)
    }

    /// About how many bytes the groups of a view take.
    #[must_use]
    pub fn view_bytes(&self, id: ViewId) -> usize {
        let view = self.views.get(&id).and_then(|entry| entry.view.as_ref());
        view.map_or(0, crate::view::View::bytes)
    }

    /// When the newest record was received, epoch ms.
    #[must_use]
    pub fn received_ms(&self) -> Option<i64> {
        self.partitions.received_ms
    }

    /// Fields, by name.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldInfo> {
        self.fields.info(self.partitions.account().applied)
    }

    /// Partitions with their accounts.
    #[must_use]
    pub fn partitions(&self) -> Vec<PartitionInfo> {
        self.partitions.info()
    }

    /// The newest refused records, newest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetterSample> {
        self.refused.newest()
    }

    /// Refused records by reason, the most frequent first.
    #[must_use]
    pub fn bad_records(&self) -> Vec<BadRecords> {
        self.refused.by_reason()
    }

    /// Rows kept, and the bytes they take.
    #[must_use]
    pub fn retained(&self) -> (u64, u64) {
        let share = |rows: &Rows| rows.bytes / rows.len().max(1) as u64;
        let current_bytes: u64 = self.current.values().map(|(rows, _)| share(rows)).sum();
        let rows = self.retained.rows() + self.current.len() as u64;
        (rows, self.retained.bytes() + current_bytes)
    }

    /// How many views there are.
    #[must_use]
    pub fn view_count(&self) -> u32 {
        self.views.len() as u32
    }
}
