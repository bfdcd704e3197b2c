//! `hailstream broker`: the embedded broker alone.

use std::io::Write;

use super::{asked_to_end, block_on};
use crate::broker::{DEFAULT_PARTITIONS, EmbeddedBroker, NOTICE};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A topic and its partitions, e.g. orders:4; may be given several times [default partitions: 32]
    #[arg(long = "topic", env = "HAILSTREAM_TOPIC", value_name = "NAME[:PARTITIONS]", value_delimiter = ',', value_parser = topic)]
    topics: Vec<(String, i32)>,
}

fn topic(text: &str) -> Result<(String, i32), String> {
    let (name, partitions) = match text.rsplit_once(':') {
        Some((name, partitions)) => {
            let number = partitions.parse().ok().filter(|number| (1..=10_000).contains(number));
            (name, number.ok_or_else(|| format!("\"{partitions}\" is not a number of partitions"))?)
        }
        None => (text, DEFAULT_PARTITIONS),
    };
    if name.is_empty() {
        return Err("expected NAME or NAME:PARTITIONS".to_owned());
    }
    Ok((name.to_owned(), partitions))
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        tracing::info!("{NOTICE}");
        let broker = EmbeddedBroker::start(&self.topics)?;
        {
            let mut out = std::io::stdout().lock();
            writeln!(out, "bootstrap {}", broker.bootstrap())?;
            out.flush()?;
        }
        block_on(asked_to_end())?
    }
}
