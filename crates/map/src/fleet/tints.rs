//! How strongly each zone of a map is tinted by a number that is counted per zone.

use hailstream_protocol::QueryResult;

/// Steps of the ramp.
pub const STEPS: usize = 8;

/// The tints of zones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tints {
    /// Step of the ramp for each zone; absent where nothing was counted.
    pub steps: Vec<Option<usize>>,
    /// The number at the upper end of the ramp.
    pub most: f64,
}

/// The tints for zones of these names. The first column of the result names zones, the last has the number; what has no
/// zone of its name is not on the map and does not stretch the ramp.
pub fn tints<'a>(result: &QueryResult, names: impl Iterator<Item = &'a str>) -> Tints {
    let number = |name: &str| {
        let row =
            result.rows.iter().find(|row| row.first().and_then(|at| at.as_str()) == Some(name));
        row?.last()?.as_f64().filter(|value| *value > 0.0)
    };
    let numbers: Vec<Option<f64>> = names.map(number).collect();
    let most = numbers.iter().flatten().copied().fold(0.0, f64::max);
    let step = |value: f64| ((value / most * STEPS as f64).ceil() as usize).clamp(1, STEPS) - 1;
    Tints { steps: numbers.into_iter().map(|value| value.map(step)).collect(), most }
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;

    use super::*;

    #[test]
    fn the_busiest_zone_of_the_map_has_the_upper_end() {
        let rows = [("Marina", 20.0), ("Elsewhere", 900.0), ("Mission", 160.0), ("Nob Hill", 0.0)];
        let result = QueryResult {
            columns: vec!["zone".into(), "trips".into()],
            rows: rows.map(|(zone, trips)| vec![Value::text(zone), Value::Float(trips)]).to_vec(),
            ..QueryResult::default()
        };
        let zones = ["Marina", "Mission", "Nob Hill", "Presidio"];
        let tints = tints(&result, zones.into_iter());
        assert_eq!(tints.most, 160.0);
        assert_eq!(tints.steps, [Some(0), Some(7), None, None]);
    }
}
