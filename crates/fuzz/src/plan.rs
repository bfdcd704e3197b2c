//! How long a property is tried, and from which seed on.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Cases of one round. A failure is repeated by repeating its round.
const ROUND: u32 = 250;

/// A run of rounds, each with a seed of its own, one higher than the one before it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) word: &'static str,
    pub(crate) cases: u64,
    pub(crate) lasts: Option<Duration>,
    pub(crate) first_seed: u64,
    pub(crate) round: u32,
    pub(crate) threads: usize,
    /// Whether progress is told: somebody asked for this run.
    pub(crate) tells: bool,
}

impl Plan {
    /// `cases` cases, unless variables of the environment say otherwise: `HAILSTREAM_{word}_CASES`, or `…_SECONDS` for a
    /// run of that length; `…_SEED` is the first seed, otherwise the number of cases or, for a run of some length, the time, so
    /// that a longer run does not begin with what every test has seen; `…_THREADS`, otherwise as many as there are cores.
    ///
    /// # Panics
    /// Where a variable is not a number.
    #[must_use]
    pub fn from_environment(word: &'static str, cases: u64) -> Self {
        let number = |name: &str| {
            let name = format!("HAILSTREAM_{word}_{name}");
            let text = env::var(&name).ok().filter(|text| !text.is_empty())?;
            let number = text.replace('_', "").parse::<u64>();
            Some(number.unwrap_or_else(|_| panic!("{name}={text} is not a number")))
        };
        let (asked, seconds) = (number("CASES"), number("SECONDS"));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let lasts = seconds.map(Duration::from_secs);
        let cases = asked.unwrap_or(if lasts.is_some() { u64::MAX } else { cases });
        Self {
            word,
            cases,
            lasts,
            first_seed: number("SEED").unwrap_or_else(|| lasts.map_or(cases, |_| epoch_s())),
            round: ROUND,
            threads: number("THREADS").map_or(cores, |threads| threads.max(1) as usize),
            tells: asked.is_some() || seconds.is_some(),
        }
    }

    /// The same with `percent` of the cases of each round and of all.
    #[must_use]
    pub fn share(self, percent: u32) -> Self {
        let cases = (self.cases / 100).saturating_mul(u64::from(percent))
            + self.cases % 100 * u64::from(percent) / 100;
        Self { cases, round: self.round * percent / 100, ..self }
    }
}

fn epoch_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
