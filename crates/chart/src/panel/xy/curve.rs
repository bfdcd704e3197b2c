//! How points are joined: straight, smoothly, in steps.

use hailstream_protocol::visualization::Interpolate;

type Point = (f64, f64);

/// Pieces between two points of a smooth curve.
const PIECES: usize = 8;

/// The points of a curve through `points`, which go along the first coordinate.
pub(super) fn curve(points: &[Point], interpolate: Interpolate) -> Vec<Point> {
    match interpolate {
        Interpolate::Linear => points.to_vec(),
        Interpolate::StepAfter => {
            let mut steps = Vec::with_capacity(points.len() * 2);
            for (index, point) in points.iter().enumerate() {
                if let Some(before) = index.checked_sub(1) {
                    steps.push((point.0, points[before].1));
                }
                steps.push(*point);
            }
            steps
        }
        Interpolate::Cardinal => smooth(points),
    }
}

/// A cubic Hermite spline whose slope at each point is that between its neighbours, eased so that it never leaves the values of
/// the two points it runs between (Fritsch and Carlson's condition, in its simple form).
fn smooth(points: &[Point]) -> Vec<Point> {
    let slope = |a: Point, b: Point| if b.0 > a.0 { (b.1 - a.1) / (b.0 - a.0) } else { 0.0 };
    let tangent = |at: usize| {
        let before = at.checked_sub(1).map(|before| slope(points[before], points[at]));
        let after = points.get(at + 1).map(|after| slope(points[at], *after));
        match (before, after) {
            (Some(before), Some(after)) if before * after > 0.0 => {
                2.0 * before * after / (before + after)
            }
            _ => 0.0,
        }
    };
    let mut curve: Vec<Point> = points.first().copied().into_iter().collect();
    for (at, pair) in points.windows(2).enumerate() {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        let (width, from, to) = (x1 - x0, tangent(at), tangent(at + 1));
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            let (square, cube) = (t * t, t * t * t);
            let y = (2.0 * cube - 3.0 * square + 1.0) * y0
                + (cube - 2.0 * square + t) * width * from
                + (3.0 * square - 2.0 * cube) * y1
                + (cube - square) * width * to;
            curve.push((x0 + t * width, y));
        }
    }
    curve
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_hold_each_value_until_the_next() {
        let points = [(0.0, 5.0), (10.0, 2.0)];
        assert_eq!(curve(&points, Interpolate::StepAfter), [(0.0, 5.0), (10.0, 5.0), (10.0, 2.0)]);
    }

    proptest! {
        #[test]
        fn a_smooth_curve_stays_between_its_points(ys in prop::collection::vec(0.0..100.0_f64, 2..20)) {
            let points: Vec<Point> = ys.iter().enumerate().map(|(x, y)| (x as f64 * 7.0, *y)).collect();
            for (at, pair) in curve(&points, Interpolate::Cardinal).chunks(PIECES).enumerate() {
                let before = at.saturating_sub(1);
                let near = &ys[before..(at + 2).min(ys.len())];
                let low = near.iter().copied().fold(f64::INFINITY, f64::min);
                let high = near.iter().copied().fold(0.0, f64::max);
                prop_assert!(pair.iter().all(|(_, y)| *y > low - 1e-9 && *y < high + 1e-9));
            }
        }
    }
}
