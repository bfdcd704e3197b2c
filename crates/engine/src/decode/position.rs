//! Positions in the forms that OpenSearch takes, as far as they are built: two fields, an object, `[lon, lat]`, and
//! `"lat,lon"`.

use hailstream_geo::LonLat;

use super::{Cell, Refusal};

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Int(number) => Some(*number as f64),
        Cell::Float(number) => Some(*number),
        Cell::Text(text) => text.trim().parse().ok(),
        Cell::Null | Cell::Bool(_) => None,
    }
}

/// A position of two cells.
pub(crate) fn of_cells(lon: &Cell<'_>, lat: &Cell<'_>, field: &str) -> Result<LonLat, Refusal> {
    let (Some(lon), Some(lat)) = (number(lon), number(lat)) else {
        return Err(Refusal::new(
            "wrong_type",
            format!("{field}: a position is made of two numbers"),
        ));
    };
    LonLat::new(lon, lat)
        .map_err(|_| Refusal::new("off_globe", format!("{field}: {lat},{lon} is not on the globe")))
}

/// A position as text: `"lat,lon"`.
pub(crate) fn of_text(text: &str, field: &str) -> Result<LonLat, Refusal> {
    let Some((lat, lon)) = text.split_once(',') else {
        return Err(Refusal::new("wrong_type", format!("{field}: \"{text}\" is not a position")));
    };
    of_cells(&Cell::Text(lon.into()), &Cell::Text(lat.into()), field)
}
