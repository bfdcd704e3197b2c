//! What painting costs in the browser, beside the libraries that people would take instead: CPU time of Chromium's whole tree of
//! processes per frame drawn, all in one run, in turns.
//!
//! Ours is the whole product: records through a real Kafka, the server, the socket, the store, layout and canvas. The others only
//! paint numbers they already have (`benches/painting`).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::budget::Measure;
use crate::process::{Running, hailstream, root};
use crate::{records, server};

const LINES: u64 = 10;
const STEP_MS: u64 = 16;
/// 600 points.
const RANGE: &str = "now-9600ms";
/// Of the canvas of one chart that fills the board, CSS px: the others get the same.
const CHART: (u32, u32) = (1130, 370);
const MAP: (u32, u32) = (738, 406);

/// What a page cost in one pass.
#[derive(Deserialize)]
struct Pass {
    name: String,
    cpu_ms: f64,
    frames: f64,
    seconds: f64,
    ages_ms: Vec<f64>,
}

/// One line chart, and twelve panels of all kinds.
pub(crate) fn charts() -> Result<Vec<Measure>> {
    let folder = lines_folder()?;
    let kafka = server::Kafka::start(&folder)?;
    let boards =
        [("one", board("one", &[line(48, 15, 0)])), ("twelve", board("twelve", &twelve()))];
    let (_serving, url) = serve(&folder, &kafka, &boards)?;
    let _feed = Running::start(replay(&folder, &kafka).arg("--loop"), "")?;
    let library = |by: &str, charts: u32| {
        format!("/lines.html?by={by}&charts={charts}&width={}&height={}", CHART.0, CHART.1)
    };
    let passes = run(
        3,
        &[
            ("one chart, Hailstream", format!("{url}/d/one")),
            ("one chart, uPlot", library("uplot", 1)),
            ("one chart, ECharts", library("echarts", 1)),
            ("twelve panels, Hailstream", format!("{url}/d/twelve")),
            ("twelve charts, uPlot", library("uplot", 12)),
        ],
    )?;
    let per_frame = |name: &str| median(&passes, name, |pass| pass.cpu_ms / pass.frames.max(1.0));
    let per_second = |name: &str| median(&passes, name, |pass| pass.cpu_ms / pass.seconds);
    tell(&passes);
    let (ours, uplot) = (per_frame("one chart, Hailstream"), per_frame("one chart, uPlot"));
    let (twelve, echarts) =
        (per_second("twelve panels, Hailstream"), per_second("one chart, ECharts"));
    Ok(vec![
        Measure::new(
            "one chart of 10 × 600 points, CPU per frame beside uPlot",
            "×",
            ours / uplot,
            0.6,
            1.0,
        ),
        Measure::new(
            "12 live panels, CPU beside one ECharts panel",
            "×",
            twelve / echarts,
            1.0,
            2.0,
        ),
    ])
}

/// The map with moving cabs over streets.
pub(crate) fn map() -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let mut demos = Vec::new();
    let mut pages = Vec::new();
    for cabs in ["500", "10000"] {
        let (running, url) = Running::start(
            Command::new(hailstream())
                .args(["demo", "--listen", "127.0.0.1:0", "--entities", cabs, "--data-dir"])
                .arg(folder.path().join(cabs)),
            "ready ",
        )?;
        demos.push(running);
        pages.push((cabs, format!("{url}d/taxis-live#map-only")));
    }
    let beside = |cabs: &str| format!("/map.html?cabs={cabs}&width={}&height={}", MAP.0, MAP.1);
    let passes = run(
        2,
        &[
            ("500 cabs, Hailstream", pages[0].1.clone()),
            ("500 cabs, MapLibre", beside("500")),
            ("10,000 cabs, Hailstream", pages[1].1.clone()),
            ("10,000 cabs, MapLibre", beside("10000")),
        ],
    )?;
    drop(demos);
    tell(&passes);
    let ours =
        median(&passes, "10,000 cabs, Hailstream", |pass| pass.cpu_ms / pass.frames.max(1.0));
    Ok(vec![Measure::new("map of 10,000 cabs with streets, CPU per frame", "ms", ours, 4.0, 8.0)])
}

/// From the producer's clock to the painted frame, at 5,000 records a second.
pub(crate) fn latency() -> Result<Vec<Measure>> {
    const PER_SECOND: u64 = 5_000;
    let folder = server::folder()?;
    let kafka = server::Kafka::start(&folder)?;
    records::write(
        &folder.path().join("records.ndjson"),
        PER_SECOND * 60,
        PER_SECOND,
        1_700_000_000_000,
    )?;
    fs::write(
        folder.path().join("streams/telemetry.yaml"),
        records::STREAM.replace("clock: stream\n", ""),
    )?;
    let query = json!({"stream": "telemetry", "time": {"from": "now-1m", "to": "now"},
                       "metrics": [{"id": "newest", "type": "max", "field": "ts"}, {"id": "n", "type": "count"}]});
    let columns = json!([{"id": "newest", "title": "Newest", "format": {"decimals": 0}}]);
    let table = json!({"panelIndex": "newest", "gridData": {"x": 0, "y": 0, "w": 24, "h": 6},
                       "visualization": {"title": "Newest", "type": "table", "query": query, "params": {"columns": columns}}});
    let boards = [("latency", board("latency", &[table]))];
    let (_serving, url) = serve(&folder, &kafka, &boards)?;
    let mut feed = server::replay(&folder, &kafka, "1");
    let _feed = Running::start(feed.args(["--time", "now", "--loop"]), "")?;
    let passes = run(1, &[("latency, Hailstream", format!("{url}/d/latency"))])?;
    let mut ages: Vec<f64> = passes.into_iter().flat_map(|pass| pass.ages_ms).collect();
    ensure!(ages.len() > 100, "only {} changes were painted", ages.len());
    ages.sort_by(f64::total_cmp);
    let at = |share: f64| ages[((ages.len() - 1) as f64 * share) as usize];
    Ok(vec![
        Measure::new("record sent → painted, 5,000 records/s, p50", "ms", at(0.5), 40.0, 80.0),
        Measure::new("record sent → painted, 5,000 records/s, p99", "ms", at(0.99), 100.0, 200.0),
    ])
}

/// A stream of ten series and a minute of their values.
fn lines_folder() -> Result<TempDir> {
    let folder = server::folder()?;
    let stream = "stream: telemetry\ntopics: [bench.telemetry]\ntime: {field: ts, unit: ms}\ndisorder: 1ms\n\
                  retention: {memory: 1m, memory_bytes: 64MiB}\nfields: {series: keyword, value: double}\n";
    fs::write(folder.path().join("streams/telemetry.yaml"), stream)?;
    let mut text = String::new();
    for step in 0..60_000 / STEP_MS {
        for line in 0..LINES {
            let (at, line) = (step as f64, line as f64);
            let value = 50.0
                + 8.0 * line
                + 20.0 * (at / (20.0 + 3.0 * line)).sin()
                + 6.0 * (at / 3.7 + line).sin();
            text += &json!({"ts": 1_700_000_000_000 + step * STEP_MS, "series": format!("Line {line}"), "value": value}).to_string();
            text.push('\n');
        }
    }
    fs::write(folder.path().join("records.ndjson"), text)?;
    Ok(folder)
}

fn replay(folder: &TempDir, kafka: &server::Kafka) -> Command {
    let mut command = server::replay(folder, kafka, "1");
    command.args(["--time", "now"]);
    command
}

fn serve(
    folder: &TempDir,
    kafka: &server::Kafka,
    boards: &[(&str, Value)],
) -> Result<(Running, String)> {
    for (id, board) in boards {
        fs::write(folder.path().join(format!("dashboards/{id}.json")), board.to_string())?;
    }
    server::serve_folder(folder, kafka)
}

fn board(id: &str, panels: &[Value]) -> Value {
    let attributes = json!({"title": id, "timeFrom": RANGE, "timeTo": "now", "panels": panels});
    json!({"id": id, "type": "dashboard", "attributes": attributes})
}

fn panel(kind: &str, (w, h): (u32, u32), place: u32, query: &Value) -> Value {
    let grid = json!({"x": place % 48, "y": place / 48 * h, "w": w, "h": h});
    json!({"panelIndex": format!("{kind}-{place}"), "gridData": grid,
           "visualization": {"title": kind, "type": kind, "query": query}})
}

fn line(w: u32, h: u32, place: u32) -> Value {
    let series = json!({"id": "series", "type": "terms", "field": "series", "size": LINES});
    let time =
        json!({"id": "time", "type": "date_histogram", "fixed_interval": format!("{STEP_MS}ms")});
    let metrics = json!([{"id": "value", "type": "avg", "field": "value"}]);
    panel(
        "line",
        (w, h),
        place,
        &json!({"stream": "telemetry", "buckets": [series, time], "metrics": metrics}),
    )
}

/// Three rows of four: lines, bars, heat maps and rings.
fn twelve() -> Vec<Value> {
    let series = json!({"id": "series", "type": "terms", "field": "series", "size": LINES});
    let time = json!({"id": "time", "type": "date_histogram", "fixed_interval": "320ms"});
    let average = json!([{"id": "value", "type": "avg", "field": "value"}]);
    let kinds = ["line", "histogram", "heatmap", "pie"];
    let mut panels = Vec::new();
    for row in 0..3 {
        for (column, kind) in kinds.iter().enumerate() {
            let buckets = if *kind == "pie" { json!([series]) } else { json!([series, time]) };
            let metrics = if *kind == "line" {
                average.clone()
            } else {
                json!([{"id": "n", "type": "sum", "field": "value"}])
            };
            let query = json!({"stream": "telemetry", "buckets": buckets, "metrics": metrics});
            panels.push(panel(kind, (12, 8), row * 48 + column as u32 * 12, &query));
        }
    }
    panels
}

fn run(passes: u32, variants: &[(&str, String)]) -> Result<Vec<Pass>> {
    let folder = root().join("benches/painting");
    if !folder.join("node_modules").exists() {
        let status = Command::new("npm")
            .args(["ci", "--silent"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "npm ci in benches/painting failed");
    }
    let shots = root().join("target/bench/painting");
    fs::create_dir_all(&shots)?;
    let variants: Vec<Value> = variants
        .iter()
        .map(|(name, url)| json!({"name": name, "url": url, "ages": name.starts_with("latency")}))
        .collect();
    let plan = json!({"passes": passes, "warm_ms": 6_000, "stretch_ms": 8_000, "width": 1240, "height": 560,
                      "screenshots": shots, "variants": variants});
    let output = Command::new("node")
        .arg(folder.join("measure.mjs"))
        .arg(plan.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(
        output.status.success(),
        "{} failed",
        Path::new("benches/painting/measure.mjs").display()
    );
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

fn median(passes: &[Pass], name: &str, figure: impl Fn(&Pass) -> f64) -> f64 {
    let mut figures: Vec<f64> =
        passes.iter().filter(|pass| pass.name == name).map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Each pass on stderr, for judging how steady they are.
fn tell(passes: &[Pass]) {
    for Pass { name, cpu_ms, frames, seconds, .. } in passes {
        let (per_frame, rate) = (cpu_ms / frames.max(1.0), frames / seconds);
        eprintln!("{name}: {per_frame:.1} ms per frame at {rate:.0} frames/s");
    }
}
