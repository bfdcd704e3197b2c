//! The parameters of charts.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{entries, flag, format, items, number, owned, text, under};
use crate::visualization::{
    AxisSide, CategoryAxis, Change, ChangeKind, ColorMode, ColorRange, GaugeParams, GaugeShape,
    Good, HeatmapParams, Interpolate, LegendPlace, MetricParams, Orientation, PieLabels, PieParams,
    RangeColors, ScaleKind, SeriesMark, SeriesMode, SeriesParams, SplitDirection, TagcloudParams,
    Threshold, ValueAxis, XyParams,
};

pub(super) fn xy(json: &Json) -> Box<XyParams> {
    let mut params = XyParams {
        x: owned(json, "x"),
        series: owned(json, "series"),
        split: owned(json, "split"),
        split_direction: split_direction(json, SplitDirection::Rows),
        metric: owned(json, "metric"),
        series_params: items(json, "series_params").iter().map(series_params).collect(),
        mode: mode(json),
        format: format(json, "format"),
        x_format: format(json, "x_format"),
        threshold: under(json, "threshold").map(|threshold| Threshold {
            value: number(threshold, "value").unwrap_or_default(),
            label: owned(threshold, "label"),
        }),
        category_axis: under(json, "category_axis")
            .map(|axis| CategoryAxis { show: unless(axis, "show") })
            .unwrap_or_default(),
        value_axis: value_axis(json, "value_axis"),
        right_axis: value_axis(json, "right_axis"),
        legend: legend(json),
        order_by_sum: flag(json, "order_by_sum"),
        category_lines: flag(json, "category_lines"),
        show_values: flag(json, "show_values"),
        time_marker: flag(json, "time_marker"),
        ..XyParams::default()
    };
    params.names = by_key(json, "names");
    params.colors = by_key(json, "colors");
    for (metric, _) in entries(json, "formats") {
        let formats = json.get("formats").unwrap_or(&Json::Null);
        params.formats.insert(metric.clone(), format(formats, metric));
    }
    Box::new(params)
}

/// Words by what they are for.
#[inline(never)]
fn by_key(json: &Json, key: &str) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (key, word) in entries(json, key) {
        words.insert(key.clone(), word.as_str().unwrap_or_default().to_owned());
    }
    words
}

fn series_params(json: &Json) -> SeriesParams {
    SeriesParams {
        metric: owned(json, "metric"),
        kind: match text(json, "type") {
            "line" => Some(SeriesMark::Line),
            "area" => Some(SeriesMark::Area),
            "histogram" => Some(SeriesMark::Histogram),
            _ => None,
        },
        mode: mode(json),
        axis: match text(json, "axis") {
            "right" => AxisSide::Right,
            _ => AxisSide::Left,
        },
        draw_lines_between_points: unless(json, "draw_lines_between_points"),
        interpolate: match text(json, "interpolate") {
            "cardinal" => Interpolate::Cardinal,
            "step-after" => Interpolate::StepAfter,
            _ => Interpolate::Linear,
        },
        line_width: number(json, "line_width").unwrap_or(2.0),
    }
}

fn mode(json: &Json) -> Option<SeriesMode> {
    match text(json, "mode") {
        "stacked" => Some(SeriesMode::Stacked),
        "normal" | "grouped" | "none" => Some(SeriesMode::Normal),
        "percent" => Some(SeriesMode::Percent),
        _ => None,
    }
}

fn split_direction(json: &Json, usual: SplitDirection) -> SplitDirection {
    match text(json, "split_direction") {
        "rows" => SplitDirection::Rows,
        "columns" => SplitDirection::Columns,
        _ => usual,
    }
}

fn value_axis(json: &Json, key: &str) -> ValueAxis {
    let Some(json) = under(json, key) else { return ValueAxis::default() };
    ValueAxis {
        show: unless(json, "show"),
        title: owned(json, "title"),
        scale: scale(json),
        min: number(json, "min"),
        max: number(json, "max"),
        fit: flag(json, "fit"),
    }
}

fn scale(json: &Json) -> ScaleKind {
    match text(json, "scale") {
        "log" => ScaleKind::Log,
        "square_root" => ScaleKind::SquareRoot,
        _ => ScaleKind::Linear,
    }
}

fn legend(json: &Json) -> Option<LegendPlace> {
    match text(json, "legend") {
        "top" => Some(LegendPlace::Top),
        "right" => Some(LegendPlace::Right),
        "bottom" => Some(LegendPlace::Bottom),
        "left" => Some(LegendPlace::Left),
        "hidden" => Some(LegendPlace::Hidden),
        _ => None,
    }
}

fn ranges(json: &Json) -> Vec<ColorRange> {
    let end = |json: &Json, key: &str| number(json, key).unwrap_or_default();
    let range = |json: &Json| ColorRange { from: end(json, "from"), to: end(json, "to") };
    items(json, "ranges").iter().map(range).collect()
}

fn color_mode(json: &Json, usual: ColorMode) -> ColorMode {
    match text(json, "color_mode") {
        "none" => ColorMode::None,
        "labels" => ColorMode::Labels,
        "background" => ColorMode::Background,
        _ => usual,
    }
}

fn colors(json: &Json) -> RangeColors {
    match text(json, "colors") {
        "sequence" => RangeColors::Sequence,
        _ => RangeColors::Meaning,
    }
}

pub(super) fn gauge(json: &Json) -> Box<GaugeParams> {
    let mut params = GaugeParams {
        metrics: words(json, "metrics"),
        shape: match text(json, "shape") {
            "circle" => GaugeShape::Circle,
            "bar" => GaugeShape::Bar,
            _ => GaugeShape::Arc,
        },
        ranges: ranges(json),
        color_mode: color_mode(json, ColorMode::Labels),
        colors: colors(json),
        invert_colors: flag(json, "invert_colors"),
        extend_range: flag(json, "extend_range"),
        percentage_mode: json.get("percentage_mode").and_then(Json::as_bool),
        show_labels: unless(json, "show_labels"),
        show_scale: unless(json, "show_scale"),
        sub_text: owned(json, "sub_text"),
        format: format(json, "format"),
        ..GaugeParams::default()
    };
    params.names = by_key(json, "names");
    Box::new(params)
}

pub(super) fn metric(json: &Json) -> Box<MetricParams> {
    let mut params = MetricParams {
        metric: owned(json, "metric"),
        format: format(json, "format"),
        note: owned(json, "note"),
        change: under(json, "change").map(|change| Change {
            kind: match text(change, "kind") {
                "difference" => ChangeKind::Difference,
                _ => ChangeKind::Percent,
            },
            good: match text(change, "good") {
                "down" => Good::Down,
                "neither" => Good::Neither,
                _ => Good::Up,
            },
            label: owned(change, "label"),
        }),
        metrics: words(json, "metrics"),
        show_labels: unless(json, "show_labels"),
        font_size: number(json, "font_size"),
        ranges: ranges(json),
        color_mode: color_mode(json, ColorMode::None),
        colors: colors(json),
        invert_colors: flag(json, "invert_colors"),
        percentage_mode: flag(json, "percentage_mode"),
        ..MetricParams::default()
    };
    params.names = by_key(json, "names");
    Box::new(params)
}

pub(super) fn tagcloud(json: &Json) -> TagcloudParams {
    TagcloudParams {
        metric: owned(json, "metric"),
        min_font_size: number(json, "min_font_size").unwrap_or(18.0),
        max_font_size: number(json, "max_font_size").unwrap_or(72.0),
        scale: scale(json),
        orientation: match text(json, "orientation") {
            "right_angled" => Orientation::RightAngled,
            "multiple" => Orientation::Multiple,
            _ => Orientation::Single,
        },
        label: owned(json, "label"),
        format: format(json, "format"),
    }
}

pub(super) fn pie(json: &Json) -> PieParams {
    let usual = PieLabels::default();
    PieParams {
        metric: owned(json, "metric"),
        donut: unless(json, "donut"),
        label: owned(json, "label"),
        split: owned(json, "split"),
        split_direction: split_direction(json, SplitDirection::Columns),
        labels: under(json, "labels").map_or(usual, |labels| PieLabels {
            show: flag(labels, "show"),
            values: unless(labels, "values"),
            last_level: unless(labels, "last_level"),
            truncate: whole(labels, "truncate").unwrap_or(100),
        }),
        legend: legend(json),
        format: format(json, "format"),
        colors: by_key(json, "colors"),
    }
}

pub(super) fn heatmap(json: &Json) -> HeatmapParams {
    HeatmapParams {
        x: owned(json, "x"),
        y: owned(json, "y"),
        metric: owned(json, "metric"),
        format: format(json, "format"),
        colors_number: whole(json, "colors_number").unwrap_or(8),
        ranges: ranges(json),
        invert_colors: flag(json, "invert_colors"),
        fit: flag(json, "fit"),
        scale: scale(json),
        percentage_mode: flag(json, "percentage_mode"),
        show_values: flag(json, "show_values"),
        legend: legend(json),
    }
}

/// True unless it says no.
fn unless(json: &Json, key: &str) -> bool {
    json.get(key).and_then(Json::as_bool).unwrap_or(true)
}

fn whole(json: &Json, key: &str) -> Option<u32> {
    json.get(key).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok())
}

fn words(json: &Json, key: &str) -> Vec<String> {
    let words = items(json, key).iter();
    words.map(|word| word.as_str().unwrap_or_default().to_owned()).collect()
}
