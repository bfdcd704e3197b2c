//! `hailstream demo`: everything in one process.

use std::io::Write;
use std::path::PathBuf;

use hailstream_query::Interval;
use hailstream_simulator::replay::Speed;

use super::replay::speed;
use super::{asked_to_end, block_on};
use crate::demo::{Demo, Options};
use crate::simulation::Fleet;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Scenario
    #[arg(env = "HAILSTREAM_PRESET", default_value = "taxis")]
    preset: String,

    /// Recorded files (CSV or NDJSON, gzip or not) instead of the simulator; event times stay, and `now` is the newest
    #[arg(long, env = "HAILSTREAM_REPLAY", value_name = "FILE", num_args = 1..)]
    replay: Vec<PathBuf>,

    /// Replay map (YAML) [default: the preset's]
    #[arg(long, env = "HAILSTREAM_MAP", value_name = "FILE", requires = "replay")]
    map: Option<PathBuf>,

    /// How many times as fast as recorded, or max
    #[arg(long, env = "HAILSTREAM_SPEED", value_name = "N|max", default_value = "1", value_parser = speed)]
    speed: Speed,

    /// Cabs of the simulator
    #[arg(long, env = "HAILSTREAM_ENTITIES", value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    entities: u32,

    /// How often each cab reports
    #[arg(long, env = "HAILSTREAM_INTERVAL", value_name = "DURATION", default_value = "5s", value_parser = Interval::parse)]
    interval: Interval,

    /// What makes this fleet differ from another
    #[arg(long, env = "HAILSTREAM_SEED", value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Kafka's bootstrap servers [default: an embedded broker]
    #[arg(long, env = "HAILSTREAM_BROKERS", value_name = "HOST:PORT,…")]
    brokers: Option<String>,

    /// Address to listen at; port 0 takes a free one [default: 127.0.0.1:8700]
    #[arg(long, env = "HAILSTREAM_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,

    /// Folder where the preset is laid out
    #[arg(
        long,
        env = "HAILSTREAM_DATA_DIR",
        value_name = "DIR",
        default_value = "hailstream-data"
    )]
    data_dir: PathBuf,

    /// Folder of a built page, instead of the one inside the binary
    #[arg(long, env = "HAILSTREAM_ASSETS", value_name = "DIR")]
    assets: Option<PathBuf>,

    /// Open the page in a browser
    #[arg(long, env = "HAILSTREAM_OPEN")]
    open: bool,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let entities = self.entities as usize;
        let options = Options {
            preset: self.preset,
            replay: self.replay,
            map: self.map,
            speed: self.speed,
            fleet: Fleet { entities, interval_ms: self.interval.millis(), seed: self.seed },
            brokers: self.brokers,
            listen: self.listen,
            data_dir: self.data_dir,
            assets: self.assets,
        };
        let open = self.open;
        block_on(async move {
            let mut demo = Demo::start(options).await?;
            let url = format!("http://{}/", demo.server.local_addr());
            let announced = async {
                // A feeder that fails says so itself, below.
                let _unfilled = (&mut demo.filled).await;
                demo.server.first_data().await;
                announce(&url, open)?;
                asked_to_end().await
            };
            let outcome = tokio::select! {
                outcome = announced => outcome,
                asked = asked_to_end() => asked,
                Ok(Err(error)) = &mut demo.fed => Err(error),
            };
            tracing::info!("ending");
            demo.stop().await;
            outcome
        })?
    }
}

fn announce(url: &str, open: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready {url}")?;
    out.flush()?;
    if open && let Err(error) = std::process::Command::new("xdg-open").arg(url).spawn() {
        tracing::warn!("cannot open a browser: {error}");
    }
    Ok(())
}
