//! The way of moves: bytes per moved vehicle of a viewport at each zoom, over a large fleet of real traces. What many viewers of
//! one area cost is measured in [`crowd`].
//!
//! Bytes are counted in this process, second by second, frame by frame as they go to each viewer's socket, with the bytes
//! that WebSocket adds to a message. A vehicle has moved where its row changed or came: whoever stands still and says so
//! counts, whoever leaves does not, though both take bytes.

pub(crate) mod crowd;
mod fleet;
mod plain;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result};
use hailstream_engine::{Engine, RawRecord, StreamConfig, ViewId};
use hailstream_geo::LonLat;
use hailstream_geo::mercator::{Tile, World};
use hailstream_protocol::frame::Encoding;
use hailstream_protocol::{ColumnSteps, Delta, Run, ServerMessage, TimestampType};
use hailstream_query::Query;
use serde_json::{Value, json};

use self::fleet::{Day, Told};
use crate::budget::Measure;
use crate::{records, stages};

/// A desktop's screen, in pixels of the map.
const SCREEN: (f64, f64) = (1_920.0, 1_080.0);
/// Union Square.
const CENTRE: (f64, f64) = (-122.4075, 37.788);
const ZOOMS: std::ops::RangeInclusive<u8> = 11..=16;
/// Layers of the day: some 10,000 and 40,000 cabs.
const FLEETS: [i64; 2] = [20, 80];
/// Noon, seconds of the day.
const FROM_S: i64 = 43_200;
/// Until all have told where they are; then so long it is measured.
const SETTLE_S: i64 = 120;
const MEASURED_S: i64 = 120;
/// Bytes that WebSocket puts before a message of more than 125 bytes.
const MESSAGE_HEAD: usize = 4;

/// Tiles of a viewport: two zooms above the camera's, and never so small that a fix often leads out of them (15 km).
const TILES_ABOVE: u8 = 2;
const DEEPEST_TILES: u8 = 11;
/// Cabs tell of themselves about once a minute.
const EVERY: &str = "2s";

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let day = Day::read()?;
    let mut measures = Vec::new();
    println!(
        "| cabs | zoom | tiles | moved/s | B/s | B per moved | of it: rows that came | frames' heads | stood still | engine, µs/s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for layers in FLEETS {
        let told = day.fleet(layers, FROM_S, FROM_S + SETTLE_S + MEASURED_S);
        for zoom in ZOOMS {
            let sum = viewport(&told, zoom)?;
            sum.print(day.cabs(layers), zoom);
            let name = format!("bytes per moved vehicle, {} cabs, zoom {zoom}", day.cabs(layers));
            measures.push(Measure::new(&name, "B", sum.bytes_per_moved(), 3.0, 4.5));
        }
    }
    Ok(measures)
}

/// The question of a tile at a camera's zoom: units of a pixel, headings in sixteenths of the circle.
pub(crate) fn tile_query(tile: Tile, camera_zoom: u8) -> Value {
    let extent = 256_u32 << (camera_zoom - tile.zoom());
    json!({
        "stream": "telemetry",
        "entities": {
            "tile": tile.to_string(),
            "extent": extent,
            "every": EVERY,
            "size": 100_000,
            "fields": [
                {"field": "heading", "step": 22.5},
                {"field": "status", "values": ["free", "hired", "off_duty"]},
            ],
        },
    })
}

/// The tiles that cover the screen around the centre.
pub(crate) fn tiles(camera_zoom: u8) -> Vec<Tile> {
    let zoom = (camera_zoom - TILES_ABOVE).min(DEEPEST_TILES);
    let centre = World::of(LonLat::wrapped(CENTRE.0, CENTRE.1));
    let pixels = 256.0 * f64::from(1_u32 << camera_zoom);
    let corner = |sign: f64| {
        let (x, y) = (SCREEN.0 / 2.0 / pixels, SCREEN.1 / 2.0 / pixels);
        Tile::at(World { x: centre.x + sign * x, y: centre.y + sign * y }.lonlat(), zoom)
    };
    let (first, last) = (corner(-1.0), corner(1.0));
    let columns = first.x()..=last.x();
    let rows = |x: u32| (first.y()..=last.y()).filter_map(move |y| Tile::new(zoom, x, y));
    columns.flat_map(rows).collect()
}

/// What a viewport was sent.
#[derive(Default)]
struct Sum {
    tiles: usize,
    moved: usize,
    came: usize,
    stood: usize,
    bytes: usize,
    came_bytes: usize,
    head_bytes: usize,
    engine_ns: u64,
}

impl Sum {
    fn bytes_per_moved(&self) -> f64 {
        self.bytes as f64 / self.moved.max(1) as f64
    }

    fn print(&self, cabs: usize, zoom: u8) {
        let a_second = |count: usize| count as f64 / MEASURED_S as f64;
        let share = |bytes: usize| bytes as f64 / self.moved.max(1) as f64;
        println!(
            "| {cabs} | {zoom} | {} of {} | {:.1} | {:.0} | {:.2} | {:.2} ({:.1} %) | {:.2} | {:.0} % | {:.0} |",
            self.tiles,
            (zoom - TILES_ABOVE).min(DEEPEST_TILES),
            a_second(self.moved),
            a_second(self.bytes),
            self.bytes_per_moved(),
            share(self.came_bytes),
            share(self.came * 100),
            share(self.head_bytes),
            share(self.stood * 100),
            self.engine_ns as f64 / 1e3 / MEASURED_S as f64,
        );
    }

    /// Counts a frame.
    fn add(&mut self, view: ViewId, delta: Delta) -> Result<()> {
        let steps = delta.steps.as_ref();
        let mut changed: BTreeSet<u32> =
            steps.map_or(&[][..], |steps| steps.rows()).iter().copied().collect();
        changed.extend(delta.cells.iter().map(|cell| cell.row));
        let came: usize = delta.runs.iter().map(rows_that_came).sum();
        self.moved += changed.len() + came;
        self.came += came;
        self.stood += steps.map_or(0, |steps| {
            steps.rows().len() - steps_to_another_place(steps.columns(), steps.rows().len())
        });
        let packed = steps.map_or(0, |steps| steps.packed().len());
        let runs = if came > 0 { serialized(&delta.runs)? } else { 0 };
        let bytes = Encoding::Binary.frame(&ServerMessage::Delta { view, delta })?.len();
        self.bytes += bytes;
        self.came_bytes += runs;
        self.head_bytes += bytes - packed - runs;
        Ok(())
    }
}

fn rows_that_came(run: &Run) -> usize {
    match run {
        Run::Insert(rows) => rows.len(),
        Run::Keep { .. } => 0,
    }
}

/// Of so many rows with steps, how many have one along `_x` or `_y`.
fn steps_to_another_place(columns: &[ColumnSteps], rows: usize) -> usize {
    let mut moves = vec![false; rows];
    for column in columns {
        match column {
            ColumnSteps::By { column: 2 | 3, steps } => {
                moves.iter_mut().zip(steps).for_each(|(moves, by)| *moves |= *by != 0);
            }
            ColumnSteps::Few { column: 2 | 3, places, .. } => {
                places.iter().for_each(|place| moves[*place as usize] = true);
            }
            ColumnSteps::Behind { column: 2 | 3, .. } => moves.fill(true),
            ColumnSteps::By { .. } | ColumnSteps::Few { .. } | ColumnSteps::Behind { .. } => {}
        }
    }
    moves.into_iter().filter(|moves| *moves).count()
}

fn serialized(runs: &[Run]) -> Result<usize> {
    let whole = Delta { runs: runs.to_vec(), ..Delta::default() };
    let frame =
        |delta| anyhow::Ok(Encoding::Binary.frame(&ServerMessage::Delta { view: 0, delta })?.len());
    Ok(frame(whole)? - frame(Delta::default())?)
}

/// Follows a viewport's tiles while the fleet moves.
fn viewport(told: &[Told], camera_zoom: u8) -> Result<Sum> {
    let config = StreamConfig::from_yaml(records::STREAM, "telemetry.yaml")?;
    let mut engine = Engine::new(Arc::new(config), "bench").with_stopwatch(stages::cpu_ns);
    let tiles = tiles(camera_zoom);
    for tile in &tiles {
        let query = Query::from_json(&tile_query(*tile, camera_zoom))?;
        let (_, fill) = engine.open_view(&query)?;
        engine.install(fill.context("a new view")?.run());
    }
    let mut sum = Sum { tiles: tiles.len(), ..Sum::default() };
    let mut offset = 0;
    for second in told.chunk_by(|a, b| a.second == b.second) {
        let now_s = second.first().map_or(0, |told| told.second);
        let is_measured = now_s >= FROM_S + SETTLE_S;
        let records: Vec<RawRecord<'_>> = second.iter().zip(offset..).map(raw).collect();
        offset += second.len() as i64;
        engine.ingest(&records, now_s * 1_000);
        let began_ns = stages::cpu_ns();
        engine.advance(now_s * 1_000);
        let mut has_frames = false;
        for view in engine.dirty() {
            let delta = engine.tick(view, now_s * 1_000).and_then(|tick| tick.delta);
            if let Some(delta) = delta.filter(|_| is_measured) {
                has_frames = true;
                sum.add(view, delta)?;
            }
        }
        if is_measured {
            sum.engine_ns += stages::cpu_ns() - began_ns;
            sum.bytes += if has_frames { MESSAGE_HEAD } else { 0 };
        }
    }
    Ok(sum)
}

fn raw((told, offset): (&Told, i64)) -> RawRecord<'_> {
    RawRecord {
        topic: "bench.telemetry",
        partition: (offset % 4) as i32,
        offset,
        timestamp_ms: Some(told.second * 1_000),
        timestamp_type: TimestampType::Create,
        key: None,
        value: Some(told.json.as_bytes()),
    }
}
