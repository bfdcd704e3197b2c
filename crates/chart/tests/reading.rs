//! What is read from results and said about them: series, buckets, hits, tooltips, tables. Data in, text out.

use std::fmt::Write as _;

use hailstream_chart::{
    BucketKind, BucketShape, Chart, EmptyValue, LayoutError, MetricShape, QueryShape, SeriesKey,
    Theme, View, layout,
};
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{Params, Visualization};
use serde_json::{Value as Json, json};

fn shape(buckets: &[(&str, BucketKind)], metrics: &[(&str, EmptyValue)]) -> QueryShape {
    let bucket =
        |(id, kind): &(&str, BucketKind)| BucketShape { id: (*id).to_owned(), kind: *kind };
    let metric =
        |(id, empty): &(&str, EmptyValue)| MetricShape { id: (*id).to_owned(), empty: *empty };
    QueryShape {
        buckets: buckets.iter().map(bucket).collect(),
        metrics: metrics.iter().map(metric).collect(),
    }
}

const MINUTES: BucketKind = BucketKind::DateHistogram { interval_ms: Some(60_000) };

fn result(columns: Json, rows: Json) -> QueryResult {
    QueryResult {
        columns: serde_json::from_value(columns).unwrap_or_default(),
        rows: serde_json::from_value(rows).unwrap_or_default(),
        ..QueryResult::default()
    }
}

fn laid_out(
    kind: &str,
    params: Json,
    result: &QueryResult,
    shape: &QueryShape,
) -> Result<Chart, LayoutError> {
    let Json::Object(params) = params else { return Err(LayoutError::NoMetric) };
    let visualization = Visualization { kind: kind.to_owned(), params, ..Visualization::default() };
    let params = Params::of(&visualization).map_err(|_| LayoutError::NoMetric)?;
    layout(&params, result, shape, &view()).unwrap_or(Err(LayoutError::NoMetric))
}

fn view() -> View<'static> {
    static LIGHT: Theme = Theme::light();
    View { now_ms: 1_000_000, ..View::new(400.0, 200.0, &LIGHT) }
}

fn table(chart: &Chart) -> String {
    let view = chart.table_view(&view());
    let mut out = view.header.join(" | ");
    for row in view.rows {
        let _written = write!(out, "\n{}", row.join(" | "));
    }
    out.replace('\u{a0}', " ")
}

#[test]
fn inner_terms_are_series_by_size_and_missing_counts_are_zero() {
    let shape = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let rows = json!([
        [0, "Marina", 1],
        [0, "Mission", 5],
        [60_000, "Mission", 7],
        [120_000, "Marina", 2],
        [120_000, "Castro", 1],
    ]);
    let mut result = result(json!(["t", "zone", "n"]), rows);
    result.provisional_from_ms = Some(150_000);
    let chart = laid_out("histogram", json!({}), &result, &shape).unwrap();
    insta::assert_snapshot!(table(&chart), @r"
    Time | Mission | Marina | Castro
    00:00 to 00:01 | 5 | 1 | 0
    00:01 to 00:02 | 7 | 0 | 0
    00:02 to 00:03, so far | 0 | 2 | 1
    ");
}

#[test]
fn outer_terms_keep_their_order_and_the_rest_is_last() {
    let shape = shape(&[("zone", BucketKind::Terms), ("t", MINUTES)], &[("w", EmptyValue::Null)]);
    let rows = json!([["B", 0, 2.5], ["A", 0, 9], ["A", 60_000, null], [null, 0, 1]]);
    let mut result = result(json!(["zone", "t", "w"]), rows);
    result.row_flags = vec![Default::default(); 4];
    result.row_flags[3].other = true;
    result.approximate = vec!["w".to_owned()];
    let chart = laid_out("line", json!({}), &result, &shape).unwrap();
    insta::assert_snapshot!(table(&chart), @r"
    Time | B | A | Other
    00:00 to 00:01 | ≈ 2.5 | ≈ 9 | ≈ 1
    00:01 to 00:02 | – | – | –
    ");
    assert!(matches!(chart.legend[2].key, SeriesKey::Other { .. }));
    assert_eq!(chart.legend[2].token.name(), "other");
}

#[test]
fn several_metrics_are_series_with_their_names() {
    let shape = shape(&[("t", MINUTES)], &[("lo", EmptyValue::Null), ("hi", EmptyValue::Null)]);
    let result = result(json!(["t", "lo", "hi"]), json!([[0, 1, 4], [60_000, 2, 5]]));
    let chart = laid_out("line", json!({"names": {"lo": "Lowest"}}), &result, &shape).unwrap();
    insta::assert_snapshot!(table(&chart), @r"
    Time | Lowest | hi
    00:00 to 00:01 | 1 | 4
    00:01 to 00:02 | 2 | 5
    ");
    insta::assert_snapshot!(chart.summary("Wait", &view()), @"Wait: 2 lines over 2 buckets, newest Lowest 2, hi 5");
}

#[test]
fn an_unsplit_metric_is_painted_as_a_measure() {
    let shape = shape(&[("t", MINUTES)], &[("n", EmptyValue::Zero)]);
    let result = result(json!(["t", "n"]), json!([[0, 3]]));
    let chart = laid_out("histogram", json!({}), &result, &shape).unwrap();
    assert_eq!(chart.legend[0].token.name(), "measure");
}

#[test]
fn what_a_query_lacks_is_said() {
    let check = |kind: &str, params: Json, shape: &QueryShape, words: &str| {
        let error = laid_out(kind, params, &QueryResult::default(), shape).unwrap_err();
        assert_eq!(error.to_string(), words);
    };
    let count = [("n", EmptyValue::Zero)];
    let plain = shape(&[], &count);
    let zones = shape(&[("zone", BucketKind::Terms)], &count);
    check(
        "heatmap",
        json!({}),
        &plain,
        "the query has no bucket for the columns; add two buckets, such as terms and date_histogram",
    );
    check(
        "pie",
        json!({}),
        &plain,
        "the query has no bucket for the slices; add a terms or filters",
    );
    check(
        "histogram",
        json!({"x": "when"}),
        &zones,
        "the query has no bucket or metric \"when\"; it has zone, n",
    );
    check(
        "pie",
        json!({}),
        &shape(&[("zone", BucketKind::Terms)], &[]),
        "the query has no metric to show",
    );
}

#[test]
fn series_keep_their_places() {
    let shape = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let at = |a: i64, b: i64| result(json!(["t", "zone", "n"]), json!([[0, "A", a], [0, "B", b]]));
    let before = laid_out("histogram", json!({}), &at(5, 3), &shape).unwrap().series_order();
    let params = Params::Histogram(Default::default());
    let view = View { order: &before, ..view() };
    let after = layout(&params, &at(5, 9), &shape, &view).unwrap().unwrap();
    assert_eq!(after.series_order(), before);
}

#[test]
fn hidden_series_leave_the_picture_and_stay_in_the_legend() {
    let shape = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let result = result(json!(["t", "zone", "n"]), json!([[0, "A", 5], [0, "B", 3]]));
    let order = laid_out("histogram", json!({}), &result, &shape).unwrap().series_order();
    let params = Params::Histogram(Default::default());
    let view = View { shown: &order[1..], ..view() };
    let chart = layout(&params, &result, &shape, &view).unwrap().unwrap();
    let shown: Vec<bool> = chart.legend.iter().map(|entry| entry.is_shown).collect();
    assert_eq!(shown, [false, true]);
    assert_eq!(chart.tooltip(0, None, &view).unwrap().rows.len(), 1);
    assert_eq!(chart.scene.marks().len(), 1);
}

#[test]
fn a_tooltip_tells_bounds_values_and_shares() {
    let shape = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let result =
        result(json!(["t", "zone", "n"]), json!([[0, "A", 6], [0, "B", 2], [60_000, "A", 1]]));
    let chart = laid_out("histogram", json!({}), &result, &shape).unwrap();
    let told = chart.tooltip(0, None, &view()).unwrap();
    assert_eq!((told.title.as_str(), told.total.as_str()), ("00:00 to 00:01", "8"));
    let rows: Vec<String> =
        told.rows.iter().map(|row| format!("{} {} {}", row.name, row.value, row.share)).collect();
    assert_eq!(rows.join(", ").replace('\u{a0}', " "), "A 6 75 %, B 2 25 %");
}

#[test]
fn pointing_finds_bars_lines_cells_and_slices() {
    let split = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let result = result(
        json!(["t", "zone", "n"]),
        json!([[0, "A", 6], [0, "B", 2], [60_000, "A", 1], [60_000, "B", 4]]),
    );
    let hit = |kind: &str, x: f64, y: f64| {
        let chart = laid_out(kind, json!({}), &result, &split).unwrap();
        chart.hit(x, y).map(|hit| (hit.column, hit.series))
    };
    // The plot spans 30..394 × 6..182; the axis ends at 8 for bars and at 6 for lines.
    assert_eq!(hit("histogram", 100.0, 170.0), Some((0, Some(0))));
    assert_eq!(hit("histogram", 100.0, 40.0), Some((0, Some(1))));
    assert_eq!(hit("histogram", 300.0, 10.0), Some((1, None)));
    assert_eq!(hit("histogram", 300.0, 100.0), Some((1, Some(1))));
    assert_eq!(hit("histogram", 10.0, 100.0), None);
    assert_eq!(hit("line", 130.0, 10.0), Some((0, Some(0))));
    assert_eq!(hit("line", 130.0, 40.0), Some((0, None)));
    assert_eq!(hit("heatmap", 300.0, 40.0), Some((1, Some(0))));
    assert_eq!(hit("heatmap", 300.0, 150.0), Some((1, Some(1))));
    let slices = shape(&[("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let pie = |x: f64, y: f64| {
        let chart = laid_out("pie", json!({}), &result, &slices).unwrap();
        chart.hit(x, y).and_then(|hit| hit.series)
    };
    // A has 7 of 13: the right half and a little more.
    assert_eq!(pie(280.0, 100.0), Some(0));
    assert_eq!(pie(120.0, 100.0), Some(1));
    assert_eq!(pie(200.0, 100.0), None);
}

#[test]
fn a_crosshair_stands_in_the_middle_of_its_bucket() {
    let split = shape(&[("t", MINUTES)], &[("n", EmptyValue::Zero)]);
    let result = result(json!(["t", "n"]), json!([[0, 6], [60_000, 1]]));
    let chart = laid_out("line", json!({}), &result, &split).unwrap();
    assert_eq!(chart.column_at_time(70_000.0), Some(1));
    let overlay = chart.crosshair(1, &view());
    let circles =
        overlay.operations().filter(|op| matches!(op, hailstream_chart::Operation::Circles { .. }));
    assert_eq!(circles.count(), 2);
    assert!(
        !overlay.operations().any(|op| matches!(op, hailstream_chart::Operation::Begin { .. }))
    );
    assert_eq!(overlay.display_list()[4], 303.0);
}

#[test]
fn an_open_bucket_is_expected_to_go_on_at_the_rate_before_it() {
    let shape = shape(&[("t", MINUTES)], &[("n", EmptyValue::Zero)]);
    // The view's now is 1,000 s: 40 s into the last minute. The first bucket, cut by the range, does not count.
    let minute = |at: i64, count: i64| json!([at * 60_000, count]);
    let rows =
        json!([minute(12, 90), minute(13, 9), minute(14, 12), minute(15, 15), minute(16, 5)]);
    let mut result = result(json!(["t", "n"]), rows);
    result.provisional_from_ms = Some(960_000);
    let chart = laid_out("histogram", json!({}), &result, &shape).unwrap();
    let expected =
        |column| chart.tooltip(column, None, &view()).unwrap().expected.replace('\u{a0}', " ");
    assert_eq!(expected(4), "≈ 9", "5, and a third of an average of 12");
    assert_eq!(expected(3), "", "a closed bucket is what it is");

    result.rows.remove(1);
    let chart = laid_out("histogram", json!({}), &result, &shape).unwrap();
    assert_eq!(
        chart.tooltip(3, None, &view()).unwrap().expected,
        "",
        "two closed buckets say too little"
    );
}

#[test]
fn what_the_keyboard_points_at_is_what_is_hit_there() {
    let split = shape(&[("t", MINUTES), ("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let rows =
        json!([[0, "A", 4], [0, "B", 2], [60_000, "A", 3], [60_000, "B", 0], [120_000, "B", 5]]);
    let result = result(json!(["t", "zone", "n"]), rows);
    for (kind, params) in
        [("histogram", json!({})), ("heatmap", json!({"x": "t", "y": "zone"})), ("line", json!({}))]
    {
        let chart = laid_out(kind, params, &result, &split).unwrap();
        for column in 0..3 {
            for series in 0..2 {
                let Some((x, y)) = chart.place_of(column, series) else { continue };
                let hit = chart.hit(x, y).unwrap();
                assert_eq!((hit.column, hit.series), (column, Some(series)), "{kind} at {x}, {y}");
            }
        }
        assert_eq!(chart.place_of(3, 0), None);
    }
    let of_slices = shape(&[("zone", BucketKind::Terms)], &[("n", EmptyValue::Zero)]);
    let slices = self::result(json!(["zone", "n"]), json!([["A", 7], ["B", 2], ["C", 1]]));
    let chart = laid_out("pie", json!({}), &slices, &of_slices).unwrap();
    for series in 0..3 {
        let (x, y) = chart.place_of(0, series).unwrap();
        assert_eq!(chart.hit(x, y).unwrap().series, Some(series));
    }
}
