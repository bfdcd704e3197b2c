//! `range`, `date_range` and `ip_range`: stretches of a value, which may overlap.

use core::net::IpAddr;

use hailstream_protocol::Value;
use hailstream_query::{DateRange, IpRange, Query, Range, ResolvedStretch, address_number};

use crate::fields::Dictionary;
use crate::rows::Slot;

#[derive(Clone, Debug)]
pub(super) enum Stretches {
    Numbers(Range),
    Times(Vec<ResolvedStretch>),
    /// First and last address; none where nothing is inside.
    Addresses(Vec<(String, Option<(u128, u128)>)>),
}

impl Stretches {
    pub(super) fn of_times(range: &DateRange, query: &Query, now_ms: Option<i64>) -> Self {
        // A query whose times cannot be read is refused before it comes here.
        Self::Times(range.resolve(query, now_ms.unwrap_or_default()).unwrap_or_default())
    }

    pub(super) fn of_addresses(range: &IpRange) -> Self {
        let ends = range.ranges.iter().map(|one| (one.label(), one.ends().ok().flatten()));
        Self::Addresses(ends.collect())
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(range) => range.ranges.len(),
            Self::Times(ranges) => ranges.len(),
            Self::Addresses(ranges) => ranges.len(),
        }
    }

    pub(super) fn key(&self, place: usize) -> Value {
        match self {
            Self::Numbers(range) => Value::text(&range.ranges[place].label()),
            Self::Times(ranges) => Value::text(&ranges[place].key),
            Self::Addresses(ranges) => Value::text(&ranges[place].0),
        }
    }

    /// Ends that may move with the clock.
    pub(super) fn ends(&self) -> Vec<i64> {
        match self {
            Self::Times(ranges) => {
                let ends = ranges.iter().flat_map(|range| [range.from_ms, range.to_ms]);
                ends.map(Option::unwrap_or_default).collect()
            }
            Self::Numbers(_) | Self::Addresses(_) => Vec::new(),
        }
    }

    /// The places of the stretches that hold a cell, handed to `each`.
    pub(super) fn places(&self, slot: Slot, words: &Dictionary, mut each: impl FnMut(usize)) {
        let mut hand = |place: usize, holds: bool| {
            if holds {
                each(place);
            }
        };
        match (self, slot) {
            (Self::Numbers(range), _) => {
                let Some(number) = slot.number() else { return };
                let stretches = range.ranges.iter().enumerate();
                stretches.for_each(|(place, range)| hand(place, range.contains(number)));
            }
            (Self::Times(ranges), Slot::Long(at)) => {
                let stretches = ranges.iter().enumerate();
                stretches.for_each(|(place, range)| hand(place, range.contains(at)));
            }
            (Self::Addresses(ranges), Slot::Word(code)) => {
                let Ok(address) = words.word(code).parse::<IpAddr>() else { return };
                let number = address_number(address);
                let stretches = ranges.iter().enumerate();
                stretches.for_each(|(place, (_, ends))| {
                    hand(place, ends.is_some_and(|(first, last)| (first..=last).contains(&number)));
                });
            }
            (Self::Times(_) | Self::Addresses(_), _) => {}
        }
    }
}
