//! Replays as text: rows in, lines `due topic key timestamp payload` out.

use super::*;
use crate::input::{FieldType, FieldTyping, read};
use hailstream_geo::{MultiPolygon, Polygon};
use jiff::tz::TimeZone;

const FIXES: &str = "ts,cab_id,lat,lon,occupied
130,a,37.72,-122.40,1
100,a,37.70,-122.40,0
160,a,37.73,-122.40,0
130,b,37.80,-122.50,0
";

const MAP: &str = "
map: test
convert: {ts: s to ms}
inputs: {entity: cab_id}
polygons: {files: [south.geojson], outside: Elsewhere}
derive:
  status: from occupied
  speed: from positions
  heading: from positions
  idle_s: from positions
  zone: from polygons
  fare: from occupied
  trips: from occupied
trips: {topic: trips}
";

fn south() -> ZoneIndex {
    let corners = [(-123.0, 37.0), (-122.0, 37.0), (-122.0, 37.71), (-123.0, 37.71)];
    let outer = corners.map(|(lon, lat)| hailstream_geo::LonLat::new(lon, lat).unwrap()).to_vec();
    let shape = MultiPolygon { polygons: vec![Polygon { outer, holes: Vec::new() }] };
    ZoneIndex::new([("South".to_owned(), shape)])
}

fn plan() -> Plan {
    Plan {
        topic: "fixes".into(),
        key: Some("cab_id".to_owned()),
        time: Some(TimeField {
            field: "ts".to_owned(),
            unit: TimeUnit::Seconds,
            zone: TimeZone::UTC,
        }),
        order: Order::Time,
        times: Times::Keep,
        speed: Speed::Times(10.0),
        begin_ms: None,
        map: None,
    }
}

fn mapped() -> Plan {
    let time =
        TimeField { field: "ts".to_owned(), unit: TimeUnit::Milliseconds, zone: TimeZone::UTC };
    Plan { time: Some(time), map: Some((ReplayMap::parse(MAP).unwrap(), south())), ..plan() }
}

fn replayed(csv: &str, plan: Plan) -> String {
    let typing = FieldTyping::from([
        ("cab_id".to_owned(), FieldType::Text),
        ("occupied".to_owned(), FieldType::Boolean),
        ("lat".to_owned(), FieldType::Double),
        ("lon".to_owned(), FieldType::Double),
    ]);
    let rows = read("fixes", std::io::Cursor::new(csv.to_owned()), &typing).unwrap();
    let mut lines = Vec::new();
    for (now_ms, due) in (1_000_000..).zip(Replay::new(rows, plan)) {
        let at_ms = due.at_ms;
        let OutRecord { topic, key, payload, timestamp_ms } = due.into_record(now_ms);
        let payload = String::from_utf8(payload).unwrap();
        lines.push(format!(
            "{at_ms} {topic} {} {timestamp_ms} {payload}",
            key.as_deref().unwrap_or("-")
        ));
    }
    lines.join("\n")
}

#[test]
fn rows_are_sent_by_event_time_at_the_speed_asked() {
    insta::assert_snapshot!(replayed(FIXES, plan()), @r#"
    0 fixes a 1000000 {"ts":100,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false}
    3000 fixes a 1000001 {"ts":130,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true}
    3000 fixes b 1000002 {"ts":130,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false}
    6000 fixes a 1000003 {"ts":160,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false}
    "#);
}

#[test]
fn the_order_of_the_file_can_be_kept() {
    insta::assert_snapshot!(replayed(FIXES, Plan { order: Order::File, ..plan() }), @r#"
    0 fixes a 1000000 {"ts":130,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true}
    0 fixes a 1000001 {"ts":100,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false}
    3000 fixes a 1000002 {"ts":160,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false}
    3000 fixes b 1000003 {"ts":130,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false}
    "#);
}

#[test]
fn the_end_can_be_moved_to_now() {
    let times = Times::End { now_ms: 500_500 };
    insta::assert_snapshot!(replayed(FIXES, Plan { times, speed: Speed::Max, ..mapped() }), @r#"
    0 fixes a 440500 {"ts":440500,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false,"status":"free","zone":"South","idle_s":0.0}
    0 fixes a 470500 {"ts":470500,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true,"status":"hired","zone":"Elsewhere","idle_s":0.0,"fare":3.1}
    0 fixes b 470500 {"ts":470500,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false,"status":"free","zone":"Elsewhere","idle_s":0.0}
    0 fixes a 500500 {"ts":500500,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false,"status":"free","zone":"Elsewhere","speed":133.4,"heading":0.0,"idle_s":0.0}
    0 trips a-470 500500 {"trip_id":"a-470","cab_id":"a","ts":500500,"pickup_ts":470500,"pickup_lat":37.72,"pickup_lon":-122.4,"pickup_zone":"Elsewhere","dropoff_lat":37.73,"dropoff_lon":-122.4,"dropoff_zone":"Elsewhere","zone":"Elsewhere","distance_km":1.112,"duration_s":30.0,"fare":4.45,"fare_derived":true,"jumps":0}
    "#);
}

#[test]
fn what_was_before_the_beginning_is_due_at_once() {
    let times = Times::Moved { by_ms: 86_400_000 };
    insta::assert_snapshot!(replayed(FIXES, Plan { times, begin_ms: Some(130_000), ..plan() }), @r#"
    0 fixes a 1000000 {"ts":86500,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false}
    0 fixes a 1000001 {"ts":86530,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true}
    0 fixes b 1000002 {"ts":86530,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false}
    3000 fixes a 1000003 {"ts":86560,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false}
    "#);
}

#[test]
fn standing_and_moving_follow_from_positions() {
    let map = ReplayMap::parse(
        "map: m\nconvert: {ts: s to ms}\ninputs: {entity: cab_id}\nderive: {status: from positions}",
    );
    let csv = "ts,cab_id,lat,lon\n0,a,37.7,-122.4\n30,a,37.7,-122.4\n60,a,37.7,-122.4\n120,a,37.71,-122.4\n";
    let map = Some((map.unwrap(), south()));
    insta::assert_snapshot!(replayed(csv, Plan { map, ..mapped() }), @r#"
    0 fixes a 1000000 {"ts":0,"cab_id":"a","lat":37.7,"lon":-122.4,"status":"moving"}
    3000 fixes a 1000001 {"ts":30000,"cab_id":"a","lat":37.7,"lon":-122.4,"status":"moving"}
    6000 fixes a 1000002 {"ts":60000,"cab_id":"a","lat":37.7,"lon":-122.4,"status":"standing"}
    12000 fixes a 1000003 {"ts":120000,"cab_id":"a","lat":37.71,"lon":-122.4,"status":"moving"}
    "#);
}

#[test]
fn times_can_be_those_of_sending() {
    insta::assert_snapshot!(replayed(FIXES, Plan { times: Times::Now, ..mapped() }), @r#"
    0 fixes a 1000000 {"ts":1000000,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false,"status":"free","zone":"South","idle_s":0.0}
    3000 fixes a 1000001 {"ts":1000001,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true,"status":"hired","zone":"Elsewhere","idle_s":0.0,"fare":3.1}
    3000 fixes b 1000002 {"ts":1000002,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false,"status":"free","zone":"Elsewhere","idle_s":0.0}
    6000 fixes a 1000003 {"ts":1000003,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false,"status":"free","zone":"Elsewhere","speed":133.4,"heading":0.0,"idle_s":0.0}
    6000 trips a-970 1000004 {"trip_id":"a-970","cab_id":"a","ts":1000004,"pickup_ts":970004,"pickup_lat":37.72,"pickup_lon":-122.4,"pickup_zone":"Elsewhere","dropoff_lat":37.73,"dropoff_lon":-122.4,"dropoff_zone":"Elsewhere","zone":"Elsewhere","distance_km":1.112,"duration_s":30.0,"fare":4.45,"fare_derived":true,"jumps":0}
    "#);
}

#[test]
fn a_map_derives_what_positions_and_the_flag_imply() {
    insta::assert_snapshot!(replayed(FIXES, mapped()), @r#"
    0 fixes a 1000000 {"ts":100000,"cab_id":"a","lat":37.7,"lon":-122.4,"occupied":false,"status":"free","zone":"South","idle_s":0.0}
    3000 fixes a 1000001 {"ts":130000,"cab_id":"a","lat":37.72,"lon":-122.4,"occupied":true,"status":"hired","zone":"Elsewhere","idle_s":0.0,"fare":3.1}
    3000 fixes b 1000002 {"ts":130000,"cab_id":"b","lat":37.8,"lon":-122.5,"occupied":false,"status":"free","zone":"Elsewhere","idle_s":0.0}
    6000 fixes a 1000003 {"ts":160000,"cab_id":"a","lat":37.73,"lon":-122.4,"occupied":false,"status":"free","zone":"Elsewhere","speed":133.4,"heading":0.0,"idle_s":0.0}
    6000 trips a-130 1000004 {"trip_id":"a-130","cab_id":"a","ts":160000,"pickup_ts":130000,"pickup_lat":37.72,"pickup_lon":-122.4,"pickup_zone":"Elsewhere","dropoff_lat":37.73,"dropoff_lon":-122.4,"dropoff_zone":"Elsewhere","zone":"Elsewhere","distance_km":1.112,"duration_s":30.0,"fare":4.45,"fare_derived":true,"jumps":0}
    "#);
}

#[test]
fn events_are_found_where_the_flag_changes_and_after_silence() {
    let csv = "ts,cab_id,lat,lon,occupied
100,a,37.70,-122.40,0
130,a,37.72,-122.40,1
900,a,37.73,-122.40,0
";
    let yaml = MAP.replace("trips: from occupied", "events: from occupied");
    let yaml = yaml.replace("trips: {topic: trips}", "events: {topic: events}");
    let map = Some((ReplayMap::parse(&yaml).unwrap(), south()));
    let lines = replayed(csv, Plan { map, ..mapped() });
    let events: Vec<&str> = lines.lines().filter(|line| line.contains(" events ")).collect();
    insta::assert_snapshot!(events.join("\n"), @r#"
    3000 events a 1000002 {"event_id":"a-130000-hired","cab_id":"a","ts":130000,"event":"hired","zone":"Elsewhere","lat":37.72,"lon":-122.4,"text":"hired, Elsewhere"}
    80000 events a 1000004 {"event_id":"a-900000-device_back","cab_id":"a","ts":900000,"event":"device_back","zone":"Elsewhere","lat":37.73,"lon":-122.4,"value":770.0,"text":"back after 13 min of silence, Elsewhere"}
    80000 events a 1000005 {"event_id":"a-900000-free","cab_id":"a","ts":900000,"event":"free","zone":"Elsewhere","lat":37.73,"lon":-122.4,"value":8.5,"text":"free, earned $8.50, Elsewhere"}
    "#);
}

#[test]
fn rows_nobody_can_place_are_sent_all_the_same() {
    let csv = "ts,cab_id,lat,lon,occupied\n200,a,91,0,0\nsoon,a,37.7,-122.4,1\n100,,37.7,-122.4,maybe\n150,a\n";
    insta::assert_snapshot!(replayed(csv, mapped()), @r#"
    0 fixes - 1000000 {"ts":100000,"lat":37.7,"lon":-122.4,"occupied":"maybe","zone":"South"}
    10000 fixes a 1000001 {"ts":200000,"cab_id":"a","lat":91.0,"lon":0.0,"occupied":false,"status":"free"}
    10000 fixes a 1000002 {"ts":"soon","cab_id":"a","lat":37.7,"lon":-122.4,"occupied":true,"status":"hired","zone":"South"}
    "#);
}

#[test]
fn unreadable_rows_are_counted() {
    let rows = read("fixes", std::io::Cursor::new("a,b\n1\n1,2\n"), &FieldTyping::new()).unwrap();
    let replay = Replay::new(rows, plan());
    assert_eq!((replay.unreadable(), replay.rows_left()), (1, 1));
    assert_eq!(replay.first_errors(), ["fixes line 2: 1 fields, the header has 2"]);
}

#[test]
fn renames_constants_and_omissions() {
    let yaml = "{map: x, rename: {a: b}, constant: {city: SF, ts: 7}, drop: [c]}";
    let map = (ReplayMap::parse(yaml).unwrap(), ZoneIndex::new([]));
    let plan = Plan { map: Some(map), key: None, ..plan() };
    assert_eq!(replayed("a,c\n1,2\n", plan), r#"0 fixes - 1000000 {"b":1,"city":"SF","ts":7}"#);
}
