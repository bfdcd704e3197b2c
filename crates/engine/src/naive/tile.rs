//! Whole numbers of entities on a map: units of a tile, steps of a number, places in a list.

use hailstream_geo::LonLat;
use hailstream_geo::mercator::World;
use hailstream_protocol::Value;
use hailstream_query::{Entities, EntityField};

use super::Record;

/// Units from the upper left corner of the tile that is asked for; none outside, or where none is.
pub(super) fn units(asked: &Entities, at: LonLat) -> Option<(i64, i64)> {
    let tile = asked.tile?.0;
    let world = World::of(at);
    let tiles = f64::from(tile.zoom()).exp2();
    let units = tiles * f64::from(asked.extent());
    // All units of the world, those on its ends counted to the last; then those of the tile.
    let unit = |share: f64| (share * units).floor().clamp(0.0, units - 1.0);
    let inside = |share: f64, number: u32| {
        let from_corner = unit(share) - f64::from(number) * f64::from(asked.extent());
        (0.0..f64::from(asked.extent())).contains(&from_corner).then_some(from_corner as i64)
    };
    inside(world.x, tile.x()).zip(inside(world.y, tile.y()))
}

/// The cell of a field.
pub(super) fn coded(field: &EntityField, record: &Record) -> Value {
    let first = record.all(field.name()).first();
    match field {
        EntityField::Plain(name) => record.shown(name),
        EntityField::Steps(stepped) => {
            let number = first.and_then(|value| match value {
                Value::Bool(value) => Some(f64::from(u8::from(*value))),
                other => other.as_f64(),
            });
            number.map_or(Value::Null, |number| Value::Int((number / stepped.step).round() as i64))
        }
        EntityField::Places(listed) => {
            let place = first.and_then(|value| listed.values.iter().position(|one| one == value));
            place.map_or(Value::Null, |place| Value::Int(place as i64))
        }
    }
}
