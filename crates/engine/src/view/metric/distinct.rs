//! Distinct values: the values' identities up to a threshold, HyperLogLog registers beyond it (Flajolet et al. 2007, bias
//! corrected after Qin et al., "LogLog-Beta", 2016, which is as near as HyperLogLog++). Which of both it is, and what it says,
//! depends on the set of values alone. Below 80 kB at the usual threshold of 3,000, 1.2 MB at 40,000.

use std::collections::HashSet;

use hyperloglockless::HyperLogLog;

use super::Growing;
use crate::fields::Dictionary;

/// What tells values apart; words by their code.
type Identity = (u8, u64);

#[derive(Clone, Debug)]
pub(crate) struct Distinct {
    threshold: u32,
    /// Apart, so that the states of other metrics stay small.
    seen: Box<Seen>,
}

#[derive(Clone, Debug)]
enum Seen {
    Exactly(HashSet<Identity, foldhash::fast::FixedState>),
    About(HyperLogLog),
}

impl Distinct {
    pub(super) fn new(threshold: u32) -> Self {
        Self { threshold, seen: Box::new(Seen::Exactly(HashSet::default())) }
    }

    pub(super) fn add(&mut self, identity: Identity, words: &Dictionary) {
        match self.seen.as_mut() {
            Seen::Exactly(seen) => {
                seen.insert(identity);
                if seen.len() > self.threshold as usize {
                    self.registers(words);
                }
            }
            Seen::About(registers) => insert(registers, identity, words),
        }
    }

    pub(super) fn merge(&mut self, other: &Self, words: &Dictionary) {
        match other.seen.as_ref() {
            Seen::Exactly(theirs) => {
                theirs.iter().for_each(|identity| self.add(*identity, words));
            }
            Seen::About(theirs) => {
                // All registers of one metric are equally many: they always unite.
                self.registers(words).union(theirs).unwrap_or_default();
            }
        }
    }

    /// Itself as registers.
    fn registers(&mut self, words: &Dictionary) -> &mut HyperLogLog {
        if let Seen::Exactly(seen) = self.seen.as_ref() {
            let mut registers = HyperLogLog::seeded(precision(self.threshold), 0);
            seen.iter().for_each(|identity| insert(&mut registers, *identity, words));
            *self.seen = Seen::About(registers);
        }
        match self.seen.as_mut() {
            Seen::About(registers) => registers,
            Seen::Exactly(_) => unreachable!("they were made registers just now"),
        }
    }

    pub(super) fn count(&self) -> u64 {
        match self.seen.as_ref() {
            Seen::Exactly(seen) => seen.len() as u64,
            Seen::About(registers) => estimate(registers),
        }
    }
}

/// Registers as a power of two, as OpenSearch has them: 2^14 at the usual threshold; at least 2^10, at most 2^18.
fn precision(threshold: u32) -> u8 {
    let bytes = (f64::from(threshold) / 0.75).ceil() as u32 * 4;
    let bits = u32::BITS - bytes.leading_zeros();
    bits.clamp(10, 18) as u8
}

/// By the word itself, not its code: that depends on which came first.
fn insert(registers: &mut HyperLogLog, (kind, number): Identity, words: &Dictionary) {
    match kind {
        1 => registers.insert(&(kind, words.word(number as u32).as_ref())),
        _ => registers.insert(&(kind, number)),
    }
}

/// The registers' sum is kept as they grow and so rounded in the order of values; this is rounded in one order.
fn estimate(registers: &HyperLogLog) -> u64 {
    let (ranks, hasher, zeros, _) = registers.parts();
    let sum = ranks.iter().map(|rank| 0.5_f64.powi(i32::from(*rank))).sum();
    HyperLogLog::from_parts(ranks.into(), hasher.clone(), zeros, sum).count() as u64
}

impl Growing for Distinct {
    fn beside(&self) -> usize {
        let kept = match self.seen.as_ref() {
            Seen::Exactly(seen) => seen.capacity() * (size_of::<Identity>() + 1) * 8 / 7,
            Seen::About(_) => 1 << precision(self.threshold),
        };
        size_of::<Seen>() + kept
    }

    fn is_estimate(&self) -> bool {
        matches!(*self.seen, Seen::About(_))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(numbers: impl IntoIterator<Item = u64>, threshold: u32) -> Distinct {
        let mut distinct = Distinct::new(threshold);
        let words = Dictionary::default();
        numbers.into_iter().for_each(|number| distinct.add((2, number), &words));
        distinct
    }

    #[test]
    fn registers_are_as_many_as_in_opensearch() {
        assert_eq!([0, 100, 3_000, 10_000, 40_000].map(precision), [10, 10, 14, 16, 18]);
    }

    #[test]
    fn estimates_are_within_their_error() {
        for (threshold, error) in [(100, 0.0325), (3_000, 0.0081), (40_000, 0.0021)] {
            for many in [u64::from(threshold) + 1, 50_000, 300_000] {
                let distinct = of((0..many).chain(0..many / 2), threshold);
                let got = distinct.count() as f64;
                assert!(distinct.is_estimate());
                assert!((got / many as f64 - 1.0).abs() < 3.0 * error, "{threshold} {many} {got}");
            }
        }
        assert_eq!(of((0..3_000).chain(0..3_000), 3_000).count(), 3_000);
        assert!(!of(0..3_000, 3_000).is_estimate());
    }

    #[test]
    fn words_count_as_words_whatever_their_code() {
        let names: Vec<String> = (0..2_000).map(|n| format!("w{n}")).collect();
        let mut counts = Vec::new();
        for reversed in [false, true] {
            let (mut words, mut distinct) = (Dictionary::default(), Distinct::new(500));
            let mut order: Vec<&String> = names.iter().collect();
            if reversed {
                order.reverse();
            }
            for name in order {
                let code = words.code(name);
                distinct.add((1, u64::from(code)), &words);
            }
            counts.push(distinct.count());
        }
        assert_eq!(counts[0], counts[1]);
    }

    proptest! {
        #[test]
        fn order_and_panes_do_not_show(
            numbers in prop::collection::vec(0_u64..200, 0..300), cut in 0_usize..300, threshold in 0_u32..200,
        ) {
            let whole = of(numbers.iter().copied(), threshold);
            let (first, second) = numbers.split_at(cut.min(numbers.len()));
            let mut merged = of(second.iter().copied(), threshold);
            merged.merge(&of(first.iter().rev().copied(), threshold), &Dictionary::default());
            prop_assert_eq!((whole.count(), whole.is_estimate()), (merged.count(), merged.is_estimate()));
        }
    }
}
