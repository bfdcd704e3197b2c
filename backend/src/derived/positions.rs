//! How far the input has been read, partition by partition, and how that is written down: in a header of every output
//! record, and beside the committed position.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Header of every output record.
pub(crate) const POSITIONS_HEADER: &str = "hailstream-positions";

/// Next offsets, by topic and partition. A partition that is not named has not been read.
pub(crate) type Positions = BTreeMap<String, BTreeMap<i32, i64>>;

/// What an output record says about the run that wrote it. Rows are written in rounds, and a round begins only when
/// all of the one before is acknowledged: the record of the highest round knows most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// Number of the round, counting on over restarts.
    pub(crate) round: u64,
    /// The state that this record shows covers the input up to here.
    pub(crate) reached: Positions,
    /// All that the input up to here changed was written in earlier rounds.
    pub(crate) published: Positions,
    /// Newest event time in it, epoch ms.
    pub(crate) newest_ms: Option<i64>,
}

/// The record of the input that made a row: beside [`Written`] in the header of rows that a single record made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// Topic.
    pub(crate) topic: String,
    /// Partition.
    pub(crate) partition: i32,
    /// Offset.
    pub(crate) offset: i64,
}

/// The header of an output record.
#[derive(Serialize)]
struct Header<'a> {
    #[serde(flatten)]
    written: &'a Written,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
}

/// What a record's header says.
pub(crate) fn header_of(written: &Written, origin: Option<&Origin>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Header { written, origin })
}

/// Where a row came from, by its header.
pub(crate) fn origin_in(header: &[u8]) -> Option<Origin> {
    #[derive(Deserialize)]
    struct Read {
        origin: Origin,
    }
    serde_json::from_slice::<Read>(header).ok().map(|read| read.origin)
}

/// The position of one partition.
pub(crate) fn position(positions: &Positions, topic: &str, partition: i32) -> Option<i64> {
    positions.get(topic)?.get(&partition).copied()
}

/// Where a run starts: what the run before left behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resume {
    /// Safe positions with the newest event time before them; reading starts here, elsewhere at the beginning.
    pub(crate) start: BTreeMap<(String, i32), (i64, Option<i64>)>,
    /// Windows that end here or earlier are closed.
    pub(crate) closed_until_ms: Option<i64>,
    /// All that the input up to here changed was written, as far as that was committed.
    pub(crate) published: Positions,
    /// What the output topic's last records say.
    pub(crate) written: Written,
}

impl Resume {
    /// Whether all that the output shows of the input has been read again; `next` is the next offset of a partition that is read.
    pub(crate) fn is_reached(&self, next: impl Fn(&str, i32) -> Option<i64>) -> bool {
        self.written.reached.iter().all(|(topic, partitions)| {
            let is_there = |(number, reached): (&i32, &i64)| {
                next(topic, *number).is_some_and(|next| next >= *reached)
            };
            partitions.iter().all(is_there)
        })
    }

    /// Whether the output shows more of a partition than was read of it.
    pub(crate) fn shows_more(&self, topic: &str, partition: i32, next: i64) -> bool {
        position(&self.written.reached, topic, partition).is_some_and(|reached| next < reached)
    }
}

/// What can be committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SafePoint {
    /// Position and newest event time per partition.
    pub(crate) positions: BTreeMap<(String, i32), (i64, Option<i64>)>,
    /// All that the input up to here changed was written; what is not named here is told by the output alone.
    pub(crate) published: Positions,
    /// Windows that end here or earlier are closed and published; none where there are no windows.
    pub(crate) closed_until_ms: Option<i64>,
}

/// What is committed beside the safe position of one partition: everything before it belongs to windows that have
/// been published for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Committed {
    /// Newest event time of this partition before the position: lateness goes on from here.
    pub(crate) newest_ms: Option<i64>,
    /// All that this partition changed up to here was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) published: Option<i64>,
    /// Windows that end here or earlier are closed and published.
    pub(crate) closed_until_ms: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_reached_when_each_partition_is() {
        let reached = Positions::from([("t".to_owned(), BTreeMap::from([(0, 7), (1, 3)]))]);
        let resume =
            Resume { written: Written { reached, ..Written::default() }, ..Resume::default() };
        let is_reached = |first: Option<i64>, second: Option<i64>| {
            resume.is_reached(|_, number| if number == 0 { first } else { second })
        };
        assert!(is_reached(Some(7), Some(9)));
        assert!(!is_reached(Some(6), Some(9)) && !is_reached(Some(7), None));
        assert!(Resume::default().is_reached(|_, _| None), "nothing was shown");
        assert!(resume.shows_more("t", 0, 6) && !resume.shows_more("t", 0, 7));
        assert!(!resume.shows_more("t", 2, 0) && !resume.shows_more("u", 0, 0));
    }

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
        let origin = Origin { topic: "t".to_owned(), partition: 12, offset: 2 };
        let header = header_of(&written, Some(&origin)).unwrap();
        assert_eq!(serde_json::from_slice::<Written>(&header).unwrap(), written);
        assert_eq!(origin_in(&header), Some(origin));
        let header = header_of(&written, None).unwrap();
        assert_eq!(header, text.as_bytes());
        assert_eq!(origin_in(&header), None);
    }
}
