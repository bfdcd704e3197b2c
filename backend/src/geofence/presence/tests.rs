//! What is told of fixes, as text.

use hailstream_geo::{MultiPolygon, Polygon};

use super::*;

const EXPIRE_MS: i64 = 60_000;

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

/// A square of 0.01°, about 1.1 km, with its south-west corner there.
fn square(lon: f64, lat: f64) -> Vec<LonLat> {
    let corners = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)];
    corners.iter().map(|(east, north)| at(lon + east, lat + north)).collect()
}

/// `Depot`, `Yard` overlapping its eastern half, and `Ring` with a hole where the depot is.
fn fences() -> Arc<Fences> {
    let wide = [(-0.05, -0.05), (0.06, -0.05), (0.06, 0.06), (-0.05, 0.06)];
    let wide = wide.iter().map(|(lon, lat)| at(*lon, *lat)).collect();
    Arc::new(Fences::new(
        [
            ("Depot", Polygon::from_rings([square(0.0, 0.0)])),
            ("Yard", Polygon::from_rings([square(0.005, 0.0)])),
            ("Ring", Polygon::from_rings([wide, square(0.0, 0.0)])),
        ]
        .map(|(name, polygon)| (name.to_owned(), MultiPolygon { polygons: vec![polygon] })),
    ))
}

fn presence(margin_m: f64) -> Presence {
    let mut presence =
        Presence::new(Rules { fences: fences(), margin_m, expire_ms: EXPIRE_MS, waits_ms: 20_000 });
    presence.add_partition();
    presence
}

fn words(crossings: &[Crossing]) -> String {
    let words = crossings.iter().map(|crossing| {
        let Crossing { entity, fence, kind, time_ms, is_first, inside_ms, is_silent, .. } =
            crossing;
        let first = if *is_first { " first" } else { "" };
        let silent = if *is_silent { " silent" } else { "" };
        let inside = inside_ms.map_or_else(String::new, |ms| format!(" after {} s", ms / 1000));
        format!("{} {entity} {kind:?} {fence}{first}{silent}{inside}", time_ms / 1000)
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Fixes of one entity: second, longitude, latitude, and what is told.
fn check(margin_m: f64, fixes: &[(i64, f64, f64, &str)]) {
    let mut presence = presence(margin_m);
    for (second, lon, lat, want) in fixes {
        let time_ms = second * 1000;
        let entity = Value::text("c");
        let mut told = presence.sweep(0, time_ms);
        let fix = Fix { partition: 0, time_ms, entity: &entity, at: at(*lon, *lat) };
        match presence.fix(fix) {
            Ok(crossings) => told.extend(crossings),
            Err(OutOfOrder) => {
                assert_eq!(*want, "out of order", "at {second} s");
                continue;
            }
        }
        assert_eq!(words(&told), *want, "at {second} s");
    }
}

const OUT: (f64, f64) = (0.1, 0.1);

#[test]
fn who_comes_from_outside_enters_and_leaves() {
    check(
        0.0,
        &[
            (1, OUT.0, OUT.1, ""),
            (2, 0.05, 0.05, "2 c Enter Ring"),
            (4, 0.002, 0.002, "4 c Leave Ring after 2 s, 4 c Enter Depot"),
            (5, 0.008, 0.002, "5 c Enter Yard"),
            (9, 0.012, 0.002, "9 c Leave Depot after 5 s, 9 c Enter Ring"),
            (30, OUT.0, OUT.1, "30 c Leave Yard after 25 s, 30 c Leave Ring after 21 s"),
        ],
    );
}

#[test]
fn who_is_inside_when_first_seen_is_told_as_first() {
    check(
        0.0,
        &[
            (1, 0.002, 0.002, "1 c Enter Depot first"),
            (6, 0.003, 0.002, ""),
            (8, OUT.0, OUT.1, "8 c Leave Depot first after 7 s"),
            (9, 0.002, 0.002, "9 c Enter Depot"),
        ],
    );
}

#[test]
fn positions_that_waver_at_an_edge_tell_nothing() {
    // A ten-thousandth of a degree is some 11 m.
    let inside = (0.0001, 0.005);
    let west = |degrees: f64| (-degrees, 0.005);
    let mut presence = presence(30.0);
    let mut told = Vec::new();
    let path = [west(0.001), inside, west(0.0001), inside, west(0.0002), west(0.0004), inside];
    for (second, (lon, lat)) in (1..).zip(path) {
        let fix = Fix {
            partition: 0,
            time_ms: second * 1000,
            entity: &Value::text("c"),
            at: at(lon, lat),
        };
        told.extend(presence.fix(fix).unwrap());
    }
    told.retain(|crossing| crossing.fence == "Depot");
    assert_eq!(words(&told), "2 c Enter Depot, 6 c Leave Depot after 4 s, 7 c Enter Depot");
}

#[test]
fn older_fixes_tell_nothing() {
    check(
        0.0,
        &[
            (10, OUT.0, OUT.1, ""),
            (9, 0.002, 0.002, "out of order"),
            (10, 0.002, 0.002, "10 c Enter Depot"),
            (3, OUT.0, OUT.1, "out of order"),
        ],
    );
}

#[test]
fn who_says_nothing_for_long_has_left() {
    check(
        0.0,
        &[
            (1, OUT.0, OUT.1, ""),
            (2, 0.002, 0.002, "2 c Enter Depot"),
            (12, 0.003, 0.002, ""),
            (72, 0.003, 0.002, ""),
            (133, 0.003, 0.002, "132 c Leave Depot silent after 70 s, 133 c Enter Depot first"),
        ],
    );
}

#[test]
fn who_may_still_have_said_something_is_waited_for() {
    let mut presence = presence(0.0);
    let (c, d) = (Value::text("c"), Value::text("d"));
    let inside = |entity, second: i64| {
        let (time_ms, at) = (second * 1000, at(0.002, 0.002));
        Fix { partition: 0, time_ms, entity, at }
    };
    presence.fix(inside(&c, 1)).unwrap();
    presence.fix(inside(&d, 70)).unwrap();
    assert_eq!(words(&presence.sweep(0, 70_000)), "", "a fix of second 50 may still come");
    assert_eq!(words(&presence.fix(inside(&c, 61)).unwrap()), "", "and it did not fall silent");
    presence.fix(inside(&d, 142)).unwrap();
    let told = words(&presence.sweep(0, 142_000));
    assert_eq!(told, "121 c Leave Depot first silent after 60 s");
}

#[test]
fn the_longest_silent_go_first_whatever_their_order_of_coming() {
    let mut presence = presence(0.0);
    for (entity, second) in [("b", 5), ("a", 7), ("c", 6)] {
        let entity = Value::text(entity);
        let fix =
            Fix { partition: 0, time_ms: second * 1000, entity: &entity, at: at(0.002, 0.002) };
        presence.fix(fix).unwrap();
    }
    assert_eq!(presence.inside(), 3);
    let gone = words(&presence.sweep(0, 87_000));
    let want = "65 b Leave Depot first silent after 0 s, 66 c Leave Depot first silent after 0 s";
    assert_eq!((gone.as_str(), presence.inside()), (want, 1));
}
