//! CPU time per record beside the systems that people would otherwise ask: the same records, the same questions, one system
//! after another on the same machine, and of each the processor time of its whole process tree.
//!
//! Two phases. *Loading*: a million records lie ready and each system takes them in as fast as it goes; the first half is
//! warming up (processes start, compilers compile) and left out. *Live*: 5,000 further records a second arrive as they
//! happen; the first seconds are left out. Reading systems read them from a real Kafka, whose own share is left out, as is
//! the work of whoever sends.
//!
//! How often answers come is part of what they cost, and different: we push when something changed, up to 60 times a
//! second; the others are asked once a second, Spark begins a batch once a second. The table tells both; we are compared
//! with views that are updated once a second too.

mod duckdb;
mod opensearch;
mod ours;
mod question;
mod spark;
mod system;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use self::question::Question;
use self::system::{Cost, PER_SECOND, Records, follow};
use crate::budget::Measure;
use crate::process::root;

/// A system that we are measured beside.
#[derive(Clone, Copy)]
enum Peer {
    Spark,
    OpenSearch,
    DuckDb,
}

/// How often others are asked, and so how often we answer where we are compared.
const EVERY: &str = "1s";
const PEERS: [Peer; 3] = [Peer::Spark, Peer::OpenSearch, Peer::DuckDb];

impl Peer {
    /// As `scripts/setup` calls it.
    fn setup(self) -> &'static str {
        match self {
            Self::Spark => "spark",
            Self::OpenSearch => "opensearch",
            Self::DuckDb => "duckdb",
        }
    }

    /// Goal and minimum of our cost beside its.
    fn budget(self) -> (f64, f64) {
        match self {
            Self::Spark => (1.0 / 20.0, 1.0 / 5.0),
            Self::OpenSearch => (1.0 / 100.0, 1.0 / 20.0),
            Self::DuckDb => (1.0, 1.0),
        }
    }

    /// How many of the questions it is asked: each is a query of its own for Spark, and it takes one.
    fn questions(self) -> usize {
        match self {
            Self::Spark => 1,
            Self::OpenSearch | Self::DuckDb => question::ALL,
        }
    }

    fn cost(self, records: &Records) -> Result<Cost> {
        let home = installed(self.setup())?;
        let questions = Question::first(self.questions());
        match self {
            Self::Spark => follow(&mut spark::Spark::start(&home, records)?),
            Self::OpenSearch => {
                follow(&mut opensearch::OpenSearch::start(&home, records, questions)?)
            }
            Self::DuckDb => follow(&mut duckdb::DuckDb::start(&home, records, &questions)?),
        }
    }
}

/// Where `scripts/setup` has put a system; it is installed where it is missing.
fn installed(name: &str) -> Result<PathBuf> {
    let mut setup = Command::new(root().join("scripts/setup"));
    let output = setup.arg(name).stderr(Stdio::inherit()).output().context("scripts/setup")?;
    ensure!(output.status.success(), "scripts/setup {name} could not install it");
    let told = String::from_utf8(output.stdout)?;
    let home = told.lines().last().context("scripts/setup tells where it is")?;
    Ok(PathBuf::from(home))
}

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let records = Records::write()?;
    let ours = |panels: usize, every: Option<&str>| {
        follow(&mut ours::Ours::start(&records, &Question::first(panels), every)?)
    };
    let pushed = [ours(1, None)?, ours(question::ALL, None)?];
    // Compared live is the same work: as many answers as the others are asked for.
    let calm = [ours(1, Some(EVERY))?, ours(question::ALL, Some(EVERY))?];
    let mut costs = Vec::new();
    for peer in PEERS {
        match peer.cost(&records) {
            Ok(cost) => costs.push((peer, cost)),
            // One that cannot be had here says nothing against the others.
            Err(error) => eprintln!("{} is left out: {error:#}", peer.setup()),
        }
    }
    println!(
        "\n| system | panels | loading, ns CPU per record | live at {PER_SECOND}/s, ns CPU per record | arrived /s | answers /s |"
    );
    println!("|---|---|---|---|---|---|");
    for cost in pushed.iter().chain(&calm).chain(costs.iter().map(|(_, cost)| cost)) {
        println!("{cost}");
    }
    let mut measures = Vec::new();
    for (peer, cost) in &costs {
        let ours = usize::from(cost.panels > 1);
        let (goal, minimum) = peer.budget();
        let mut beside = |phase: &str, share: f64| {
            let name =
                format!("CPU per record beside {}, {} panels, {phase}", cost.name, cost.panels);
            measures.push(Measure::new(&name, "×", share, goal, minimum));
        };
        // With calm views all may be loaded before it can be looked at halfway.
        let load_ns = Some(calm[ours].load_ns).filter(|ns| *ns > 0.0);
        beside("loading", load_ns.unwrap_or(pushed[ours].load_ns) / cost.load_ns);
        beside("live", calm[ours].live_ns / cost.live_ns);
    }
    Ok(measures)
}
