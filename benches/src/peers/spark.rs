//! Apache Spark's Structured Streaming: a windowed aggregation over the same Kafka topic, in update mode, its results thrown
//! away. The first question only; `benches/peers/streaming.py` says how.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::system::{Peer, Records, System, Told};
use crate::process::{Running, root};
use crate::server::{self, Kafka};

/// Its parts end in this order.
pub(super) struct Spark {
    live: PathBuf,
    rows: u64,
    answers: u64,
    feed: Option<Running>,
    peer: Peer,
    told: Told,
    kafka: Kafka,
    folder: TempDir,
}

impl Spark {
    pub(super) fn start(home: &Path, records: &Records) -> Result<Self> {
        let folder = server::folder()?;
        let kafka = Kafka::start(&folder)?;
        let sent = server::replay_file(&folder, &kafka, "max", &records.history).status()?;
        ensure!(sent.success(), "replay failed");
        let jars =
            home.join("kafka").read_dir()?.map(|jar| anyhow::Ok(jar?.path().display().to_string()));
        let jars = jars.collect::<Result<Vec<String>>>()?.join(",");
        // Else spark-submit takes another Python, which does not know of it.
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", home.join("bin").display());
        let mut submit = Command::new(home.join("bin/spark-submit"));
        submit.env("PATH", path).args(["--driver-memory", "2g", "--jars", &jars]);
        submit.arg(root().join("benches/peers/streaming.py"));
        submit.arg(&kafka.bootstrap).arg(folder.path().join("checkpoint"));
        submit.stderr(File::create(root().join("target/bench/spark.log"))?);
        let (running, output) = Running::told(&mut submit)?;
        let version = home.file_name().and_then(|name| name.to_str());
        let name = format!("py{}", version.context("a name")?);
        Ok(Self {
            live: records.live.clone(),
            rows: 0,
            answers: 0,
            feed: None,
            peer: Peer { name, panels: 1, running },
            told: Told::by(output),
            kafka,
            folder,
        })
    }
}

impl System for Spark {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn rows(&mut self) -> Result<u64> {
        let told = self.told.next("rows").context("its log is target/bench/spark.log")?;
        (self.rows, self.answers) = (told[0], told[1]);
        Ok(self.rows)
    }

    fn answers(&self) -> u64 {
        self.answers
    }

    fn go_live(&mut self) -> Result<()> {
        let mut replay = server::replay_file(&self.folder, &self.kafka, "1", &self.live);
        self.feed = Some(Running::start(&mut replay, "")?.0);
        Ok(())
    }

    fn counted(&mut self) -> Result<Option<u64>> {
        Ok(None)
    }
}
