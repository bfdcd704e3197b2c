//! What answers say of vehicles, whichever way they were asked for: all of them with their fields as they are, or tile by tile in
//! whole numbers.

use hailstream_geo::LonLat;
use hailstream_geo::distance::compass;
use hailstream_geo::mercator::{Tile, World};
use hailstream_protocol::visualization::MapParams;
use hailstream_protocol::{QueryResult, Row, Value};

use super::{Placed, Statuses, lon_lat};

/// Degrees of a step in which tiles tell headings.
pub const HEADING_STEP: f64 = 22.5;

/// The last word of one vehicle.
#[derive(Clone, Debug)]
pub(super) struct Report<'a> {
    pub(super) entity: &'a Value,
    /// Its row in the answer.
    pub(super) row: usize,
    pub(super) fix: Placed,
}

/// Where in the rows a map finds its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    position: usize,
    heading: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn of(columns: &[String], params: &MapParams, position: &str) -> Option<Self> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        Some(Self {
            position: find(position)?,
            heading: find(&params.heading),
            status: find(&params.status),
        })
    }

    /// Where positions are as records have them.
    fn report<'a>(self, row: usize, cells: &'a Row, statuses: &mut Statuses) -> Option<Report<'a>> {
        let status = self.status.and_then(|column| cells.get(column)).and_then(Value::as_str);
        let fix = Placed {
            place: lon_lat(cells.get(self.position)?)?,
            heading: self.heading.and_then(|column| cells.get(column)?.as_f64()).map(compass),
            at_ms: cells.get(1)?.as_i64()?,
            status: statuses.index_of(status.unwrap_or_default()),
        };
        Some(Report { entity: cells.first()?, row, fix })
    }
}

/// Of an answer about all of them, by entity as it is.
pub(super) fn of_rows<'a>(
    result: &'a QueryResult,
    params: &MapParams,
    statuses: &mut Statuses,
) -> Vec<Report<'a>> {
    let Some(columns) = Columns::of(&result.columns, params, &params.position) else {
        return Vec::new();
    };
    let rows = result.rows.iter().enumerate();
    rows.filter_map(|(row, cells)| columns.report(row, cells, statuses)).collect()
}

/// Of some rows of such an answer, or nothing where one of them tells nothing.
pub(super) fn of_some_rows<'a>(
    result: &'a QueryResult,
    rows: &[usize],
    params: &MapParams,
    statuses: &mut Statuses,
) -> Option<Vec<Report<'a>>> {
    let columns = Columns::of(&result.columns, params, &params.position)?;
    rows.iter().map(|row| columns.report(*row, result.rows.get(*row)?, statuses)).collect()
}

/// The answer about one tile: columns are the entity, seconds, `_x`, `_y`, then heading and status where the map has them.
#[derive(Clone, Copy, Debug)]
pub struct TileAnswer<'a> {
    /// The tile.
    pub tile: Tile,
    /// Units along its side.
    pub extent: u32,
    /// What was answered.
    pub result: &'a QueryResult,
    /// The statuses that cells name by their place.
    pub statuses: &'a [String],
}

/// Of answers about tiles, and of one about vehicles that are `known` wherever they are, by entity.
pub(super) fn of_tiles<'a>(
    answers: &[TileAnswer<'a>],
    known: Option<&'a QueryResult>,
    params: &MapParams,
    statuses: &mut Statuses,
) -> Vec<Report<'a>> {
    let mut reports = Vec::with_capacity(answers.iter().map(|of| of.result.rows.len()).sum());
    reports.extend(known.into_iter().flat_map(|known| of_rows(known, params, statuses)));
    for answer in answers {
        let Some(columns) = Columns::of(&answer.result.columns, params, "_x") else { continue };
        let named = answer.statuses.iter().map(|status| statuses.index_of(status)).collect();
        let units = Units { tile: answer.tile, extent: answer.extent, columns, named };
        let rows = answer.result.rows.iter().enumerate();
        reports.extend(rows.filter_map(|(row, cells)| {
            let fix = units.fix(cells, statuses)?;
            Some(Report { entity: cells.first()?, row, fix })
        }));
    }
    // Each answer is in order by itself, which this way of sorting makes use of.
    reports.sort_by(|a, b| a.entity.cmp(b.entity).then(b.fix.at_ms.cmp(&a.fix.at_ms)));
    reports.dedup_by(|later, first| later.entity == first.entity);
    reports
}

/// What the whole numbers of a tile's answer mean.
struct Units {
    tile: Tile,
    extent: u32,
    columns: Columns,
    /// Indices of the statuses that cells name by their place.
    named: Vec<usize>,
}

impl Units {
    fn fix(&self, cells: &Row, statuses: &mut Statuses) -> Option<Placed> {
        let number = |column: usize| cells.get(column).and_then(Value::as_i64);
        let steps = self.columns.heading.and_then(number);
        let status = match self.columns.status.and_then(|column| cells.get(column)) {
            Some(Value::Int(place)) => {
                usize::try_from(*place).ok().and_then(|at| self.named.get(at)).copied()
            }
            status => status.and_then(Value::as_str).map(|status| statuses.index_of(status)),
        };
        Some(Placed {
            place: self.place(number(self.columns.position)?, number(self.columns.position + 1)?),
            heading: steps.map(|steps| compass(steps as f64 * HEADING_STEP)),
            at_ms: number(1)?.saturating_mul(1_000),
            status: status.unwrap_or_else(|| statuses.index_of("")),
        })
    }

    /// The middle of a unit.
    fn place(&self, x: i64, y: i64) -> LonLat {
        let side = f64::from(1_u32 << self.tile.zoom());
        let along = |number: u32, unit: i64| {
            (f64::from(number) + (unit as f64 + 0.5) / f64::from(self.extent)) / side
        };
        World { x: along(self.tile.x(), x), y: along(self.tile.y(), y) }.lonlat()
    }
}
