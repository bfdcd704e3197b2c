//! How fast records come, from the counts of a histogram over time, and how long its buckets are, in words.

use hailstream_protocol::{QueryResult, Value};

/// Buckets that the rate is a mean of.
const MEAN_OVER: usize = 4;

/// Records per second: the mean of the last closed buckets of `interval_ms`. Rows are `[start, count]`, ascending.
#[must_use]
pub fn per_second(result: &QueryResult, interval_ms: i64) -> Option<f64> {
    let open_ms = result.provisional_from_ms.unwrap_or(i64::MAX);
    let closed = |start: i64| start.saturating_add(interval_ms) <= open_ms;
    let counts = result.rows.iter().rev().filter_map(|row| {
        let start = row.first().and_then(Value::as_i64)?;
        closed(start).then(|| row.get(1).and_then(Value::as_f64)).flatten()
    });
    let counts: Vec<f64> = counts.take(MEAN_OVER).collect();
    let seconds = interval_ms as f64 / 1_000.0 * counts.len() as f64;
    (seconds > 0.0).then(|| counts.iter().sum::<f64>() / seconds)
}

/// `15 s`, `1 min`, `3 h`, `250 ms`.
#[must_use]
pub fn interval_words(interval_ms: i64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    let whole = units.iter().find(|(length, _)| interval_ms % length == 0);
    let (length, unit) = whole.unwrap_or(&(1, "ms"));
    format!("{} {unit}", interval_ms / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_buckets_do_not_count_as_slow_ones() {
        let row = |start: i64, count: i64| vec![Value::Int(start), Value::Int(count)];
        let result = QueryResult {
            rows: vec![row(0, 100), row(10_000, 200), row(20_000, 3)],
            provisional_from_ms: Some(20_000),
            ..QueryResult::default()
        };
        assert_eq!(per_second(&result, 10_000), Some(15.0));
        assert_eq!(per_second(&QueryResult::default(), 10_000), None);
    }

    #[test]
    fn intervals_have_the_largest_unit_that_fits() {
        let words = [250, 15_000, 60_000, 90_000, 10_800_000, 86_400_000].map(interval_words);
        assert_eq!(words, ["250 ms", "15 s", "1 min", "90 s", "3 h", "1 d"]);
    }
}
