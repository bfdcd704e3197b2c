//! What librdkafka's statistics tell: which brokers answer, where partitions end, how far fetching is.
//!
//! Only the parts we use are read, so that a newer librdkafka with other figures does not matter.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One statistics message.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Statistics {
    #[serde(default)]
    brokers: BTreeMap<String, Broker>,
    #[serde(default)]
    topics: BTreeMap<String, Topic>,
}

#[derive(Debug, Deserialize)]
struct Broker {
    nodeid: i32,
    nodename: String,
    state: String,
    /// Microseconds since anything was received.
    rxidle: i64,
    /// Requests that wait for an answer.
    waitresp_cnt: i64,
}

#[derive(Debug, Deserialize)]
struct Topic {
    #[serde(default)]
    partitions: BTreeMap<String, Partition>,
}

/// How fetching of one partition stands.
#[derive(Debug, Deserialize)]
pub(super) struct Partition {
    pub(super) partition: i32,
    leader: i32,
    desired: bool,
    next_offset: i64,
    fetchq_cnt: i64,
    hi_offset: i64,
    ls_offset: i64,
}

impl Partition {
    /// Where the partition ends for us: records of open transactions are not to be read yet.
    pub(super) fn end(&self) -> Option<i64> {
        let end = if self.ls_offset >= 0 { self.ls_offset } else { self.hi_offset };
        (end >= 0).then_some(end)
    }

    /// Offset up to which everything was fetched and handed over; `None` while records wait in librdkafka's queue.
    pub(super) fn drained_to(&self) -> Option<i64> {
        (self.fetchq_cnt == 0 && self.next_offset >= 0).then_some(self.next_offset)
    }
}

impl Statistics {
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json)
            .inspect_err(|error| tracing::debug!(%error, "librdkafka's statistics cannot be read"))
            .ok()
    }

    /// The partitions that are read.
    pub(super) fn partitions(&self) -> impl Iterator<Item = (&str, &Partition)> {
        self.topics.iter().flat_map(|(name, topic)| {
            topic.partitions.values().filter(|one| one.desired).map(|one| (name.as_str(), one))
        })
    }

    /// Why some partition cannot be read right now; `None` when all brokers that lead one are there.
    pub(super) fn unreachable(&self, silent_for_micros: i64) -> Option<String> {
        self.partitions().find_map(|(topic, partition)| {
            let leader = self.brokers.values().find(|broker| broker.nodeid == partition.leader);
            match leader {
                None => Some(format!("partition {} of {topic} has no leader", partition.partition)),
                Some(broker) if !broker.is_up() => {
                    Some(format!("no connection to broker {}", broker.nodename))
                }
                Some(broker) if broker.waitresp_cnt > 0 && broker.rxidle > silent_for_micros => {
                    Some(format!("broker {} does not answer", broker.nodename))
                }
                Some(_) => None,
            }
        })
    }
}

impl Broker {
    fn is_up(&self) -> bool {
        matches!(self.state.as_str(), "UP" | "UPDATE" | "REAUTH")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(state: &str, rxidle: i64) -> Statistics {
        let json = format!(
            r#"{{"name":"x","brokers":{{"h:1/1":{{"nodeid":1,"nodename":"h:1","state":"{state}",
            "rxidle":{rxidle},"waitresp_cnt":1,"other":[]}}}},"topics":{{"t":{{"topic":"t","partitions":{{
            "0":{{"partition":0,"leader":1,"desired":true,"next_offset":7,"fetchq_cnt":0,"hi_offset":9,"ls_offset":8}},
            "-1":{{"partition":-1,"leader":-1,"desired":false,"next_offset":-1001,"fetchq_cnt":0,"hi_offset":-1001,
            "ls_offset":-1001}}}}}}}}}}"#
        );
        Statistics::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn only_partitions_that_are_read_count() {
        let statistics = statistics("UP", 10);
        let all: Vec<_> = statistics
            .partitions()
            .map(|(topic, one)| (topic, one.partition, one.end(), one.drained_to()))
            .collect();
        assert_eq!(all, [("t", 0, Some(8), Some(7))]);
    }

    #[test]
    fn a_broker_that_is_down_or_silent_is_named() {
        assert_eq!(statistics("UP", 10).unreachable(1_000), None);
        let down = statistics("TRY_CONNECT", 10).unreachable(1_000);
        assert_eq!(down.as_deref(), Some("no connection to broker h:1"));
        let silent = statistics("UP", 2_000).unreachable(1_000);
        assert_eq!(silent.as_deref(), Some("broker h:1 does not answer"));
    }
}
