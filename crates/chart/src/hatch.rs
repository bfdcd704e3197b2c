//! Stripes at 45° cut to an outline, as polygons: the same in every painter, without patterns.

type Point = (f64, f64);

/// The stripes of `width`, `period` apart (both across the stripe), that lie inside `outline`. They rise to the right
/// and are counted from the canvas's corner.
pub(crate) fn stripes(outline: &[Point], width: f64, period: f64) -> Vec<Vec<Point>> {
    // Across a stripe: (x + y) / √2.
    let across = |(x, y): Point| (x + y) * std::f64::consts::FRAC_1_SQRT_2;
    let (low, high) = outline
        .iter()
        .map(|point| across(*point))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if !(low < high && period > 0.0) {
        return Vec::new();
    }
    let first = ((low - width) / period).floor() as i64;
    let last = (high / period).ceil() as i64;
    (first..=last)
        .filter_map(|index| {
            let start = index as f64 * period;
            let above = cut(outline, |point| across(point) - start);
            let stripe = cut(&above, |point| start + width - across(point));
            (stripe.len() >= 3).then_some(stripe)
        })
        .collect()
}

/// The part of a polygon where `inside` is not negative (Sutherland and Hodgman). `inside` is linear.
fn cut(polygon: &[Point], inside: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    let Some(mut before) = polygon.last().copied() else { return kept };
    for &point in polygon {
        let (from, to) = (inside(before), inside(point));
        if (from < 0.0) != (to < 0.0) {
            let share = from / (from - to);
            kept.push((
                before.0 + (point.0 - before.0) * share,
                before.1 + (point.1 - before.1) * share,
            ));
        }
        if to >= 0.0 {
            kept.push(point);
        }
        before = point;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(polygon: &[Point]) -> f64 {
        let next = polygon.iter().cycle().skip(1);
        polygon.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
    }

    #[test]
    fn two_fifths_of_the_area_are_striped() {
        let square = [(0.0, 0.0), (500.0, 0.0), (500.0, 500.0), (0.0, 500.0)];
        let striped: f64 = stripes(&square, 2.0, 5.0).iter().map(|stripe| area(stripe)).sum();
        assert!((striped / 250_000.0 - 0.4).abs() < 0.005, "{striped}");
    }

    #[test]
    fn nothing_leaves_the_outline() {
        let outline = [(3.0, 4.0), (9.0, 4.0), (9.0, 21.0), (3.0, 21.0)];
        for (x, y) in stripes(&outline, 2.0, 5.0).into_iter().flatten() {
            assert!((3.0..=9.0).contains(&x) && (4.0..=21.0).contains(&y), "{x} {y}");
        }
    }
}
