//! Judging without keeping: for those who fold a stream's records otherwise than in views, as rollups do.

use hailstream_protocol::Value;

use super::Engine;
use crate::fields::FieldId;
use crate::filter::Where;
use crate::record::{DeadLetter, RawRecord};

/// A record that was not refused.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Topic.
    pub topic: &'a str,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Event time, epoch ms.
    pub time_ms: i64,
    /// Whether what was asked of it holds.
    pub passes: bool,
    /// Values of the wanted fields; null where absent.
    pub values: &'a [Value],
}

impl Engine {
    /// Judges records exactly as [`Engine::ingest`] does, but hands those that count to `each`, in order, with the values
    /// of `fields` and whether all of `filters` hold, and keeps none: views stay as they are.
    pub fn judge_each(
        &mut self,
        records: &[RawRecord<'_>],
        received_ms: i64,
        fields: &[&str],
        filters: &[Where],
        mut each: impl FnMut(Judged<'_>),
    ) -> Vec<DeadLetter> {
        let (letters, batch) = self.judge_all(records, received_ms);
        let rows = self.finished(batch.rows, received_ms);
        let ids: Vec<Option<FieldId>> = fields.iter().map(|name| self.fields.id(name)).collect();
        let filters: Vec<_> =
            filters.iter().map(|filter| filter.over(&rows, &self.fields, &self.words)).collect();
        let mut values = vec![Value::Null; fields.len()];
        for (row, origin) in rows.origins.iter().enumerate() {
            for (value, id) in values.iter_mut().zip(&ids) {
                let slot = id.and_then(|id| rows.slot(id, row));
                *value = slot.map_or(Value::Null, |slot| slot.value(&self.words));
            }
            each(Judged {
                topic: &self.partitions.topics[usize::from(origin.topic)],
                partition: origin.partition,
                offset: origin.offset,
                time_ms: origin.time_ms,
                passes: filters.iter().all(|filter| filter.row(row)),
                values: &values,
            });
        }
        letters
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hailstream_protocol::TimestampType;

    use super::*;
    use crate::config::StreamConfig;

    #[test]
    fn the_same_records_count_as_in_views() {
        let config = StreamConfig::from_yaml(
            "{stream: s, topics: [t], time: {field: ts}, clock: stream, lateness: 10ms,\n\
             dedupe: {by: [id], within: 1h}, fields: {id: long, zone: keyword, fare: double}}",
            "s.yaml",
        )
        .unwrap();
        let values = [
            r#"{"ts":100,"id":1,"zone":"a","fare":2}"#,
            r#"{"ts":100,"id":1,"zone":"a","fare":2}"#,
            r#"{"ts":89,"id":2,"zone":"a","fare":2}"#,
            "{",
            r#"{"ts":101,"id":3,"fare":null}"#,
        ];
        let records: Vec<RawRecord<'_>> = (0..)
            .zip(&values)
            .map(|(offset, value)| RawRecord {
                topic: "t",
                partition: 0,
                offset,
                timestamp_ms: None,
                timestamp_type: TimestampType::None,
                key: None,
                value: Some(value.as_bytes()),
            })
            .collect();
        let config = Arc::new(config);
        let filters = [Where::new("zone: a", &config).unwrap()];
        let (mut kept, mut judged) =
            (Engine::new(Arc::clone(&config), "e"), Engine::new(config, "e"));
        let mut counted = Vec::new();
        let fields = ["zone", "fare", "nowhere"];
        let letters = judged.judge_each(&records, 7, &fields, &filters, |one| {
            counted.push((one.offset, one.time_ms, one.passes, one.values.to_vec()));
        });
        assert_eq!(letters, kept.ingest(&records, 7));
        assert_eq!(judged.account(), kept.account());
        assert_eq!(
            counted,
            [
                (0, 100, true, vec![Value::text("a"), Value::Float(2.0), Value::Null]),
                (4, 101, false, vec![Value::Null, Value::Null, Value::Null]),
            ]
        );
        assert_eq!(judged.retained().0, 0);
    }
}
