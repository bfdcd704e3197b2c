//! A server under measurement: a real Kafka, a stream, a dashboard of some panels, and the binary that serves them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use hailstream_protocol::stream_info::StreamInfo;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Running, hailstream, root};
use crate::records;

/// What a folder says of views.
const VIEWS: &str = "views.json";
/// A real broker, stopped when dropped.
pub(crate) struct Kafka {
    dir: PathBuf,
    pub(crate) bootstrap: String,
}

impl Kafka {
    pub(crate) fn start(folder: &TempDir) -> Result<Self> {
        let dir = folder.path().join("kafka");
        let said = script(&dir, &["start"])?;
        let bootstrap = said.lines().find_map(|line| line.strip_prefix("bootstrap "));
        let bootstrap = bootstrap.context("scripts/kafka says its bootstrap address")?.to_owned();
        let kafka = Self { dir, bootstrap };
        // Record times lie in the past: Kafka would delete what it takes for old.
        script(&kafka.dir, &["topic", "bench.telemetry", "4", "retention.ms=-1"])?;
        Ok(kafka)
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        if let Err(error) = script(&self.dir, &["stop"]) {
            eprintln!("{error:#}");
        }
    }
}

fn script(dir: &PathBuf, arguments: &[&str]) -> Result<String> {
    let output = Command::new(root().join("scripts/kafka"))
        .args(arguments)
        .arg("--dir")
        .arg(dir)
        .output()?;
    ensure!(
        output.status.success(),
        "scripts/kafka {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// A folder for one bench with the stream file in it.
pub(crate) fn folder() -> Result<TempDir> {
    let parent = root().join("target/bench");
    fs::create_dir_all(&parent)?;
    let folder = tempfile::tempdir_in(parent)?;
    fs::create_dir(folder.path().join("streams"))?;
    fs::create_dir(folder.path().join("dashboards"))?;
    fs::write(folder.path().join("streams/telemetry.yaml"), records::STREAM)?;
    Ok(folder)
}

/// Sends a file of records with `hailstream replay`; `speed` as its option.
pub(crate) fn replay(folder: &TempDir, kafka: &Kafka, speed: &str) -> Command {
    replay_file(folder, kafka, speed, &folder.path().join("records.ndjson"))
}

/// Sends any file of records.
pub(crate) fn replay_file(folder: &TempDir, kafka: &Kafka, speed: &str, file: &Path) -> Command {
    let mut command = Command::new(hailstream());
    command
        .args([
            "replay",
            "--brokers",
            &kafka.bootstrap,
            "--speed",
            speed,
            "--order",
            "file",
            "--stream",
        ])
        .arg(folder.path().join("streams/telemetry.yaml"))
        .arg("--input")
        .arg(file);
    command
}

/// Starts the server on a dashboard of these queries; returns it with its address.
pub(crate) fn serve(
    folder: &TempDir,
    kafka: &Kafka,
    panels: &[Value],
) -> Result<(Running, String)> {
    let panels: Vec<Value> = panels
        .iter()
        .enumerate()
        .map(|(index, query)| {
            json!({
                "panelIndex": format!("p{index}"),
                "gridData": {"x": 0, "y": index * 8, "w": 48, "h": 8},
                "visualization": {"title": format!("p{index}"), "type": "table", "query": query},
            })
        })
        .collect();
    serve_dashboard(folder, kafka, &json!({"title": "Bench", "panels": panels}))
}

/// Views of servers that start from this folder are updated no more often than this, such as `1s`.
pub(crate) fn update_every(folder: &TempDir, every: &str) -> Result<()> {
    let views = json!({"update_every": every});
    Ok(fs::write(folder.path().join(VIEWS), views.to_string())?)
}

/// Starts the server on a dashboard, `bench`, of these attributes; returns it with its address.
pub(crate) fn serve_dashboard(
    folder: &TempDir,
    kafka: &Kafka,
    attributes: &Value,
) -> Result<(Running, String)> {
    let dashboard = json!({"id": "bench", "type": "dashboard", "attributes": attributes});
    fs::write(folder.path().join("dashboards/bench.json"), dashboard.to_string())?;
    let views = fs::read_to_string(folder.path().join(VIEWS)).unwrap_or_else(|_| "{}".to_owned());
    let config = json!({
        "views": serde_json::from_str::<Value>(&views)?,
        "kafka": {"bootstrap.servers": kafka.bootstrap},
        "streams": folder.path().join("streams"),
        "dashboards": folder.path().join("dashboards"),
    });
    let file = folder.path().join("hailstream.yaml");
    fs::write(&file, config.to_string())?;
    let mut command = Command::new(hailstream());
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(file);
    command.arg("--data-dir").arg(folder.path().join("data"));
    let (running, url) = Running::start(&mut command, "listening ")?;
    Ok((running, url.trim_end_matches('/').to_owned()))
}

/// A board, `bench`, over records that are sent as their time comes; all of it ends when this is dropped.
pub(crate) struct LiveBoard {
    /// Address of the server.
    pub(crate) url: String,
    _feed: Running,
    _serving: Running,
    _kafka: Kafka,
    _folder: TempDir,
}

impl LiveBoard {
    /// Starts one; `update_every` as [`update_every`] takes it, else the server's own.
    pub(crate) fn start(per_second: u64, every: Option<&str>, attributes: &Value) -> Result<Self> {
        let folder = self::folder()?;
        let kafka = Kafka::start(&folder)?;
        let path = folder.path().join("records.ndjson");
        records::write(&path, per_second * 60, per_second, 1_700_000_000_000)?;
        // Records are stamped when they are sent: the range follows the clock on the wall.
        let stream = records::STREAM.replace("clock: stream\n", "");
        fs::write(folder.path().join("streams/telemetry.yaml"), stream)?;
        if let Some(every) = every {
            update_every(&folder, every)?;
        }
        let (serving, url) = serve_dashboard(&folder, &kafka, attributes)?;
        let mut feed = replay(&folder, &kafka, "1");
        let feed = Running::start(feed.args(["--time", "now", "--loop"]), "")?.0;
        Ok(Self { url, _feed: feed, _serving: serving, _kafka: kafka, _folder: folder })
    }
}

/// What the server tells about the stream.
pub(crate) fn stream(url: &str) -> Result<StreamInfo> {
    Ok(ureq::get(format!("{url}/api/streams/telemetry")).call()?.body_mut().read_json()?)
}

/// Panels as a dashboard has them: time histograms, rankings, a map's tiles, numbers.
pub(crate) fn panels(count: usize) -> Vec<Value> {
    let time = json!({"from": "now-15m", "to": "now"});
    let minute = json!({"id": "time", "type": "date_histogram", "fixed_interval": "15s"});
    let terms = |field: &str| json!({"id": "key", "type": "terms", "field": field, "size": 10});
    let metric = |kind: &str, field: &str| json!({"id": kind, "type": kind, "field": field});
    let shapes = [
        json!({"buckets": [minute]}),
        json!({"buckets": [terms("zone")], "metrics": [metric("avg", "speed")]}),
        json!({"buckets": [terms("status"), minute]}),
        json!({"buckets": [{"id": "fare", "type": "histogram", "field": "fare", "interval": 2}]}),
        json!({"metrics": [metric("sum", "fare"), metric("max", "speed")]}),
        json!({"buckets": [minute], "metrics": [metric("avg", "speed"), metric("min", "speed")]}),
        json!({"buckets": [terms("cab_id")], "metrics": [metric("sum", "fare")]}),
        json!({"filters": [{"term": {"field": "status", "value": "hired"}}], "buckets": [minute]}),
        json!({"filters": [{"range": {"field": "speed", "gte": 30}}], "buckets": [terms("zone")]}),
        json!({"buckets": [{"id": "tile", "type": "geotile_grid", "field": "position", "precision": 13}]}),
    ];
    (0..count)
        .map(|index| {
            let mut query = shapes[index % shapes.len()].clone();
            query["stream"] = json!("telemetry");
            query["time"] = time.clone();
            // The same shapes over parts of the records: different questions, different views.
            let part = match index / shapes.len() {
                0 => return query,
                1 => json!({"term": {"field": "occupied", "value": index % 2 == 0}}),
                2 => json!({"range": {"field": "fare", "gte": 10}}),
                round => json!({"range": {"field": "fare", "lt": 40 - round}}),
            };
            query["filters"] = json!([part]);
            query
        })
        .collect()
}
