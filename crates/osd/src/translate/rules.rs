//! The stated list: what each parameter weighs, by type of visualization and of aggregation. See [`crate::weight`] for what the
//! weights mean and what an ornament is. Paths of axes and series are those of one: the charts that have them walk over each.

use crate::weight::Rule;
use crate::weight::Weight::{At, Honoured, Nothing};

/// What every visualization may say.
pub(crate) const ANY: &[Rule] = &[
    // Repeats the visualization's own.
    ("type", Nothing),
    // Ours always has one.
    ("addTooltip", At(&["true"])),
    ("detailedTooltip", Nothing),
    ("isVislibVis", Nothing),
    // Where nobody chose one; ours stands for it.
    ("palette.name", At(&["default", "kibana_palette"])),
    ("palette.type", Nothing),
];

/// Charts with axes.
pub(crate) const CHART: &[Rule] = &[
    ("addLegend", At(&["true"])),
    ("legendPosition", At(&["right"])),
    // Are walked over one by one.
    ("categoryAxes", Honoured),
    ("valueAxes", Honoured),
    ("seriesParams", Honoured),
    ("grid.categoryLines", At(&["false"])),
    ("grid.valueAxis", Nothing),
    ("grid.style", Nothing),
    // Vertical lines at moments; none are there in an empty list.
    ("addTimeMarker", At(&["false"])),
    ("orderBucketsBySum", At(&["false"])),
    ("labels.show", At(&["false"])),
    // Speaks only with dots sized by a metric, which is told itself.
    ("radiusRatio", Nothing),
    ("dimensions", Nothing),
    // Of boards older than axes and series of their own.
    ("shareYAxis", At(&["true"])),
    ("scale", At(&["linear"])),
    ("mode", Honoured),
    ("smoothLines", At(&["false"])),
    ("showCircles", At(&["true"])),
    ("drawLinesBetweenPoints", At(&["true"])),
    ("interpolate", At(&["linear"])),
    ("defaultYExtents", At(&["false"])),
    ("setYExtents", At(&["false"])),
    ("spyPerPage", Nothing),
];

/// A threshold that a line chart shows: ours is dashed, in a colour of its own, whatever `color` says.
pub(crate) const SHOWN_THRESHOLD: &[Rule] = &[
    ("thresholdLine.show", Honoured),
    ("thresholdLine.value", Honoured),
    ("thresholdLine.width", At(&["1"])),
    // Ours is dashed; whole is what OSD gives every new one.
    ("thresholdLine.style", At(&["full", "dashed"])),
    ("thresholdLine.color", Nothing),
];

/// One that is not shown; bars of ours have none.
pub(crate) const NO_THRESHOLD: &[Rule] = &[
    ("thresholdLine.show", At(&["false"])),
    ("thresholdLine.value", Nothing),
    ("thresholdLine.width", Nothing),
    ("thresholdLine.style", Nothing),
    ("thresholdLine.color", Nothing),
];

/// An axis of categories or times.
pub(crate) const CATEGORY_AXIS: &[Rule] = &[
    ("id", Nothing),
    ("type", Nothing),
    ("position", At(&["bottom"])),
    ("show", At(&["true"])),
    ("scale.type", At(&["linear"])),
    ("labels.show", At(&["true"])),
    ("labels.filter", At(&["true"])),
    ("labels.truncate", At(&["100"])),
    ("labels.rotate", At(&["0"])),
    ("title.text", Honoured),
];

/// The axis of values.
pub(crate) const VALUE_AXIS: &[Rule] = &[
    ("id", Nothing),
    ("name", Nothing),
    ("type", Nothing),
    ("position", At(&["left"])),
    ("show", At(&["true"])),
    ("scale.type", At(&["linear"])),
    ("scale.mode", At(&["normal"])),
    ("scale.defaultYExtents", At(&["false"])),
    ("scale.setYExtents", At(&["false"])),
    // Speaks only with defaultYExtents.
    ("scale.boundsMargin", Nothing),
    ("labels.show", At(&["true"])),
    ("labels.filter", At(&["false"])),
    ("labels.truncate", At(&["100"])),
    ("labels.rotate", At(&["0"])),
    ("title.text", Honoured),
];

/// What is said of one series.
pub(crate) const SERIES: &[Rule] = &[
    ("type", Honoured),
    ("mode", Honoured),
    ("data", Honoured),
    ("show", At(&["true"])),
    // There is one axis; others are told themselves.
    ("valueAxis", Nothing),
];

/// And how its line is drawn: speaks of lines only.
pub(crate) const LINE_SERIES: &[Rule] = &[
    ("drawLinesBetweenPoints", At(&["true"])),
    ("showCircles", At(&["true"])),
    ("lineWidth", At(&["2"])),
    ("interpolate", At(&["linear"])),
];

/// Bars have no lines.
pub(crate) const BAR_SERIES: &[Rule] = &[
    ("drawLinesBetweenPoints", Nothing),
    ("showCircles", Nothing),
    ("lineWidth", Nothing),
    ("interpolate", Nothing),
];

pub(crate) const METRIC: &[Rule] = &[
    // There is none to show.
    ("addLegend", Nothing),
    ("metric.percentageMode", At(&["false"])),
    ("metric.metricColorMode", At(&["None"])),
    // Speak only with a colour mode or percentages, which are told themselves.
    ("metric.useRanges", Nothing),
    ("metric.colorSchema", Nothing),
    ("metric.colorsRange", Nothing),
    ("metric.invertColors", Nothing),
    ("metric.style.bgFill", Nothing),
    ("metric.style.bgColor", At(&["false"])),
    ("metric.style.labelColor", At(&["false"])),
    ("metric.labels.show", Honoured),
    ("metric.style.subText", Honoured),
    ("metric.style.fontSize", At(&["60"])),
    ("fontSize", At(&["60"])),
    ("handleNoResults", Nothing),
];

pub(crate) const TABLE: &[Rule] = &[
    ("perPage", Honoured),
    ("showPartialRows", At(&["false"])),
    ("showMetricsAtAllLevels", At(&["false"])),
    ("showMeticsAtAllLevels", At(&["false"])),
    ("sort", Honoured),
    ("showTotal", Honoured),
    ("totalFunc", Honoured),
    ("percentageCol", Honoured),
    ("row", Honoured),
    ("showToolbar", Nothing),
    ("dimensions", Nothing),
];

pub(crate) const PIE: &[Rule] = &[
    ("addLegend", At(&["true"])),
    ("legendPosition", At(&["right"])),
    ("isDonut", Honoured),
    ("shareYAxis", Nothing),
    // Speaks only of split charts, which are told themselves.
    ("row", Nothing),
    ("labels.show", At(&["false"])),
    // Speak only with labels.
    ("labels.values", Nothing),
    ("labels.last_level", Nothing),
    ("labels.truncate", Nothing),
    ("dimensions", Nothing),
];

pub(crate) const HEATMAP: &[Rule] = &[
    // Ours has none, and eight steps of one colour.
    ("addLegend", At(&["false"])),
    ("colorsNumber", At(&["8"])),
    ("colorSchema", At(&["Greens"])),
    ("setColorRange", At(&["false"])),
    ("invertColors", At(&["false"])),
    ("percentageMode", At(&["false"])),
    // Speaks only with ranges of one's own, which are told themselves.
    ("colorsRange", Nothing),
    ("enableHover", Nothing),
    ("legendPosition", Nothing),
    ("valueAxes[*].show", At(&["false"])),
    ("valueAxes[*].id", Nothing),
    ("valueAxes[*].type", Nothing),
    ("valueAxes[*].scale.type", At(&["linear"])),
    ("valueAxes[*].scale.defaultYExtents", At(&["false"])),
    // Speaks only with values in cells, which `show` tells.
    ("valueAxes[*].labels", Nothing),
];

pub(crate) const MARKDOWN: &[Rule] =
    &[("markdown", Honoured), ("fontSize", At(&["12"])), ("openLinksInNewTab", At(&["false"]))];

pub(crate) const TSVB: &[Rule] = &[
    ("id", Nothing),
    ("type", Honoured),
    ("series", Honoured),
    ("index_pattern", Honoured),
    ("default_index_pattern", Honoured),
    // A stream has one event time.
    ("time_field", Nothing),
    ("default_timefield", Nothing),
    ("isModelInvalid", Nothing),
    ("interval", Honoured),
    ("filter", Honoured),
    ("time_range_mode", Honoured),
    ("ignore_global_filter", At(&["0", "false"])),
    ("ignore_global_filters", At(&["0", "false"])),
    // Ours shows the open bucket hatched.
    ("drop_last_bucket", Nothing),
    ("axis_position", At(&["left"])),
    ("axis_formatter", At(&["number"])),
    ("axis_scale", At(&["normal"])),
    ("show_legend", At(&["1", "true"])),
    ("legend_position", At(&["right"])),
    ("show_grid", At(&["1", "true"])),
    ("tooltip_mode", Nothing),
    ("pivot_id", Honoured),
    ("pivot_label", Honoured),
    ("pivot_rows", Honoured),
    ("pivot_type", Nothing),
    // Rules without a condition.
    ("background_color_rules[*].id", Nothing),
    ("bar_color_rules[*].id", Nothing),
    ("gauge_color_rules[*].id", Nothing),
    // Speak only in forms that are told themselves.
    ("gauge_width", Nothing),
    ("gauge_inner_width", Nothing),
    ("gauge_style", Nothing),
    ("gauge_max", Nothing),
    ("markdown", Nothing),
    ("markdown_css", Nothing),
    ("markdown_less", Nothing),
    ("markdown_vertical_align", Nothing),
];

pub(crate) const TSVB_SERIES: &[Rule] = &[
    ("id", Honoured),
    ("label", Honoured),
    ("hidden", Honoured),
    ("metrics", Honoured),
    ("filter", Honoured),
    ("split_mode", Honoured),
    ("terms_field", Honoured),
    ("terms_size", Honoured),
    ("terms_order_by", Honoured),
    ("terms_direction", Honoured),
    ("split_filters", Honoured),
    ("split_color_mode", Nothing),
    ("formatter", Honoured),
    ("value_template", Honoured),
    ("chart_type", Honoured),
    ("stacked", Honoured),
    ("line_width", At(&["1"])),
    ("point_size", At(&["1"])),
    ("fill", At(&["0.5", "0"])),
    ("steps", At(&["0"])),
    ("separate_axis", At(&["0"])),
    // Speaks only with an axis of its own, which is told itself.
    ("axis_position", Nothing),
    ("hide_in_legend", At(&["0"])),
    ("override_index_pattern", At(&["0"])),
    // Speaks only with another index pattern, which is told itself.
    ("series_drop_last_bucket", Nothing),
    ("series_interval", Nothing),
    ("series_time_field", Nothing),
    ("color_rules[*].id", Nothing),
    // Its name in a form of words, which is told itself.
    ("var_name", Nothing),
    ("type", Nothing),
];

/// Forms of numbers and words have no colours of series.
pub(crate) const TSVB_COLORLESS: &[Rule] = &[("color", Nothing)];

pub(crate) const CONTROLS: &[Rule] = &[
    // Are walked over one by one.
    ("controls", Honoured),
    ("updateFiltersOnChange", Honoured),
    ("useTimeFilter", Honoured),
    ("pinFilters", Honoured),
];

pub(crate) const CONTROL: &[Rule] = &[
    ("id", Honoured),
    ("type", At(&["list", "range"])),
    ("fieldName", Honoured),
    ("label", Honoured),
    ("parent", Honoured),
    ("indexPattern", Honoured),
    ("indexPatternRefName", Honoured),
    ("options.type", At(&["terms"])),
    ("options.multiselect", Honoured),
    ("options.dynamicOptions", Honoured),
    ("options.size", Honoured),
    ("options.order", At(&["desc"])),
    ("options.step", Honoured),
    // Ours writes the numbers that were chosen.
    ("options.decimalPlaces", Nothing),
];

const NO_FIELD: &[Rule] = &[("customLabel", Honoured)];
const FIELD: &[Rule] = &[("field", Honoured), ("customLabel", Honoured)];

const TERMS: &[Rule] = &[
    ("field", Honoured),
    ("customLabel", Honoured),
    ("size", Honoured),
    ("order", Honoured),
    ("orderBy", Honoured),
    ("orderAgg", Honoured),
    ("otherBucket", Honoured),
    ("otherBucketLabel", At(&["Other"])),
    ("missingBucket", Honoured),
    ("missingBucketLabel", Honoured),
    ("include", Honoured),
    ("exclude", Honoured),
    // Where split charts stand, which are told themselves.
    ("row", Nothing),
];

const DATE_HISTOGRAM: &[Rule] = &[
    ("field", Honoured),
    ("customLabel", Honoured),
    ("interval", Honoured),
    ("customInterval", Honoured),
    ("custom", Honoured),
    ("time_zone", Honoured),
    ("min_doc_count", Honoured),
    ("extended_bounds", Honoured),
    ("drop_partials", At(&["false"])),
    ("scaleMetricValues", At(&["false"])),
    // The range under which the editor stood, and how the interval is written to OpenSearch.
    ("timeRange", Nothing),
    ("useNormalizedOpenSearchInterval", Nothing),
    ("useNormalizedEsInterval", Nothing),
    ("used_interval", Nothing),
    ("row", Nothing),
];

/// The parameters of a metric.
pub(crate) fn metric_rules(kind: &str) -> &'static [Rule] {
    match kind {
        "count" => NO_FIELD,
        "percentiles" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("percents", Honoured),
            ("values", Nothing),
        ],
        "percentile_ranks" => {
            &[("field", Honoured), ("customLabel", Honoured), ("values", Honoured)]
        }
        "top_hits" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("aggregate", Honoured),
            ("size", Honoured),
            ("sortField", Honoured),
            ("sortOrder", Honoured),
        ],
        "derivative" | "cumulative_sum" | "serial_diff" | "moving_avg" => &[
            ("customLabel", Honoured),
            ("metricAgg", Honoured),
            ("customMetric", Honoured),
            ("buckets_path", Nothing),
            ("lag", Honoured),
            ("window", Honoured),
            ("script", Honoured),
        ],
        "avg_bucket" | "sum_bucket" | "min_bucket" | "max_bucket" => {
            &[("customLabel", Honoured), ("customBucket", Honoured), ("customMetric", Honoured)]
        }
        _ => FIELD,
    }
}

/// The parameters of a bucket.
pub(crate) fn bucket_rules(kind: &str) -> &'static [Rule] {
    match kind {
        "terms" => TERMS,
        "date_histogram" => DATE_HISTOGRAM,
        "histogram" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("interval", Honoured),
            ("min_doc_count", Honoured),
            ("has_extended_bounds", Honoured),
            ("extended_bounds", Honoured),
            ("row", Nothing),
        ],
        "range" | "date_range" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("ranges", Honoured),
            ("time_zone", Honoured),
            ("row", Nothing),
        ],
        "ip_range" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("ipRangeType", Honoured),
            ("ranges", Honoured),
            ("row", Nothing),
        ],
        "filters" => &[("filters", Honoured), ("customLabel", Honoured), ("row", Nothing)],
        "geohash_grid" | "geotile_grid" => &[
            ("field", Honoured),
            ("customLabel", Honoured),
            ("precision", Honoured),
            ("row", Nothing),
        ],
        _ => &[],
    }
}
