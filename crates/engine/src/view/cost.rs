//! How many keys the buckets of a query would have, seen from some rows.

use hailstream_query::Query;
use hashbrown::HashSet;

use super::bucket::{Code, Level, Ranking, levels};
use super::window::Window;
use super::{Context, Stretch};
use crate::fields::FieldId;

/// Keys of one bucket.
pub(crate) struct KeyEstimate {
    seen: u64,
    /// Known without looking: buckets of the event time, and those that are named.
    known: Option<u64>,
    /// At most so many are shown.
    size: u64,
    filled: bool,
}

impl KeyEstimate {
    /// How many keys an answer from `total` rows would show, `looked_at` rows having been looked at.
    pub(crate) fn shown(&self, looked_at: u64, total: u64) -> u64 {
        self.likely(looked_at, total).min(self.size)
    }

    /// How many keys there would be, shown or not.
    pub(crate) fn likely(&self, looked_at: u64, total: u64) -> u64 {
        let saturated = self.seen * 2 <= looked_at || looked_at == 0;
        let likely =
            if saturated { self.seen } else { self.seen.saturating_mul(total) / looked_at };
        self.known.unwrap_or(likely.max(1))
    }

    /// Whether empty ones are rows too.
    pub(crate) fn is_filled(&self) -> bool {
        self.filled
    }
}

/// Looks at up to `limit` rows: how many there were, and the keys of each bucket. `span` is from the oldest to the newest
/// event time.
pub(crate) fn keys_of<'a>(
    query: &Query,
    time_field: Option<FieldId>,
    context: &Context<'_>,
    span: (i64, i64),
    rows: &mut dyn Iterator<Item = Stretch<'a>>,
    limit: usize,
) -> (u64, Vec<KeyEstimate>) {
    let levels = levels(query, context.now_ms, context.fields);
    let mut seen: Vec<HashSet<Code, foldhash::fast::FixedState>> =
        levels.iter().map(|_| HashSet::default()).collect();
    let (mut looked_at, mut codes) = (0, Vec::new());
    for (rows, chosen) in rows {
        if looked_at >= limit {
            break;
        }
        let chosen = chosen.take(limit - looked_at);
        looked_at += chosen.len();
        for ((level, _), seen) in levels.iter().zip(&mut seen) {
            let coding = level.over(rows, time_field, context.fields, context.words);
            for row in chosen.clone() {
                coding.codes(row, &mut codes);
                seen.extend(codes.drain(..));
            }
        }
    }
    let bounds = Window::of(query, None).at(context.now_ms);
    let span = (span.0.max(bounds.from_ms), span.1.min(bounds.to_ms));
    let keys = |((level, ranking), seen): (&(Level, Ranking), HashSet<Code, _>)| {
        let of_time = level.of_event_time(time_field, context.fields);
        let rounding = level.rounding().filter(|_| of_time);
        let on_line = rounding.map(|rounding| {
            let length = span.1.saturating_sub(span.0).max(0);
            (length / rounding.about_ms()) as u64 + 1
        });
        // A line that is too long is not filled.
        let on_line = on_line.filter(|keys| *keys <= super::grouped::MAX_FILLED);
        let size = match ranking {
            Ranking::Top { size, .. } => *size as u64,
            Ranking::Series | Ranking::AsGiven => u64::MAX,
        };
        let named = matches!(ranking, Ranking::AsGiven).then(|| level.places() as u64);
        let filled = level.min_doc_count() == 0 || named.is_some();
        KeyEstimate { seen: seen.len() as u64, known: on_line.or(named), size, filled }
    };
    (looked_at as u64, levels.iter().zip(seen).map(keys).collect())
}
