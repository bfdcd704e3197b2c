//! Records of about 200 bytes, like a cab's telemetry, as NDJSON files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

/// The stream file that describes them.
pub(crate) const STREAM: &str = "\
stream: telemetry
topics: [bench.telemetry]
format: json
mode: append
time: {field: ts, unit: ms}
clock: stream
entity: cab_id
expire: 1h
retention: {memory: 5m, memory_bytes: 256MiB}
fields:
  cab_id: keyword
  status: keyword
  zone: keyword
  occupied: boolean
  speed: double
  fare: double
  position: {type: geo_point, lat: lat, lon: lon}
";

const STATUS: [&str; 3] = ["hired", "free", "off_duty"];
const CABS: u64 = 500;
const ZONES: u64 = 37;

/// Writes `count` records, `per_second` of them to a second of event time from `start_ms` on.
pub(crate) fn write(path: &Path, count: u64, per_second: u64, start_ms: u64) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    // A small multiplicative generator: the values only have to be spread out and the same each time.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for index in 0..count {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let status = STATUS[(random % 3) as usize];
        writeln!(
            out,
            r#"{{"ts":{},"cab_id":"c{:04}","lat":{:.5},"lon":{:.5},"speed":{:.1},"heading":{},"status":"{status}","occupied":{},"fare":{:.2},"engine_temp":{},"idle_s":{},"fuel":{},"zone":"zone-{:02}"}}"#,
            start_ms + index * 1_000 / per_second,
            random % CABS,
            37.70 + (random >> 8) as f64 % 1_000.0 / 10_000.0,
            -122.50 + (random >> 18) as f64 % 1_000.0 / 10_000.0,
            (random >> 28) as f64 % 600.0 / 10.0,
            (random >> 32) % 360,
            random.is_multiple_of(3),
            (random >> 36) as f64 % 4_000.0 / 100.0,
            70 + (random >> 40) % 50,
            (random >> 44) % 900,
            (random >> 50) % 100,
            (random >> 54) % ZONES,
        )?;
    }
    Ok(out.flush()?)
}
