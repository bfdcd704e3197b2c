//! `hailstream serve`: the server alone.

use std::io::Write;
use std::path::PathBuf;

use super::{asked_to_end, block_on};
use crate::assets::Assets;
use crate::config::{self, Overrides};
use crate::serve::{self, Feeds};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file (YAML)
    #[arg(long, env = "HAILSTREAM_CONFIG", value_name = "FILE")]
    config: PathBuf,

    /// Address to listen at; port 0 takes a free one [default: the file's, else 127.0.0.1:8700]
    #[arg(long, env = "HAILSTREAM_LISTEN", value_name = "HOST:PORT")]
    listen: Option<String>,

    /// Folder for what the server writes [default: the file's, else hailstream-data]
    #[arg(long, env = "HAILSTREAM_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Folder of a built page, instead of the one inside the binary
    #[arg(long, env = "HAILSTREAM_ASSETS", value_name = "DIR")]
    assets: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let overrides = Overrides { listen: self.listen, data_dir: self.data_dir };
        let checked = config::load(&self.config, &overrides)?;
        for warning in &checked.warnings {
            tracing::warn!("{warning}");
        }
        let assets = Assets::from_option(self.assets);
        block_on(async move {
            let server = serve::start(checked.config, assets, Feeds::Kafka).await?;
            {
                let mut out = std::io::stdout().lock();
                writeln!(out, "listening http://{}/", server.local_addr())?;
                out.flush()?;
            }
            let asked = asked_to_end().await;
            tracing::info!("ending");
            server.shutdown().await;
            asked
        })?
    }
}
