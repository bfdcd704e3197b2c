//! What an answer would cost, before it is worked out, and refusal of the absurd with its reason.
//!
//! Estimated after clipping the time range to the data. Keys of a field are counted in the newest rows; where most of
//! those differ, the rest is taken to differ too.

use hailstream_protocol::{BucketEstimate, Explanation, Upkeep};
use hailstream_query::{Query, QueryError};

use super::Engine;
use crate::view::{Context, KeyEstimate, keys_of};

/// Rows of an answer at most: as many as OpenSearch answers with (`search.max_buckets`).
const MAX_ROWS: u64 = 65_535;
/// Rows that are looked at.
const SAMPLE: usize = 4_096;

/// What the newest rows say of an answer.
struct Estimate {
    /// Rows of the stream.
    total: u64,
    /// Keys shown, by bucket.
    shown: Vec<u64>,
    /// Groups that are kept, shown or not.
    groups: u64,
    /// Rows of the answer.
    rows: u64,
}

impl Engine {
    /// What an answer would cost.
    ///
    /// # Errors
    /// Where this stream cannot answer the query at all.
    pub fn explain(&self, query: &Query) -> Result<Explanation, QueryError> {
        self.check(query)?;
        let estimate = self.estimate(query);
        let view = self.new_view(query);
        let buckets = query.buckets.iter().zip(&estimate.shown);
        let most_bytes = self.budget.each_bytes() as u64;
        Ok(Explanation {
            records: estimate.total,
            buckets: buckets
                .map(|(bucket, keys)| BucketEstimate { id: bucket.id().to_owned(), keys: *keys })
                .collect(),
            rows: estimate.rows,
            most_rows: MAX_ROWS,
            bytes: view.bytes_of(estimate.groups, estimate.total).min(most_bytes),
            most_bytes,
            upkeep: if view.is_recomputed() { Upkeep::Anew } else { Upkeep::Incremental },
            is_standing: self.by_key.contains_key(&query.view_key()),
            refused: self.refuse_costly(query, &estimate).err().map(|error| error.detail),
        })
    }

    /// Refuses a query whose answer nobody could look at.
    pub(super) fn refuse_absurd(&self, query: &Query) -> Result<(), QueryError> {
        self.refuse_costly(query, &self.estimate(query))
    }

    fn refuse_costly(&self, query: &Query, estimate: &Estimate) -> Result<(), QueryError> {
        self.refuse_siblings(query, estimate.total)?;
        refusal(query, estimate).map_or(Ok(()), Err)
    }

    fn estimate(&self, query: &Query) -> Estimate {
        let total = self.retained.rows() + self.current.len() as u64;
        let (looked_at, levels) = self.estimate_keys(query);
        let shown: Vec<u64> = levels.iter().map(|keys| keys.shown(looked_at, total)).collect();
        let kept = levels.iter().map(|keys| keys.likely(looked_at, total));
        let leaf = levels.len().saturating_sub(1);
        let listed = query.hits.as_ref().map(|hits| u64::from(hits.size));
        let listed = listed.or(query.entities.as_ref().map(|entities| u64::from(entities.size)));
        let mut rows: u64 = listed.unwrap_or(1);
        for (depth, shown) in shown.iter().enumerate() {
            // Groups there are only where there are records; empty rows are filled in at the leaves.
            rows = rows
                .min(if depth == leaf { total.max(1) } else { u64::MAX })
                .saturating_mul(*shown);
        }
        let is_filled = levels.last().is_some_and(KeyEstimate::is_filled);
        // All prefixes of a group's keys are groups too.
        let (groups, _) = kept.fold((1_u64, 1_u64), |(groups, above), keys| {
            let here = above.saturating_mul(keys).min(total);
            (groups.saturating_add(here), here)
        });
        Estimate { total, shown, groups, rows: if is_filled { rows } else { rows.min(total) } }
    }

    /// Looks at the newest rows: how many there were, and the keys of each bucket.
    fn estimate_keys(&self, query: &Query) -> (u64, Vec<KeyEstimate>) {
        let now_ms = self.clock_ms();
        let topics = &self.partitions.topics;
        let context = Context { fields: &self.fields, words: &self.words, topics, now_ms };
        let retained = self.retained.newest().map(|rows| (rows, 0..rows.len()));
        let current = self.current.values().map(|(rows, row)| (rows, *row..*row + 1));
        let oldest_row =
            || self.current.values().map(|(rows, row)| rows.origins[*row].time_ms).min();
        let span = (self.retained.oldest_ms().or_else(oldest_row), self.partitions.newest_ms());
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
            let (looked_at, levels) = self.estimate_keys(&inner);
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

/// Why an answer is not given, if it is not.
fn refusal(query: &Query, estimate: &Estimate) -> Option<QueryError> {
    let rows = estimate.rows;
    if rows <= MAX_ROWS {
        return None;
    }
    let parts = query.buckets.iter().zip(&estimate.shown);
    let parts: Vec<String> =
        parts.map(|(bucket, shown)| format!("{} of \"{}\"", shown, bucket.id())).collect();
    let detail = format!(
        "the answer would have about {rows} rows ({}), at most {MAX_ROWS} are given: choose a smaller size, a longer \
         interval or a shorter time",
        parts.join(" × ")
    );
    Some(QueryError { code: "too_expensive", at: "buckets".to_owned(), detail })
}
