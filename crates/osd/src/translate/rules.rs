//! The stated list: what each parameter weighs, by type of visualization and of aggregation. See [`crate::weight`] for what the
//! weights mean and what an ornament is. Paths of axes and series are those of one: the charts that have them walk over each.

mod own_query;

use crate::weight::Rule;
use crate::weight::Weight::{At, Honoured, Nothing};

pub(crate) use own_query::{CONTROL, CONTROLS, TSVB, TSVB_COLORLESS, TSVB_SERIES};

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
    ("addLegend", Honoured),
    ("legendPosition", At(&["right", "top", "left", "bottom"])),
    // Are walked over one by one.
    ("categoryAxes", Honoured),
    ("valueAxes", Honoured),
    ("seriesParams", Honoured),
    ("grid.categoryLines", Honoured),
    ("grid.valueAxis", Nothing),
    ("grid.style", Nothing),
    ("addTimeMarker", Honoured),
    ("orderBucketsBySum", Honoured),
    ("labels.show", Honoured),
    // Speaks only with dots sized by a metric, which is told itself.
    ("radiusRatio", Nothing),
    ("dimensions", Nothing),
    // Of boards older than axes and series of their own; without a word where there are such.
    ("shareYAxis", At(&["true"])),
    ("scale", Honoured),
    ("mode", Honoured),
    ("smoothLines", Honoured),
    ("showCircles", Nothing),
    ("drawLinesBetweenPoints", Honoured),
    ("interpolate", Honoured),
    ("defaultYExtents", Honoured),
    ("setYExtents", Honoured),
    ("yAxis", Honoured),
    ("spyPerPage", Nothing),
];

/// A threshold that is shown: ours is dashed, in the colour of what is bad, which stand for the line and colours of new ones.
pub(crate) const SHOWN_THRESHOLD: &[Rule] = &[
    ("thresholdLine.show", Honoured),
    ("thresholdLine.value", Honoured),
    ("thresholdLine.width", At(&["1"])),
    ("thresholdLine.style", At(&["full", "dashed"])),
    // The red of new ones, and that of older new ones.
    ("thresholdLine.color", At(&[concat!("#", "E7664C"), concat!("#", "34130C")])),
];

/// One that is not shown.
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
    ("show", Honoured),
    ("scale.type", At(&["linear"])),
    ("labels.show", Honoured),
    ("labels.filter", At(&["true"])),
    ("labels.truncate", At(&["100"])),
    ("labels.rotate", At(&["0"])),
    ("title.text", Honoured),
];

/// That of bars that lie.
pub(crate) const LYING_CATEGORY_AXIS: &[Rule] = &[
    ("id", Nothing),
    ("type", Nothing),
    ("position", At(&["left"])),
    ("show", Honoured),
    ("scale.type", At(&["linear"])),
    ("labels.show", Honoured),
    ("labels.filter", At(&["false", "true"])),
    ("labels.truncate", At(&["100", "200"])),
    ("labels.rotate", At(&["0"])),
    ("title.text", Honoured),
];

/// The axis of values.
pub(crate) const VALUE_AXIS: &[Rule] = &[
    ("id", Nothing),
    ("name", Nothing),
    ("type", Nothing),
    ("position", At(&["left", "right"])),
    ("show", Honoured),
    ("scale.type", At(&["linear", "log", "square root"])),
    ("scale.mode", Honoured),
    ("scale.defaultYExtents", Honoured),
    ("scale.setYExtents", Honoured),
    ("scale.min", Honoured),
    ("scale.max", Honoured),
    // Room beyond the values, which round ends give, too.
    ("scale.boundsMargin", At(&["0"])),
    ("labels.show", Honoured),
    ("labels.filter", At(&["false"])),
    ("labels.truncate", At(&["100"])),
    ("labels.rotate", At(&["0"])),
    ("title.text", Honoured),
];

/// That of bars that lie.
pub(crate) const LYING_VALUE_AXIS: &[Rule] = &[
    ("id", Nothing),
    ("name", Nothing),
    ("type", Nothing),
    ("position", At(&["bottom", "left"])),
    ("show", Honoured),
    ("scale.type", At(&["linear", "log", "square root"])),
    ("scale.mode", Honoured),
    ("scale.defaultYExtents", Honoured),
    ("scale.setYExtents", Honoured),
    ("scale.min", Honoured),
    ("scale.max", Honoured),
    ("scale.boundsMargin", At(&["0"])),
    ("labels.show", Honoured),
    ("labels.filter", At(&["false", "true"])),
    ("labels.truncate", At(&["100"])),
    // New ones turn them; ours have room as they are.
    ("labels.rotate", At(&["0", "75"])),
    ("title.text", Honoured),
];

/// What is said of one series.
pub(crate) const SERIES: &[Rule] = &[
    ("type", Honoured),
    ("mode", Honoured),
    ("data", Honoured),
    ("show", At(&["true"])),
    ("valueAxis", Honoured),
];

/// And how its line is drawn: speaks of lines and areas only.
pub(crate) const LINE_SERIES: &[Rule] = &[
    ("drawLinesBetweenPoints", Honoured),
    // Points on a line are ornaments: ours has none. Where nothing joins them they are drawn.
    ("showCircles", Nothing),
    ("lineWidth", Honoured),
    ("interpolate", At(&["linear", "cardinal", "step-after"])),
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
    ("metric.percentageMode", Honoured),
    ("metric.metricColorMode", Honoured),
    ("metric.useRanges", Nothing),
    ("metric.colorSchema", Honoured),
    ("metric.colorsRange", Honoured),
    ("metric.invertColors", Honoured),
    // Follow from the colour mode.
    ("metric.style.bgFill", Nothing),
    ("metric.style.bgColor", Nothing),
    ("metric.style.labelColor", Nothing),
    ("metric.labels.show", Honoured),
    ("metric.style.subText", Honoured),
    ("metric.style.fontSize", Honoured),
    ("fontSize", Honoured),
    ("handleNoResults", Nothing),
];

/// `gauge` and `goal`.
pub(crate) const GAUGE: &[Rule] = &[
    // Of the ranges; ours are seen at the scale itself.
    ("addLegend", Nothing),
    ("legendPosition", Nothing),
    ("isDisplayWarning", Nothing),
    ("dimensions", Nothing),
    ("gauge.alignment", At(&["automatic"])),
    ("gauge.autoExtend", At(&["false"])),
    ("gauge.backStyle", At(&["Full"])),
    ("gauge.colorSchema", Honoured),
    ("gauge.colorsRange", Honoured),
    ("gauge.extendRange", Honoured),
    ("gauge.gaugeColorMode", Honoured),
    ("gauge.gaugeStyle", At(&["Full"])),
    ("gauge.gaugeType", At(&["Arc", "Circle"])),
    ("gauge.invertColors", Honoured),
    ("gauge.labels.show", Honoured),
    ("gauge.labels.color", Nothing),
    // Follow from the type.
    ("gauge.minAngle", Nothing),
    ("gauge.maxAngle", Nothing),
    ("gauge.orientation", At(&["vertical"])),
    ("gauge.outline", At(&["false"])),
    ("gauge.percentageMode", Honoured),
    ("gauge.scale.show", Honoured),
    ("gauge.scale.labels", At(&["false"])),
    ("gauge.scale.color", Nothing),
    ("gauge.scale.width", At(&["2"])),
    ("gauge.style.bgColor", Nothing),
    ("gauge.style.labelColor", Nothing),
    ("gauge.style.bgFill", Nothing),
    ("gauge.style.bgMask", At(&["false"])),
    ("gauge.style.bgWidth", At(&["0.9"])),
    ("gauge.style.width", At(&["0.9"])),
    ("gauge.style.mask", At(&["false"])),
    ("gauge.style.maskBars", Nothing),
    ("gauge.style.subText", Honoured),
    ("gauge.style.fontSize", At(&["60"])),
    ("gauge.type", At(&["meter"])),
    ("gauge.useRanges", Nothing),
    ("gauge.verticalSplit", At(&["false"])),
];

pub(crate) const TAGCLOUD: &[Rule] = &[
    ("scale", At(&["linear", "log", "square root"])),
    ("orientation", At(&["single", "right angled", "multiple"])),
    ("minFontSize", Honoured),
    ("maxFontSize", Honoured),
    ("showLabel", Honoured),
    ("hideLabel", At(&["false"])),
    ("metric", Nothing),
    ("bucket", Nothing),
    ("dimensions", Nothing),
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
    ("addLegend", Honoured),
    ("legendPosition", At(&["right", "top", "left", "bottom"])),
    ("isDonut", Honoured),
    ("shareYAxis", Nothing),
    ("row", Honoured),
    ("labels.show", Honoured),
    ("labels.values", Honoured),
    ("labels.last_level", Honoured),
    ("labels.truncate", Honoured),
    ("dimensions", Nothing),
    // Of Kibana; nothing to OSD.
    ("distinctColors", Nothing),
];

pub(crate) const HEATMAP: &[Rule] = &[
    ("addLegend", Honoured),
    ("legendPosition", At(&["right", "top", "left", "bottom"])),
    ("colorsNumber", At(&["2", "3", "4", "5", "6", "7", "8"])),
    // Ours is blue; the first is what new ones have.
    ("colorSchema", At(&["Greens", "Blues"])),
    ("setColorRange", Honoured),
    ("invertColors", Honoured),
    ("percentageMode", Honoured),
    ("colorsRange", Honoured),
    ("enableHover", Nothing),
    ("valueAxes[*].show", Nothing),
    ("valueAxes[*].id", Nothing),
    ("valueAxes[*].type", Nothing),
    ("valueAxes[*].scale.type", At(&["linear", "log", "square root"])),
    ("valueAxes[*].scale.defaultYExtents", Honoured),
    ("valueAxes[*].labels.show", Honoured),
    ("valueAxes[*].labels.rotate", At(&["0"])),
    ("valueAxes[*].labels.overwriteColor", At(&["false"])),
    ("valueAxes[*].labels.color", Nothing),
];

pub(crate) const MARKDOWN: &[Rule] =
    &[("markdown", Honoured), ("fontSize", Honoured), ("openLinksInNewTab", At(&["false"]))];

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
