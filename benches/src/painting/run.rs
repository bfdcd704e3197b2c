//! One interleaved run: what each variant needs is prepared here, `benches/page/measure.js` drives the browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::charts::Lines;
use super::{Effort, Panel, tape};
use crate::process::{Running, hailstream, root};

/// Device pixels per CSS px.
const RATIO: f64 = 1.0;
/// Width of all lines, CSS px: what the theme has.
const STROKE_PX: f64 = 1.5;

/// Something that draws, and in what window.
pub(super) struct Variant(Value);

impl Variant {
    /// A page of `peers.js`, asked for so.
    pub(super) fn peer(name: &str, kind: &str, viewport: [usize; 2], ask: Value) -> Self {
        let mut ask = ask;
        ask["kind"] = json!(kind);
        ask["stroke"] = json!(STROKE_PX);
        Self(json!({"name": name, "viewport": viewport, "ask": ask}))
    }

    pub(super) fn with_data(mut self, file: &Path) -> Self {
        self.0["data"] = json!(file);
        self
    }
}

/// Lines in a file.
pub(super) struct LinesFile {
    pub(super) file: PathBuf,
    lines: Value,
}

impl LinesFile {
    /// So many charts of it.
    pub(super) fn ask(&self, count: usize) -> Value {
        let mut ask = self.lines.clone();
        ask["count"] = json!(count);
        ask
    }
}

/// CPU ms per frame of a variant in each pass, and frames per second.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    name: String,
    cpu_per_frame: Vec<f64>,
    fps: Vec<f64>,
}

/// What a run found.
#[derive(Deserialize)]
pub(super) struct Findings {
    plot: Option<Plot>,
    results: Vec<Found>,
}

#[derive(Deserialize)]
struct Plot {
    width: u32,
    height: u32,
}

/// See the module's words.
pub(super) struct Run {
    name: &'static str,
    effort: Effort,
    folder: TempDir,
    variants: Vec<Value>,
    /// They end with the run.
    servers: Vec<Running>,
}

impl Run {
    pub(super) fn new(name: &'static str, effort: Effort) -> Result<Self> {
        let parent = root().join("target/bench");
        fs::create_dir_all(&parent)?;
        ensure!(
            root().join("benches/page/node_modules/uplot").exists(),
            "the other programs are missing: run scripts/setup bench"
        );
        let folder = tempfile::tempdir_in(parent)?;
        Ok(Self { name, effort, folder, variants: Vec::new(), servers: Vec::new() })
    }

    pub(super) fn variant(&mut self, variant: Variant) {
        self.variants.push(variant.0);
    }

    /// Writes numbers for the others to draw.
    pub(super) fn file(&self, name: &str, numbers: &[f64]) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        fs::write(&path, bytes)?;
        Ok(path)
    }

    pub(super) fn lines(&self, lines: &Lines) -> Result<LinesFile> {
        let Lines { series, points, frames } = *lines;
        let file = self.file(&format!("lines-{series}-{points}"), &lines.as_numbers())?;
        let from = super::now_ms()?;
        let lines = json!({"series": series, "points": points, "frames": frames, "from": from});
        Ok(LinesFile { file, lines })
    }

    /// Our page with these panels.
    pub(super) fn ours(
        &mut self,
        name: &str,
        panels: &[Panel],
        start_ms: i64,
        viewport: [usize; 2],
    ) -> Result<()> {
        self.ours_with(name, panels, start_ms, json!({"viewport": viewport}))
    }

    /// The same, and what is more to be said of it: the `viewport`, and whether a `hand` moves the map.
    pub(super) fn ours_with(
        &mut self,
        name: &str,
        panels: &[Panel],
        start_ms: i64,
        mut variant: Value,
    ) -> Result<()> {
        let folder = self.folder.path().join(format!("ours-{}", self.variants.len()));
        let tape = folder.with_extension("tape");
        tape::write(&tape, panels, start_ms, self.effort.frames())?;
        let (server, url) = serve(&folder, panels)?;
        self.servers.push(server);
        let streams: Vec<&str> = panels.iter().map(|panel| panel.id.as_str()).collect();
        let url = format!("{url}d/bench?theme=light");
        let every = panels.iter().map(|panel| panel.every).max();
        let ours = json!({"url": url, "tape": tape, "streams": streams, "startMs": start_ms, "every": every});
        variant["name"] = json!(name);
        variant["ours"] = ours;
        self.variants.push(variant);
        Ok(())
    }

    pub(super) fn measure(self) -> Result<Findings> {
        let pictures = root().join("target/bench/pictures");
        fs::create_dir_all(&pictures)?;
        let spec = json!({
            "passes": self.effort.passes,
            "seconds": self.effort.seconds,
            "ratio": RATIO,
            "pictures": pictures,
            "streets": root().join("assets/streets/san-francisco.geojson.gz"),
            "variants": self.variants,
        });
        let file = self.folder.path().join("spec.json");
        fs::write(&file, spec.to_string())?;
        let output = Command::new("node")
            .arg(root().join("benches/page/measure.js"))
            .arg(&file)
            .stderr(Stdio::inherit())
            .output()
            .context("starting node")?;
        ensure!(output.status.success(), "benches/page/measure.js failed");
        let findings: Findings = serde_json::from_slice(&output.stdout)?;
        findings.print(self.name);
        Ok(findings)
    }
}

/// A server of the page and the dashboard. It reads nothing: no broker is there, and the page's socket is a tape.
fn serve(folder: &Path, panels: &[Panel]) -> Result<(Running, String)> {
    for part in ["streams", "dashboards"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let mut shown = Vec::new();
    for panel in panels {
        let id = &panel.id;
        let stream = format!(
            "stream: {id}\ntopics: [bench.{id}]\nformat: json\nmode: append\nentity: cab_id\nexpire: 1h\n\
             fields: {{cab_id: keyword, zone: keyword, status: keyword, value: double, fare: double, heading: double, \
             position: {{type: geo_point, lat: lat, lon: lon}}}}\n"
        );
        fs::write(folder.join(format!("streams/{id}.yaml")), stream)?;
        let mut visualization = panel.visualization.clone();
        visualization["query"]["stream"] = json!(id);
        let [x, y, w, h] = panel.grid;
        shown.push(json!({
            "panelIndex": id,
            "gridData": {"x": x, "y": y, "w": w, "h": h},
            "visualization": visualization,
        }));
    }
    let attributes =
        json!({"title": "Bench", "timeFrom": "now-10m", "timeTo": "now", "panels": shown});
    let dashboard = json!({"id": "bench", "type": "dashboard", "attributes": attributes});
    fs::write(folder.join("dashboards/bench.json"), dashboard.to_string())?;
    let config = json!({
        "kafka": {"bootstrap.servers": "127.0.0.1:9"},
        "streams": folder.join("streams"),
        "dashboards": folder.join("dashboards"),
        "maps": root().join("assets/maps"),
    });
    let file = folder.join("hailstream.yaml");
    fs::write(&file, config.to_string())?;
    let mut command = Command::new(hailstream());
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(file);
    command.arg("--data-dir").arg(folder.join("data"));
    command.arg("--assets").arg(root().join("dist"));
    Running::start(&mut command, "listening ")
}

impl Findings {
    /// Median of the passes.
    pub(super) fn cpu(&self, name: &str) -> Result<f64> {
        match self.results.iter().find(|found| found.name == name) {
            Some(found) => Ok(median(&found.cpu_per_frame)),
            None => bail!("nothing was measured as \"{name}\""),
        }
    }

    fn print(&self, run: &str) {
        if let Some(Plot { width, height }) = self.plot {
            println!("\n{run}: our canvas is {width} × {height}");
        }
        println!("| {run} | CPU ms per frame, median | each pass | frames/s |\n|---|---|---|---|");
        for found in &self.results {
            let each: Vec<String> =
                found.cpu_per_frame.iter().map(|cpu| format!("{cpu:.2}")).collect();
            println!(
                "| {} | {:.2} | {} | {:.0} |",
                found.name,
                median(&found.cpu_per_frame),
                each.join(", "),
                median(&found.fps)
            );
        }
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.as_slice() {
        [] => f64::NAN,
        sorted if sorted.len().is_multiple_of(2) => (sorted[middle - 1] + sorted[middle]) / 2.0,
        sorted => sorted[middle],
    }
}
