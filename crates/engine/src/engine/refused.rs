//! The refused records that are kept to be shown: the newest of all, and of each reason how many and the newest, so that a
//! flood of one fault does not hide another.

use std::collections::{BTreeMap, VecDeque};

use hailstream_protocol::Refusals;
use hailstream_protocol::stream_info::{BadRecords, DeadLetterSample, Mark};

use crate::decode::{Place, Refusal};
use crate::record::RawRecord;

const MAX_SAMPLES: usize = 20;
const SAMPLE_BYTES: usize = 200;

#[derive(Default)]
pub(super) struct Refused {
    newest: VecDeque<DeadLetterSample>,
    by_reason: BTreeMap<&'static str, BadRecords>,
    /// How many of the newest records were refused without a good one between them.
    in_a_row: u64,
}

impl Refused {
    pub(super) fn note(&mut self, record: &RawRecord<'_>, refusal: &Refusal) {
        let value = record.value.unwrap_or_default();
        let sample = String::from_utf8_lossy(&value[..value.len().min(SAMPLE_BYTES)]).into_owned();
        let sample = DeadLetterSample {
            topic: record.topic.to_owned(),
            partition: record.partition,
            offset: record.offset,
            reason: refusal.reason.to_owned(),
            detail: refusal.detail.clone(),
            mark: mark(&sample, &refusal.place),
            sample,
        };
        match self.by_reason.get_mut(refusal.reason) {
            Some(bad) => {
                bad.count += 1;
                bad.newest = sample.clone();
            }
            None => {
                let reason = refusal.reason.to_owned();
                let bad = BadRecords { reason, count: 1, newest: sample.clone() };
                self.by_reason.insert(refusal.reason, bad);
            }
        }
        self.newest.truncate(MAX_SAMPLES - 1);
        self.newest.push_front(sample);
        self.in_a_row += 1;
    }

    /// A good record came.
    pub(super) fn interrupt(&mut self) {
        self.in_a_row = 0;
    }

    /// How many were refused, of `count` in all, and where the newest is.
    pub(super) fn summary(&self, count: u64) -> Option<Refusals> {
        let newest = self.newest.front()?;
        Some(Refusals {
            count,
            in_a_row: self.in_a_row,
            topic: newest.topic.clone(),
            partition: newest.partition,
            offset: newest.offset,
            reason: newest.reason.clone(),
            detail: newest.detail.clone(),
        })
    }

    pub(super) fn newest(&self) -> Vec<DeadLetterSample> {
        self.newest.iter().cloned().collect()
    }

    /// The most frequent reason first; equals by name.
    pub(super) fn by_reason(&self) -> Vec<BadRecords> {
        let mut all: Vec<BadRecords> = self.by_reason.values().cloned().collect();
        all.sort_by_key(|bad| std::cmp::Reverse(bad.count));
        all
    }
}

/// Where the fault is in the sample, in characters; none where it is not known or lies beyond what is kept.
fn mark(sample: &str, place: &Place) -> Option<Mark> {
    let (from, to) = match place {
        Place::Whole => return None,
        Place::Text(line, column) => {
            let mut starts =
                std::iter::once(0).chain(sample.match_indices('\n').map(|(at, _)| at + 1));
            let start = starts.nth(line.saturating_sub(1))?;
            let to = start + column;
            // What ends too early is wrong at its last character.
            let to = if to > sample.len() { sample.len() } else { to };
            let to = (0..=to).rev().find(|at| sample.is_char_boundary(*at))?;
            (sample[..to].char_indices().next_back()?.0, to)
        }
        Place::Field(name) => value_of(sample, name)?,
    };
    let characters = |at: usize| sample[..at].chars().count() as u32;
    Some(Mark { from: characters(from), to: characters(to) })
}

/// Bytes of the scalar under a key, the last part of a dotted name.
fn value_of(sample: &str, name: &str) -> Option<(usize, usize)> {
    let key = format!("\"{}\"", name.rsplit('.').next()?);
    let (at, _) = sample
        .match_indices(&key)
        .find(|(at, _)| sample[at + key.len()..].trim_start().starts_with(':'))?;
    let after = &sample[at + key.len()..];
    let rest = after.trim_start().strip_prefix(':')?.trim_start();
    let from = sample.len() - rest.len();
    let length = match rest.strip_prefix('"') {
        Some(text) => text.find('"').map_or(rest.len(), |end| end + 2),
        None => rest.find([',', '}', ']', ' ', '\n']).unwrap_or(rest.len()),
    };
    (length > 0).then_some((from, from + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_is_marked() {
        let field = |name: &str| Place::Field(name.to_owned());
        for (sample, place, want) in [
            (r#"{"a":1,"lat":"n/a","b":2}"#, field("lat"), r#""n/a""#),
            (r#"{"a":1, "at" : 17987715, "b":2}"#, field("x.at"), "17987715"),
            (r#"{"lat":"lat","x":"cut off"#, field("x"), r#""cut off"#),
            (r#"{"größe":"ü"}"#, field("größe"), r#""ü""#),
            (r#"{"a":tru}"#, Place::Text(1, 9), "}"),
            (r#"{"cab":"a","ts":1795"#, Place::Text(1, 20), "5"),
            ("{\n\"a\":x}", Place::Text(2, 5), "x"),
            ("", Place::Text(1, 0), "-"),
            ("no object", Place::Whole, "-"),
            (r#"{"a":1}"#, field("b"), "-"),
        ] {
            let marked = mark(sample, &place).map_or("-".to_owned(), |mark| {
                let length = (mark.to - mark.from) as usize;
                sample.chars().skip(mark.from as usize).take(length).collect()
            });
            assert_eq!(marked, want, "{sample}");
        }
    }

    #[test]
    fn a_flood_of_one_fault_does_not_hide_another() {
        let mut refused = Refused::default();
        let record = |offset| RawRecord {
            topic: "t",
            partition: 0,
            offset,
            timestamp_ms: None,
            timestamp_type: hailstream_protocol::TimestampType::None,
            key: None,
            value: Some(b"x"),
        };
        refused.note(&record(0), &Refusal::new("no_time", "a"));
        for offset in 1..100 {
            refused.note(&record(offset), &Refusal::new("not_json", "b"));
        }
        let told: Vec<String> = refused
            .by_reason()
            .iter()
            .map(|bad| format!("{} {} {}", bad.reason, bad.count, bad.newest.offset))
            .collect();
        assert_eq!(told, ["not_json 99 99", "no_time 1 0"]);
        assert_eq!(refused.newest().len(), MAX_SAMPLES);
        assert_eq!(refused.newest()[0].offset, 99);
    }
}
