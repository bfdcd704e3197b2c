//! One stream: records are judged, rows kept, views kept up to date.

mod cost;
mod entry;
mod identities;
mod judged;
mod judgement;
mod refused;
mod telling;

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_protocol::{Coverage, Delta, Gap, QueryResult};
use hailstream_query::{Query, QueryError, ViewKey};
use jiff::tz::TimeZone;

pub use judged::Judged;

use crate::account::Partitions;
use crate::config::{Clock, Mode, StreamConfig};
use crate::decode::{Decoder, decoder};
use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::Where;
use crate::record::{DeadLetter, RawRecord};
use crate::retained::Retained;
use crate::rows::{Rows, RowsBuilder};
use crate::view::{Budget, Context, EntityTable, Shared, View};
use entry::Entry;
use identities::Identities;
use judgement::Batch;
use refused::Refused;

/// Name of a view in its engine.
pub type ViewId = u32;

/// The row key of each accepted record; none in an append stream.
type RowKeys = Vec<Option<Box<[u8]>>>;

/// Gaps told with every result; when there are more, the oldest are no longer.
const GAPS: usize = 64;

/// See the module's words.
pub struct Engine {
    config: Arc<StreamConfig>,
    epoch: String,
    zone: TimeZone,
    /// The field of the event time, if it is one.
    time_field: Option<FieldId>,
    fields: Fields,
    words: Dictionary,
    decoder: Box<dyn Decoder>,
    /// Which records count; all where there is none.
    filter: Option<Where>,
    partitions: Partitions,
    gaps: Vec<Gap>,
    refused: Refused,
    retained: Retained,
    current: BTreeMap<Box<[u8]>, (Arc<Rows>, usize)>,
    /// Row key by Kafka key, where rows are keyed by fields: a null names its row by the Kafka key alone.
    row_keys: BTreeMap<Box<[u8]>, Box<[u8]>>,
    entities: EntityTable,
    identities: Identities,
    /// Highest sequence of a view that was closed: a view of the same query must not tell its numbers again.
    closed_sequence: u64,
    wall_ms: Option<i64>,
    views: BTreeMap<ViewId, Entry>,
    by_key: BTreeMap<ViewKey, ViewId>,
    next_view: ViewId,
    /// Nanoseconds of a clock that only goes forward, for telling what each view costs; it stands still unless given.
    stopwatch: fn() -> u64,
    budget: Budget,
}

/// A new view's rows, to be worked through on another thread.
pub struct Backfill {
    id: ViewId,
    view: View,
    batches: Vec<Arc<Rows>>,
    until: u64,
    fields: Fields,
    words: Dictionary,
    topics: Vec<Arc<str>>,
    now_ms: Option<i64>,
}

/// A view that holds all rows up to where its back-fill began.
pub struct BackfilledView {
    id: ViewId,
    view: View,
    until: u64,
}

/// A published change of a view.
#[derive(Clone, Debug)]
pub struct Tick {
    /// The full result.
    pub result: Arc<QueryResult>,
    /// What changed since the last tick; none for the first.
    pub delta: Option<Delta>,
}

impl Backfill {
    /// Works through the rows; pure computing, for any thread.
    #[must_use]
    pub fn run(mut self) -> BackfilledView {
        let (fields, words, topics) = (&self.fields, &self.words, self.topics.as_slice());
        let context = Context { fields, words, topics, now_ms: self.now_ms };
        self.batches.iter().for_each(|rows| self.view.add(rows, 0, &context, &Shared::default()));
        BackfilledView { id: self.id, view: self.view, until: self.until }
    }
}

impl Engine {
    /// An engine that has read nothing.
    #[must_use]
    pub fn new(config: Arc<StreamConfig>, epoch: &str) -> Self {
        let zone = config
            .time()
            .and_then(|(_, _, zone)| TimeZone::get(zone).ok())
            .unwrap_or(TimeZone::UTC);
        let fields = Fields::declared(&config);
        Self {
            time_field: config.time().and_then(|(field, _, _)| fields.id(field)),
            decoder: decoder(config.format(), &fields),
            // Checked when the file was read.
            filter: config.filter().and_then(|text| Where::new(text, &config).ok()),
            entities: EntityTable::new(config.expire_ms(), &fields),
            fields,
            config,
            epoch: epoch.to_owned(),
            zone,
            words: Dictionary::default(),
            partitions: Partitions::default(),
            gaps: Vec::new(),
            refused: Refused::default(),
            retained: Retained::default(),
            current: BTreeMap::new(),
            row_keys: BTreeMap::new(),
            identities: Identities::default(),
            closed_sequence: 0,
            wall_ms: None,
            views: BTreeMap::new(),
            by_key: BTreeMap::new(),
            next_view: 0,
            stopwatch: || 0,
            budget: Budget::default(),
        }
    }

    /// Gives the clock by which the work for each view is measured, in nanoseconds.
    #[must_use]
    pub fn with_stopwatch(mut self, stopwatch: fn() -> u64) -> Self {
        self.stopwatch = stopwatch;
        self
    }

    /// Sets how many bytes the groups of views may take, about. Beyond, the smallest keys are no longer told apart, and
    /// the answer says that it is approximate.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Reading of a partition starts here.
    pub fn partition_started(
        &mut self,
        topic: &str,
        partition: i32,
        offset: i64,
        complete_from_start: bool,
    ) {
        let topic = self.partitions.topic(topic);
        let state = self.partitions.get(topic, partition);
        if offset < state.next_offset {
            // The topic was created anew: its times begin anew too.
            (state.newest_ms, state.end_offset) = (None, None);
        }
        state.next_offset = offset;
        state.complete_from_start = complete_from_start;
    }

    /// The broker's end of a partition.
    pub fn partition_end(&mut self, topic: &str, partition: i32, end_offset: i64) {
        let topic = self.partitions.topic(topic);
        self.partitions.get(topic, partition).end_offset = Some(end_offset);
    }

    /// Records that are lost.
    pub fn gap(&mut self, gap: Gap) {
        let neighbour = self.gaps.iter_mut().rfind(|known| {
            (&known.topic, known.partition) == (&gap.topic, gap.partition)
                && known.to_offset == gap.from_offset
                && known.why == gap.why
        });
        match neighbour {
            Some(known) => known.to_offset = gap.to_offset,
            None => self.gaps.push(gap),
        }
        let surplus = self.gaps.len().saturating_sub(GAPS);
        self.gaps.drain(..surplus);
        self.views.values_mut().for_each(|entry| entry.stale = true);
    }

    /// The stream's `now`, epoch ms.
    #[must_use]
    pub fn clock_ms(&self) -> Option<i64> {
        match self.config.clock() {
            Clock::Wall => self.wall_ms,
            Clock::Stream => self.partitions.newest_ms(),
        }
    }

    /// Judges records in their order, accounts for each, and takes in the good ones.
    pub fn ingest(&mut self, records: &[RawRecord<'_>], received_ms: i64) -> Vec<DeadLetter> {
        let (letters, mut batch) = self.judge_all(records, received_ms);
        self.flush(&mut batch);
        letters
    }

    fn judge_all<'a>(
        &mut self,
        records: &[RawRecord<'a>],
        received_ms: i64,
    ) -> (Vec<DeadLetter>, Batch<'a>) {
        self.wall_ms = Some(self.wall_ms.unwrap_or(i64::MIN).max(received_ms));
        let mut letters = Vec::new();
        let mut batch = Batch::new(records.len(), received_ms);
        for (index, record) in records.iter().enumerate() {
            let topic = self.partitions.topic(record.topic);
            let state = self.partitions.get(topic, record.partition);
            state.account.consumed += 1;
            state.next_offset = record.offset + 1;
            if record.timestamp_ms.is_some() {
                self.partitions.newest_record_ms =
                    self.partitions.newest_record_ms.max(record.timestamp_ms);
                self.partitions.timestamp_type = record.timestamp_type;
            }
            if let Err(refusal) = self.judge(record, topic, &mut batch) {
                self.partitions.get(topic, record.partition).account.dead_lettered += 1;
                letters.push(self.refuse(index, record, refusal));
            } else {
                self.refused.interrupt();
            }
        }
        self.partitions.received_ms = Some(received_ms);
        (letters, batch)
    }

    /// The rows of a batch, with the stream's runtime fields.
    fn finished(&self, builder: RowsBuilder, received_ms: i64) -> Rows {
        let mut rows = builder.finish(received_ms);
        let runtime = self.config.runtime();
        let columns = runtime.columns(&rows, &self.fields, self.time_field);
        for ((name, _), column) in runtime.fields().zip(columns) {
            if let Some(id) = self.fields.id(name) {
                rows.set_column(id, column);
            }
        }
        rows
    }

    fn take_in(&mut self, rows: Arc<Rows>, keys: Vec<Option<Box<[u8]>>>) {
        for (row, key) in keys.into_iter().enumerate() {
            if let Some(key) = key {
                self.current.insert(key, (Arc::clone(&rows), row));
            }
        }
        self.fields.note_presence(&rows);
        let now_ms = self.clock_ms();
        let topics = self.partitions.topics.clone();
        let entity_field = self.entity_field();
        let context = Context { fields: &self.fields, words: &self.words, topics: &topics, now_ms };
        if let Some(field) = entity_field {
            for row in 0..rows.len() {
                if let Some(slot) = rows.slot(field, row) {
                    self.entities.note(slot, &rows, row, entity_field, &context);
                }
            }
        }
        let shared = Shared::default();
        let mut began_ns = (self.stopwatch)();
        for entry in self.views.values_mut() {
            if let Some(view) = &mut entry.view {
                view.add(&rows, 0, &context, &shared);
                began_ns = entry.spent_since(began_ns, self.stopwatch);
            }
        }
        if self.config.mode() == Mode::Append {
            self.retained.push(rows, &self.fields);
        }
    }

    fn entity_field(&self) -> Option<FieldId> {
        self.config.entity().and_then(|name| self.fields.id(name))
    }

    /// Time passes: windows move, entities expire, old rows go.
    pub fn advance(&mut self, wall_ms: i64) {
        self.wall_ms = Some(self.wall_ms.unwrap_or(i64::MIN).max(wall_ms));
        let now_ms = self.clock_ms();
        let replaces = self.config.mode() == Mode::Upsert && self.config.expire_ms().is_some();
        let entity_field = self.entity_field();
        let expired = self.entities.expire(now_ms, entity_field, &self.words) || replaces;
        let mut began_ns = (self.stopwatch)();
        for entry in self.views.values_mut() {
            // In a tile of its own the expired are missed as any others that have left.
            entry.stale |= expired && entry.tile().is_none();
            if let Some(view) = &mut entry.view {
                view.advance(now_ms);
                began_ns = entry.spent_since(began_ns, self.stopwatch);
            }
        }
        let before_ms = wall_ms - self.config.retention_ms();
        self.retained.retire(before_ms, self.config.retention_bytes());
    }

    /// A view for a query: the one there is, or a new one with the work that fills it.
    ///
    /// # Errors
    /// Where this stream cannot answer the query, or the answer would be absurdly large.
    pub fn open_view(&mut self, query: &Query) -> Result<(ViewId, Option<Backfill>), QueryError> {
        self.check(query)?;
        let key = query.view_key();
        if let Some(id) = self.by_key.get(&key) {
            return Ok((*id, None));
        }
        self.refuse_absurd(query)?;
        let id = self.next_view;
        self.next_view += 1;
        let view = self.new_view(query);
        self.by_key.insert(key.clone(), id);
        self.views.insert(id, Entry::new(key));
        let (batches, until) = self.retained.snapshot();
        let backfill = Backfill {
            id,
            view,
            batches,
            until,
            fields: self.fields.clone(),
            words: self.words.clone(),
            topics: self.partitions.topics.clone(),
            now_ms: self.clock_ms(),
        };
        Ok((id, Some(backfill)))
    }

    fn check(&self, query: &Query) -> Result<(), QueryError> {
        if self.config.entity().is_none()
            && (query.entities.is_some() || query.over == hailstream_query::Over::Entities)
        {
            let detail = format!("the stream \"{}\" names no entity", self.config.name());
            return Err(QueryError::invalid("entities", detail));
        }
        crate::filter::check(query, &self.fields)
    }

    fn new_view(&self, query: &Query) -> View {
        View::new(
            query.normalised(),
            self.time_field,
            self.config.mode() == Mode::Upsert,
            self.clock_ms(),
            &self.fields,
            &self.budget,
        )
    }

    /// Swaps a filled view in, after the rows that came meanwhile.
    pub fn install(&mut self, filled: BackfilledView) {
        let now_ms = self.clock_ms();
        let Some(entry) = self.views.get_mut(&filled.id) else { return };
        let mut view = filled.view;
        let context = Context {
            fields: &self.fields,
            words: &self.words,
            topics: &self.partitions.topics,
            now_ms,
        };
        self.retained
            .since(filled.until)
            .for_each(|(rows, from)| view.add(rows, from, &context, &Shared::default()));
        view.advance(now_ms);
        if let (Some(tile), None) = (view.tile(), entry.tile()) {
            let entity_field = self.config.entity().and_then(|name| self.fields.id(name));
            self.entities.look_at(tile, entity_field, &self.words);
        }
        entry.view = Some(view);
        entry.stale = true;
    }

    /// Forgets a view.
    pub fn close_view(&mut self, id: ViewId) {
        if let Some(entry) = self.views.remove(&id) {
            self.by_key.remove(&entry.key);
            if let Some(tile) = entry.tile() {
                self.entities.look_away(tile);
            }
            let told = entry.last.map_or(0, |last| last.as_of.sequence);
            self.closed_sequence = self.closed_sequence.max(told);
        }
    }

    /// Views whose answer may be another one by now.
    #[must_use]
    pub fn changed(&self) -> Vec<ViewId> {
        self.views_where(|entry| entry.has_changed(&self.entities))
    }

    /// Views with something to publish: those that have changed and are not to be told less often.
    #[must_use]
    pub fn dirty(&self) -> Vec<ViewId> {
        self.views_where(|entry| entry.has_changed(&self.entities) && entry.is_due(self.wall_ms))
    }

    fn views_where(&self, chosen: impl Fn(&Entry) -> bool) -> Vec<ViewId> {
        self.views.iter().filter(|(_, entry)| chosen(entry)).map(|(id, _)| *id).collect()
    }

    /// The next result of a view; none where it is not filled yet.
    pub fn tick(&mut self, id: ViewId, pushed_ms: i64) -> Option<Tick> {
        let began_ns = (self.stopwatch)();
        let now_ms = self.clock_ms();
        let mut as_of = self.partitions.as_of(&self.epoch, self.config.disorder_ms());
        let coverage_from = self.coverage_from();
        let entity_field = self.entity_field();
        let entry = self.views.get_mut(&id)?;
        let view = entry.view.as_mut()?;
        let context = Context {
            fields: &self.fields,
            words: &self.words,
            topics: &self.partitions.topics,
            now_ms,
        };
        // An append stream's current rows are all it retains, an upsert stream's those not replaced.
        let retained = self.retained.since(0).map(|(rows, from)| (rows, from..rows.len()));
        let current = self.current.values().map(|(rows, row)| (rows, *row..*row + 1));
        let mut current = current.chain(retained);
        let mut result = if self.config.mode() == Mode::Upsert && view.over_entities() {
            let current = self.current.values();
            let entities = EntityTable::of(current, &self.entities, entity_field, &context);
            view.result(&context, &mut std::iter::empty(), &entities, entity_field)
        } else {
            view.result(&context, &mut current, &self.entities, entity_field)
        };
        let before = entry.last.as_ref().map_or(self.closed_sequence, |last| last.as_of.sequence);
        as_of.sequence = before + 1;
        as_of.pushed_ms = Some(pushed_ms);
        result.provisional_from_ms = view.provisional_from_ms(as_of.watermark_ms);
        let complete =
            coverage_from.is_none_or(|from| from <= view.start_ms(now_ms)) && self.gaps.is_empty();
        result.coverage = Coverage { from_ms: coverage_from, complete, gaps: self.gaps.clone() };
        result.as_of = as_of;
        entry.stale = false;
        let delta =
            entry.last.as_ref().map(|last| Delta::between(last, &result, view.query.key_columns()));
        let result = Arc::new(result);
        entry.last = Some(Arc::clone(&result));
        entry.spent_since(began_ns, self.stopwatch);
        Some(Tick { result, delta })
    }

    /// Event time from which all is known; none where everything there ever was is known.
    fn coverage_from(&self) -> Option<i64> {
        let all = self.partitions.by_id.values().all(|partition| partition.complete_from_start);
        let from_ms = self.retained.complete_from_ms();
        if all { from_ms } else { from_ms.max(self.retained.oldest_ms()) }
    }
}
