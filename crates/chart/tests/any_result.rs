//! Whatever a result holds and however small the panel is: a chart is laid out, and all its numbers are finite and near the canvas.

use hailstream_chart::{
    BucketKind, BucketShape, EmptyValue, MetricShape, QueryShape, Theme, View, layout,
};
use hailstream_protocol::visualization::{
    AxisSide, GaugeParams, GaugeShape, HeatmapParams, Interpolate, Orientation, Params, PieLabels,
    PieParams, ScaleKind, SeriesMark, SeriesMode, SeriesParams, TagcloudParams, Threshold,
    ValueAxis, XyParams,
};
use hailstream_protocol::{QueryResult, Range, Value};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(|step| Value::Int(step * 60_000)),
        any::<i32>().prop_map(|number| Value::Int(i64::from(number))),
        any::<f32>().prop_map(|number| Value::float(f64::from(number))),
        "[a-zA-Zäß東 ]{0,20}".prop_map(|text| Value::text(&text)),
        Just(Value::List(vec![Value::Int(4)])),
    ]
}

fn kind() -> impl Strategy<Value = BucketKind> {
    prop_oneof![
        Just(BucketKind::DateHistogram { interval_ms: Some(60_000) }),
        Just(BucketKind::DateHistogram { interval_ms: None }),
        Just(BucketKind::Histogram { interval: None }),
        Just(BucketKind::Histogram { interval: Some(2.5) }),
        Just(BucketKind::Terms),
    ]
}

fn mixed() -> XyParams {
    let of = |kind, axis, interpolate| SeriesParams {
        kind: Some(kind),
        axis,
        interpolate,
        draw_lines_between_points: axis == AxisSide::Left,
        ..SeriesParams::default()
    };
    XyParams {
        series_params: vec![
            of(SeriesMark::Area, AxisSide::Left, Interpolate::Cardinal),
            of(SeriesMark::Histogram, AxisSide::Right, Interpolate::Linear),
            of(SeriesMark::Line, AxisSide::Right, Interpolate::StepAfter),
        ],
        right_axis: ValueAxis { scale: ScaleKind::Log, ..ValueAxis::default() },
        order_by_sum: true,
        category_lines: true,
        show_values: true,
        time_marker: true,
        ..XyParams::default()
    }
}

fn all_params() -> Vec<Params> {
    let threshold =
        Some(Threshold { value: -40.0, label: "far too low, whatever it is".to_owned() });
    let mode = |mode| Box::new(XyParams { mode: Some(mode), ..XyParams::default() });
    let ends = ValueAxis {
        scale: ScaleKind::SquareRoot,
        min: Some(-5.0),
        max: Some(2.0),
        ..ValueAxis::default()
    };
    vec![
        Params::Line(Box::default()),
        Params::Line(Box::new(XyParams { threshold, ..XyParams::default() })),
        Params::Line(mode(SeriesMode::Stacked)),
        Params::Area(Box::default()),
        Params::Area(mode(SeriesMode::Percent)),
        Params::Area(mode(SeriesMode::Normal)),
        Params::Histogram(Box::default()),
        Params::Histogram(mode(SeriesMode::Normal)),
        Params::Histogram(mode(SeriesMode::Percent)),
        Params::Histogram(Box::new(XyParams { value_axis: ends, ..XyParams::default() })),
        Params::HorizontalBar(mode(SeriesMode::Stacked)),
        Params::HorizontalBar(Box::new(mixed())),
        Params::Area(Box::new(mixed())),
        Params::Heatmap(Default::default()),
        Params::Heatmap(HeatmapParams {
            show_values: true,
            fit: true,
            scale: ScaleKind::Log,
            ..HeatmapParams::default()
        }),
        Params::Pie(Default::default()),
        Params::Pie(PieParams {
            labels: PieLabels { show: true, last_level: false, ..PieLabels::default() },
            ..PieParams::default()
        }),
        Params::Gauge(Default::default()),
        Params::Goal(Box::new(GaugeParams {
            shape: GaugeShape::Bar,
            extend_range: true,
            ..GaugeParams::default()
        })),
        Params::Tagcloud(TagcloudParams {
            orientation: Orientation::Multiple,
            ..TagcloudParams::default()
        }),
        Params::Metric(Default::default()),
    ]
}

proptest! {
    #[test]
    fn every_result_has_a_picture(
        kinds in (kind(), kind()),
        is_sum in any::<bool>(),
        rows in prop::collection::vec(prop::collection::vec(value(), 0..4), 0..40),
        open in prop::option::of(-60_000_000_i64..60_000_000),
        range in prop::option::of((0_i64..10_000_000, 1_i64..10_000_000)),
        (width, height) in (0.0..600.0_f64, 0.0..300.0_f64),
        ratio in prop::sample::select(vec![1.0, 1.25, 2.0]),
    ) {
        let bucket = |id: &str, kind| BucketShape { id: id.to_owned(), kind };
        let empty = if is_sum { EmptyValue::Zero } else { EmptyValue::Null };
        let shape = QueryShape {
            buckets: vec![bucket("a", kinds.0), bucket("b", kinds.1)],
            metrics: vec![MetricShape { id: "m".to_owned(), empty }],
        };
        let result = QueryResult {
            columns: ["a", "b", "m"].map(str::to_owned).to_vec(),
            rows,
            provisional_from_ms: open,
            range: range.map(|(from_ms, span)| Range { from_ms, to_ms: from_ms + span }),
            ..QueryResult::default()
        };
        let theme = Theme::light();
        let view = View { device_pixel_ratio: ratio, ..View::new(width, height, &theme) };
        for params in all_params() {
            let Some(Ok(chart)) = layout(&params, &result, &shape, &view) else { continue };
            for number in chart.scene.display_list() {
                prop_assert!(number.is_finite(), "{params:?}");
            }
            for mark in chart.scene.marks() {
                let [left, top, right, bottom] = mark.bounds;
                prop_assert!(left >= -2.0 && right <= chart.scene.width() + 2.0, "{mark:?} {params:?}");
                prop_assert!(top >= -2.0 && bottom <= chart.scene.height() + 64.0, "{mark:?} {params:?}");
            }
            let _hit = chart.hit(width / 2.0, height / 2.0);
            let _words = (chart.summary("Any", &view), chart.table_view(&view), chart.tooltip(0, Some(0), &view));
        }
    }
}
