//! The promise: killed anywhere, any number of times, with partitions read in any order, the newest row of every key is
//! what a plain evaluation of the input gives, and no row ever goes back.

use std::collections::BTreeMap;

use hailstream_query::Metric;
use proptest::prelude::*;

use super::*;

const WINDOW_MS: i64 = 10;
const LATENESS_MS: i64 = 15;
const OUTPUTS: usize = 2;

/// A record of the tests: time, group, number.
type Sample = (i64, u8, i64);
/// Start of the window and group.
type Key = (i64, u8);

fn shape(emit: Emit) -> Shape {
    Shape {
        window_ms: WINDOW_MS,
        lateness_ms: LATENESS_MS,
        dedupe_ms: 0,
        metrics: vec![
            Metric::count("count"),
            serde_json::from_str(r#"{"id": "sum", "type": "sum", "field": "number"}"#).unwrap(),
        ],
        emit,
    }
}

/// Some records only tell how far time has come.
fn passes(number: i64) -> bool {
    number != 4
}

/// What counts, evaluated plainly: count and sum by window and group.
fn expected(input: &[Vec<Sample>]) -> BTreeMap<Key, (i64, i64)> {
    let mut rows = BTreeMap::new();
    for partition in input {
        let mut newest = i64::MIN;
        for (time, group, number) in partition {
            if *time >= newest.saturating_sub(LATENESS_MS) && passes(*number) {
                let key = (time.div_euclid(WINDOW_MS) * WINDOW_MS, *group);
                let row = rows.entry(key).or_insert((0, 0));
                *row = (row.0 + 1, row.1 + number);
            }
            newest = newest.max(*time);
        }
    }
    rows
}

type OutputRow = (Key, (i64, i64), Written);

/// Input, output topic and committed position: all that outlives a kill.
struct World {
    input: Vec<Vec<Sample>>,
    /// Rows in the order of writing, with what their headers say.
    outputs: [Vec<OutputRow>; OUTPUTS],
    committed: Option<SafePoint>,
    emit: Emit,
    /// Whether windows that lagging partitions have not reached are kept back.
    is_patient: bool,
}

/// One process's life.
struct Run {
    windows: Windows,
    numbers: Vec<usize>,
    next: Vec<usize>,
}

impl World {
    fn start(&self) -> Run {
        let tails = self.outputs.iter().filter_map(|output| output.last());
        let written = tails.map(|(_, _, written)| written).max_by_key(|written| written.round);
        let resume = Resume {
            published: Positions::new(),
            start: self.committed.as_ref().map(|safe| safe.positions.clone()).unwrap_or_default(),
            closed_until_ms: self.committed.as_ref().and_then(|safe| safe.closed_until_ms),
            written: written.cloned().unwrap_or_default(),
        };
        let starts: Vec<i64> = (0..)
            .zip(&self.input)
            .map(|(number, _)| resume.start.get(&("t".to_owned(), number)).map_or(0, |at| at.0))
            .collect();
        let mut windows = Windows::new(shape(self.emit), resume);
        let numbers =
            (0..).zip(&starts).map(|(number, start)| windows.start("t", number, *start)).collect();
        let next = starts.iter().map(|start| usize::try_from(*start).unwrap()).collect();
        Run { windows, numbers, next }
    }

    /// Reads one record of the partition, if there is one.
    fn read(&self, run: &mut Run, partition: usize) {
        let Some((time_ms, group, number)) = self.input[partition].get(run.next[partition]) else {
            return;
        };
        let record = Record {
            time_ms: *time_ms,
            passes: passes(*number),
            group: &[Value::Int(i64::from(*group))],
            inputs: &[Value::Null, Value::Int(*number)],
        };
        let offset = i64::try_from(run.next[partition]).unwrap();
        run.windows.apply(run.numbers[partition], offset, record);
        run.next[partition] += 1;
    }

    /// A round of publishing, while partitions are behind; of it only `survive` rows get out before the process dies, if it dies.
    fn publish(&mut self, run: &mut Run, survive: Option<usize>, is_committed: bool) {
        for (partition, number) in run.numbers.iter().enumerate() {
            let is_behind = run.next[partition] < self.input[partition].len();
            run.windows.behind(*number, is_behind && self.is_patient);
        }
        let rows = run.windows.take_rows();
        let written = run.windows.written();
        for row in rows.into_iter().take(survive.unwrap_or(usize::MAX)) {
            let group = row.group[0].as_i64().unwrap();
            let values = (row.values[0].as_i64().unwrap(), row.values[1].as_i64().unwrap());
            let key = (row.window_ms, u8::try_from(group).unwrap());
            let output = usize::try_from(group).unwrap() % OUTPUTS;
            self.outputs[output].push((key, values, written.clone()));
        }
        if survive.is_none()
            && let Some(safe) = run.windows.published()
            && is_committed
        {
            self.committed = Some(safe);
        }
    }

    fn newest(&self) -> BTreeMap<Key, (i64, i64)> {
        let rows = self.outputs.iter().flatten();
        rows.map(|(key, values, _)| (*key, *values)).collect()
    }

    fn dips(&self) -> Vec<(Key, i64, i64)> {
        let mut counts = BTreeMap::new();
        let mut dips = Vec::new();
        for (key, (count, _), _) in self.outputs.iter().flatten() {
            let before = counts.insert(*key, *count).unwrap_or(0);
            if *count < before {
                dips.push((*key, before, *count));
            }
        }
        dips
    }
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Read { partition: usize, records: usize },
    Publish { is_committed: bool },
    Kill,
    KillWhilePublishing { survive: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..3usize, 1..12usize)
            .prop_map(|(partition, records)| Step::Read { partition, records }),
        4 => any::<bool>().prop_map(|is_committed| Step::Publish { is_committed }),
        1 => Just(Step::Kill),
        1 => (0..4usize).prop_map(|survive| Step::KillWhilePublishing { survive }),
    ];
    prop::collection::vec(step, 0..120)
}

fn input() -> impl Strategy<Value = Vec<Vec<Sample>>> {
    // Time goes on by a little with each record, with jumps back: some late, some not.
    let record = (-20..12i64, 0..4u8, 1..5i64);
    let partition = prop::collection::vec(record, 0..120).prop_map(|records| {
        let mut now = 100;
        let advance = |(step, group, number): Sample| {
            now += step.max(0);
            (now + step.min(0), group, number)
        };
        records.into_iter().map(advance).collect()
    });
    prop::collection::vec(partition, 3)
}

fn live(world: &mut World, steps: &[Step]) {
    let mut run = world.start();
    for step in steps {
        match *step {
            Step::Read { partition, records } => {
                (0..records).for_each(|_| world.read(&mut run, partition));
            }
            Step::Publish { is_committed } => world.publish(&mut run, None, is_committed),
            Step::Kill => run = world.start(),
            Step::KillWhilePublishing { survive } => {
                world.publish(&mut run, Some(survive), false);
                run = world.start();
            }
        }
    }
    for partition in 0..world.input.len() {
        (0..world.input[partition].len()).for_each(|_| world.read(&mut run, partition));
    }
    run.windows.caught_up();
    world.publish(&mut run, None, true);
}

fn world(input: Vec<Vec<Sample>>, emit: Emit) -> World {
    World { input, outputs: [Vec::new(), Vec::new()], committed: None, emit, is_patient: false }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn kills_change_nothing_and_nothing_dips(
        input in input(), steps in steps(), is_patient in any::<bool>(),
    ) {
        let mut world = world(input, Emit::Update);
        world.is_patient = is_patient;
        live(&mut world, &steps);
        prop_assert_eq!(world.newest(), expected(&world.input));
        prop_assert_eq!(world.dips(), []);
    }

    #[test]
    fn rows_of_closed_windows_are_final(input in input(), steps in steps()) {
        let mut world = world(input, Emit::Close);
        live(&mut world, &steps);
        let expected = expected(&world.input);
        for (key, values, _) in world.outputs.iter().flatten() {
            prop_assert_eq!(expected.get(key), Some(values), "{:?}", key);
        }
        // Every window that no partition can add to any more has been written.
        let newest = world.input.iter().map(|records| records.iter().map(|one| one.0).max());
        let newest = newest.min().flatten();
        if let Some(newest) = newest {
            let until = (newest - LATENESS_MS).div_euclid(WINDOW_MS) * WINDOW_MS;
            let closed: Vec<Key> =
                expected.keys().filter(|(start, _)| start + WINDOW_MS <= until).copied().collect();
            let written: Vec<Key> = world.newest().into_keys().collect();
            prop_assert_eq!(written, closed);
        }
    }
}

fn one_partition(times: impl IntoIterator<Item = i64>) -> Vec<Vec<Sample>> {
    vec![times.into_iter().map(|time| (time, 0, 1)).collect()]
}

#[test]
fn reading_again_starts_near_the_end_and_memory_is_bounded() {
    let mut world = world(one_partition(0..10_000), Emit::Update);
    let mut run = world.start();
    for _ in 0..10_000 {
        world.read(&mut run, 0);
        world.publish(&mut run, None, true);
    }
    assert!(run.windows.windows.len() <= 4, "{} windows open", run.windows.windows.len());
    let safe = world.committed.as_ref().unwrap();
    let (position, newest) = safe.positions[&("t".to_owned(), 0)];
    assert!(position > 9_900, "{position}");
    assert_eq!(newest, Some(position - 1));
    assert!(safe.closed_until_ms > Some(9_900), "{safe:?}");
}

#[test]
fn a_restart_that_finds_nothing_new_writes_nothing() {
    let mut world = world(one_partition(0..1_000), Emit::Update);
    live(&mut world, &[]);
    let written = world.newest().len();
    live(&mut world, &[]);
    // Only the last round may be written again: nothing proves that all of it got out.
    assert!(world.outputs.iter().map(Vec::len).sum::<usize>() <= 2 * written);
    let mut run = world.start();
    (0..1_000).for_each(|_| world.read(&mut run, 0));
    world.publish(&mut run, None, true);
    world.publish(&mut run, None, true);
    let before = world.outputs.iter().map(Vec::len).sum::<usize>();
    world.publish(&mut run, None, true);
    assert_eq!(world.outputs.iter().map(Vec::len).sum::<usize>(), before);
}

#[test]
fn a_silent_partition_holds_windows_open_until_it_is_idle() {
    let mut world = world(vec![(0..200).map(|time| (time, 0, 1)).collect(), vec![]], Emit::Close);
    let mut run = world.start();
    (0..200).for_each(|_| world.read(&mut run, 0));
    world.publish(&mut run, None, true);
    assert_eq!(world.newest().len(), 0);
    run.windows.idle(1, true);
    world.publish(&mut run, None, true);
    assert_eq!(world.newest().len(), 0, "the other has not waited for it yet");
    run.windows.settle();
    run.windows.settle();
    world.publish(&mut run, None, true);
    assert_eq!(world.newest().len(), 18);
}

#[test]
fn input_that_is_gone_leaves_published_windows_as_they_are() {
    let mut world = world(one_partition(0..95), Emit::Update);
    live(&mut world, &[]);
    let before = world.newest();
    // Retention took offsets 0 to 89; what was counted of window 80 and 90 cannot be counted again.
    let tails = world.outputs.iter().filter_map(|output| output.last());
    let written = tails.map(|(_, _, written)| written.clone()).max_by_key(|one| one.round).unwrap();
    let mut windows = Windows::new(shape(Emit::Update), Resume { written, ..Resume::default() });
    let partition = windows.start("t", 0, 90);
    for (offset, time_ms) in (90..).zip([91, 92, 93, 94, 95, 99, 100, 101]) {
        let (group, inputs) = (&[Value::Int(0)], &[Value::Null, Value::Int(1)]);
        let record = Record { time_ms, passes: true, group, inputs };
        windows.apply(partition, offset, record);
    }
    let rows = windows.take_rows();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].window_ms, &rows[0].values[0]), (100, &Value::Int(2)));
    assert_eq!(world.newest(), before);
}

#[test]
fn input_created_anew_is_counted_although_its_offsets_are_small() {
    let mut world = world(one_partition(0..95), Emit::Update);
    live(&mut world, &[]);
    world.input = one_partition(1_000..1_005);
    world.committed = None;
    let mut run = world.start();
    (0..5).for_each(|_| world.read(&mut run, 0));
    world.publish(&mut run, None, true);
    assert!(!world.newest().contains_key(&(1_000, 0)), "still waiting for what was counted");
    run.windows.caught_up();
    world.publish(&mut run, None, true);
    assert_eq!(world.newest()[&(1_000, 0)], (5, 5));
}

#[test]
fn rows_do_not_run_ahead_of_partitions_that_are_behind() {
    let records = |times: std::ops::Range<i64>| times.map(|time| (time, 0, 1)).collect();
    let mut world = world(vec![records(0..300), records(0..300)], Emit::Update);
    world.is_patient = true;
    let mut run = world.start();
    (0..300).for_each(|_| world.read(&mut run, 0));
    (0..95).for_each(|_| world.read(&mut run, 1));
    world.publish(&mut run, None, true);
    assert_eq!(world.newest().last_key_value(), Some((&(90, 0), &(15, 15))));
    (95..300).for_each(|_| world.read(&mut run, 1));
    world.publish(&mut run, None, true);
    assert_eq!(world.newest(), expected(&world.input));
}
