//! Of many possible futures, the one place where a vehicle is drawn: where most of them are near by.
//!
//! The mean was rejected: half of the cabs at a light wait and half drive on, and none is in between. The densest place is right for as
//! many vehicles as can be, and far off for the rest, which the radius tells.

/// How near is near by, m: futures count less with distance and not at all beyond this.
const NEAR_M: f64 = 420.0;
/// Steps of mean shift from the best future to the middle of those around it.
const SHIFTS: usize = 2;
/// Share of the futures that lie within the spread.
const WITHIN: f64 = 0.8;

/// A possible future.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Future {
    /// How likely, beside the others.
    pub(crate) weight: f64,
    /// Metres east and north of now.
    pub(crate) moved: [f64; 2],
}

/// What was made of the futures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Foresight {
    /// Metres east and north of now.
    pub(crate) moved: [f64; 2],
    /// Within so many metres of it four in five futures lie.
    pub(crate) spread_m: f64,
}

/// The place with most futures near by, and how far they lie around it. Without futures, here.
pub(crate) fn foresee(futures: &[Future]) -> Foresight {
    let near_by = |at: [f64; 2]| futures.iter().map(|it| it.weight * nearness(at, it.moved)).sum();
    let mut best = (-1.0, [0.0; 2]);
    for future in futures {
        let near: f64 = near_by(future.moved);
        if near > best.0 {
            best = (near, future.moved);
        }
    }
    let mut moved = best.1;
    for _ in 0..SHIFTS {
        moved = middle_around(moved, futures);
    }
    Foresight { moved, spread_m: spread_m(moved, futures) }
}

/// 1 at the same place, 0 beyond what is near by.
fn nearness(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [east, north] = [a[0] - b[0], a[1] - b[1]];
    let left = (1.0 - (east * east + north * north) / (NEAR_M * NEAR_M)).max(0.0);
    left * left * left
}

fn middle_around(at: [f64; 2], futures: &[Future]) -> [f64; 2] {
    let (mut sum, mut whole) = ([0.0; 2], 0.0);
    for future in futures {
        let weight = future.weight * nearness(at, future.moved);
        sum = [0, 1].map(|axis| sum[axis] + weight * future.moved[axis]);
        whole += weight;
    }
    if whole > 0.0 { sum.map(|sum| sum / whole) } else { at }
}

fn spread_m(at: [f64; 2], futures: &[Future]) -> f64 {
    let square = |it: &Future| (it.moved[0] - at[0]).powi(2) + (it.moved[1] - at[1]).powi(2);
    let mut far: Vec<(f64, f64)> = futures.iter().map(|it| (square(it), it.weight)).collect();
    far.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = WITHIN * far.iter().map(|(_, weight)| weight).sum::<f64>();
    let reaches = far.iter().find(|(_, weight)| {
        left -= weight;
        left <= 0.0
    });
    reaches.map_or(0.0, |(square, _)| square.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn futures(places: &[[f64; 2]]) -> Vec<Future> {
        places.iter().map(|&moved| Future { weight: 1.0, moved }).collect()
    }

    #[test]
    fn of_waiting_and_driving_on_one_is_chosen() {
        let seen = foresee(&futures(&[
            [0.0, 0.0],
            [0.0, 800.0],
            [0.0, 820.0],
            [0.0, 10.0],
            [10.0, 810.0],
        ]));
        assert!((seen.moved[1] - 810.0).abs() < 1.0, "{seen:?}");
        assert!(seen.spread_m > 700.0, "{seen:?}");
    }

    #[test]
    fn without_futures_it_stays() {
        assert_eq!(foresee(&[]), Foresight { moved: [0.0; 2], spread_m: 0.0 });
    }
}
