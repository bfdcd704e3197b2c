//! What an answer would cost, before it is worked out, and refusal of the absurd with its reason.
//!
//! Estimated after clipping the time range to the data. Keys of a field are counted in the newest rows; where most of
//! those differ, the rest is taken to differ too.

use hailstream_query::{Query, QueryError};

use super::Engine;
use crate::view::{Context, Keys, keys_of};

/// Rows of an answer at most: as many as OpenSearch answers with (`search.max_buckets`).
const MAX_ROWS: u64 = 65_535;
/// Rows that are looked at.
const SAMPLE: usize = 4_096;

impl Engine {
    /// Refuses a query whose answer nobody could look at.
    pub(super) fn refuse_absurd(&self, query: &Query) -> Result<(), QueryError> {
        let total = self.retained.rows() + self.current.len() as u64;
        self.refuse_siblings(query, total)?;
        let (looked_at, levels) = self.keys_of(query);
        let shown: Vec<u64> = levels.iter().map(|keys| keys.shown(looked_at, total)).collect();
        let leaf = levels.len().saturating_sub(1);
        let mut rows: u64 = 1;
        for (depth, shown) in shown.iter().enumerate() {
            // Groups there are only where there are records; empty rows are filled in at the leaves.
            rows = rows
                .min(if depth == leaf { total.max(1) } else { u64::MAX })
                .saturating_mul(*shown);
        }
        let is_filled = levels.last().is_some_and(Keys::is_filled);
        let rows = if is_filled { rows } else { rows.min(total) };
        if rows <= MAX_ROWS {
            return Ok(());
        }
        let parts = query.buckets.iter().zip(&shown);
        let parts: Vec<String> =
            parts.map(|(bucket, shown)| format!("{} of \"{}\"", shown, bucket.id())).collect();
        let detail = format!(
            "the answer would have about {rows} rows ({}), at most {MAX_ROWS} are given: choose a smaller size, a \
             longer interval or a shorter time",
            parts.join(" × ")
        );
        Err(QueryError { code: "too_expensive", at: "buckets".to_owned(), detail })
    }

    /// Looks at the newest rows: how many there were, and the keys of each bucket.
    fn keys_of(&self, query: &Query) -> (u64, Vec<Keys>) {
        let now_ms = self.clock_ms();
        let topics = &self.partitions.topics;
        let context = Context { fields: &self.fields, words: &self.words, topics, now_ms };
        let retained = self.retained.newest().map(|rows| (rows, 0..rows.len()));
        let current = self.current.values().map(|(rows, row)| (rows, *row..*row + 1));
        let span = (self.retained.oldest_ms(), self.partitions.newest_ms());
        let span = span.0.zip(span.1).unwrap_or_default();
        let mut stretches = retained.chain(current);
        keys_of(query, self.time_field, &context, span, &mut stretches, SAMPLE)
    }

    /// Buckets of which a metric makes one number are kept all, whether they are shown or not.
    fn refuse_siblings(&self, query: &Query, total: u64) -> Result<(), QueryError> {
        for (index, metric) in query.metrics.iter().enumerate() {
            let Some(bucket) = metric.parameters().bucket() else { continue };
            let inner =
                Query { buckets: vec![bucket.clone()], metrics: Vec::new(), ..query.clone() };
            let (looked_at, levels) = self.keys_of(&inner);
            let keys = levels.first().map_or(0, |keys| keys.likely(looked_at, total)).min(total);
            if keys > MAX_ROWS {
                let detail = format!(
                    "there would be about {keys} buckets of \"{}\", at most {MAX_ROWS} are made one number of: choose a \
                     field of fewer values, a longer interval or a shorter time",
                    bucket.id()
                );
                let at = format!("metrics[{index}].bucket");
                return Err(QueryError { code: "too_expensive", at, detail });
            }
        }
        Ok(())
    }
}
