//! A tape: the messages of a server for some panels, one a frame. `benches/page/player.js` plays it.
//!
//! It is a sequence of parts, each with its length (u32, little endian) before it: the health of the streams, a snapshot per
//! panel, then a message per frame with a delta of each panel whose turn it is.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use hailstream_protocol::frame::Encoding;
use hailstream_protocol::{
    AsOf, Delta, QueryResult, ServerMessage, StreamHealth, StreamState, TimestampType,
};

use super::{FRAME_MS, LOADING_MS, Panel};

/// A record's way to the page before it is on the tape: broker and server.
const WAY_MS: i64 = 10;

pub(super) fn write(path: &Path, panels: &[Panel], start_ms: i64, frames: usize) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    part(&mut out, &health(panels, start_ms)?)?;
    let mut shown: Vec<QueryResult> =
        panels.iter().map(|panel| stamped(panel, 0, start_ms)).collect();
    for (view, result) in shown.iter().enumerate() {
        let snapshot = ServerMessage::Snapshot { view: view as u32, result: result.clone() };
        part(&mut out, &Encoding::Binary.frame(&snapshot)?)?;
    }
    for frame in 1..=frames {
        let mut message = Vec::new();
        let told = panels.iter().zip(&mut shown).enumerate();
        for (view, (panel, before)) in told.filter(|(_, (panel, _))| frame % panel.every == 0) {
            let result = stamped(panel, frame, start_ms);
            let delta = Delta::between(before, &result, panel.key_columns);
            *before = result;
            message.extend(
                Encoding::Binary.frame(&ServerMessage::Delta { view: view as u32, delta })?,
            );
        }
        part(&mut out, &message)?;
    }
    Ok(out.flush()?)
}

fn part(out: &mut impl Write, bytes: &[u8]) -> Result<()> {
    out.write_all(&u32::try_from(bytes.len())?.to_le_bytes())?;
    Ok(out.write_all(bytes)?)
}

fn stamped(panel: &Panel, frame: usize, start_ms: i64) -> QueryResult {
    let at_ms = start_ms + LOADING_MS + (frame as f64 * FRAME_MS) as i64;
    let as_of = AsOf {
        epoch: "bench".to_owned(),
        sequence: frame as u64,
        event_time_ms: Some(at_ms - 2 * WAY_MS),
        watermark_ms: Some(at_ms - 2 * WAY_MS),
        record_timestamp_ms: Some(at_ms - 2 * WAY_MS),
        timestamp_type: TimestampType::Create,
        received_ms: Some(at_ms - WAY_MS),
        pushed_ms: Some(at_ms),
        ..AsOf::default()
    };
    QueryResult { as_of, ..(panel.result)(frame) }
}

/// A heartbeat without its kind and clock: the player writes those.
fn health(panels: &[Panel], start_ms: i64) -> Result<Vec<u8>> {
    let health = |panel: &Panel| StreamHealth {
        stream: panel.id.clone(),
        state: StreamState::Live,
        why: String::new(),
        lag: 0,
        clock_ms: Some(start_ms),
        event_time_ms: Some(start_ms),
        received_ms: Some(start_ms),
        refusals: None,
    };
    let streams = panels.iter().map(health).collect();
    let heartbeat = Encoding::Binary.frame(&ServerMessage::Heartbeat { now_ms: 0, streams })?;
    // Four bytes of length, one of the kind, one for the zero of the clock.
    Ok(heartbeat.get(6..).context("a heartbeat has a kind and a clock")?.to_vec())
}
