//! Half an hour of the demo with 40,000 cabs in a real Chromium: does memory stay?
//!
//! The broker is a process of its own: its log, which grows until it is full, is none of the server's memory.
//! Looked at every 20 s: the server's resident memory, the tab's JavaScript heap after a collection, its WebAssembly memory,
//! and the resident memory of the whole browser. The first third is warming up: caches fill, allocators settle. Over the rest
//! a line is fitted, and its growth beside its beginning is the figure.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use hailstream_engine::{StreamConfig, TopicSelector};
use serde::Deserialize;
use serde_json::json;

use crate::budget::Measure;
use crate::process::{Running, hailstream, root};
use crate::server;

const CABS: &str = "40000";
/// How often each of them tells where it is: a browser, a server, a broker and the fleet share the machine.
const INTERVAL: &str = "20s";
const EVERY_SECONDS: u32 = 20;
const LOOKS_A_MINUTE: u32 = 60 / EVERY_SECONDS;
const WARM_UP_MINUTES: u32 = 15;

/// What the browser tells, bytes.
#[derive(Deserialize)]
struct Tab {
    heap: f64,
    memory: f64,
    resident: f64,
}

pub(crate) fn measure(minutes: u32) -> Result<Vec<Measure>> {
    let folder = server::folder()?;
    let mut broker = Command::new(hailstream());
    broker.arg("broker");
    for topic in topics()? {
        broker.args(["--topic", &topic]);
    }
    let (_broker, bootstrap) = Running::start(&mut broker, "bootstrap ")?;
    let mut demo = Command::new(hailstream());
    demo.args([
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--entities",
        CABS,
        "--interval",
        INTERVAL,
        "--brokers",
        &bootstrap,
        "--data-dir",
    ]);
    let (demo, url) = Running::start(demo.arg(folder.path().join("data")), "ready ")?;
    let looks = (WARM_UP_MINUTES + minutes) * LOOKS_A_MINUTE;
    let ask = json!({"url": format!("{url}d/taxis-live"), "everyMs": EVERY_SECONDS * 1_000, "count": looks});
    let (_browser, output) = Running::node("soak.js", &ask)?;
    let (mut server, mut tabs) = (Vec::new(), Vec::new());
    eprintln!(
        "| minute | server, MB | tab's heap, MB | tab's WASM, MB | browser, MB | server, % of a core |"
    );
    let mut cpu = demo.usage()?.cpu;
    for line in BufReader::new(output).lines() {
        let tab: Tab = serde_json::from_str(&line?).context("a look of soak.js")?;
        let usage = demo.usage()?;
        tabs.push(tab);
        server.push(usage.rss as f64);
        if tabs.len().is_multiple_of(LOOKS_A_MINUTE as usize) {
            tell(
                tabs.len() / LOOKS_A_MINUTE as usize,
                usage.rss as f64,
                &tabs,
                (usage.cpu - cpu).as_secs_f64() / 60.0,
            );
            cpu = usage.cpu;
        }
    }
    ensure!(tabs.len() == looks as usize, "the browser ended after {} looks", tabs.len());
    let tab = |of: fn(&Tab) -> f64| tabs.iter().map(of).collect::<Vec<_>>();
    let growth = |what: &str, series: &[f64]| {
        let name = format!("{what}: growth over {minutes} min at {CABS} cabs");
        Measure::new(&name, "%", growth(series) * 100.0, 2.0, 5.0)
    };
    Ok(vec![
        growth("server, resident", &server),
        growth("tab, JavaScript heap", &tab(|tab| tab.heap)),
        growth("tab, WebAssembly memory", &tab(|tab| tab.memory)),
        growth("browser, resident", &tab(|tab| tab.resident)),
    ])
}

/// The topics of the preset, with as many partitions as the demo's own broker gives them.
fn topics() -> Result<Vec<String>> {
    let mut topics = Vec::new();
    for file in fs::read_dir(root().join("assets/presets/taxis/streams"))? {
        let path = file?.path();
        let stream = StreamConfig::from_yaml(&fs::read_to_string(&path)?, &path.to_string_lossy())?;
        topics.extend(stream.topics().iter().map(|topic| match topic {
            TopicSelector::Name(name) | TopicSelector::Regex(name) => format!("{name}:32"),
        }));
    }
    Ok(topics)
}

fn tell(minute: usize, server: f64, tabs: &[Tab], cores: f64) {
    let Some(Tab { heap, memory, resident }) = tabs.last() else { return };
    let [server, heap, memory, resident] =
        [server, *heap, *memory, *resident].map(|bytes| bytes / 1e6);
    eprintln!(
        "| {minute} | {server:.0} | {heap:.1} | {memory:.1} | {resident:.0} | {:.0} |",
        cores * 100.0
    );
}

/// Of the line of least squares over what was seen after the warm-up: its rise beside its beginning.
fn growth(series: &[f64]) -> f64 {
    let settled = &series[(WARM_UP_MINUTES * LOOKS_A_MINUTE) as usize..];
    let middle = (settled.len() as f64 - 1.0) / 2.0;
    let mean = settled.iter().sum::<f64>() / settled.len() as f64;
    let (mut along, mut spread) = (0.0, 0.0);
    for (index, value) in settled.iter().enumerate() {
        let from_middle = index as f64 - middle;
        along += from_middle * (value - mean);
        spread += from_middle * from_middle;
    }
    let rise = along / spread * 2.0 * middle;
    rise / (mean - rise / 2.0)
}
