//! Bars that lie, and what has no axes: gauges, words, rings, cells with values.

use hailstream_chart::{EmptyValue, View, gauge, goal, heatmap, horizontal_bar, pie, tagcloud};
use hailstream_protocol::Value;
use hailstream_protocol::visualization::{
    ColorRange, GaugeParams, GaugeShape, HeatmapParams, Orientation, PieLabels, PieParams,
    SeriesMode, TagcloudParams, XyParams,
};

use super::{Drawn, Walk, result, shape, words};

/// Numbers on a scale of four ranges.
pub(super) fn on_scale(view: &View<'_>, values: &[f64], looks: &str) -> Drawn {
    let names = ["Mission", "Downtown", "South of Market"];
    let rows = values.iter().zip(names);
    let rows = rows.map(|(value, name)| vec![Value::from(name), Value::Float(*value)]).collect();
    let shape = shape(vec![words("zone")], EmptyValue::Null);
    let range = |at: u8| ColorRange { from: f64::from(at) * 75.0, to: f64::from(at + 1) * 75.0 };
    let params = GaugeParams {
        ranges: (0..4).map(range).collect(),
        shape: match looks {
            "circle" => GaugeShape::Circle,
            "bar" => GaugeShape::Bar,
            _ => GaugeShape::Arc,
        },
        sub_text: "per order".to_owned(),
        ..GaugeParams::default()
    };
    gauge(&result(&["zone", "m"], rows, None), &shape, &params, view)
}

pub(super) fn reached(view: &View<'_>) -> Drawn {
    let shape = shape(Vec::new(), EmptyValue::Zero);
    let params = GaugeParams {
        ranges: vec![ColorRange { from: 0.0, to: 10_000.0 }],
        names: [("m".to_owned(), "Trips today".to_owned())].into(),
        ..GaugeParams::default()
    };
    goal(&result(&["m"], vec![vec![Value::Int(7_284)]], None), &shape, &params, view)
}

pub(super) fn weather(view: &View<'_>, orientation: Orientation, count: usize) -> Drawn {
    let names = [
        "Sunny",
        "Rain",
        "Clear",
        "Cloudy",
        "Heavy Fog",
        "Hail",
        "Thunder & Lightning",
        "Damaging Wind",
        "Snow",
        "Drizzle",
        "Mist",
        "Sleet",
        "Smoke",
        "Dust",
    ];
    let row = |(at, name): (usize, &&str)| {
        vec![Value::from(*name), Value::Int((2_400.0 / (at as f64 + 1.4)) as i64)]
    };
    let rows = names.iter().take(count).enumerate().map(row).collect();
    let shape = shape(vec![words("weather")], EmptyValue::Zero);
    let params = TagcloudParams {
        orientation,
        label: "DestWeather - Count".to_owned(),
        ..TagcloudParams::default()
    };
    tagcloud(&result(&["weather", "m"], rows, None), &shape, &params, view)
}

/// Browsers, and around each its versions.
pub(super) fn browsers(view: &View<'_>, donut: bool) -> Drawn {
    let rows = [
        ("Chrome", "131", 48),
        ("Chrome", "130", 21),
        ("Chrome", "129", 6),
        ("Firefox", "132", 19),
        ("Firefox", "128", 11),
        ("Safari", "18", 16),
        ("Safari", "17", 9),
        ("Edge", "131", 7),
    ];
    let row = |(name, version, count): (&str, &str, i64)| {
        vec![Value::from(name), Value::from(version), Value::Int(count)]
    };
    let rows = rows.into_iter().map(row).collect();
    let shape = shape(vec![words("browser"), words("version")], EmptyValue::Zero);
    let labels = PieLabels { show: !donut, last_level: false, ..PieLabels::default() };
    let params = PieParams { donut, labels, ..PieParams::default() };
    pie(&result(&["browser", "version", "m"], rows, None), &shape, &params, view)
}

pub(super) fn labelled(view: &View<'_>) -> Drawn {
    let rows =
        [("hired", 235), ("free", 168), ("off duty", 31), ("silent", 14), ("a", 3), ("b", 2)];
    let rows = rows.map(|(name, count)| vec![Value::from(name), Value::Int(count)]).to_vec();
    let labels = PieLabels { show: true, ..PieLabels::default() };
    let params = PieParams { donut: false, labels, ..PieParams::default() };
    let shape = shape(vec![words("status")], EmptyValue::Zero);
    pie(&result(&["status", "m"], rows, None), &shape, &params, view)
}

pub(super) fn values_in_cells(view: &View<'_>) -> Drawn {
    let methods = ["GET", "POST", "PUT", "DELETE"];
    let codes = ["200", "301", "404", "500", "503"];
    let mut walk = Walk(13);
    let mut rows = Vec::new();
    for (row, method) in methods.iter().enumerate() {
        for (column, code) in codes.iter().enumerate() {
            let count = 4_000.0 / ((row + 1) * (column + 1)) as f64 * (0.5 + walk.next());
            rows.push(vec![Value::from(*method), Value::from(*code), Value::Int(count as i64)]);
        }
    }
    let shape = shape(vec![words("method"), words("code")], EmptyValue::Zero);
    let params = HeatmapParams { colors_number: 4, show_values: true, ..HeatmapParams::default() };
    heatmap(&result(&["method", "code", "m"], rows, None), &shape, &params, view)
}

/// Names and bars; with a mode also split.
pub(super) fn lying(view: &View<'_>, mode: Option<SeriesMode>) -> Drawn {
    let zones = ["South of Market", "Downtown", "Financial District", "Mission", "North Beach"];
    let mut walk = Walk(5);
    let mut rows = Vec::new();
    for (index, zone) in zones.iter().enumerate() {
        let statuses: &[&str] =
            if mode.is_some() { &["hired", "free", "off duty"] } else { &["hired"] };
        for status in statuses {
            let count = 90.0 / (index as f64 + 1.0) + walk.next() * 12.0;
            rows.push(vec![Value::from(*zone), Value::from(*status), Value::Int(count as i64)]);
        }
    }
    let buckets = match mode {
        None => vec![words("zone")],
        Some(_) => vec![words("zone"), words("status")],
    };
    let shape = shape(buckets, EmptyValue::Zero);
    let params = XyParams { mode, show_values: mode.is_none(), ..XyParams::default() };
    horizontal_bar(&result(&["zone", "status", "m"], rows, None), &shape, &params, view)
}
