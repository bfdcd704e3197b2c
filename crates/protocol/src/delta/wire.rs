//! A delta in the binary encoding: most of its parts are as before most of the time, and take a bit each then.
//!
//! In order: `base`, the set of parts that follow, how many rows are kept where all are (`runs` otherwise), and the parts.
//! A frame of a few moved vehicles would else be half made of words for "as before".

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use super::packed_runs::{Packed, Unpacked};
use super::{Change, Delta, Run};
use crate::as_of::{AsOfDelta, Offsets, OffsetsDelta};

/// Which parts follow; the place of a bit is part of the wire format. The first seven fit a byte.
#[derive(Clone, Copy, Default)]
struct Parts(u32);

const STEPS: u32 = 1 << 0;
const EVENT_TIME: u32 = 1 << 1;
const WATERMARK: u32 = 1 << 2;
const RECORD_TIMESTAMP: u32 = 1 << 3;
const RECEIVED: u32 = 1 << 4;
const PUSHED: u32 = 1 << 5;
const OFFSETS: u32 = 1 << 6;
const CELLS: u32 = 1 << 7;
const RUNS: u32 = 1 << 8;
const TOTAL: u32 = 1 << 9;
const PROVISIONAL: u32 = 1 << 10;
const RANGE: u32 = 1 << 11;
const COVERAGE: u32 = 1 << 12;
const ROW_FLAGS: u32 = 1 << 13;
const COLUMNS: u32 = 1 << 14;
const APPROXIMATE: u32 = 1 << 15;
const TRUNCATED: u32 = 1 << 16;
const TIMESTAMP_TYPE: u32 = 1 << 17;
const SEQUENCE: u32 = 1 << 18;
const ALL: u32 = (1 << 19) - 1;

impl Parts {
    fn of(delta: &Delta) -> Self {
        fn changed<T>(change: &Change<T>) -> bool {
            matches!(change, Change::To(_))
        }
        let as_of = &delta.as_of;
        let parts = [
            (STEPS, delta.steps.is_some()),
            (EVENT_TIME, as_of.event_time.is_some()),
            (WATERMARK, as_of.watermark.is_some()),
            (RECORD_TIMESTAMP, as_of.record_timestamp.is_some()),
            (RECEIVED, as_of.received.is_some()),
            (PUSHED, as_of.pushed.is_some()),
            (OFFSETS, as_of.offsets != Default::default()),
            (CELLS, !delta.cells.is_empty()),
            (RUNS, kept(&delta.runs).is_none()),
            (TOTAL, changed(&delta.total)),
            (PROVISIONAL, changed(&delta.provisional_from_ms)),
            (RANGE, changed(&delta.range)),
            (COVERAGE, changed(&delta.coverage)),
            (ROW_FLAGS, changed(&delta.row_flags)),
            (COLUMNS, changed(&delta.columns)),
            (APPROXIMATE, changed(&delta.approximate)),
            (TRUNCATED, changed(&delta.truncated)),
            (TIMESTAMP_TYPE, as_of.timestamp_type.is_some()),
            (SEQUENCE, as_of.sequence != delta.base.wrapping_add(1)),
        ];
        Self(parts.iter().filter(|(_, is_there)| *is_there).map(|(part, _)| part).sum())
    }

    fn has(self, part: u32) -> bool {
        self.0 & part != 0
    }
}

/// How many rows are kept where the new rows are the first of the old ones, in their order.
fn kept(runs: &[Run]) -> Option<u32> {
    match runs {
        [] => Some(0),
        [Run::Keep { from: 0, count }] if *count > 0 => Some(*count),
        _ => None,
    }
}

impl<T> Change<T> {
    fn to(&self) -> Option<&T> {
        match self {
            Self::Same => None,
            Self::To(new) => Some(new),
        }
    }
}

/// Times as they travel: most advance alike, so each is told as the difference to the one before it.
#[derive(Default)]
struct Times {
    before: i64,
}

impl Times {
    fn packed(&mut self, time: Option<i64>) -> Option<i64> {
        let time = time?;
        Some(time.wrapping_sub(std::mem::replace(&mut self.before, time)))
    }

    fn unpacked(&mut self, packed: Option<i64>) -> Option<i64> {
        self.before = self.before.wrapping_add(packed?);
        Some(self.before)
    }
}

/// Offsets as they travel. Mostly all partitions move: their places then need not be told.
#[derive(serde::Serialize, serde::Deserialize)]
enum PackedOffsets {
    Known(BTreeMap<u32, i64>),
    Named(Offsets),
    /// By place, from the first partition on.
    All(Vec<i64>),
}

impl PackedOffsets {
    fn of(offsets: &OffsetsDelta) -> Self {
        match offsets {
            OffsetsDelta::Known(moved) if moved.keys().copied().eq(0..moved.len() as u32) => {
                Self::All(moved.values().copied().collect())
            }
            OffsetsDelta::Known(moved) => Self::Known(moved.clone()),
            OffsetsDelta::Named(moved) => Self::Named(moved.clone()),
        }
    }

    fn unpacked(self) -> OffsetsDelta {
        match self {
            Self::Known(moved) => OffsetsDelta::Known(moved),
            Self::Named(moved) => OffsetsDelta::Named(moved),
            Self::All(moved) => OffsetsDelta::Known((0..).zip(moved).collect()),
        }
    }
}

/// Writes the parts that there are.
struct Writer<T>(T);

impl<T: SerializeTuple> Writer<T> {
    fn part<P: Serialize>(&mut self, part: Option<&P>) -> Result<(), T::Error> {
        part.map_or(Ok(()), |part| self.0.serialize_element(part))
    }
}

impl Serialize for Delta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Self::serialize(self, serializer);
        }
        let parts = Parts::of(self);
        let has = |part| parts.has(part).then_some(());
        let as_of = &self.as_of;
        let length = parts.0.count_ones() as usize + if parts.has(RUNS) { 2 } else { 3 };
        let mut out = Writer(serializer.serialize_tuple(length)?);
        out.part(Some(&self.base))?;
        out.part(Some(&parts.0))?;
        out.part(kept(&self.runs).as_ref())?;
        out.part(has(RUNS).map(|()| Packed(&self.runs)).as_ref())?;
        out.part(self.steps.as_ref())?;
        out.part(has(CELLS).map(|()| &self.cells))?;
        out.part(self.columns.to())?;
        out.part(self.row_flags.to())?;
        out.part(self.total.to())?;
        out.part(self.approximate.to())?;
        out.part(self.provisional_from_ms.to())?;
        out.part(self.truncated.to())?;
        out.part(self.range.to())?;
        out.part(self.coverage.to())?;
        out.part(has(SEQUENCE).map(|()| &as_of.sequence))?;
        let mut times = Times::default();
        out.part(times.packed(as_of.event_time).as_ref())?;
        out.part(times.packed(as_of.watermark).as_ref())?;
        out.part(times.packed(as_of.record_timestamp).as_ref())?;
        out.part(as_of.timestamp_type.as_ref())?;
        out.part(times.packed(as_of.received).as_ref())?;
        out.part(times.packed(as_of.pushed).as_ref())?;
        out.part(has(OFFSETS).map(|()| PackedOffsets::of(&as_of.offsets)).as_ref())?;
        out.0.end()
    }
}

impl<'de> Deserialize<'de> for Delta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Self::deserialize(deserializer);
        }
        deserializer.deserialize_tuple(ALL.count_ones() as usize + 3, Reader)
    }
}

/// Reads the parts that are said to follow.
struct Reader;

fn next<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(parts: &mut A) -> Result<T, A::Error> {
    parts.next_element()?.ok_or_else(|| A::Error::custom("a part of the delta is missing"))
}

fn change<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(
    parts: &mut A,
    is_there: bool,
) -> Result<Change<T>, A::Error> {
    if is_there { next(parts).map(Change::To) } else { Ok(Change::Same) }
}

fn option<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(
    parts: &mut A,
    is_there: bool,
) -> Result<Option<T>, A::Error> {
    if is_there { next(parts).map(Some) } else { Ok(None) }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Delta;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a delta")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Delta, A::Error> {
        let parts = &mut parts;
        let base: u64 = next(parts)?;
        let set = Parts(next(parts)?);
        if set.0 & !ALL != 0 {
            return Err(A::Error::custom("an unknown part of a delta"));
        }
        let runs = match set.has(RUNS) {
            true => next::<_, Unpacked>(parts)?.0,
            false => match next(parts)? {
                0 => Vec::new(),
                count => vec![Run::Keep { from: 0, count }],
            },
        };
        let mut times = Times::default();
        Ok(Delta {
            base,
            runs,
            steps: option(parts, set.has(STEPS))?,
            cells: option(parts, set.has(CELLS))?.unwrap_or_default(),
            columns: change(parts, set.has(COLUMNS))?,
            row_flags: change(parts, set.has(ROW_FLAGS))?,
            total: change(parts, set.has(TOTAL))?,
            approximate: change(parts, set.has(APPROXIMATE))?,
            provisional_from_ms: change(parts, set.has(PROVISIONAL))?,
            truncated: change(parts, set.has(TRUNCATED))?,
            range: change(parts, set.has(RANGE))?,
            coverage: change(parts, set.has(COVERAGE))?,
            as_of: AsOfDelta {
                sequence: option(parts, set.has(SEQUENCE))?.unwrap_or(base.wrapping_add(1)),
                event_time: times.unpacked(option(parts, set.has(EVENT_TIME))?),
                watermark: times.unpacked(option(parts, set.has(WATERMARK))?),
                record_timestamp: times.unpacked(option(parts, set.has(RECORD_TIMESTAMP))?),
                timestamp_type: option(parts, set.has(TIMESTAMP_TYPE))?,
                received: times.unpacked(option(parts, set.has(RECEIVED))?),
                pushed: times.unpacked(option(parts, set.has(PUSHED))?),
                offsets: option::<_, PackedOffsets>(parts, set.has(OFFSETS))?
                    .map_or_else(OffsetsDelta::default, PackedOffsets::unpacked),
            },
        })
    }
}
