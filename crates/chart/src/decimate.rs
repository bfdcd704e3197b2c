//! Fewer points than pixels: a dense line becomes one bar per device column from its lowest to its highest point.
//!
//! Stroking a dense zigzag is what makes a software canvas slow, and its fringes blur; bars cost the same however
//! many points there are.

use crate::geometry::Rect;

/// Points per device column from which on a line is drawn as bars.
const DENSE: f64 = 2.0;

/// Whether a line of that many points over that many device pixels is dense.
pub(crate) fn is_dense(points: usize, width_px: f64) -> bool {
    points as f64 > DENSE * width_px.max(1.0)
}

/// One rectangle per device column, from the lowest to the highest point in it, closed to where the previous column left
/// off and widened by half the stroke. `points` ascend in x.
pub(crate) fn column_bars(points: &[(f64, f64)], stroke: f64) -> Vec<Rect> {
    let mut bars: Vec<Rect> = Vec::new();
    let mut last_y: Option<f64> = None;
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let mut top = f64::INFINITY;
        let mut bottom = f64::NEG_INFINITY;
        for y in column.iter().map(|point| point.1).chain(last_y) {
            top = top.min(y);
            bottom = bottom.max(y);
        }
        let left = column[0].0.floor();
        // Columns without a point keep the last value.
        let before = bars.last().map_or(left, |bar| bar.right);
        if let Some(y) = last_y.filter(|_| before < left) {
            bars.push(Rect {
                left: before,
                top: y - stroke / 2.0,
                right: left,
                bottom: y + stroke / 2.0,
            });
        }
        last_y = column.last().map(|point| point.1);
        bars.push(Rect {
            left,
            top: top - stroke / 2.0,
            right: left + 1.0,
            bottom: bottom + stroke / 2.0,
        });
    }
    bars
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_extreme_is_lost(ys in prop::collection::vec(0.0..100.0_f64, 1..500), per_column in 1..20_usize) {
            let points: Vec<(f64, f64)> =
                ys.iter().enumerate().map(|(index, y)| (index as f64 / per_column as f64, *y)).collect();
            let bars = column_bars(&points, 0.0);
            for (x, y) in points {
                let holds = |bar: &Rect| bar.left <= x && x < bar.right && bar.top <= y && y <= bar.bottom;
                prop_assert!(bars.iter().any(holds), "{x} {y}");
            }
        }

        #[test]
        fn bars_are_connected(ys in prop::collection::vec(0.0..100.0_f64, 2..500)) {
            let points: Vec<(f64, f64)> =
                ys.iter().enumerate().map(|(index, y)| (index as f64 / 3.0, *y)).collect();
            for pair in column_bars(&points, 1.0).windows(2) {
                prop_assert!(pair[0].top <= pair[1].bottom && pair[1].top <= pair[0].bottom);
                prop_assert_eq!(pair[0].right, pair[1].left);
            }
        }
    }
}
