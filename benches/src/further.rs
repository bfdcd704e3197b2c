//! What a further panel costs: CPU time per record with 1, 5, 20 and 40 panels of different questions on one stream.
//!
//! Three kinds of boards. *Kept*: panels as dashboards have them, which nobody looks at (they are kept up to date, so that
//! the first look is answered at once). *Watched*: the same with a viewer, so that ticks and frames count as well, as often
//! as a flood of records leaves room for them. *Worst*: nothing can be shared; every panel has a filter of its own that
//! nearly all records pass, 500 terms × 60 times, and two metrics.
//!
//! The figure is the slope of a line of least squares through the lowest CPU time of each number of panels: other work on
//! the machine only ever adds.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};

use crate::budget::Measure;
use crate::catch_up::CatchUp;
use crate::viewer::{self, Delivered};
use crate::{records, server};

const RECORDS: u64 = 1_000_000;
const ROUNDS: u64 = 2;
const COUNTS: [usize; 4] = [1, 5, 20, 40];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Board {
    Kept,
    Watched,
    Worst,
}

impl Board {
    fn panels(self, count: usize) -> Vec<Value> {
        match self {
            Self::Kept | Self::Watched => server::panels(count),
            Self::Worst => (0..count).map(worst).collect(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Kept => "as boards have them, kept up to date",
            Self::Watched => "as boards have them, watched",
            Self::Worst => "nothing shared, 500 terms × 60 times",
        }
    }
}

/// Speeds lie evenly between 0 and 60: nearly all records pass.
fn worst(index: usize) -> Value {
    json!({
        "stream": "telemetry",
        "time": {"from": "now-15m", "to": "now"},
        "filters": [{"range": {"field": "speed", "gte": index as f64 / 8.0}}],
        "buckets": [
            {"id": "cab", "type": "terms", "field": "cab_id", "size": 10},
            {"id": "time", "type": "date_histogram", "fixed_interval": "15s"},
        ],
        "metrics": [
            {"id": "fare", "type": "avg", "field": "fare"},
            {"id": "speed", "type": "max", "field": "speed"},
        ],
    })
}

pub(crate) fn measure(passes: usize) -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    records::write(&folder.path().join("records.ndjson"), RECORDS, 10_000, 1_700_000_000_000)?;
    for _ in 0..ROUNDS {
        let replayed = server::replay(&folder, &kafka, "max").status()?;
        anyhow::ensure!(replayed.success(), "replay failed");
    }
    let boards = [Board::Kept, Board::Watched, Board::Worst];
    let mut lowest = [[(f64::INFINITY, f64::INFINITY); COUNTS.len()]; 3];
    for _ in 0..passes {
        for (board, of_board) in boards.into_iter().zip(&mut lowest) {
            for (count, (server_ns, engine_ns)) in COUNTS.into_iter().zip(of_board) {
                let caught = run(&folder, &kafka, board, count)?;
                *server_ns = server_ns.min(caught.server_ns());
                *engine_ns = engine_ns.min(caught.engine_ns());
            }
        }
    }
    println!("| CPU per record, ns: server (of it the engine's thread) | 1 panel | 5 | 20 | 40 |");
    println!("|---|---|---|---|---|");
    for (board, of_board) in boards.into_iter().zip(&lowest) {
        let cells =
            of_board.map(|(server_ns, engine_ns)| format!("{server_ns:.0} ({engine_ns:.0})"));
        println!("| {} | {} |", board.name(), cells.join(" | "));
    }
    let figure = |(board, of_board): (Board, &[(f64, f64); COUNTS.len()])| {
        let name = format!("CPU per record per further panel, {}", board.name());
        Measure::new(&name, "ns", slope(&of_board.map(|(server_ns, _)| server_ns)), 10.0, 40.0)
    };
    Ok(boards.into_iter().zip(&lowest).map(figure).collect())
}

fn run(
    folder: &tempfile::TempDir,
    kafka: &server::Kafka,
    board: Board,
    count: usize,
) -> Result<CatchUp> {
    let panels = board.panels(count);
    let (running, url) = server::serve(folder, kafka, &panels)?;
    // One thread of its own, so that it reads while this one waits.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    if board == Board::Watched {
        let socket = runtime.block_on(viewer::connect(&url, &panels))?;
        runtime.spawn(viewer::read(socket, Arc::<Delivered>::default()));
    }
    CatchUp::measure(&running, &url, RECORDS * ROUNDS)
}

/// Of the line of least squares over the numbers of panels.
fn slope(costs: &[f64; COUNTS.len()]) -> f64 {
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / COUNTS.len() as f64;
    let middle = mean(&mut COUNTS.iter().map(|count| *count as f64));
    let cost = mean(&mut costs.iter().copied());
    let (mut along, mut spread) = (0.0, 0.0);
    for (count, this) in COUNTS.iter().zip(costs) {
        let from_middle = *count as f64 - middle;
        along += from_middle * (this - cost);
        spread += from_middle * from_middle;
    }
    along / spread
}
