//! `hailstream import`: saved objects of OpenSearch Dashboards into a running server.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::ValueEnum;
use hailstream_osd::{ImportReport, Outcome};

use super::block_on;
use super::server::Server;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the server, such as http://127.0.0.1:8700
    #[arg(
        long,
        env = "HAILSTREAM_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8700"
    )]
    url: String,

    /// What OpenSearch Dashboards exported: NDJSON, or the older {version, objects}
    file: PathBuf,

    /// How the report is printed
    #[arg(long, env = "HAILSTREAM_FORMAT", value_enum, default_value = "table")]
    format: Format,

    /// Replace objects that are there already; otherwise nothing is imported where one is
    #[arg(long, env = "HAILSTREAM_OVERWRITE")]
    overwrite: bool,

    /// Token of a user, where the server has users (no server has yet)
    #[arg(long, env = "HAILSTREAM_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
    Table,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        ensure!(self.token.is_none(), "--token: servers have no users yet");
        let export = std::fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let server = Server::parse(&self.url)?;
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
