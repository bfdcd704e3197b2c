//! How far the input has been read, partition by partition, and how that is written down: in a header of every output
//! record, and beside the committed position.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Header of every output record.
pub const POSITIONS_HEADER: &str = "hailstream-positions";

/// Next offsets, by topic and partition. A partition that is not named has not been read.
pub type Positions = BTreeMap<String, BTreeMap<i32, i64>>;

/// What an output record says about the run that wrote it. Rows are written in rounds, and a round begins only when
/// all of the one before is acknowledged: the record of the highest round knows most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Number of the round, counting on over restarts.
    pub round: u64,
    /// The state that this record shows covers the input up to here.
    pub reached: Positions,
    /// All that the input up to here changed was written in earlier rounds.
    pub published: Positions,
    /// Newest event time in it, epoch ms.
    pub newest_ms: Option<i64>,
}

/// The position of one partition.
pub fn position(positions: &Positions, topic: &str, partition: i32) -> Option<i64> {
    positions.get(topic)?.get(&partition).copied()
}

/// Where a run starts: what the run before left behind.
#[derive(Clone, Debug, Default)]
pub struct Resume {
    /// Safe positions with the newest event time before them; reading starts here, elsewhere at the beginning.
    pub start: BTreeMap<(String, i32), (i64, Option<i64>)>,
    /// Windows that end here or earlier are closed.
    pub closed_until_ms: Option<i64>,
    /// What the output topic's last records say.
    pub written: Written,
}

/// What can be committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafePoint {
    /// Position and newest event time per partition.
    pub positions: BTreeMap<(String, i32), (i64, Option<i64>)>,
    /// Windows that end here or earlier are closed and published.
    pub closed_until_ms: i64,
}

/// What is committed beside the safe position of one partition: everything before it belongs to windows that have
/// been published for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Newest event time of this partition before the position: lateness goes on from here.
    pub newest_ms: Option<i64>,
    /// Windows that end here or earlier are closed and published.
    pub closed_until_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_read_back() {
        let written = Written {
            round: 4,
            reached: Positions::from([("t".to_owned(), BTreeMap::from([(0, 7), (12, 3)]))]),
            published: Positions::new(),
            newest_ms: Some(9),
        };
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(
            text,
            r#"{"round":4,"reached":{"t":{"0":7,"12":3}},"published":{},"newest_ms":9}"#
        );
        assert_eq!(serde_json::from_str::<Written>(&text).unwrap(), written);
        assert_eq!(position(&written.reached, "t", 12), Some(3));
        assert_eq!(position(&written.reached, "t", 1), None);
    }
}
