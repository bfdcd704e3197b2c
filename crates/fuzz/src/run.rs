//! Running a plan on all cores: rounds are handed out in the order of their seeds.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

use crate::Plan;

/// Progress is told this often.
const TELLS_EVERY: Duration = Duration::from_secs(10);
const SHRINKS: u32 = 20_000;
const SHRINKS_FOR_MS: u32 = 60_000;

/// A round to be run.
struct Round {
    seed: u64,
    cases: u32,
}

struct Progress<'p> {
    name: &'p str,
    plan: &'p Plan,
    began: Instant,
    told: Instant,
    next_seed: u64,
    handed_out: u64,
    done: u64,
    running: BTreeSet<u64>,
    failure: Option<String>,
}

/// Tries a property on what a strategy makes, as the plan says.
///
/// # Panics
/// At the first case for which it does not hold: with the smallest such case, and the seed that repeats it.
pub fn holds<S>(
    name: &str,
    plan: &Plan,
    strategy: impl Fn() -> S + Sync,
    property: impl Fn(S::Value) -> TestCaseResult + Sync,
) where
    S: Strategy,
    S::Value: Debug,
{
    let progress = Mutex::new(Progress::new(name, plan));
    let with = |work: &mut dyn FnMut(&mut Progress<'_>)| {
        work(&mut progress.lock().unwrap_or_else(PoisonError::into_inner));
    };
    let work = || {
        let strategy = strategy();
        loop {
            let mut round = None;
            with(&mut |progress| round = progress.hand_out());
            let Some(round) = round else { return };
            let outcome = TestRunner::new(config(&round)).run(&strategy, &property);
            let failure = outcome.err().map(|error| error.to_string());
            with(&mut |progress| progress.finished(&round, failure.clone()));
        }
    };
    thread::scope(|scope| {
        (0..plan.threads).for_each(|_| {
            scope.spawn(work);
        });
    });
    let mut failure = None;
    with(&mut |progress| {
        progress.tell(true);
        failure = progress.failure.take();
    });
    if let Some(failure) = failure {
        panic!("{failure}");
    }
}

fn config(round: &Round) -> Config {
    Config {
        rng_seed: RngSeed::Fixed(round.seed),
        failure_persistence: None,
        max_shrink_iters: SHRINKS,
        max_shrink_time: SHRINKS_FOR_MS,
        ..Config::with_cases(round.cases)
    }
}

impl<'p> Progress<'p> {
    fn new(name: &'p str, plan: &'p Plan) -> Self {
        let began = Instant::now();
        Self {
            name,
            plan,
            began,
            told: began,
            next_seed: plan.first_seed,
            handed_out: 0,
            done: 0,
            running: BTreeSet::new(),
            failure: None,
        }
    }

    fn hand_out(&mut self) -> Option<Round> {
        let is_over = self.plan.lasts.is_some_and(|lasts| self.began.elapsed() >= lasts);
        let left = self.plan.cases - self.handed_out;
        if is_over || left == 0 || self.failure.is_some() {
            return None;
        }
        let cases = left.min(u64::from(self.plan.round)) as u32;
        let seed = self.next_seed;
        self.handed_out += u64::from(cases);
        self.next_seed = seed.wrapping_add(1);
        self.running.insert(seed);
        Some(Round { seed, cases })
    }

    fn finished(&mut self, round: &Round, failure: Option<String>) {
        self.running.remove(&round.seed);
        self.done += u64::from(round.cases);
        if let Some(failure) = failure {
            let (name, word, seed) = (self.name, self.plan.word, round.seed);
            let repeats =
                format!("repeat with HAILSTREAM_{word}_SEED={seed} HAILSTREAM_{word}_CASES=250");
            self.failure = Some(format!("{name} does not hold: {failure}\n{repeats}"));
        }
        self.tell(false);
    }

    /// Straight to the terminal: what a test prints is shown only when it has failed. The seed is where a run that was
    /// stopped, or crashed, goes on.
    fn tell(&mut self, at_end: bool) {
        if !self.plan.tells || (!at_end && self.told.elapsed() < TELLS_EVERY) {
            return;
        }
        self.told = Instant::now();
        let seed = self.running.first().copied().unwrap_or(self.next_seed);
        let (name, done, secs) = (self.name, self.done, self.began.elapsed().as_secs());
        let words = format!("{name}: {done} cases in {secs} s, next seed {seed}");
        // A terminal that is gone keeps nobody from testing.
        let _outcome = writeln!(std::io::stderr(), "{words}");
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;

    use super::*;

    fn plan(cases: u64, threads: usize) -> Plan {
        let (lasts, tells) = (None, false);
        Plan { word: "TEST", cases, lasts, first_seed: 7, round: 250, threads, tells }
    }

    #[test]
    fn every_case_is_run_once_whatever_the_threads() {
        let sums = [1, 3].map(|threads| {
            let (count, sum) = (AtomicU64::new(0), AtomicU64::new(0));
            holds("all", &plan(1_100, threads), any::<u32>, |number| {
                count.fetch_add(1, Ordering::Relaxed);
                sum.fetch_add(u64::from(number), Ordering::Relaxed);
                Ok(())
            });
            assert_eq!(count.into_inner(), 1_100);
            sum.into_inner()
        });
        assert_eq!(sums[0], sums[1]);
    }

    #[test]
    fn a_failure_names_its_smallest_case_and_the_seed_that_repeats_it() {
        let small = |number: u32| {
            prop_assert!(number < 1_000_000_000);
            Ok(())
        };
        let fails = || holds("small", &plan(1_000, 1), any::<u32>, small);
        let words = catch_unwind(AssertUnwindSafe(fails)).unwrap_err();
        let words = words.downcast_ref::<String>().unwrap();
        assert!(words.contains("minimal failing input: 1000000000"), "{words}");
        assert!(words.contains("repeat with HAILSTREAM_TEST_SEED=7"), "{words}");
    }
}
