//! `hailstream check`: all that is wrong with a configuration, or what it comes to.

use std::io::Write;
use std::path::PathBuf;

use crate::config::{self, Overrides};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file (YAML)
    #[arg(long, env = "HAILSTREAM_CONFIG", value_name = "FILE")]
    config: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let checked = config::load(&self.config, &Overrides::default())?;
        for warning in &checked.warnings {
            tracing::warn!("{warning}");
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", checked.effective().trim_end())?;
        Ok(())
    }
}
