//! The speed of the picture: CPU time per frame of the whole browser, ours beside others in one interleaved run.
//!
//! What is measured of ours is the shipped page: it opens a dashboard as it always does, and only its socket is replaced by
//! a tape of the messages that a server would send, one a frame (`benches/page/player.js`). So its figures contain decoding,
//! applying, layout, painting, legends and chips; those of the others contain drawing alone.

mod cabs;
mod charts;
mod run;
mod tape;

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use hailstream_protocol::QueryResult;
use serde_json::{Value, json};

use crate::budget::Measure;
use run::{Run, Variant};

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// How often each variant has its turn; the median counts.
    pub(crate) passes: usize,
    /// Length of a turn.
    pub(crate) seconds: usize,
}

impl Effort {
    /// Frames on a tape: the turn itself at 60 frames/s, and what is played before and around it.
    fn frames(self) -> usize {
        (self.seconds + 6) * 60
    }
}

/// A panel of a dashboard and what it shows, frame by frame.
pub(crate) struct Panel {
    /// Its id; its stream is called the same.
    id: String,
    /// Place on the dashboard: x, y, width, height.
    grid: [usize; 4],
    /// `type`, `query` without its stream, `params`.
    visualization: Value,
    /// Columns that make a row's key.
    key_columns: usize,
    /// Frames from one message to the next.
    every: usize,
    /// The result without its as-of.
    result: Box<dyn Fn(usize) -> QueryResult>,
}

/// Ticks of the page's clock between frames, ms.
const FRAME_MS: f64 = 1_000.0 / 60.0;
/// The page is loaded before its tape starts.
const LOADING_MS: i64 = 1_500;

fn now_ms() -> Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("a clock after 1970")?;
    Ok(now.as_millis() as i64)
}

/// One chart of 10 series × 600 points, all sliding.
pub(crate) fn chart(effort: Effort) -> Result<Vec<Measure>> {
    let start_ms = now_ms()?;
    let size = [1_240, 640];
    let mut run = Run::new("chart", effort)?;
    let data = run.lines(&charts::large_lines(effort.frames()))?;
    let panel = charts::large(start_ms, [0, 0, 48, 14]);
    run.variant(Variant::peer("idle", "idle", size, json!({})));
    run.ours("ours", &[panel], start_ms, size)?;
    run.variant(Variant::peer("uPlot", "uplot", size, data.ask(1)).with_data(&data.file));
    run.variant(Variant::peer("ECharts", "echarts", size, data.ask(1)).with_data(&data.file));
    let found = run.measure()?;
    let ratio = found.cpu("ours")? / found.cpu("uPlot")?;
    Ok(vec![
        Measure::new("a chart of 10 × 600 sliding, CPU per frame, × uPlot", "", ratio, 0.6, 1.0),
        Measure::new(
            "a chart of 10 × 600 sliding, CPU per frame, × ECharts",
            "",
            found.cpu("ours")? / found.cpu("ECharts")?,
            0.3,
            0.5,
        ),
    ])
}

/// Twelve panels of all kinds, each changing each frame, beside one chart of ECharts.
pub(crate) fn board(effort: Effort) -> Result<Vec<Measure>> {
    let start_ms = now_ms()?;
    let size = [1_600, 1_000];
    let mut run = Run::new("board", effort)?;
    let large = run.lines(&charts::large_lines(effort.frames()))?;
    let small = run.lines(&charts::small_lines(effort.frames()))?;
    run.variant(Variant::peer("idle", "idle", size, json!({})));
    run.ours("ours, 12 panels", &charts::twelve(start_ms), start_ms, size)?;
    let of_size = |ask: Value, [width, height]: [usize; 2]| {
        let mut ask = ask;
        ask["width"] = json!(width);
        ask["height"] = json!(height);
        ask
    };
    let echarts = of_size(large.ask(1), [1_200, 400]);
    run.variant(Variant::peer("ECharts, 1 chart", "echarts", size, echarts).with_data(&large.file));
    run.variant(
        Variant::peer("uPlot, 12 charts", "uplot", size, small.ask(12)).with_data(&small.file),
    );
    let found = run.measure()?;
    let ratio = found.cpu("ours, 12 panels")? / found.cpu("ECharts, 1 chart")?;
    Ok(vec![Measure::new(
        "12 live panels, CPU per frame, × one ECharts chart of 10 × 600",
        "",
        ratio,
        1.0,
        2.0,
    )])
}

/// Vehicles on streets, each of them moving each frame from one of its fixes, which come each second, to the next;
/// beside MapLibre's circle layer.
pub(crate) fn map(effort: Effort) -> Result<Vec<Measure>> {
    let start_ms = now_ms()?;
    let size = [1_000, 760];
    let mut run = Run::new("map", effort)?;
    run.variant(Variant::peer("idle", "idle", size, json!({})));
    for count in [500, 10_000] {
        let law = cabs::Law::city(count);
        let fleet = cabs::Fleet::of(law);
        let data = run.file(&format!("cabs-{count}"), &fleet.as_numbers())?;
        run.ours(&format!("ours, {count} cabs"), &[fleet.panel(start_ms)], start_ms, size)?;
        let peer = Variant::peer(&format!("MapLibre, {count} cabs"), "maplibre", size, ask(law));
        run.variant(peer.with_data(&data));
    }
    let found = run.measure()?;
    let against = |count: &str| -> Result<f64> {
        Ok(found.cpu(&format!("ours, {count} cabs"))?
            / found.cpu(&format!("MapLibre, {count} cabs"))?)
    };
    Ok(vec![
        Measure::new(
            "10,000 cabs with streets, CPU per frame",
            "ms",
            found.cpu("ours, 10000 cabs")?,
            4.0,
            8.0,
        ),
        Measure::new("10,000 cabs, × MapLibre's circle layer", "", against("10000")?, 0.1, 0.5),
        Measure::new("500 cabs, × MapLibre's circle layer", "", against("500")?, 0.1, 0.5),
    ])
}

/// What the others are told of a fleet on the map.
fn ask(law: cabs::Law) -> Value {
    let [lon, lat] = cabs::CENTER;
    let [radius, casing] = law.dot;
    json!({
        "lon": lon, "lat": lat, "zoom": cabs::ZOOM, "way": law.way(), "radius": radius, "casing": casing,
    })
}

/// 40,000 vehicles on streets, each moving each frame, while the map rests and while a hand drags and zooms it; beside
/// MapLibre's circle layer and deck.gl's scatterplot, with the same dots.
pub(crate) fn metropolis(effort: Effort) -> Result<Vec<Measure>> {
    let start_ms = now_ms()?;
    let size = [1_000, 760];
    let mut run = Run::new("metropolis", effort)?;
    run.variant(Variant::peer("idle", "idle", size, json!({})));
    let law = cabs::Law::metropolis();
    let data = run.file("cabs", &cabs::Fleet::of(law).as_numbers())?;
    for (name, hand) in [("ours", false), ("ours, dragged and zoomed", true)] {
        let panels = [cabs::Fleet::of(law).panel(start_ms)];
        run.ours_with(name, &panels, start_ms, json!({"viewport": size, "hand": hand}))?;
    }
    for (name, kind) in [("MapLibre", "maplibre"), ("deck.gl", "deck")] {
        run.variant(Variant::peer(name, kind, size, ask(law)).with_data(&data));
    }
    let found = run.measure()?;
    let (still, moved) = (found.cpu("ours")?, found.cpu("ours, dragged and zoomed")?);
    let against = |name: &str| anyhow::Ok(still / found.cpu(name)?);
    let name = |words: &str| format!("40,000 vehicles with streets, {words}");
    Ok(vec![
        Measure::new(&name("CPU per frame"), "ms", still, 5.0, 10.0),
        Measure::new(&name("dragged and zoomed, CPU per frame"), "ms", moved, 5.0, 10.0),
        Measure::new(&name("× MapLibre's circles"), "", against("MapLibre")?, 0.01, 0.033),
        Measure::new(&name("× deck.gl's scatterplot"), "", against("deck.gl")?, 0.01, 0.033),
    ])
}
