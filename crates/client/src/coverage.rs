//! What is missing from an answer, as a panel says it: records before its data begins, or holes in them.

use hailstream_protocol::QueryResult;

/// What is missing from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// Records that existed and could not be read.
    Gap {
        /// How many.
        records: u64,
        /// Where and why, for people.
        places: String,
    },
    /// The range begins before the data.
    Since {
        /// From when on all is known, epoch ms.
        from_ms: i64,
    },
}

impl Shortfall {
    /// The worst that is missing from an answer; none where it is complete.
    #[must_use]
    pub fn of(result: &QueryResult) -> Option<Self> {
        let coverage = &result.coverage;
        if coverage.complete {
            return None;
        }
        let mut records = 0;
        let mut places = String::new();
        for gap in &coverage.gaps {
            records += gap.to_offset.saturating_sub(gap.from_offset).max(0).unsigned_abs();
            places += if places.is_empty() { "" } else { "; " };
            places += &format!("{} partition {}: {}", gap.topic, gap.partition, gap.why);
        }
        if !places.is_empty() {
            return Some(Self::Gap { records, places });
        }
        let from_ms = coverage.from_ms?;
        let range = result.range?;
        (range.from_ms < from_ms && from_ms <= range.to_ms).then_some(Self::Since { from_ms })
    }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::{Coverage, Gap, Range};

    use super::*;

    fn shortfall(from_ms: Option<i64>, complete: bool, gaps: &[(i64, i64)]) -> Option<Shortfall> {
        let gap = |(from_offset, to_offset): &(i64, i64)| Gap {
            topic: "t".into(),
            partition: 2,
            from_offset: *from_offset,
            to_offset: *to_offset,
            why: "expired".into(),
        };
        Shortfall::of(&QueryResult {
            range: Some(Range { from_ms: 1_000, to_ms: 9_000 }),
            coverage: Coverage { from_ms, complete, gaps: gaps.iter().map(gap).collect() },
            ..QueryResult::default()
        })
    }

    #[test]
    fn what_is_missing_is_said_and_nothing_else() {
        assert_eq!(shortfall(Some(500), true, &[]), None);
        assert_eq!(shortfall(Some(500), false, &[]), None);
        assert_eq!(shortfall(None, false, &[]), None);
        let since = Shortfall::Since { from_ms: 4_000 };
        assert_eq!(shortfall(Some(4_000), false, &[]), Some(since));
        let places = "t partition 2: expired; t partition 2: expired".to_owned();
        let gap = Shortfall::Gap { records: 35, places };
        assert_eq!(shortfall(Some(4_000), false, &[(10, 40), (50, 55)]), Some(gap));
    }
}
