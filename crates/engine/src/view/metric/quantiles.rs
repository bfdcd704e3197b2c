//! Percentiles and ranks: the values themselves while they are few, a DDSketch (Masson, Rim, Lee, "DDSketch: a fast and
//! fully-mergeable quantile sketch with relative-error guarantees", 2019) when they are many. Which of both it is, and what it
//! says, depends on the values alone, not on their order or on how they were spread over panes. Below 33 kB.

use super::Growing;
use hailstream_protocol::{Row, Value};
use hailstream_query::Metric;
use sketches_ddsketch::{Config, DDSketch};

/// Values up to which they are kept themselves.
pub(crate) const FEW: usize = 1_000;
/// A percentile from a sketch lies within this share of the value.
const RELATIVE_ERROR: f64 = 0.01;
/// Classes of numbers of each sign; the lowest are merged when there would be more. 2,048 of one per cent span 17 orders of
/// magnitude: what is smaller than the largest by more is told as less than it is, but never as more than 10⁻¹⁷ of that.
const CLASSES: u32 = 2_048;
/// Numbers nearer to 0 are 0.
const SMALLEST: f64 = 1e-300;

#[derive(Clone)]
pub(crate) enum Quantiles {
    Few(Vec<f64>),
    Many(Box<DDSketch>),
}

impl std::fmt::Debug for Quantiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Few(values) => f.debug_tuple("Few").field(values).finish(),
            Self::Many(sketch) => f.debug_tuple("Many").field(&sketch.count()).finish(),
        }
    }
}

impl Default for Quantiles {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Quantiles {
    pub(super) fn add(&mut self, number: f64) {
        if !number.is_finite() {
            return;
        }
        match self {
            Self::Few(values) if values.len() < FEW => values.push(number),
            Self::Few(_) => self.sketch().add(number),
            Self::Many(sketch) => sketch.add(number),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Few(mine), Self::Few(theirs)) if mine.len() + theirs.len() <= FEW => {
                mine.extend_from_slice(theirs);
            }
            (_, Self::Few(theirs)) => {
                let sketch = self.sketch();
                theirs.iter().for_each(|number| sketch.add(*number));
            }
            (_, Self::Many(theirs)) => {
                // All sketches are made alike: merging cannot fail.
                self.sketch().merge(theirs).unwrap_or_default();
            }
        }
    }

    /// Itself as a sketch.
    fn sketch(&mut self) -> &mut DDSketch {
        if let Self::Few(values) = self {
            let mut sketch = DDSketch::new(Config::new(RELATIVE_ERROR, CLASSES, SMALLEST));
            values.iter().for_each(|number| sketch.add(*number));
            *self = Self::Many(Box::new(sketch));
        }
        match self {
            Self::Many(sketch) => sketch,
            Self::Few(_) => unreachable!("it was made a sketch just now"),
        }
    }

    /// Adds the cells of a `median`, `percentiles` or `percentile_ranks` to a row.
    pub(super) fn write(&self, metric: &Metric, row: &mut Row) {
        let ordered = self.ordered();
        let cell = |number: Option<f64>| number.map_or(Value::Null, Value::float);
        match metric {
            Metric::Percentiles(asked) => {
                row.extend(asked.percents.iter().map(|percent| cell(ordered.percentile(*percent))));
            }
            Metric::PercentileRanks(asked) => {
                row.extend(asked.values.iter().map(|value| cell(ordered.rank(*value))));
            }
            _ => row.push(cell(ordered.percentile(50.0))),
        }
    }

    fn ordered(&self) -> Ordered<'_> {
        match self {
            Self::Few(values) => {
                let mut values = values.clone();
                values.sort_by(f64::total_cmp);
                Ordered::Values(values)
            }
            Self::Many(sketch) => Ordered::Sketch(sketch),
        }
    }
}

enum Ordered<'a> {
    Values(Vec<f64>),
    Sketch(&'a DDSketch),
}

impl Ordered<'_> {
    /// The value below which `percent` of all lie.
    fn percentile(&self, percent: f64) -> Option<f64> {
        match self {
            Self::Values(values) => {
                let place = values.len().checked_sub(1)? as f64 * percent / 100.0;
                let below = values[place.floor() as usize];
                let above = values[place.ceil() as usize];
                Some(between(below, above, place.fract()))
            }
            Self::Sketch(sketch) => {
                let estimate = sketch.quantile((percent / 100.0).clamp(0.0, 1.0)).ok()??;
                Some(estimate.clamp(sketch.min()?, sketch.max()?))
            }
        }
    }

    /// How many per cent lie at or below `value`.
    fn rank(&self, value: f64) -> Option<f64> {
        let (below, count) = match self {
            Self::Values(values) => (values.partition_point(|one| *one <= value), values.len()),
            Self::Sketch(sketch) => (places_below(sketch, value)?, sketch.count()),
        };
        (count > 0).then(|| below as f64 * 100.0 / count as f64)
    }
}

fn between(below: f64, above: f64, share: f64) -> f64 {
    let way = above - below;
    if way.is_finite() { below + way * share } else { below * (1.0 - share) + above * share }
}

/// How many values of a sketch lie at or below `value`, by asking for the value at one place after the other.
fn places_below(sketch: &DDSketch, value: f64) -> Option<usize> {
    let count = sketch.count();
    if value < sketch.min()? {
        return Some(0);
    }
    if value >= sketch.max()? {
        return Some(count);
    }
    let (mut low, mut high) = (0, count - 1);
    while low < high {
        let middle = usize::midpoint(low, high);
        // In the middle between two places, so that rounding leads to no other.
        let estimate = sketch.quantile((middle as f64 + 0.5) / (count - 1) as f64).ok()??;
        if estimate <= value {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Some(low)
}

impl Growing for Quantiles {
    fn beside(&self) -> usize {
        match self {
            Self::Few(values) => values.capacity() * size_of::<f64>(),
            Self::Many(sketch) => size_of::<DDSketch>() + sketch.length() * size_of::<u64>(),
        }
    }

    fn is_estimate(&self) -> bool {
        matches!(self, Self::Many(_))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(numbers: &[f64]) -> Quantiles {
        let mut quantiles = Quantiles::default();
        numbers.iter().for_each(|number| quantiles.add(*number));
        quantiles
    }

    #[test]
    fn few_values_are_exact() {
        let few = of(&[40.0, 10.0, 30.0, 20.0, f64::NAN, f64::INFINITY]);
        let ordered = few.ordered();
        let at = |percent| ordered.percentile(percent).unwrap();
        assert_eq!([0.0, 25.0, 50.0, 100.0].map(at), [10.0, 17.5, 25.0, 40.0]);
        assert_eq!(
            [9.0, 10.0, 25.0, 40.0].map(|v| ordered.rank(v).unwrap()),
            [0.0, 25.0, 50.0, 100.0]
        );
        let wide = of(&[f64::MIN, f64::MAX]);
        assert_eq!(wide.ordered().percentile(50.0), Some(0.0));
        assert_eq!(of(&[]).ordered().percentile(50.0), None);
        assert_eq!(of(&[]).ordered().rank(1.0), None);
    }

    #[test]
    fn hostile_values_have_results() {
        let mut numbers = vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -5e-324, 0.0, -0.0];
        numbers.extend(
            (0..2_000).map(|n| 10_f64.powi(n % 600 - 300) * if n % 2 == 0 { 1.0 } else { -1.0 }),
        );
        let many = of(&numbers);
        assert!(many.is_estimate());
        for percent in 0..=100 {
            let value = many.ordered().percentile(f64::from(percent)).unwrap();
            assert!(value.is_finite(), "{percent}: {value}");
        }
        for value in [f64::MIN, -1.0, 0.0, 1e-310, 3.0, f64::MAX] {
            assert!((0.0..=100.0).contains(&many.ordered().rank(value).unwrap()));
        }
    }

    fn numbers() -> impl Strategy<Value = Vec<f64>> {
        let one = prop_oneof![-1e3..1e3_f64, 1e-3..1.0_f64, Just(0.0), 1.0..1e9_f64];
        prop::collection::vec(one, 1..3_000)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(1908), failure_persistence: None,
            ..ProptestConfig::with_cases(120)
        })]

        #[test]
        fn estimates_are_within_their_error(numbers in numbers(), percent in 0.0..100.0_f64, value in -1e3..1e4_f64) {
            let quantiles = of(&numbers);
            let mut sorted = numbers;
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(quantiles.is_estimate(), sorted.len() > FEW);
            let place = (sorted.len() - 1) as f64 * percent / 100.0;
            let (below, above) = (sorted[(place - 1e-6).max(0.0) as usize], sorted[place.ceil() as usize]);
            let got = quantiles.ordered().percentile(percent).unwrap();
            let slack = RELATIVE_ERROR * 1.000_001;
            prop_assert!(below - below.abs() * slack <= got && got <= above + above.abs() * slack, "{below} {got} {above}");
            let rank = |value: f64| sorted.partition_point(|one| *one <= value) as f64 * 100.0 / sorted.len() as f64;
            let got = quantiles.ordered().rank(value).unwrap();
            let error = value.abs() * 0.010_102;
            prop_assert!(rank(value - error) <= got && got <= rank(value + error), "{value}: {got}");
        }

        #[test]
        fn order_and_panes_do_not_show(numbers in numbers(), cuts in prop::collection::vec(0_usize..3_000, 0..6)) {
            let whole = of(&numbers);
            let mut panes: Vec<Quantiles> = Vec::new();
            let mut rest = numbers.as_slice();
            for cut in cuts {
                let (pane, later) = rest.split_at(cut.min(rest.len()));
                panes.push(of(pane));
                rest = later;
            }
            panes.push(of(rest));
            let mut merged = Quantiles::default();
            panes.iter().rev().for_each(|pane| merged.merge(pane));
            prop_assert_eq!(whole.is_estimate(), merged.is_estimate());
            for percent in 0..=100 {
                let percent = f64::from(percent);
                prop_assert_eq!(whole.ordered().percentile(percent), merged.ordered().percentile(percent));
            }
        }
    }
}
