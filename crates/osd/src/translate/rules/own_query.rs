//! Of types that name index pattern and fields in their parameters, having no aggregations: TSVB and controls.

use crate::weight::Rule;
use crate::weight::Weight::{At, Honoured, Nothing};

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
    ("separate_axis", Honoured),
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
