//! `hailstream import`: saved objects of OpenSearch Dashboards into a running server.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::ValueEnum;
use hailstream_osd::{ImportReport, Outcome};

use super::block_on;
use super::server::ServerArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,

    /// What OpenSearch Dashboards exported: NDJSON, or the older {version, objects}
    file: PathBuf,

    /// How the report is printed
    #[arg(long, env = "HAILSTREAM_FORMAT", value_enum, default_value = "table")]
    format: Format,

    /// Replace objects that are there already; otherwise nothing is imported where one is
    #[arg(long, env = "HAILSTREAM_OVERWRITE")]
    overwrite: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
    Table,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let export = std::fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let server = self.server.server()?;
        let path = format!("/api/saved_objects/_import?overwrite={}", self.overwrite);
        let answer =
            block_on(
                async move { server.post(&path, "application/x-ndjson", export.into()).await },
            )??;
        let report: ImportReport =
            serde_json::from_slice(&answer).context("the server's report is not understood")?;
        match self.format {
            Format::Json => println!("{}", serde_json::to_string(&report)?),
            Format::Table => print!("{report}"),
        }
        let refused =
            report.objects.iter().filter(|object| object.outcome == Outcome::Refused).count();
        ensure!(refused == 0, "{refused} objects were refused");
        Ok(())
    }
}
