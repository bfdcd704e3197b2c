//! OpenSearch: records come in by `_bulk`, and every question is asked once a second, one after the other, as dashboards ask
//! it. One node, one shard, no replica, its refresh of a second as OpenSearch Dashboards would have it. It reads no Kafka.

use std::fs::File;
use std::io::{BufReader, Lines};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::question::Question;
use super::system::{HISTORY, PER_SECOND, Peer, Records, System};
use crate::process::{Running, root, wait_for};
use crate::server;

const HEAP: &str = "1g";
const BULKS_S: u64 = 5;
/// Records of a bulk while loading.
const AT_ONCE: u64 = 5_000;

/// Its parts end in this order.
pub(super) struct OpenSearch {
    first: Question,
    url: String,
    live: PathBuf,
    lines: Lines<BufReader<File>>,
    sent: u64,
    live_since: Option<Instant>,
    asker: Asker,
    peer: Peer,
    _folder: TempDir,
}

#[derive(Deserialize)]
struct Bulked {
    errors: bool,
}

#[derive(Deserialize)]
struct Stamped {
    ts: i64,
}

impl OpenSearch {
    pub(super) fn start(home: &Path, records: &Records, questions: Vec<Question>) -> Result<Self> {
        let folder = server::folder()?;
        let (http, transport) = (free_port()?, free_port()?);
        let mut java = Command::new("java");
        java.args([format!("-Xms{HEAP}"), format!("-Xmx{HEAP}"), "-cp".to_owned()]);
        java.arg(home.join("libs/*")).arg(root().join("e2e/peers/Boot.java"));
        java.arg(folder.path().join("opensearch"))
            .args([http, transport].map(|port| port.to_string()));
        let (running, _) = Running::start(&mut java, "")?;
        let url = format!("http://127.0.0.1:{http}");
        wait_for("OpenSearch", Duration::from_secs(180), || Ok(ureq::get(&url).call().ok()))?;
        ureq::put(format!("{url}/records")).send_json(index())?;
        let version = home.file_name().and_then(|name| name.to_str()).context("a name")?;
        let name = format!("{version}, heap {HEAP}");
        let peer = Peer { name, panels: questions.len(), running };
        Ok(Self {
            first: questions.first().context("a question")?.clone(),
            live: records.live.clone(),
            lines: Records::lines(&records.history)?,
            sent: 0,
            live_since: None,
            asker: Asker::start(url.clone(), questions),
            url,
            peer,
            _folder: folder,
        })
    }
}

/// The declared fields as our stream has them, the others as they are found.
fn index() -> Value {
    let kind = |kind: &str| json!({"type": kind});
    json!({
        "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "1s"},
        "mappings": {"properties": {
            "ts": {"type": "date", "format": "epoch_millis"},
            "cab_id": kind("keyword"), "status": kind("keyword"), "zone": kind("keyword"),
            "occupied": kind("boolean"), "speed": kind("double"), "fare": kind("double"),
            "lat": kind("double"), "lon": kind("double"),
        }},
    })
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl System for OpenSearch {
    fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Sends the next bulk when it is due.
    fn rows(&mut self) -> Result<u64> {
        let mut count = AT_ONCE;
        if let Some(since) = self.live_since {
            count = PER_SECOND / BULKS_S;
            let due =
                since + Duration::from_secs(1) * (self.sent - HISTORY) as u32 / PER_SECOND as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let mut body = String::new();
        let mut newest = None;
        for line in self.lines.by_ref().take(count as usize) {
            let line = line?;
            body.extend(["{\"index\":{}}\n", &line, "\n"]);
            newest = Some(line);
            self.sent += 1;
        }
        let Some(newest) = newest else { return Ok(self.sent) };
        let bulk = ureq::post(format!("{}/records/_bulk?filter_path=errors", self.url));
        let bulked: Bulked = bulk
            .header("content-type", "application/x-ndjson")
            .send(&body)?
            .body_mut()
            .read_json()?;
        ensure!(!bulked.errors, "OpenSearch refused records");
        let newest: Stamped = serde_json::from_str(&newest)?;
        self.asker.newest_ms.store(newest.ts, Ordering::Release);
        if self.asker.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            bail!("OpenSearch no longer answers");
        }
        Ok(self.sent)
    }

    fn answers(&self) -> u64 {
        self.asker.answers.load(Ordering::Relaxed)
    }

    fn go_live(&mut self) -> Result<()> {
        self.lines = Records::lines(&self.live)?;
        self.live_since = Some(Instant::now());
        Ok(())
    }

    fn counted(&mut self) -> Result<Option<u64>> {
        ureq::post(format!("{}/records/_refresh", self.url)).send_empty()?;
        let ask = self.first.opensearch(self.asker.newest_ms.load(Ordering::Acquire));
        let mut answer = ureq::post(format!("{}/records/_search", self.url)).send_json(ask)?;
        Ok(answer.body_mut().read_json::<Value>()?["hits"]["total"]["value"].as_u64())
    }
}

/// Asks all questions once a second, as soon as there are records.
struct Asker {
    newest_ms: Arc<AtomicI64>,
    answers: Arc<AtomicU64>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Asker {
    fn start(url: String, questions: Vec<Question>) -> Self {
        let (newest_ms, answers, ends) = (
            Arc::<AtomicI64>::default(),
            Arc::<AtomicU64>::default(),
            Arc::<AtomicBool>::default(),
        );
        let (newest, answered, over) =
            (Arc::clone(&newest_ms), Arc::clone(&answers), Arc::clone(&ends));
        let ask = move || {
            let mut due = Instant::now();
            while !over.load(Ordering::Acquire) {
                due = Instant::now().max(due + Duration::from_secs(1));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let newest_ms = newest.load(Ordering::Acquire);
                for question in questions.iter().filter(|_| newest_ms > 0) {
                    let search = ureq::post(format!("{url}/records/_search"));
                    search
                        .send_json(question.opensearch(newest_ms))?
                        .body_mut()
                        .read_to_string()?;
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok(())
        };
        Self { newest_ms, answers, ends, thread: Some(std::thread::spawn(ask)) }
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Release);
        // What it says of itself was looked at while it mattered.
        drop(self.thread.take().map(JoinHandle::join));
    }
}
