//! DuckDB: records are appended to a table in memory, and all questions are asked anew each second;
//! `benches/peers/requery.py` says how. It reads files, not Kafka.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use super::question::Question;
use super::system::{PER_SECOND, Peer, Records, System, Told};
use crate::process::{Running, root};

const APPENDS_S: u64 = 5;
const AT_ONCE: usize = 20_000;

pub(super) struct DuckDb {
    answers: u64,
    peer: Peer,
    told: Told,
}

impl DuckDb {
    pub(super) fn start(home: &Path, records: &Records, questions: &[Question]) -> Result<Self> {
        let ask = json!({
            "history": records.chunks(&records.history, AT_ONCE)?,
            "live": records.chunks(&records.live, (PER_SECOND / APPENDS_S) as usize)?,
            "appends_s": APPENDS_S,
            "questions": questions.iter().map(Question::sql).collect::<Vec<_>>(),
        });
        let mut python = Command::new(home.join("bin/python"));
        python.arg(root().join("benches/peers/requery.py"));
        let file = root().join("target/bench/duckdb.json");
        std::fs::write(&file, ask.to_string())?;
        python.arg(file).stderr(File::create(root().join("target/bench/duckdb.log"))?);
        let (running, output) = Running::told(&mut python)?;
        let name = home.file_name().and_then(|name| name.to_str()).context("a name")?.to_owned();
        let peer = Peer { name, panels: questions.len(), running };
        Ok(Self { answers: 0, peer, told: Told::by(output) })
    }
}

impl System for DuckDb {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn rows(&mut self) -> Result<u64> {
        let told = self.told.next("rows").context("its log is target/bench/duckdb.log")?;
        self.answers = told[1];
        Ok(told[0])
    }

    fn answers(&self) -> u64 {
        self.answers
    }

    fn go_live(&mut self) -> Result<()> {
        // It goes on by itself.
        Ok(())
    }

    fn counted(&mut self) -> Result<Option<u64>> {
        Ok(self.told.next("counted")?.first().copied())
    }
}
