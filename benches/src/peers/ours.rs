//! We: the shipped binary, reading from Kafka, with a viewer who watches all panels.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hailstream_protocol::QueryResult;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::question::Question;
use super::system::{Peer, Records, System};
use crate::process::{Running, hailstream};
use crate::server::{self, Kafka};
use crate::viewer::{self, Delivered};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Its parts end in this order.
pub(super) struct Ours {
    panels: Vec<Value>,
    live: PathBuf,
    url: String,
    delivered: Arc<Delivered>,
    feed: Option<Running>,
    _viewer: Runtime,
    peer: Peer,
    kafka: Kafka,
    folder: TempDir,
}

impl Ours {
    /// With views that are updated as often as others are asked, or as the server comes.
    pub(super) fn start(
        records: &Records,
        questions: &[Question],
        every: Option<&str>,
    ) -> Result<Self> {
        let folder = server::folder()?;
        every.map_or(Ok(()), |every| server::update_every(&folder, every))?;
        let kafka = Kafka::start(&folder)?;
        let sent = server::replay_file(&folder, &kafka, "max", &records.history).status()?;
        ensure!(sent.success(), "replay failed");
        let panels: Vec<Value> = questions.iter().map(Question::ours).collect();
        let (running, url) = server::serve(&folder, &kafka, &panels)?;
        // A thread of its own, so that the viewer reads while this one waits.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let socket = runtime.block_on(viewer::connect(&url, &panels))?;
        let delivered = Arc::new(Delivered::default());
        runtime.spawn(viewer::read(socket, Arc::clone(&delivered)));
        let version = std::process::Command::new(hailstream()).arg("--version").output()?;
        let mut name = String::from_utf8(version.stdout)?.trim().to_owned();
        if let Some(every) = every {
            name.push_str(&format!(", an update per {every}"));
        }
        let peer = Peer { name, panels: panels.len(), running };
        Ok(Self {
            panels,
            live: records.live.clone(),
            url,
            delivered,
            feed: None,
            _viewer: runtime,
            peer,
            kafka,
            folder,
        })
    }
}

impl System for Ours {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    fn rows(&mut self) -> Result<u64> {
        std::thread::sleep(LOOK_EVERY);
        Ok(server::stream(&self.url)?.summary.account.consumed)
    }

    fn answers(&self) -> u64 {
        self.delivered.updates.load(Ordering::Relaxed)
    }

    fn go_live(&mut self) -> Result<()> {
        let mut replay = server::replay_file(&self.folder, &self.kafka, "1", &self.live);
        self.feed = Some(Running::start(&mut replay, "")?.0);
        Ok(())
    }

    fn counted(&mut self) -> Result<Option<u64>> {
        let first = self.panels.first().context("a question")?;
        let asked = ureq::post(format!("{}/api/query", self.url)).send_json(first);
        Ok(Some(asked?.body_mut().read_json::<QueryResult>()?.total))
    }
}
