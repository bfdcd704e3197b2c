//! What the gallery shows: each chart type with ordinary, empty, single, dense and open data, in both themes. Deterministic.

#[path = "shapes.rs"]
mod shapes;

use hailstream_chart::{
    BucketKind, BucketShape, Chart, EmptyValue, LayoutError, MetricShape, QueryShape, Theme, Token,
    ValueStyle, View, area, heatmap, histogram, line, pie, sparkline,
};
use hailstream_protocol::visualization::{
    AxisSide, Format, FormatKind, HeatmapParams, MetricParams, Orientation, PieParams, ScaleKind,
    SeriesMark, SeriesMode, SeriesParams, Threshold, ValueAxis, XyParams,
};
use hailstream_protocol::{QueryResult, Range, RowFlags, Value};

use shapes::{browsers, labelled, lying, on_scale, reached, values_in_cells, weather};

/// 2024-11-21 18:27:00 UTC.
const START: i64 = 1_732_213_620_000;

/// A chart, if the gallery's query fits it.
pub(crate) type Drawn = Result<Chart, LayoutError>;

/// A picture of the gallery.
pub(crate) struct Case {
    /// Its file name.
    pub(crate) name: &'static str,
    /// Size in CSS px.
    pub(crate) size: (f64, f64),
    draw: fn(&View<'_>) -> Drawn,
}

/// All pictures.
pub(crate) const CASES: &[Case] = &[
    Case { name: "histogram", size: (580.0, 160.0), draw: |view| stacked(view, 30, false) },
    Case {
        name: "histogram-provisional",
        size: (580.0, 160.0),
        draw: |view| stacked(view, 30, true),
    },
    Case { name: "histogram-empty", size: (380.0, 160.0), draw: |view| stacked(view, 0, false) },
    Case {
        name: "histogram-one-bucket",
        size: (380.0, 160.0),
        draw: |view| stacked(view, 1, false),
    },
    Case {
        name: "histogram-dense",
        size: (380.0, 160.0),
        draw: |view| stacked(view, 5_000, false),
    },
    Case { name: "histogram-grouped", size: (580.0, 160.0), draw: grouped },
    Case { name: "histogram-numbers", size: (170.0, 170.0), draw: fares },
    Case { name: "histogram-terms", size: (380.0, 160.0), draw: terms },
    Case { name: "histogram-percent", size: (380.0, 160.0), draw: |view| mode(view, percent) },
    Case { name: "histogram-log", size: (380.0, 160.0), draw: logarithms },
    Case { name: "area", size: (580.0, 160.0), draw: |view| areas(view, 40, Some(false)) },
    Case {
        name: "area-provisional",
        size: (580.0, 160.0),
        draw: |view| areas(view, 40, Some(true)),
    },
    Case { name: "area-overlapping", size: (380.0, 160.0), draw: |view| areas(view, 24, None) },
    Case { name: "area-empty", size: (380.0, 160.0), draw: |view| areas(view, 0, Some(false)) },
    Case { name: "area-dense", size: (380.0, 160.0), draw: |view| areas(view, 3_000, Some(false)) },
    Case { name: "area-mixed", size: (580.0, 170.0), draw: mixed },
    Case { name: "horizontal_bar", size: (380.0, 180.0), draw: |view| lying(view, None) },
    Case {
        name: "horizontal_bar-stacked",
        size: (380.0, 180.0),
        draw: |view| lying(view, Some(SeriesMode::Stacked)),
    },
    Case {
        name: "horizontal_bar-grouped",
        size: (380.0, 180.0),
        draw: |view| lying(view, Some(SeriesMode::Normal)),
    },
    Case { name: "line", size: (580.0, 160.0), draw: |view| waits(view, 60, false) },
    Case { name: "line-provisional", size: (580.0, 160.0), draw: |view| waits(view, 60, true) },
    Case { name: "line-empty", size: (380.0, 160.0), draw: |view| waits(view, 0, false) },
    Case { name: "line-one-bucket", size: (380.0, 160.0), draw: |view| waits(view, 1, false) },
    Case { name: "line-dense", size: (380.0, 160.0), draw: |view| waits(view, 8_000, false) },
    Case { name: "line-gaps", size: (380.0, 160.0), draw: gaps },
    Case { name: "heatmap", size: (300.0, 170.0), draw: |view| demand(view, 18, false) },
    Case { name: "heatmap-provisional", size: (300.0, 170.0), draw: |view| demand(view, 18, true) },
    Case { name: "heatmap-empty", size: (300.0, 170.0), draw: |view| demand(view, 0, false) },
    Case { name: "heatmap-one-bucket", size: (300.0, 170.0), draw: |view| demand(view, 1, false) },
    Case { name: "heatmap-dense", size: (300.0, 170.0), draw: |view| demand(view, 400, false) },
    Case { name: "heatmap-values", size: (380.0, 170.0), draw: values_in_cells },
    Case { name: "gauge", size: (220.0, 170.0), draw: |view| on_scale(view, &[188.0], "arc") },
    Case {
        name: "gauge-several",
        size: (480.0, 170.0),
        draw: |view| on_scale(view, &[42.0, 131.5, 290.0], "arc"),
    },
    Case {
        name: "gauge-circle",
        size: (380.0, 190.0),
        draw: |view| on_scale(view, &[96.0, 244.0], "circle"),
    },
    Case {
        name: "gauge-bar",
        size: (380.0, 110.0),
        draw: |view| on_scale(view, &[96.0, 244.0], "bar"),
    },
    Case { name: "gauge-empty", size: (220.0, 170.0), draw: |view| on_scale(view, &[], "arc") },
    Case { name: "goal", size: (220.0, 170.0), draw: reached },
    Case {
        name: "tagcloud",
        size: (480.0, 200.0),
        draw: |view| weather(view, Orientation::Single, 14),
    },
    Case {
        name: "tagcloud-right-angled",
        size: (480.0, 200.0),
        draw: |view| weather(view, Orientation::RightAngled, 14),
    },
    Case {
        name: "tagcloud-multiple",
        size: (480.0, 200.0),
        draw: |view| weather(view, Orientation::Multiple, 14),
    },
    Case {
        name: "tagcloud-small",
        size: (170.0, 110.0),
        draw: |view| weather(view, Orientation::Single, 14),
    },
    Case {
        name: "tagcloud-empty",
        size: (170.0, 110.0),
        draw: |view| weather(view, Orientation::Single, 0),
    },
    Case { name: "pie-rings", size: (170.0, 170.0), draw: |view| browsers(view, true) },
    Case { name: "pie-rings-labels", size: (380.0, 190.0), draw: |view| browsers(view, false) },
    Case { name: "pie-labels", size: (380.0, 170.0), draw: labelled },
    Case { name: "pie", size: (130.0, 130.0), draw: |view| fleet(view, &[235, 168, 31, 14], true) },
    Case {
        name: "pie-disc",
        size: (130.0, 130.0),
        draw: |view| fleet(view, &[235, 168, 31, 14], false),
    },
    Case { name: "pie-empty", size: (130.0, 130.0), draw: |view| fleet(view, &[], true) },
    Case { name: "pie-one-bucket", size: (130.0, 130.0), draw: |view| fleet(view, &[448], true) },
    Case {
        name: "pie-dense",
        size: (130.0, 130.0),
        draw: |view| fleet(view, &[90, 60, 40, 30, 20, 10, 5, 5, 2, 2, 1, 1, 1], true),
    },
    Case { name: "sparkline", size: (80.0, 64.0), draw: |view| spark(view, 44, false) },
    Case { name: "sparkline-provisional", size: (80.0, 64.0), draw: |view| spark(view, 44, true) },
    Case { name: "sparkline-empty", size: (80.0, 64.0), draw: |view| spark(view, 0, false) },
    Case { name: "sparkline-one-bucket", size: (80.0, 64.0), draw: |view| spark(view, 1, false) },
    Case { name: "sparkline-dense", size: (80.0, 64.0), draw: |view| spark(view, 900, false) },
];

/// The board of the gallery.
pub(crate) struct Board;

impl ValueStyle for Board {
    fn color(&self, _: &str, value: &Value) -> Option<Token> {
        Some(match value.as_str()? {
            "South of Market" => Token::Data1,
            "Downtown" => Token::Data8,
            "Financial District" => Token::Data5,
            "Mission" => Token::Data9,
            "hired" => Token::Data3,
            "free" => Token::Data2,
            "off duty" | "silent" => Token::Other,
            _ => return None,
        })
    }
}

impl Case {
    /// The chart in one theme at one pixel ratio.
    pub(crate) fn chart(&self, theme: &Theme, device_pixel_ratio: f64) -> Drawn {
        self.with_view(theme, device_pixel_ratio, |view| self.draw(view))
    }

    /// The chart in a view.
    pub(crate) fn draw(&self, view: &View<'_>) -> Drawn {
        (self.draw)(view)
    }

    /// What `read` makes of this case's view.
    pub(crate) fn with_view<T>(
        &self,
        theme: &Theme,
        device_pixel_ratio: f64,
        read: impl FnOnce(&View<'_>) -> T,
    ) -> T {
        let (width, height) = self.size;
        let mut view = View::new(width, height, theme);
        view.device_pixel_ratio = device_pixel_ratio;
        view.values = &Board;
        view.now_ms = START + 900_000;
        read(&view)
    }
}

/// Numbers that look like measurements and are the same every time.
struct Walk(u64);

impl Walk {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}

const ZONES: [&str; 4] = ["South of Market", "Downtown", "Financial District", "Mission"];

fn time(interval_ms: i64) -> BucketShape {
    let kind = BucketKind::DateHistogram { interval_ms: Some(interval_ms) };
    BucketShape { id: "time".to_owned(), kind }
}

fn words(id: &str) -> BucketShape {
    BucketShape { id: id.to_owned(), kind: BucketKind::Terms }
}

fn shape(buckets: Vec<BucketShape>, empty: EmptyValue) -> QueryShape {
    QueryShape { buckets, metrics: vec![MetricShape { id: "m".to_owned(), empty }] }
}

fn result(columns: &[&str], rows: Vec<Vec<Value>>, open: Option<i64>) -> QueryResult {
    QueryResult {
        columns: columns.iter().map(|id| (*id).to_owned()).collect(),
        rows,
        provisional_from_ms: open,
        ..QueryResult::default()
    }
}

/// Start of the last bucket, where it is to be open.
fn open(is_open: bool, count: i64, interval: i64) -> Option<i64> {
    is_open.then_some(START + (count - 1) * interval + 1)
}

fn stacked(view: &View<'_>, count: i64, is_open: bool) -> Drawn {
    let (result, shape, now_ms) = trips(count, is_open);
    histogram(&result, &shape, &XyParams::default(), &View { now_ms, ..*view })
}

fn percent() -> XyParams {
    XyParams { mode: Some(SeriesMode::Percent), ..XyParams::default() }
}

fn mode(view: &View<'_>, params: fn() -> XyParams) -> Drawn {
    let (result, shape, now_ms) = trips(30, true);
    histogram(&result, &shape, &params(), &View { now_ms, ..*view })
}

/// Stacked with or without an open bucket, or over each other.
fn areas(view: &View<'_>, count: i64, is_open: Option<bool>) -> Drawn {
    let (result, shape, now_ms) = trips(count, is_open == Some(true));
    let mode = is_open.is_none().then_some(SeriesMode::Normal);
    area(&result, &shape, &XyParams { mode, ..XyParams::default() }, &View { now_ms, ..*view })
}

/// Counts, what each brought in, and how far they went: bars, a line at an axis of its own, points.
fn mixed(view: &View<'_>) -> Drawn {
    let mut walk = Walk(11);
    let rows = (0..24)
        .map(|bucket| {
            let count = (30.0 + walk.next() * 60.0).round();
            let fare = Value::Float(12.0 + walk.next() * 6.0);
            let far = Value::Float(14.0 + walk.next() * 7.0);
            vec![Value::Int(START + bucket * 60_000), Value::Int(count as i64), fare, far]
        })
        .collect();
    let result = result(&["time", "n", "fare", "far"], rows, open(true, 24, 60_000));
    let metric = |id: &str, empty| MetricShape { id: id.to_owned(), empty };
    let metrics = vec![
        metric("n", EmptyValue::Zero),
        metric("fare", EmptyValue::Null),
        metric("far", EmptyValue::Null),
    ];
    let shape = QueryShape { buckets: vec![time(60_000)], metrics };
    let of = |metric: &str, kind, axis, joined| SeriesParams {
        metric: metric.to_owned(),
        kind: Some(kind),
        axis,
        draw_lines_between_points: joined,
        ..SeriesParams::default()
    };
    let usd = Format { kind: FormatKind::Usd, ..Format::default() };
    let titled = |title: &str| ValueAxis { title: title.to_owned(), ..ValueAxis::default() };
    let params = XyParams {
        series_params: vec![
            of("n", SeriesMark::Histogram, AxisSide::Left, true),
            of("fare", SeriesMark::Line, AxisSide::Right, true),
            of("far", SeriesMark::Line, AxisSide::Right, false),
        ],
        formats: [("fare".to_owned(), usd)].into(),
        names: [("n", "Trips"), ("fare", "Average fare"), ("far", "Distance")]
            .map(|(id, name)| (id.to_owned(), name.to_owned()))
            .into(),
        value_axis: titled("Trips"),
        right_axis: titled("Average fare"),
        ..XyParams::default()
    };
    area(&result, &shape, &params, view)
}

fn logarithms(view: &View<'_>) -> Drawn {
    let counts = [("2xx", 48_211), ("3xx", 1_840), ("4xx", 322), ("5xx", 9), ("1xx", 1)];
    let rows = counts.map(|(code, count)| vec![Value::from(code), Value::Int(count)]).to_vec();
    let value_axis = ValueAxis { scale: ScaleKind::Log, ..ValueAxis::default() };
    let params = XyParams { value_axis, show_values: true, ..XyParams::default() };
    let shape = shape(vec![words("zone")], EmptyValue::Zero);
    histogram(&result(&["zone", "m"], rows, None), &shape, &params, view)
}

/// Trips per zone and time, and the present.
fn trips(count: i64, is_open: bool) -> (QueryResult, QueryShape, i64) {
    let interval = if count > 100 { 1000 } else { 30_000 };
    let mut walk = Walk(7);
    let mut rows = Vec::new();
    let mut row_flags = Vec::new();
    for bucket in 0..count {
        let share = if is_open && bucket == count - 1 { 0.4 } else { 1.0 };
        for (index, zone) in ZONES.iter().map(|zone| Some(*zone)).chain([None]).enumerate() {
            let level = [3.4, 3.0, 2.2, 1.6, 2.4][index];
            let value = ((level + walk.next() * 2.6 - 1.3) * share).round() as i64;
            let key = zone.map_or(Value::Null, Value::from);
            rows.push(vec![Value::Int(START + bucket * interval), key, Value::Int(value)]);
            row_flags.push(RowFlags { other: zone.is_none() });
        }
    }
    let mut result = result(&["time", "zone", "m"], rows, open(is_open, count, interval));
    result.row_flags = row_flags;
    result.range =
        Some(Range { from_ms: START, to_ms: START + count.max(30) * interval.min(30_000) });
    if count == 30 {
        result.range = Some(Range { from_ms: START, to_ms: START + 30 * interval });
    }
    let shape = shape(vec![time(interval), words("zone")], EmptyValue::Zero);
    // A third of the last bucket has passed.
    let now_ms = START + (count - 1) * interval + interval / 3;
    (result, shape, now_ms)
}

fn grouped(view: &View<'_>) -> Drawn {
    let mut walk = Walk(3);
    let mut rows = Vec::new();
    for zone in &ZONES[..3] {
        for bucket in 0..12 {
            let value = (2_000.0 + walk.next() * 9_000.0).round();
            rows.push(vec![
                Value::from(*zone),
                Value::Int(START + bucket * 60_000),
                Value::Float(value),
            ]);
        }
    }
    let result = result(&["zone", "time", "m"], rows, open(true, 12, 60_000));
    let shape = shape(vec![words("zone"), time(60_000)], EmptyValue::Zero);
    let format = Format { kind: FormatKind::Usd, ..Format::default() };
    let params = XyParams { mode: Some(SeriesMode::Normal), format, ..XyParams::default() };
    histogram(&result, &shape, &params, view)
}

fn fares(view: &View<'_>) -> Drawn {
    let mut walk = Walk(9);
    let bell = |index: f64| {
        46.0 * (-((index - 4.2) / 3.4).powi(2)).exp()
            + 10.0 * (-((index - 16.0) / 2.2).powi(2)).exp()
    };
    let rows = (0..20)
        .map(|index| {
            let count = (bell(f64::from(index)) + walk.next() * 5.0).round() as i64;
            vec![Value::Float(f64::from(index) * 2.0), Value::Int(count)]
        })
        .collect();
    let kind = BucketKind::Histogram { interval: Some(2.0) };
    let shape = shape(vec![BucketShape { id: "fare".to_owned(), kind }], EmptyValue::Zero);
    let x_format = Format { kind: FormatKind::Usd, decimals: Some(0), ..Format::default() };
    let params = XyParams { x_format, ..XyParams::default() };
    histogram(&result(&["fare", "m"], rows, None), &shape, &params, view)
}

fn terms(view: &View<'_>) -> Drawn {
    let counts = [
        ("South of Market", 90),
        ("Downtown", 76),
        ("Financial District", 66),
        ("Mission", 49),
        ("North Beach", 21),
        ("Marina", 18),
    ];
    let rows = counts.map(|(zone, count)| vec![Value::from(zone), Value::Int(count)]).to_vec();
    let shape = shape(vec![words("zone")], EmptyValue::Zero);
    histogram(&result(&["zone", "m"], rows, None), &shape, &XyParams::default(), view)
}

fn wait_rows(count: i64, interval: i64) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for (index, zone) in ZONES.iter().enumerate() {
        let mut walk = Walk(index as u64 * 31 + 5);
        let mut value = [4.0, 5.2, 3.0, 6.4][index];
        for bucket in 0..count {
            value = (value + (walk.next() - 0.5) * 0.9_f64).clamp(1.6, 8.5);
            rows.push(vec![
                Value::from(*zone),
                Value::Int(START + bucket * interval),
                Value::Float(value),
            ]);
        }
    }
    rows
}

fn waits(view: &View<'_>, count: i64, is_open: bool) -> Drawn {
    let interval = if count > 100 { 100 } else { 15_000 };
    let result =
        result(&["zone", "time", "m"], wait_rows(count, interval), open(is_open, count, interval));
    let shape = shape(vec![words("zone"), time(interval)], EmptyValue::Null);
    let threshold = Some(Threshold { value: 10.0, label: "alert at 10 min".to_owned() });
    let params = XyParams { threshold, ..XyParams::default() };
    line(&result, &shape, &params, view)
}

fn gaps(view: &View<'_>) -> Drawn {
    let mut rows = wait_rows(40, 15_000);
    for (index, row) in rows.iter_mut().enumerate() {
        if matches!(index % 17, 3 | 4 | 6) {
            row[2] = Value::Null;
        }
    }
    let shape = shape(vec![words("zone"), time(15_000)], EmptyValue::Null);
    let format = Format { unit: "min".to_owned(), decimals: Some(1), ..Format::default() };
    let params = XyParams { format, ..XyParams::default() };
    line(&result(&["zone", "time", "m"], rows, None), &shape, &params, view)
}

fn demand(view: &View<'_>, count: i64, is_open: bool) -> Drawn {
    let mut walk = Walk(21);
    let mut rows = Vec::new();
    let zones =
        ["South of Market", "Financial District", "Downtown", "Mission", "North Beach", "Marina"];
    for (index, zone) in zones.iter().enumerate() {
        for bucket in 0..count {
            let hour = bucket as f64 * 18.0 / count as f64;
            let rush =
                (-((hour - 9.0) / 1.6).powi(2)).exp() + (-((hour - 18.0) / 1.6).powi(2)).exp();
            let value = (60.0 / (index as f64 + 1.0) * (rush + walk.next() * 0.2)).round() as i64;
            rows.push(vec![
                Value::from(*zone),
                Value::Int(START + bucket * 60_000),
                Value::Int(value),
            ]);
        }
    }
    let result = result(&["zone", "time", "m"], rows, open(is_open, count, 60_000));
    let shape = shape(vec![words("zone"), time(60_000)], EmptyValue::Zero);
    heatmap(&result, &shape, &HeatmapParams::default(), view)
}

fn fleet(view: &View<'_>, counts: &[i64], donut: bool) -> Drawn {
    let names =
        ["hired", "free", "off duty", "silent", "a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let rows = counts
        .iter()
        .zip(names)
        .map(|(count, name)| vec![Value::from(name), Value::Int(*count)])
        .collect();
    let shape = shape(vec![words("status")], EmptyValue::Zero);
    let params = PieParams { donut, label: "cabs".to_owned(), ..PieParams::default() };
    pie(&result(&["status", "m"], rows, None), &shape, &params, view)
}

fn spark(view: &View<'_>, count: i64, is_open: bool) -> Drawn {
    let mut walk = Walk(77);
    let mut value = 30.0;
    let rows = (0..count)
        .map(|bucket| {
            value += (walk.next() - 0.4) * 9.0;
            let shown = if is_open && bucket == count - 1 { 3.0 } else { value.max(0.0) };
            vec![Value::Int(START + bucket * 60_000), Value::Int(shown as i64)]
        })
        .collect();
    let result = result(&["time", "m"], rows, open(is_open, count, 60_000));
    let shape = shape(vec![time(60_000)], EmptyValue::Zero);
    sparkline(&result, &shape, &MetricParams::default(), view)
}
