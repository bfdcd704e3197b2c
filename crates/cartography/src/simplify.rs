//! Leaving out points that hardly move a line (Douglas and Peucker).

use hailstream_geo::LonLat;
use hailstream_geo::distance::LocalPlane;

/// The line without points that lie within the tolerance of what remains; points that `keep` names by index stay.
#[must_use]
pub fn line(points: &[LonLat], tolerance_m: f64, keep: impl Fn(usize) -> bool) -> Vec<LonLat> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut kept: Vec<bool> =
        (0..=last).map(|index| index == 0 || index == last || keep(index)).collect();
    let anchors: Vec<usize> = (0..=last).filter(|&index| kept[index]).collect();
    for pair in anchors.windows(2) {
        mark(points, (pair[0], pair[1]), tolerance_m, &mut kept);
    }
    points.iter().zip(kept).filter_map(|(&point, kept)| kept.then_some(point)).collect()
}

/// The ring without such points; it is cut open at its first point and the one farthest from it.
#[must_use]
pub fn ring(points: &[LonLat], tolerance_m: f64) -> Vec<LonLat> {
    let Some(&first) = points.first() else { return Vec::new() };
    let plane = LocalPlane::around(first);
    let distance = |index: &usize| plane.distance_m(first, points[*index]);
    let farthest = (0..points.len()).max_by(|a, b| distance(a).total_cmp(&distance(b)));
    let closed: Vec<LonLat> = points.iter().copied().chain([first]).collect();
    let mut open = line(&closed, tolerance_m, |index| Some(index) == farthest);
    open.pop();
    open
}

/// Marks what must stay between two kept points.
fn mark(points: &[LonLat], (from, to): (usize, usize), tolerance_m: f64, kept: &mut [bool]) {
    let plane = LocalPlane::around(points[from]);
    let [end_x, end_y] = plane.metres(points[to]);
    let length = end_x.hypot(end_y);
    let off = |index: usize| {
        let [x, y] = plane.metres(points[index]);
        let along = if length > 0.0 { (x * end_x + y * end_y) / (length * length) } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        (x - along * end_x).hypot(y - along * end_y)
    };
    let worst = (from + 1..to).map(|index| (off(index), index)).max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, index)) = worst.filter(|(distance, _)| *distance > tolerance_m) {
        kept[index] = true;
        mark(points, (from, index), tolerance_m, kept);
        mark(points, (index, to), tolerance_m, kept);
    }
}
