//! The promise: killed anywhere, any number of times, with partitions read in any order, each event is written once, and the
//! events of every entity and area are those of a run that was never killed.

use std::sync::Arc;

use hailstream_geo::{MultiPolygon, Polygon};
use proptest::prelude::*;

use super::super::fences::Fences;
use super::*;
use crate::derived::positions::header_of;

const EXPIRE_MS: i64 = 40;
const LATENESS_MS: i64 = 15;
const PARTITIONS: usize = 2;

/// A fix: time, entity (of its partition), place.
type Sample = (i64, u8, u8);
/// Rows of a key, in order.
type Told = BTreeMap<String, Vec<String>>;

fn at(lon: f64) -> LonLat {
    LonLat::new(lon, 0.5).unwrap()
}

/// Two areas of one degree each, the second overlapping the first.
fn fences() -> Arc<Fences> {
    let area = |west: f64| {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let ring = corners.iter().map(|(lon, lat)| LonLat::new(west + lon, *lat).unwrap());
        MultiPolygon { polygons: vec![Polygon::from_rings([ring.collect()])] }
    };
    Arc::new(Fences::new([("A".to_owned(), area(0.0)), ("B".to_owned(), area(0.5))]))
}

/// What a place is: outside, in A, in both, in B, within the margin of A, none at all, or where receivers are that know nothing.
fn place(number: u8) -> Value {
    let of = |at: LonLat| Value::List(vec![Value::float(at.lon()), Value::float(at.lat())]);
    match number {
        0 => of(at(9.0)),
        1 => of(at(0.2)),
        2 => of(at(0.7)),
        3 => of(at(1.2)),
        4 => of(at(-0.000_1)),
        5 => Value::Null,
        _ => of(LonLat::new(0.0, 0.0).unwrap()),
    }
}

/// Input, output and what was committed: all that outlives a kill.
#[derive(Default)]
struct World {
    input: Vec<Vec<Sample>>,
    output: Vec<(String, Vec<u8>, Vec<u8>)>,
    committed: Option<SafePoint>,
}

impl World {
    /// What a run finds, as `Memory::recall` does.
    fn resume(&self) -> Resume {
        let headers = self.output.iter().map(|(_, _, header)| header);
        let written = headers.filter_map(|header| serde_json::from_slice::<Written>(header).ok());
        let written = written.max_by_key(|written| written.round).unwrap_or_default();
        let (start, published) = self
            .committed
            .as_ref()
            .map(|safe| (safe.positions.clone(), safe.published.clone()))
            .unwrap_or_default();
        Resume { start, closed_until_ms: None, published, written }
    }

    fn begin(&self) -> Watch {
        let resume = self.resume();
        let mut past = Past::new("cab", &resume);
        self.output.iter().for_each(|(_, value, header)| past.take(value, header));
        let rules =
            Rules { fences: fences(), margin_m: 30.0, expire_ms: EXPIRE_MS, waits_ms: LATENESS_MS };
        let (name, entity) = ("test".to_owned(), "cab".to_owned());
        let mut watch = Watch::new(Terms { name, entity, rules }, resume.clone(), past);
        for partition in 0..PARTITIONS {
            let start = resume.start.get(&("t".to_owned(), partition as i32));
            watch.start("t", partition as i32, start.map_or(0, |(offset, _)| *offset));
        }
        watch
    }

    /// Reads some records; false where there are no more.
    fn read(&self, watch: &mut Watch, partition: usize, count: usize) -> bool {
        for _ in 0..count {
            let offset = watch.next_offset(partition);
            let Some((time_ms, entity, number)) = self.input[partition].get(offset as usize) else {
                return false;
            };
            let values = [Value::text(&format!("{partition}-{entity}")), place(*number)];
            let fact = Fact { offset, time_ms: *time_ms, passes: true, values: &values };
            watch.apply(partition, fact);
            watch.pass(partition, offset);
        }
        true
    }

    /// A round of publishing, of which only so many rows are written before the kill; none: all of it.
    fn publish(&mut self, watch: &mut Watch, cut: Option<usize>) {
        let rows = watch.take_rows().unwrap();
        let written = watch.written();
        for row in rows.into_iter().take(cut.unwrap_or(usize::MAX)) {
            let header = header_of(&written, row.origin.as_ref()).unwrap();
            self.output.push((row.key, row.value, header));
        }
        if cut.is_none() {
            self.committed = watch.published().or(self.committed.take());
        }
    }

    fn finish(&mut self) {
        let mut watch = self.begin();
        for partition in 0..PARTITIONS {
            while self.read(&mut watch, partition, 1) {}
        }
        self.publish(&mut watch, None);
        self.publish(&mut watch, None);
    }

    fn told(&self) -> Told {
        let mut told = Told::new();
        for (key, value, _) in &self.output {
            let value = String::from_utf8(value.clone()).unwrap();
            told.entry(key.clone()).or_default().push(value);
        }
        told
    }
}

/// What happens to a run.
#[derive(Clone, Debug)]
enum Step {
    Read(usize, usize),
    Publish,
    /// Killed while a round is written.
    Kill(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..PARTITIONS, 1_usize..12).prop_map(|(partition, count)| Step::Read(partition, count)),
        3 => Just(Step::Publish),
        1 => (0_usize..4).prop_map(Step::Kill),
    ]
}

/// Times go on, with steps back now and then, and pauses in which entities fall silent.
fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let step = prop_oneof![6 => 0_i64..8, 1 => -20_i64..0, 1 => 30_i64..60];
    prop::collection::vec((step, 0_u8..3, 0_u8..7), 0..120).prop_map(|steps| {
        let mut time_ms = 1_000;
        steps
            .into_iter()
            .map(|(step, entity, place)| {
                time_ms += step;
                (time_ms, entity, place)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn killed_anywhere_each_event_is_told_once(
        input in prop::collection::vec(samples(), PARTITIONS..=PARTITIONS),
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut undisturbed = World { input: input.clone(), ..World::default() };
        undisturbed.finish();
        let mut world = World { input, ..World::default() };
        let mut watch = world.begin();
        for step in steps {
            match step {
                Step::Read(partition, count) => {
                    world.read(&mut watch, partition, count);
                }
                Step::Publish => world.publish(&mut watch, None),
                Step::Kill(written) => {
                    world.publish(&mut watch, Some(written));
                    watch = world.begin();
                }
            }
        }
        world.finish();
        prop_assert_eq!(world.told(), undisturbed.told());
    }

    #[test]
    fn who_entered_leaves_before_entering_again(samples in samples()) {
        let mut world = World { input: vec![samples, Vec::new()], ..World::default() };
        world.finish();
        for (key, rows) in world.told() {
            for (index, row) in rows.iter().enumerate() {
                let row: serde_json::Value = serde_json::from_str(row).unwrap();
                let want = if index % 2 == 0 { "enter" } else { "leave" };
                prop_assert_eq!(&row["event"], want, "{}: {}", key, row);
                prop_assert_eq!(row["seconds"].is_number(), want == "leave");
                prop_assert!(row["seconds"].as_f64().is_none_or(|seconds| seconds >= 0.0));
            }
        }
    }
}

#[test]
fn events_wait_for_partitions_that_are_behind() {
    let mut world = World {
        input: vec![
            vec![(1_000, 0, 0), (2_000, 0, 1), (9_000, 0, 0)],
            vec![(1_000, 0, 0), (2_500, 0, 0)],
        ],
        ..World::default()
    };
    let mut watch = world.begin();
    watch.behind(1, true);
    world.read(&mut watch, 0, 3);
    world.publish(&mut watch, None);
    assert_eq!(world.output.len(), 0, "the other partition has not been heard of");
    world.read(&mut watch, 1, 2);
    world.publish(&mut watch, None);
    assert_eq!(world.output.len(), 2, "up to 2.5 s: entered, and fallen silent");
    watch.behind(1, false);
    world.publish(&mut watch, None);
    assert_eq!(world.output.len(), 2);
}

#[test]
fn what_is_no_fix_is_counted() {
    let world = World {
        input: vec![
            vec![
                (1_000, 0, 1),
                (1_001, 0, 5),
                (1_002, 0, 6),
                (990, 0, 1),
                (900, 0, 1),
                (1_003, 1, 0),
            ],
            Vec::new(),
        ],
        ..World::default()
    };
    let mut watch = world.begin();
    world.read(&mut watch, 0, 6);
    watch.refused(2);
    let want = Counts {
        fixes: 2,
        events: 1,
        without_position: 1,
        null_island: 1,
        out_of_order: 1,
        late: 1,
        refused: 2,
        ..Counts::default()
    };
    assert_eq!(watch.counts, want);
}

#[test]
fn a_record_says_who_where_and_which_record_told() {
    let mut world = World {
        input: vec![vec![(1_000, 0, 1), (2_500, 1, 0), (2_501, 0, 0)], Vec::new()],
        ..World::default()
    };
    world.finish();
    let lines: Vec<String> = world
        .output
        .iter()
        .map(|(key, value, header)| {
            let header: serde_json::Value = serde_json::from_slice(header).unwrap();
            format!("{key} {} {}", String::from_utf8_lossy(value), header["origin"])
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"0-0|A {"cab":"0-0","fence":"A","event":"enter","ts":1000,"lat":0.5,"lon":0.2,"first":true} {"topic":"t","partition":0,"offset":0}"#,
            r#"0-0|A {"cab":"0-0","fence":"A","event":"leave","ts":1040,"lat":0.5,"lon":0.2,"first":true,"seconds":0.0,"reason":"silent"} {"topic":"t","partition":0,"offset":1}"#,
        ]
    );
}
