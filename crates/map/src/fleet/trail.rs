//! The way of one vehicle in the last minutes, and where its records lie in Kafka: both from the same newest records.

use hailstream_geo::mercator::World;
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{QueryResult, Row, Value};

use super::{Fleet, lon_lat};

/// A fix that was passed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passed {
    /// Event time, epoch ms.
    pub at_ms: i64,
    /// Where.
    pub place: World,
    /// Index of the status it had there.
    pub status: usize,
}

/// A record and its place in Kafka.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace {
    /// Event time, epoch ms.
    pub at_ms: i64,
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i64,
    /// Its offset.
    pub offset: i64,
}

/// The fixes of a hits result, which has the newest first, in the order of time. Records without a position are left out; a status that
/// the fleet does not know counts as the first.
#[must_use]
pub fn passed(result: &QueryResult, params: &MapParams, fleet: &Fleet) -> Vec<Passed> {
    let column = |name: &str| result.columns.iter().position(|column| column == name);
    let Some((position, time)) = column(&params.position).zip(column("_timestamp")) else {
        return Vec::new();
    };
    let status_column = column(&params.status);
    let status = |row: &Row| {
        let value = row.get(status_column?)?.as_str()?;
        fleet.statuses().iter().position(|status| status.value == value)
    };
    let fix = |row: &Row| {
        Some(Passed {
            at_ms: row.get(time)?.as_i64()?,
            place: World::of(lon_lat(row.get(position)?)?),
            status: status(row).unwrap_or(0),
        })
    };
    result.rows.iter().rev().filter_map(fix).collect()
}

/// The newest `size` records of a hits result.
#[must_use]
pub fn record_places(result: &QueryResult, size: usize) -> Vec<RecordPlace> {
    let column = |name: &str| result.columns.iter().position(|column| column == name);
    let columns = (column("_timestamp"), column("_topic"), column("_partition"), column("_offset"));
    let (Some(time), Some(topic), Some(partition), Some(offset)) = columns else {
        return Vec::new();
    };
    let place = |row: &Row| {
        let number = |column: usize| row.get(column).and_then(Value::as_i64);
        Some(RecordPlace {
            at_ms: number(time)?,
            topic: row.get(topic)?.as_str()?.to_owned(),
            partition: number(partition)?,
            offset: number(offset)?,
        })
    };
    result.rows.iter().filter_map(place).take(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits() -> QueryResult {
        let columns = ["_topic", "_partition", "_offset", "_timestamp", "position", "status"];
        let row = |offset: i64, at_ms: i64, lon: Option<f64>, status: &str| {
            let position = lon.map_or(Value::Null, |lon| {
                Value::List(vec![Value::Float(lon), Value::Float(37.77)])
            });
            vec![
                Value::text("taxi.telemetry"),
                Value::Int(3),
                Value::Int(offset),
                Value::Int(at_ms),
                position,
                Value::text(status),
            ]
        };
        QueryResult {
            columns: columns.map(str::to_owned).to_vec(),
            rows: vec![
                row(9, 3_000, Some(-122.41), "free"),
                row(8, 2_000, Some(-122.42), "hired"),
                row(7, 1_000, Some(-122.43), "hired"),
                row(6, 500, None, "hired"),
            ],
            ..QueryResult::default()
        }
    }

    fn params() -> MapParams {
        let glyphs = ["free", "hired"].map(|status| (status.to_owned(), Default::default()));
        MapParams { status: "status".into(), glyphs: glyphs.into(), ..MapParams::default() }
    }

    #[test]
    fn a_trail_runs_in_the_order_of_time_and_knows_what_the_cab_did() {
        let fleet = Fleet::new(&params());
        let free = fleet.statuses().iter().position(|status| status.value == "free");
        let trail = passed(&hits(), &params(), &fleet);
        assert_eq!(trail.iter().map(|fix| fix.at_ms).collect::<Vec<_>>(), [1_000, 2_000, 3_000]);
        assert_eq!(Some(trail[2].status), free);
        assert_eq!(trail[0].status, trail[1].status);
        assert_ne!(trail[1].status, trail[2].status);
    }

    #[test]
    fn records_are_named_by_their_place() {
        let places = record_places(&hits(), 2);
        let offsets: Vec<_> = places.iter().map(|place| (place.partition, place.offset)).collect();
        assert_eq!(offsets, [(3, 9), (3, 8)]);
        assert_eq!(places[0].topic, "taxi.telemetry");
        assert_eq!(record_places(&QueryResult::default(), 2), []);
    }
}
