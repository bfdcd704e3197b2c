//! Positions in the forms that OpenSearch takes, as far as they are built: two fields, an object, `[lon, lat]`, and
//! `"lat,lon"`.

use hailstream_geo::LonLat;

use super::{Cell, Refusal};

/// Of a text that is no position so much is told: a refusal is kept and sent.
const SHOWN_BYTES: usize = 80;

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
        let end = text.floor_char_boundary(SHOWN_BYTES);
        let dots = if end < text.len() { "…" } else { "" };
        let what = format!("{field}: \"{}{dots}\" is not a position", &text[..end]);
        return Err(Refusal::new("wrong_type", what));
    };
    of_cells(&Cell::Text(lon.into()), &Cell::Text(lat.into()), field)
}
