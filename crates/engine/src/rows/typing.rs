//! Cells of a record as the types of their fields.

use core::net::IpAddr;

use hailstream_geo::LonLat;

use super::Slot;
use crate::config::FieldType;
use crate::decode::{Cell, Refusal, Scratch, position, time};
use crate::fields::{Dictionary, FieldId};

/// A position in one field: `[lon, lat]` or text.
pub(super) fn point(
    scratch: &Scratch<'_>,
    id: FieldId,
    cell: &Cell<'_>,
    name: &str,
) -> Result<LonLat, Refusal> {
    let mut cells = scratch.all(id);
    match (cells.next(), cells.next()) {
        (Some(lon), Some(lat)) => position::of_cells(lon, lat, name),
        _ => match cell {
            Cell::Text(text) => position::of_text(text, name),
            _ => Err(Refusal::new("wrong_type", format!("{name}: geo_point expected"))),
        },
    }
}

/// A cell as its field's type; `None` where it does not fit.
pub(super) fn typed(cell: &Cell<'_>, kind: FieldType, dictionary: &mut Dictionary) -> Option<Slot> {
    match (kind, cell) {
        (FieldType::Keyword | FieldType::Text, Cell::Text(text)) => {
            Some(Slot::Word(dictionary.code(text)))
        }
        // One address, one way to write it, as OpenSearch prints it.
        (FieldType::Ip, Cell::Text(text)) => {
            let address: IpAddr = text.trim().parse().ok()?;
            Some(Slot::Word(dictionary.code(&address.to_canonical().to_string())))
        }
        (FieldType::Keyword | FieldType::Text, Cell::Int(number)) => {
            Some(Slot::Word(dictionary.code(&number.to_string())))
        }
        (FieldType::Keyword | FieldType::Text, Cell::Float(number)) => {
            Some(Slot::Word(dictionary.code(&number.to_string())))
        }
        (FieldType::Keyword | FieldType::Text, Cell::Bool(value)) => {
            Some(Slot::Word(dictionary.code(if *value { "true" } else { "false" })))
        }
        (FieldType::Long, Cell::Int(number)) => Some(Slot::Long(*number)),
        (FieldType::Long, Cell::Float(number))
            if number.fract() == 0.0 && number.abs() < 9.0e15 =>
        {
            Some(Slot::Long(*number as i64))
        }
        (FieldType::Long, Cell::Text(text)) => text.trim().parse().ok().map(Slot::Long),
        (FieldType::Double, Cell::Int(number)) => Some(Slot::Double(*number as f64)),
        (FieldType::Double, Cell::Float(number)) => Some(Slot::Double(*number)),
        (FieldType::Double, Cell::Text(text)) => {
            text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Slot::Double)
        }
        (FieldType::Boolean, Cell::Bool(value)) => Some(Slot::Bool(*value)),
        (FieldType::Boolean, Cell::Text(text)) => match text.as_ref() {
            "true" => Some(Slot::Bool(true)),
            "false" => Some(Slot::Bool(false)),
            _ => None,
        },
        (FieldType::Date, Cell::Int(number)) => Some(Slot::Long(*number)),
        (FieldType::Date, Cell::Text(text)) => {
            let epoch_ms = || (text.len() > 4).then(|| text.parse().ok())?;
            time::iso_ms(text, &jiff::tz::TimeZone::UTC).or_else(epoch_ms).map(Slot::Long)
        }
        _ => None,
    }
}
