//! A fleet that moves to and fro, each vehicle along its own line. `benches/page/peers.js` moves it by the same law.

use hailstream_protocol::Value;
use hailstream_protocol::{Coverage, QueryResult};
use serde_json::json;

use super::{FRAME_MS, LOADING_MS, Panel};

/// Middle of the map, longitude and latitude.
pub(super) const CENTER: [f64; 2] = [-122.424, 37.77];
pub(super) const ZOOM: f64 = 12.6;
/// Frames between two messages: the server sends a view of ten thousand rows ten times a second at most.
const SENT_EVERY: usize = 6;
/// Degrees in a frame: half a pixel, so that every frame is another picture.
const STEP: f64 = 1e-4;
const STATUS: [&str; 3] = ["hired", "free", "off_duty"];

/// What a bench asks of its fleet.
#[derive(Clone, Copy)]
pub(super) struct Law {
    /// How many vehicles.
    pub(super) count: usize,
    /// Each of them sends a fix once in so many frames; between its fixes the page lets it glide.
    pub(super) fix_every: usize,
    /// What the moving ones are drawn as.
    pub(super) shape: &'static str,
    /// Radius and casing of the others' dots, px: those of ours where so many are in view (`fleet::Size`).
    pub(super) dot: [f64; 2],
}

impl Law {
    /// As many as a city has, with a fix each second, as arrows where there is room for them.
    pub(super) fn city(count: usize) -> Self {
        let dot = if count < 5_000 { [4.0, 1.0] } else { [2.5, 1.3] };
        Self { count, fix_every: 60, shape: "arrow", dot }
    }

    /// 40,000 with 10,000 fixes a second, as dots: what the others draw.
    pub(super) fn metropolis() -> Self {
        Self { count: 40_000, fix_every: 240, shape: "dot", dot: [1.6, 0.6] }
    }

    /// Frames in one direction.
    pub(super) fn way(self) -> usize {
        self.fix_every * 2
    }
}

struct Cab {
    start: [f64; 2],
    step: [f64; 2],
    heading: f64,
}

impl Cab {
    fn at(&self, frame: usize, way: usize) -> [f64; 2] {
        let turned = (frame % (2 * way)).abs_diff(way);
        let way = (way - turned) as f64;
        std::array::from_fn(|axis| self.start[axis] + self.step[axis] * way)
    }
}

/// See the module's words.
pub(super) struct Fleet {
    law: Law,
    cabs: Vec<Cab>,
}

impl Fleet {
    pub(super) fn of(law: Law) -> Self {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random >> 40) as f64 / (1u64 << 24) as f64
        };
        let cabs = (0..law.count).map(|_| {
            let heading = (next() * 72.0).floor() * 5.0;
            let (sin, cos) = heading.to_radians().sin_cos();
            Cab {
                start: [CENTER[0] + 0.13 * (next() - 0.5), CENTER[1] + 0.09 * (next() - 0.5)],
                step: [STEP * sin / CENTER[1].to_radians().cos(), STEP * cos],
                heading,
            }
        });
        Self { law, cabs: cabs.collect() }
    }

    /// Longitude, latitude and the step of each, as the others take them.
    pub(super) fn as_numbers(&self) -> Vec<f64> {
        self.cabs.iter().flat_map(|cab| [cab.start, cab.step]).flatten().collect()
    }

    pub(super) fn panel(self, start_ms: i64) -> Panel {
        Panel {
            id: "fleet".to_owned(),
            grid: [0, 0, 48, 18],
            visualization: json!({
                "title": "Cabs", "type": "map",
                "query": {"entities": {"size": 50_000, "fields": ["position", "status", "heading"]}},
                "params": {
                    "basemap": "san-francisco", "center": CENTER, "zoom": ZOOM, "group_above": 0,
                    "position": "position", "heading": "heading", "status": "status",
                    "glyphs": {
                        "off_duty": {"shape": "dot", "level": 0},
                        "free": {"shape": self.law.shape, "level": 1},
                        "hired": {"shape": self.law.shape, "level": 2},
                    },
                },
            }),
            key_columns: 1,
            every: SENT_EVERY,
            result: Box::new(move |frame| self.result(frame, start_ms)),
        }
    }

    fn result(&self, frame: usize, start_ms: i64) -> QueryResult {
        let Law { fix_every, .. } = self.law;
        let row = |(index, cab): (usize, &Cab)| {
            // The newest frame in which it had its turn; before the first it stands at its start.
            let behind = (frame + fix_every - index % fix_every) % fix_every;
            let fix = frame.saturating_sub(behind);
            let fix_ms = start_ms + LOADING_MS + (fix as f64 * FRAME_MS) as i64;
            vec![
                Value::text(&format!("c{index:05}")),
                Value::Int(fix_ms),
                Value::List(cab.at(fix, self.law.way()).map(Value::Float).to_vec()),
                Value::text(STATUS[index % STATUS.len()]),
                Value::Float(cab.heading),
            ]
        };
        QueryResult {
            columns: ["cab_id", "ts", "position", "status", "heading"].map(str::to_owned).to_vec(),
            rows: self.cabs.iter().enumerate().map(row).collect(),
            total: self.cabs.len() as u64,
            coverage: Coverage { from_ms: Some(start_ms), complete: true, gaps: Vec::new() },
            ..QueryResult::default()
        }
    }
}
