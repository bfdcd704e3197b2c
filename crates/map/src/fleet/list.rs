//! The vehicles as a list: ranked by a field, or those whose name a person looks for.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{ListOrder, MapList};

use super::Fleet;

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listed {
    /// Its place in [`Fleet::vehicles`].
    pub index: usize,
    /// What it is ranked by; absent where it has none.
    pub value: Option<f64>,
}

/// The first `size` rows. While `find` is not empty, it holds the vehicles whose name contains it, of whatever status;
/// names that begin with it come first. Silent ones are not ranked: what they last said is no longer true.
#[must_use]
pub fn list(
    fleet: &Fleet,
    result: &QueryResult,
    by: &MapList,
    find: &str,
    size: usize,
    stream_ms: i64,
) -> Vec<Listed> {
    let column = result.columns.iter().position(|column| *column == by.field);
    let value = |row: usize| result.rows.get(row)?.get(column?)?.as_f64();
    let find = find.trim();
    let sign = match by.order {
        ListOrder::Desc => 1.0,
        ListOrder::Asc => -1.0,
    };
    let status = fleet.statuses().iter().position(|status| status.value == by.status);
    let mut best = Best { rows: Vec::new(), size };
    for (index, vehicle) in fleet.vehicles().iter().enumerate() {
        let row = Listed { index, value: value(vehicle.row) };
        let rank = if find.is_empty() {
            let is_meant = by.status.is_empty() || Some(vehicle.status) == status;
            let is_ranked = is_meant && !fleet.is_silent(vehicle, stream_ms);
            // Without a value it comes last, whichever the order.
            is_ranked.then(|| row.value.map_or(f64::NEG_INFINITY, |value| value * sign))
        } else {
            place_of(&vehicle.entity.to_string(), find).map(|at| if at == 0 { 1.0 } else { 0.0 })
        };
        if let Some(rank) = rank {
            best.take(rank, row);
        }
    }
    best.rows.into_iter().map(|(_, row)| row).collect()
}

/// The rows that rank highest; of equal ones those that came first. A list is short: sorting a fleet for it would be a waste.
struct Best {
    rows: Vec<(f64, Listed)>,
    size: usize,
}

impl Best {
    fn take(&mut self, rank: f64, row: Listed) {
        let place = self.rows.iter().position(|(other, _)| rank > *other);
        let place = place.unwrap_or(self.rows.len());
        if place < self.size {
            self.rows.truncate(self.size - 1);
            self.rows.insert(place, (rank, row));
        }
    }
}

/// Where a name contains a text, whatever its case; Unicode's case tables are not worth their size for names of vehicles.
fn place_of(name: &str, text: &str) -> Option<usize> {
    let (name, text) = (name.as_bytes(), text.as_bytes());
    name.windows(text.len()).position(|part| part.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;
    use hailstream_protocol::visualization::MapParams;

    use super::super::Motion;
    use super::*;

    fn fleet() -> (Fleet, QueryResult) {
        let columns = ["cab", "_event_time", "position", "status", "idle"];
        let position = Value::List(vec![Value::Float(-122.4), Value::Float(37.7)]);
        let row = |cab: &str, at_ms: i64, status: &str, idle: Value| {
            vec![Value::text(cab), Value::Int(at_ms), position.clone(), Value::text(status), idle]
        };
        let result = QueryResult {
            columns: columns.map(str::to_owned).to_vec(),
            rows: vec![
                row("c01", 90_000, "free", Value::Float(30.0)),
                row("c02", 90_000, "hired", Value::Float(99.0)),
                row("c10", 90_000, "free", Value::Null),
                row("c11", 90_000, "free", Value::Float(80.0)),
                row("c12", 0, "free", Value::Float(500.0)),
                row("d01", 90_000, "free", Value::Float(30.0)),
            ],
            ..QueryResult::default()
        };
        let params = MapParams { status: "status".into(), ..MapParams::default() };
        let mut fleet = Fleet::new(&params);
        fleet.update(&result, &params, Motion::Step, 0.0);
        (fleet, result)
    }

    fn names(order: ListOrder, find: &str, size: usize) -> Vec<String> {
        let (fleet, result) = fleet();
        let by =
            MapList { field: "idle".into(), status: "free".into(), order, ..MapList::default() };
        list(&fleet, &result, &by, find, size, 100_000)
            .into_iter()
            .map(|row| fleet.vehicles()[row.index].entity.to_string())
            .collect()
    }

    #[test]
    fn the_longest_idle_free_cab_leads() {
        assert_eq!(names(ListOrder::Desc, "", 9), ["c11", "c01", "d01", "c10"]);
        assert_eq!(names(ListOrder::Desc, "", 2), ["c11", "c01"]);
    }

    #[test]
    fn the_other_order_keeps_those_without_a_value_last() {
        assert_eq!(names(ListOrder::Asc, "", 9), ["c01", "d01", "c11", "c10"]);
    }

    #[test]
    fn a_search_finds_any_status_and_names_that_begin_so_first() {
        assert_eq!(names(ListOrder::Desc, " 01", 9), ["c01", "d01"]);
        assert_eq!(names(ListOrder::Desc, "C1", 9), ["c10", "c11", "c12"]);
        assert_eq!(names(ListOrder::Desc, "1", 2), ["c01", "c10"]);
        assert_eq!(names(ListOrder::Desc, "x", 9), Vec::<String>::new());
    }
}
