//! `hailstream import`: saved objects of OpenSearch Dashboards into a running server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::ValueEnum;
use hailstream_osd::{ImportReport, Outcome};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

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

    /// Give all objects new ids, beside those that are there already
    #[arg(long, env = "HAILSTREAM_COPIES", conflicts_with = "overwrite")]
    copies: bool,

    /// The stream that an index pattern means, by its title or id; remembered by the server. May be given again
    #[arg(long, value_name = "PATTERN=STREAM", value_parser = mapping)]
    map: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
    Table,
}

/// `logs-*=logs`: a pattern may have a `=`, a stream has none.
fn mapping(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((pattern, stream)) if !pattern.is_empty() && !stream.is_empty() => {
            Ok((pattern.to_owned(), stream.to_owned()))
        }
        _ => Err("expected PATTERN=STREAM, such as 'logs-*=logs'".to_owned()),
    }
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let export = std::fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let server = self.server.server()?;
        let streams: BTreeMap<String, String> = self.map.into_iter().collect();
        let streams = serde_json::to_string(&streams)?;
        let path = format!(
            "/api/saved_objects/_import?overwrite={}&createNewCopies={}&streams={}",
            self.overwrite,
            self.copies,
            utf8_percent_encode(&streams, NON_ALPHANUMERIC)
        );
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
