//! A board of forty panels in a real Chromium: how soon it is live, and how soon it answers a hand while every panel changes ten
//! times a second.

use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::budget::Measure;
use crate::painted;
use crate::process::{Running, wait_for};
use crate::server::{self, LiveBoard};

const PANELS: usize = 40;
const PER_SECOND: u64 = 2_000;
/// Opened when so many seconds have been told: the feed has settled, and the panels have something to show.
const SETTLED_S: u64 = 40;
/// Opened so often; the first time nothing is kept from before.
const OPENS: usize = 6;
/// Moves of the pointer.
const MOVES: usize = 300;

/// What the browser tells, ms.
#[derive(Deserialize)]
struct Told {
    opened: Vec<(f64, f64)>,
    answered: Vec<f64>,
}

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let panels = painted::charts(PANELS, 8, 4);
    let attributes =
        json!({"title": "Forty", "timeFrom": "now-1m", "timeTo": "now", "panels": panels});
    let board = LiveBoard::start(PER_SECOND, Some("100ms"), &attributes)?;
    wait_for("the feed to settle", Duration::from_secs(3 * SETTLED_S), || {
        let consumed = server::stream(&board.url)?.summary.account.consumed;
        Ok((consumed >= SETTLED_S * PER_SECOND).then_some(()))
    })?;
    let url = format!("{}/d/bench?theme=light", board.url);
    let ask = json!({"url": url, "panels": PANELS, "opens": OPENS, "moves": MOVES});
    let (_browser, mut output) = Running::node("opening.js", &ask)?;
    let mut text = String::new();
    output.read_to_string(&mut text)?;
    let told: Told = serde_json::from_str(&text).context("what opening.js says")?;
    ensure!(told.answered.len() > MOVES / 2, "only {} moves were answered", told.answered.len());
    let (cold, warm) = told.opened.split_first().context("opening.js opened the board")?;
    eprintln!("cold: first live panel after {:.0} ms, all after {:.0} ms", cold.0, cold.1);
    let first = median(warm.iter().map(|(first, _)| *first).collect());
    let all = median(warm.iter().map(|(_, all)| *all).collect());
    let mut answered = told.answered;
    answered.sort_by(f64::total_cmp);
    let p95 = answered[(answered.len() - 1) * 95 / 100];
    let p50 = answered[(answered.len() - 1) / 2];
    let at = "40 panels, 10 updates/s each: pointer moved → painted";
    Ok(vec![
        Measure::new("40 panels open: first live", "ms", first, 500.0, 500.0),
        Measure::new("40 panels open: all live", "ms", all, 1_500.0, 1_500.0),
        Measure::new(&format!("{at}, p50"), "ms", p50, 50.0, 50.0),
        Measure::new(&format!("{at}, p95"), "ms", p95, 50.0, 50.0),
    ])
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}
