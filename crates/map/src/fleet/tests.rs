//! The promises of a fleet.

use std::collections::BTreeMap;

use hailstream_protocol::visualization::{GlyphShape, GlyphStyle};

use hailstream_geo::glide::turn_by;
use hailstream_geo::mercator::Tile;

use super::*;
use crate::map_view::MapView;

fn params() -> MapParams {
    let glyph = |shape, level| GlyphStyle { shape, level };
    MapParams {
        heading: "heading".into(),
        status: "status".into(),
        glyphs: BTreeMap::from([
            ("free".to_owned(), glyph(GlyphShape::Arrow, 1)),
            ("hired".to_owned(), glyph(GlyphShape::Arrow, 2)),
        ]),
        ..MapParams::default()
    }
}

/// Rows of (cab, event time, lon, lat, heading, status).
fn result(rows: &[(&str, i64, f64, f64, f64, &str)]) -> QueryResult {
    let columns = ["cab", "_event_time", "position", "heading", "status"];
    QueryResult {
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .map(|(cab, at_ms, lon, lat, heading, status)| {
                let position = Value::List(vec![Value::Float(*lon), Value::Float(*lat)]);
                vec![
                    Value::text(cab),
                    Value::Int(*at_ms),
                    position,
                    Value::Float(*heading),
                    Value::text(status),
                ]
            })
            .collect(),
        ..QueryResult::default()
    }
}

fn place(fleet: &Fleet, now_ms: f64) -> (f64, f64, f64) {
    let shown = fleet.shown(0, now_ms, 0).unwrap();
    let at = shown.place.lonlat();
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    (round(at.lon()), round(at.lat()), shown.heading.unwrap())
}

/// How fast the quickest moves on a screen that shows all of them, px a millisecond.
fn quickest(fleet: &Fleet, now_ms: f64) -> f64 {
    fleet.clone().look(&mut Vec::new(), &view(), &Isolation::default(), (now_ms, 0))
}

fn view() -> MapView {
    MapView::new(LonLat::new(-122.42, 37.77).unwrap(), 9.0, 800.0, 600.0)
}

#[test]
fn a_cab_glides_to_its_fix_over_the_time_fixes_take() {
    let mut fleet = Fleet::new(&params());
    let mut fix = |at_ms: f64, lon: f64, heading: f64| {
        let row = ("417", at_ms as i64, lon, 37.77, heading, "hired");
        fleet.update(&result(&[row]), &params(), Motion::Live, at_ms);
        fleet.clone()
    };
    fix(0.0, -122.420, 350.0);
    let fleet = fix(4_000.0, -122.418, 10.0);
    assert_eq!(place(&fleet, 4_000.0), (-122.42, 37.77, 350.0));
    assert_eq!(place(&fleet, 6_000.0), (-122.419, 37.77, 10.0));
    assert_eq!(place(&fleet, 8_000.0), (-122.418, 37.77, 10.0));
    assert!(quickest(&fleet, 5_000.0) > 0.0);
    assert_eq!(quickest(&fleet, 8_000.0), 0.0);
}

#[test]
fn an_early_fix_starts_where_the_cab_is_shown() {
    let mut fleet = Fleet::new(&params());
    for (at_ms, lon) in [(0.0, -122.420), (4_000.0, -122.418), (6_000.0, -122.416)] {
        let row = ("417", at_ms as i64, lon, 37.77, 90.0, "hired");
        fleet.update(&result(&[row]), &params(), Motion::Live, at_ms);
    }
    assert_eq!(place(&fleet, 6_000.0).0, -122.419);
    assert_eq!(place(&fleet, 8_000.0).0, -122.416);
}

#[test]
fn a_result_without_a_new_fix_does_not_start_the_way_again() {
    let mut fleet = Fleet::new(&params());
    let rows = |lon: f64, at_ms: i64| result(&[("417", at_ms, lon, 37.77, 90.0, "hired")]);
    fleet.update(&rows(-122.420, 0), &params(), Motion::Live, 0.0);
    fleet.update(&rows(-122.418, 4), &params(), Motion::Live, 4_000.0);
    fleet.update(&rows(-122.418, 4), &params(), Motion::Live, 5_000.0);
    assert_eq!(place(&fleet, 6_000.0).0, -122.419);
}

#[test]
fn less_motion_and_far_jumps_step() {
    for (motion, to) in [(Motion::Step, -122.419), (Motion::Live, -121.0)] {
        let mut fleet = Fleet::new(&params());
        for (at_ms, lon) in [(0, -122.42), (4_000, to)] {
            let row = ("417", at_ms, lon, 37.77, 90.0, "hired");
            fleet.update(&result(&[row]), &params(), motion, at_ms as f64);
        }
        assert_eq!(place(&fleet, 4_000.0).0, to);
    }
}

#[test]
fn hired_lies_above_free_and_silent_lowest() {
    let mut fleet = Fleet::new(&params());
    let rows = result(&[
        ("a", 100_000, -122.4, 37.7, 0.0, "hired"),
        ("b", 100_000, -122.4, 37.7, 0.0, "free"),
        ("c", 10_000, -122.4, 37.7, 0.0, "hired"),
        ("d", 100_000, -122.4, 37.7, 0.0, "towed"),
    ]);
    fleet.update(&rows, &params(), Motion::Live, 0.0);
    let order: Vec<String> = fleet
        .all_shown(0.0, 100_000)
        .map(|shown| fleet.vehicles()[shown.index].entity.to_string())
        .collect();
    assert_eq!(order, ["c", "d", "b", "a"]);
    let legend: Vec<&str> = fleet.statuses().iter().map(|status| status.value.as_str()).collect();
    assert_eq!(legend, ["hired", "free", "towed"]);
    assert_eq!(fleet.counts(100_000), Counts { by_status: vec![1, 1, 1], silent: 1 });
}

#[test]
fn a_frame_sees_each_vehicle_as_it_is_shown() {
    let mut fleet = Fleet::new(&params());
    fleet.set_streets(&[avenue()]);
    let mut seen = Vec::new();
    let mut now_ms = 0.0;
    for step in 0..400_i64 {
        now_ms += 700.0;
        // Who tells of itself each second, each minute, now and then, and no more; hired and free in turn.
        let at_s = |every: i64| (step * 700 / 1_000) / every * every;
        let last = |every: i64, until: i64| at_s(every).min(until);
        let row = |cab, at_s: i64, speed: f64, status| {
            let lon = -122.449 + at_s as f64 * speed;
            (cab, at_s * 1_000, lon, 37.770_05, (at_s * 40 % 360) as f64, status)
        };
        let words = ["hired", "free"];
        let rows = [
            row("a", last(1, 999), 1e-4, words[step as usize / 90 % 2]),
            row("b", last(60, 999), 5e-5, "hired"),
            row("c", last(7, 999), 9e-5, words[step as usize / 31 % 2]),
            row("d", last(20, 60), 9e-5, "free"),
        ];
        if step % 3 == 0 {
            fleet.update(&result(&rows), &params(), Motion::Live, now_ms);
        }
        let stream_ms = step * 700;
        let view = view().zoomed_at(400.0, 300.0, 3.0);
        fleet.look(&mut seen, &view, &Isolation::default(), (now_ms, stream_ms));
        let shown: Vec<Shown> = fleet.all_shown(now_ms, stream_ms).collect();
        assert_eq!(seen.len(), shown.len());
        for (seen, shown) in seen.iter().zip(&shown) {
            let (x, y) = view.screen_from_world(shown.place);
            let (seen_x, seen_y) = seen.place();
            assert!((x - seen_x).abs() + (y - seen_y).abs() < 0.01, "{step}: {seen:?} {shown:?}");
            let turned = turn_by(f64::from(seen.heading), shown.heading.unwrap());
            assert!(turned.abs() < 0.01, "{step}: {seen:?} {shown:?}");
            assert_eq!((seen.index as usize, seen.class()), (shown.index, shown.class()));
            assert_eq!(seen.is_uncertain, shown.is_uncertain);
        }
    }
    assert!(seen.iter().any(|seen| seen.is_silent) && seen.iter().any(|seen| !seen.is_silent));
}

#[test]
fn a_frame_holds_who_is_in_view_and_looked_at() {
    let mut fleet = Fleet::new(&params());
    let row = |cab, lon, status| (cab, 0, lon, 37.77, 0.0, status);
    let rows = [row("a", -122.42, "hired"), row("b", -122.42, "free"), row("c", -100.0, "free")];
    fleet.update(&result(&rows), &params(), Motion::Live, 0.0);
    let (mut seen, mut isolation) = (Vec::new(), Isolation::default());
    fleet.look(&mut seen, &view(), &isolation, (0.0, 0));
    assert_eq!(seen.iter().map(|seen| seen.index).collect::<Vec<_>>(), [1, 0]);
    isolation.isolate(Class::Status(0));
    fleet.look(&mut seen, &view(), &isolation, (0.0, 0));
    assert_eq!(
        seen.iter().map(|seen| (seen.index, seen.place())).collect::<Vec<_>>(),
        [(0, (400.0, 300.0))]
    );
}

#[test]
fn cabs_come_and_go_and_keep_their_glide() {
    let mut fleet = Fleet::new(&params());
    let row = |cab, lon| (cab, 0, lon, 37.7, 0.0, "free");
    fleet.update(&result(&[row("b", -122.4), row("d", -122.4)]), &params(), Motion::Live, 0.0);
    fleet.update(&result(&[row("a", -122.4), row("d", -122.41)]), &params(), Motion::Live, 1_000.0);
    let names: Vec<String> =
        fleet.vehicles().iter().map(|vehicle| vehicle.entity.to_string()).collect();
    assert_eq!(names, ["a", "d"]);
    assert_eq!(fleet.find(&Value::text("d")), Some(1));
    assert_eq!(fleet.find(&Value::text("b")), None);
    assert!(quickest(&fleet, 1_500.0) > 0.0, "d drives on from where it was");
}

/// A street to the east, 10 km long, with a corner each 100 m.
fn avenue() -> Street {
    let point = |corner: i32| LonLat::new(-122.45 + f64::from(corner) * 0.001_14, 37.77).unwrap();
    let class = hailstream_geo::basemap::StreetClass::Main;
    Street { class, name: String::new(), points: (0..100).map(point).collect() }
}

/// A cab that drives along the avenue at 300 m a minute, a little off it, seen each minute for some minutes.
fn driven(motion: Motion, minutes: i64) -> Fleet {
    let mut fleet = Fleet::new(&params());
    fleet.set_streets(&[avenue()]);
    for minute in 0..minutes {
        let lon = -122.44 + minute as f64 * 0.003_42;
        let row = ("417", minute * 60_000, lon, 37.770_05, 90.0, "hired");
        fleet.update(&result(&[row]), &params(), motion, minute as f64 * 60_000.0 + 5_000.0);
    }
    fleet
}

#[test]
fn on_streets_a_cab_is_ahead_of_its_fix_and_ever_less_certain() {
    let fleet = driven(Motion::Live, 5);
    let last_ms = 4.0 * 60_000.0 + 5_000.0;
    let half_a_minute_on = place(&fleet, last_ms + 30_000.0);
    let fix_lon = -122.44 + 4.0 * 0.003_42;
    // 150 m would be its whole speed; it may also have stopped.
    let ahead_m = (half_a_minute_on.0 - fix_lon) / 0.001_14 * 100.0;
    assert!((100.0..160.0).contains(&ahead_m), "{ahead_m} m ahead");
    assert_eq!((half_a_minute_on.1, half_a_minute_on.2), (37.77, 90.0));
    let radius = |at_ms: f64| fleet.shown(0, at_ms, 0).unwrap().radius_m;
    assert!(radius(last_ms + 30_000.0) > radius(last_ms + 1_000.0));
    assert!(fleet.shown(0, last_ms + 600_000.0, 0).unwrap().is_uncertain);
    assert!(quickest(&fleet, last_ms + 30_000.0) > 0.0);
    assert_eq!(quickest(&fleet, last_ms + 600_000.0), 0.0, "who is silent comes to a stand");
}

#[test]
fn a_fix_on_streets_never_makes_a_cab_jump() {
    for motion in [Motion::Live, Motion::Exact] {
        let mut fleet = driven(motion, 5);
        let now_ms = 5.0 * 60_000.0 + 5_000.0;
        let before = place(&fleet, now_ms);
        let row = ("417", 300_000, -122.421, 37.770_05, 90.0, "hired");
        fleet.update(&result(&[row]), &params(), motion, now_ms);
        let after = place(&fleet, now_ms);
        assert!((before.0 - after.0).abs() < 1e-5 && (before.1 - after.1).abs() < 1e-5);
    }
}

#[test]
fn exact_trails_and_step_stands_on_the_street() {
    let now_ms = 4.0 * 60_000.0 + 5_000.0;
    let fix_lon = -122.44 + 4.0 * 0.003_42;
    let exact = place(&driven(Motion::Exact, 5), now_ms + 30_000.0);
    assert!(exact.0 < fix_lon - 0.001 && exact.0 > fix_lon - 0.003, "{exact:?}");
    let step = place(&driven(Motion::Step, 5), now_ms + 30_000.0);
    assert!((step.0 - fix_lon).abs() < 2e-6 && step.1 == 37.77, "{step:?}");
}

#[test]
fn who_is_seen_each_second_glides_straight_and_goes_back_to_streets_when_seen_seldom() {
    let mut fleet = driven(Motion::Live, 5);
    let lon = |seconds: i64| -122.44 + (240 + seconds) as f64 * 0.003_42 / 60.0;
    let mut seen = |at_s: i64| {
        let now_ms = (240 + at_s) as f64 * 1_000.0 + 5_000.0;
        let before = place(&fleet, now_ms);
        let row = ("417", (240 + at_s) * 1_000, lon(at_s), 37.770_05, 90.0, "hired");
        fleet.update(&result(&[row]), &params(), Motion::Live, now_ms);
        let after = place(&fleet, now_ms);
        assert!((before.0 - after.0).abs() < 1e-5, "{at_s}: {before:?} to {after:?}");
        assert!((before.1 - after.1).abs() < 1e-5, "{at_s}: {before:?} to {after:?}");
        fleet.shown(0, now_ms, 0).unwrap().radius_m
    };
    assert!((1..=10).map(&mut seen).all(|radius_m| radius_m == 0.0), "nothing is guessed");
    assert!([70, 130].map(seen).iter().all(|radius_m| *radius_m > 0.0));
    let at = place(&fleet, 430_000.0);
    assert_eq!(at.1, 37.77, "on the street");
}

/// What a tile answers about (cab, second, lon, steps of heading, place of its status).
fn tile_result(tile: Tile, extent: u32, rows: &[(&str, i64, f64, i64, i64)]) -> QueryResult {
    let columns = ["cab", "_event_time_s", "_x", "_y", "heading", "status"];
    let rows = rows.iter().filter_map(|(cab, at_s, lon, steps, status)| {
        let (x, y) = tile.units(LonLat::new(*lon, 37.77).unwrap(), extent)?;
        let numbers = [*at_s, x.into(), y.into(), *steps, *status].map(Value::Int);
        Some([Value::text(cab)].into_iter().chain(numbers).collect())
    });
    QueryResult {
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        ..QueryResult::default()
    }
}

#[test]
fn tiles_tell_what_the_whole_fleet_would() {
    let statuses = ["hired".to_owned(), "free".to_owned()];
    let rows = [("a", 10, -122.43, 4, 0), ("b", 10, -122.40, 12, 1), ("c", 10, -122.34, 0, 7)];
    let tiles = [326, 327, 328].map(|x| Tile::new(11, x, 791).unwrap());
    let results = tiles.map(|tile| tile_result(tile, 4_096, &rows));
    let answers: Vec<TileAnswer<'_>> = tiles
        .iter()
        .zip(&results)
        .map(|(tile, result)| TileAnswer {
            tile: *tile,
            extent: 4_096,
            result,
            statuses: &statuses,
        })
        .collect();
    assert!(results.iter().filter(|result| !result.rows.is_empty()).count() > 1);
    let mut fleet = Fleet::new(&params());
    let far = result(&[("z", 9_500, -100.0, 37.0, 45.0, "free")]);
    fleet.update_tiles((&answers, Some(&far)), &params(), Motion::Live, 0.0);
    let told = |fleet: &Fleet, index: usize| {
        let vehicle = &fleet.vehicles()[index];
        let status = fleet.statuses().get(vehicle.status).unwrap().value.clone();
        (vehicle.entity.to_string(), vehicle.fix_ms, vehicle.heading, status)
    };
    assert_eq!(told(&fleet, 0), ("a".to_owned(), 10_000, Some(90.0), "hired".to_owned()));
    assert_eq!(told(&fleet, 1), ("b".to_owned(), 10_000, Some(270.0), "free".to_owned()));
    assert_eq!(told(&fleet, 2).3, "", "a status that nobody named");
    let known = ("z".to_owned(), 9_500, Some(45.0), "free".to_owned());
    assert_eq!(told(&fleet, 3), known, "known, but in no tile");
    let off = (place(&fleet, 0.0).0 + 122.43).abs();
    assert!(off < 360.0 / 2_048.0 / 4_096.0, "{off}° beside");
}

#[test]
fn the_same_fix_in_finer_units_is_no_new_one() {
    let statuses = ["hired".to_owned()];
    let tile = Tile::new(11, 327, 791).unwrap();
    let mut fleet = Fleet::new(&params());
    let mut take = |extent: u32, at_s: i64, lon: f64, now_ms: f64| {
        let result = tile_result(tile, extent, &[("a", at_s, lon, 0, 0)]);
        let answer = TileAnswer { tile, extent, result: &result, statuses: &statuses };
        fleet.update_tiles((&[answer], None), &params(), Motion::Live, now_ms);
        fleet.clone()
    };
    take(256, 0, -122.420, 0.0);
    take(256, 4, -122.416, 4_000.0);
    let (coarse, unit) =
        (place(&take(256, 4, -122.416, 5_000.0), 6_000.0).0, 360.0 / 2_048.0 / 256.0);
    let fine = take(8_192, 4, -122.416, 6_000.0);
    assert!((place(&fine, 6_000.0).0 - coarse).abs() < unit, "it goes on where it was");
    assert!((place(&fine, 8_000.0).0 + 122.416).abs() < 2e-5, "and arrives where it is");
}

#[test]
fn who_is_in_two_tiles_is_where_it_was_heard_of_last() {
    let statuses = ["hired".to_owned()];
    let (west, east) = (Tile::new(11, 326, 791).unwrap(), Tile::new(11, 327, 791).unwrap());
    let before = tile_result(west, 1_024, &[("a", 10, -122.55, 0, 0)]);
    let after = tile_result(east, 1_024, &[("a", 12, -122.45, 0, 0)]);
    let answer = |tile, result| TileAnswer { tile, extent: 1_024, result, statuses: &statuses };
    let mut fleet = Fleet::new(&params());
    fleet.update_tiles(
        (&[answer(west, &before), answer(east, &after)], None),
        &params(),
        Motion::Live,
        0.0,
    );
    let fixes: Vec<i64> = fleet.vehicles().iter().map(|vehicle| vehicle.fix_ms).collect();
    assert_eq!(fixes, [12_000]);
}

/// Who is told which rows changed draws what it would have drawn after reading all of them: with vehicles that come, go and lose
/// their position, with fixes that come twice or are put right, and with results that were never looked at.
#[test]
fn a_fleet_that_follows_is_where_one_that_reads_everything_is() {
    let mut random = 1_u64;
    let mut next = move |below: u64| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    let names: Vec<String> = (0..12).map(|cab| format!("c{cab:02}")).collect();
    let mut rows: Vec<(&str, i64, f64, f64, f64, &str)> =
        names.iter().map(|name| (name.as_str(), 0, -122.42, 37.77, 0.0, "free")).collect();
    let (mut follows, mut reads) = (Fleet::new(&params()), Fleet::new(&params()));
    let mut held = result(&rows);
    held.row_changes.follow();
    let mut followed = 0;
    for tick in 1..400_i64 {
        for _ in 0..next(4) {
            let row = &mut rows[next(12) as usize];
            row.1 += next(3) as i64 * 4_000;
            row.2 += next(3) as f64 * 1e-3;
            row.5 = ["free", "hired", "lost"][next(3) as usize];
        }
        let mut now = result(&rows);
        now.as_of.sequence = tick as u64;
        if tick % 40 > 35 {
            now.rows[3][2] = Value::Null;
        }
        if tick % 90 > 80 {
            now.rows.remove(5);
        }
        let delta = hailstream_protocol::Delta::between(&held, &now, 1);
        delta.apply(&mut held).unwrap();
        if next(3) == 0 {
            continue;
        }
        let now_ms = tick as f64 * 1_000.0;
        followed += usize::from(
            follows.followed.is_some_and(|since| held.rows_changed_since(since).is_some()),
        );
        follows.update(&held, &params(), Motion::Live, now_ms);
        reads.update(&now, &params(), Motion::Live, now_ms);
        let shown = |fleet: &Fleet| fleet.all_shown(now_ms + 300.0, 0).collect::<Vec<_>>();
        assert_eq!(shown(&follows), shown(&reads), "after {tick}");
        let mut seen = [Vec::new(), Vec::new()];
        for (fleet, seen) in [&mut follows, &mut reads].into_iter().zip(&mut seen) {
            fleet.look(seen, &view(), &Isolation::default(), (now_ms + 300.0, 0));
        }
        assert_eq!(seen[0].len(), seen[1].len(), "after {tick}");
        assert!(seen[0].iter().zip(&seen[1]).all(|(a, b)| a.index == b.index && a.at == b.at));
        assert!(follows.vehicles.iter().zip(&reads.vehicles).all(|(a, b)| a.row == b.row));
    }
    assert!(followed > 150, "mostly it did follow: {followed} times");
}
