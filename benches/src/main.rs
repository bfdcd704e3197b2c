//! `make bench`: budgets of the whole road, measured on the shipped binary with a real Apache Kafka, and of the picture,
//! measured in a real Chromium beside other programs.
//!
//! One file per budget. Each prints what it measured and the budget beside it; none of them fails a build: machines are
//! noisy, and a figure is judged by people. CPU time comes from `/proc`, so other work on the machine counts little.

mod budget;
mod catch_up;
mod fanout;
mod further;
mod idle;
mod ingest;
mod latency;
mod moves;
mod opening;
mod page;
mod painted;
mod painting;
mod peers;
mod process;
mod records;
mod server;
mod soak;
mod stages;
mod viewer;
mod viewers;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::budget::Measure;
use crate::painting::Effort;

/// Measures the budgets of the road.
#[derive(Parser)]
struct Options {
    /// Which; all where none is named.
    #[arg(value_enum)]
    budgets: Vec<Budget>,
    /// How often each variant of a picture or a board has its turn.
    #[arg(long, default_value_t = 3)]
    passes: usize,
    /// Seconds of a turn.
    #[arg(long, default_value_t = 6)]
    seconds: usize,
    /// Minutes of a soak.
    #[arg(long, default_value_t = 30)]
    minutes: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Budget {
    /// Records per second from a real Kafka into 20 panels.
    Ingest,
    /// Server CPU per delivered panel update, 1,000 viewers × 12 panels.
    Fanout,
    /// CPU per record per further panel: 1 to 40 panels on one stream.
    Further,
    /// Where the engine's time goes, by bucket and metric; in this process, without Kafka.
    Stages,
    /// The engine's CPU with 1,000 viewers of one panel, beside one viewer.
    Viewers,
    /// Bytes per moved vehicle of a viewport.
    Moves,
    /// The server's CPU with 500 viewers of 10,000 moves a second, beside plain sends.
    Crowd,
    /// Memory per idle viewer.
    Idle,
    /// Record received → frame at a client, at 5,000 records/s.
    Latency,
    /// Brotli bytes of the page without fonts.
    Page,
    /// Painting: one chart of 10 × 600 sliding each frame, beside uPlot and ECharts.
    Chart,
    /// Painting: 12 panels changing each frame, beside ECharts and uPlot.
    Board,
    /// Painting: 500 and 10,000 cabs moving each frame, beside MapLibre.
    Map,
    /// Painting: 40,000 vehicles moving each frame, the map at rest and in hand, beside MapLibre and deck.gl.
    Metropolis,
    /// Record sent → painted in a real browser, at 5,000 records/s.
    Painted,
    /// A board of 40 panels: how soon it is live, how soon it answers a hand.
    Opening,
    /// CPU per record beside Spark, OpenSearch and DuckDB; only where it is named, for it installs them.
    Peers,
    /// Memory of the tab and the server over half an hour of the demo with 40,000 cabs; only where it is named.
    Soak,
}

const ALL: [Budget; 16] = [
    Budget::Page,
    Budget::Chart,
    Budget::Board,
    Budget::Map,
    Budget::Metropolis,
    Budget::Painted,
    Budget::Opening,
    Budget::Idle,
    Budget::Fanout,
    Budget::Viewers,
    Budget::Moves,
    Budget::Crowd,
    Budget::Latency,
    Budget::Ingest,
    Budget::Further,
    Budget::Stages,
];

fn main() -> Result<()> {
    let options = Options::parse();
    let budgets = if options.budgets.is_empty() { ALL.to_vec() } else { options.budgets };
    let effort = Effort { passes: options.passes, seconds: options.seconds };
    let mut measures: Vec<Measure> = Vec::new();
    for budget in budgets {
        measures.extend(match budget {
            Budget::Ingest => ingest::measure()?,
            Budget::Fanout => fanout::measure()?,
            Budget::Further => further::measure(options.passes)?,
            Budget::Stages => {
                stages::measure(options.passes)?;
                Vec::new()
            }
            Budget::Viewers => viewers::measure()?,
            Budget::Moves => moves::measure()?,
            Budget::Crowd => moves::crowd::measure()?,
            Budget::Idle => idle::measure()?,
            Budget::Latency => latency::measure()?,
            Budget::Page => page::measure()?,
            Budget::Chart => painting::chart(effort)?,
            Budget::Board => painting::board(effort)?,
            Budget::Map => painting::map(effort)?,
            Budget::Metropolis => painting::metropolis(effort)?,
            Budget::Painted => painted::measure()?,
            Budget::Opening => opening::measure()?,
            Budget::Peers => peers::measure()?,
            Budget::Soak => soak::measure(options.minutes)?,
        });
    }
    budget::print(&measures, &process::load_average());
    Ok(())
}
