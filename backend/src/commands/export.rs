//! `hailstream export`: dashboards of a running server in the form of OpenSearch Dashboards, to stdout.

use std::io::Write;

use anyhow::Context;
use serde_json::json;

use super::block_on;
use super::server::ServerArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,

    /// Ids of dashboards; all where none is named
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Leave out what dashboards refer to: visualizations, saved searches, index patterns
    #[arg(long, env = "HAILSTREAM_WITHOUT_REFERENCES")]
    without_references: bool,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let server = self.server.server()?;
        let mut wanted = json!({ "includeReferencesDeep": !self.without_references });
        if self.ids.is_empty() {
            wanted["type"] = json!("dashboard");
        } else {
            let named = self.ids.iter().map(|id| json!({ "type": "dashboard", "id": id }));
            wanted["objects"] = named.collect();
        }
        let body = wanted.to_string().into();
        let export = block_on(async move {
            server.post("/api/saved_objects/_export", "application/json", body).await
        })??;
        std::io::stdout().lock().write_all(&export).context("writing to stdout")
    }
}
