//! Reading parameters that were checked before, key by key.
//!
//! [`Params::of`] names what does not fit, which is the server's work: the page is only answered what has passed. The
//! generated readers behind it would be a twentieth of what a visitor downloads. A test holds both readings equal.

mod charts;

use serde_json::{Map, Value as Json};

use super::{
    CardField, Control, ControlKind, ControlsParams, Format, FormatKind, GlyphShape, GlyphStyle,
    ListOrder, MapList, MapParams, MarkdownParams, Params, ParamsError, SearchParams,
    SplitDirection, TYPES, TableColumn, TableParams, TableSort, Total, Visualization, ZoneLayer,
};

impl Params {
    /// The parameters of `visualization`, which [`Params::of`] accepts; what is missing reads as its default.
    ///
    /// # Errors
    /// For a type that is not known.
    pub fn of_trusted(visualization: &Visualization) -> Result<Self, ParamsError> {
        let json = &Json::Object(visualization.params.clone());
        Ok(match visualization.kind.as_str() {
            "metric" => Params::Metric(charts::metric(json)),
            "line" => Params::Line(charts::xy(json)),
            "area" => Params::Area(charts::xy(json)),
            "histogram" => Params::Histogram(charts::xy(json)),
            "horizontal_bar" => Params::HorizontalBar(charts::xy(json)),
            "gauge" => Params::Gauge(charts::gauge(json)),
            "goal" => Params::Goal(charts::gauge(json)),
            "heatmap" => Params::Heatmap(charts::heatmap(json)),
            "pie" => Params::Pie(charts::pie(json)),
            "tagcloud" => Params::Tagcloud(charts::tagcloud(json)),
            "table" => Params::Table(table(json)),
            "search" => Params::Search(SearchParams {
                time_field: owned(json, "time_field"),
                line: owned(json, "line"),
                mark_field: owned(json, "mark_field"),
                columns: words(json, "columns"),
            }),
            "map" => Params::Map(Box::new(map(json))),
            "markdown" => Params::Markdown(MarkdownParams {
                markdown: owned(json, "markdown"),
                font_size: number(json, "font_size"),
            }),
            "input_control_vis" => Params::Controls(ControlsParams {
                controls: items(json, "controls").iter().map(control).collect(),
                update_filters_on_change: flag(json, "update_filters_on_change"),
                pin_filters: flag(json, "pin_filters"),
            }),
            kind => {
                let known = TYPES.join(", ");
                return Err(ParamsError::UnknownType { kind: kind.to_owned(), known });
            }
        })
    }
}

fn control(json: &Json) -> Control {
    Control {
        id: owned(json, "id"),
        kind: match text(json, "type") {
            "range" => ControlKind::Range,
            _ => ControlKind::List,
        },
        field: owned(json, "field"),
        label: owned(json, "label"),
        parent: owned(json, "parent"),
        single: flag(json, "single"),
        dynamic_options: flag(json, "dynamic_options"),
        step: number(json, "step"),
    }
}

fn table(json: &Json) -> TableParams {
    TableParams {
        columns: items(json, "columns").iter().map(column).collect(),
        rank: flag(json, "rank"),
        per_page: whole(json, "per_page").unwrap_or_default(),
        sort: under(json, "sort")
            .map(|sort| TableSort { column: owned(sort, "column"), order: order(sort) }),
        total: match text(json, "total") {
            "sum" => Some(Total::Sum),
            "avg" => Some(Total::Avg),
            "min" => Some(Total::Min),
            "max" => Some(Total::Max),
            "count" => Some(Total::Count),
            _ => None,
        },
        percentage: owned(json, "percentage"),
        split: owned(json, "split"),
        split_direction: match text(json, "split_direction") {
            "columns" => SplitDirection::Columns,
            _ => SplitDirection::Rows,
        },
    }
}

/// Which come first; the most where nothing is said.
fn order(json: &Json) -> ListOrder {
    match text(json, "order") {
        "asc" => ListOrder::Asc,
        _ => ListOrder::Desc,
    }
}

fn column(json: &Json) -> TableColumn {
    TableColumn {
        id: owned(json, "id"),
        title: owned(json, "title"),
        format: format(json, "format"),
        bar: flag(json, "bar"),
        width: whole(json, "width"),
    }
}

fn map(json: &Json) -> MapParams {
    let default = MapParams::default();
    let word = |key: &str, default: String| {
        json.get(key).and_then(Json::as_str).map_or(default, str::to_owned)
    };
    let whole = |key: &str, default: u32| whole(json, key).unwrap_or(default);
    let mut params = MapParams {
        basemap: owned(json, "basemap"),
        center: match items(json, "center") {
            [longitude, latitude] => {
                longitude.as_f64().zip(latitude.as_f64()).map(<[f64; 2]>::from)
            }
            _ => None,
        },
        zoom: number(json, "zoom"),
        position: word("position", default.position),
        heading: owned(json, "heading"),
        status: owned(json, "status"),
        glyphs: default.glyphs,
        entity_name: word("entity_name", default.entity_name),
        entities_name: word("entities_name", default.entities_name),
        silent_after_s: whole("silent_after_s", default.silent_after_s),
        card: items(json, "card").iter().map(card_field).collect(),
        list: under(json, "list").map(list).unwrap_or_default(),
        group_above: whole("group_above", default.group_above),
        zones: under(json, "zones").map(zones).unwrap_or_default(),
    };
    for (status, glyph) in entries(json, "glyphs") {
        params.glyphs.insert(status.clone(), glyph_style(glyph));
    }
    params
}

fn card_field(json: &Json) -> CardField {
    CardField {
        field: owned(json, "field"),
        title: owned(json, "title"),
        format: format(json, "format"),
    }
}

fn list(json: &Json) -> MapList {
    MapList {
        field: owned(json, "field"),
        order: order(json),
        title: owned(json, "title"),
        status: owned(json, "status"),
        detail: owned(json, "detail"),
        format: format(json, "format"),
    }
}

fn zones(json: &Json) -> ZoneLayer {
    ZoneLayer { query: owned(json, "query"), title: owned(json, "title") }
}

fn glyph_style(json: &Json) -> GlyphStyle {
    GlyphStyle {
        shape: match text(json, "shape") {
            "dot" => GlyphShape::Dot,
            _ => GlyphShape::Arrow,
        },
        level: small(json, "level").unwrap_or_default(),
    }
}

/// Plain numbers where nothing is said.
fn format(json: &Json, key: &str) -> Format {
    let Some(json) = json.get(key) else { return Format::default() };
    Format {
        kind: match text(json, "kind") {
            "percent" => FormatKind::Percent,
            "usd" => FormatKind::Usd,
            "duration" => FormatKind::Duration,
            "bytes" => FormatKind::Bytes,
            "time" => FormatKind::Time,
            "date" => FormatKind::Date,
            _ => FormatKind::Number,
        },
        unit: owned(json, "unit"),
        decimals: small(json, "decimals"),
        scale: number(json, "scale"),
    }
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn items<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn words(json: &Json, key: &str) -> Vec<String> {
    items(json, key).iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn entries<'a>(json: &'a Json, key: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    json.get(key).and_then(Json::as_object).into_iter().flat_map(Map::iter)
}

#[inline(never)]
fn owned(json: &Json, key: &str) -> String {
    text(json, key).to_owned()
}

fn flag(json: &Json, key: &str) -> bool {
    json.get(key).and_then(Json::as_bool).unwrap_or(false)
}

#[inline(never)]
fn number(json: &Json, key: &str) -> Option<f64> {
    json.get(key).and_then(Json::as_f64)
}

#[inline(never)]
fn whole(json: &Json, key: &str) -> Option<u32> {
    json.get(key).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok())
}

fn small(json: &Json, key: &str) -> Option<u8> {
    json.get(key).and_then(Json::as_u64).and_then(|number| u8::try_from(number).ok())
}

/// What is under a key; null is nothing.
fn under<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    json.get(key).filter(|json| json.is_object())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn full_map(format: &Json) -> Json {
        json!({
            "basemap": "b", "center": [1.5, -2], "zoom": 11, "position": "p", "heading": "h",
            "status": "s", "glyphs": {"free": {"shape": "dot", "level": 3}},
            "entity_name": "Cab", "entities_name": "cabs", "silent_after_s": 9,
            "card": [{"field": "f", "title": "t", "format": {"kind": "time"}}],
            "list": {
                "field": "f", "order": "asc", "title": "t", "status": "s", "detail": "d",
                "format": format,
            },
            "group_above": 7, "zones": {"query": "q", "title": "t"},
        })
    }

    fn full_xy(format: &Json) -> Json {
        json!({
            "x": "t", "series": "s", "split": "p", "split_direction": "columns", "metric": "m",
            "mode": "percent", "format": format, "formats": {"m": {"kind": "bytes"}},
            "x_format": {"kind": "duration"}, "names": {"a": "b"}, "colors": {"1": "data-3"},
            "threshold": {"value": 90.5, "label": "hot"},
            "series_params": [
                {
                    "metric": "m", "type": "line", "mode": "grouped", "axis": "right",
                    "draw_lines_between_points": false, "interpolate": "step-after",
                    "line_width": 3,
                },
                {"type": "area", "interpolate": "cardinal", "mode": "stacked"},
                {"type": "histogram"},
            ],
            "category_axis": {"show": false},
            "value_axis": {
                "show": false, "title": "t", "scale": "log", "min": 1, "max": 9.5, "fit": true,
            },
            "right_axis": {"scale": "square_root"}, "legend": "bottom", "order_by_sum": true,
            "category_lines": true, "show_values": true, "time_marker": true,
        })
    }

    fn full(kind: &str) -> Json {
        let format = json!({"kind": "usd", "unit": "$", "decimals": 2, "scale": 0.01});
        match kind {
            "metric" => json!({
                "metric": "m", "format": format, "note": "n",
                "change": {"kind": "difference", "good": "neither", "label": "l"},
                "metrics": ["a", "b"], "names": {"a": "b"}, "show_labels": false, "font_size": 36,
                "ranges": [{"from": 0, "to": 2.5}], "color_mode": "background",
                "invert_colors": true, "percentage_mode": true, "colors": "sequence",
            }),
            "line" | "area" | "histogram" | "horizontal_bar" => full_xy(&format),
            "gauge" | "goal" => json!({
                "metrics": ["m"], "names": {"a": "b"}, "shape": "circle",
                "ranges": [{"from": 0, "to": 50}, {"from": 50, "to": 75}], "color_mode": "none",
                "colors": "sequence", "extend_range": true,
                "invert_colors": true, "percentage_mode": true, "show_labels": false,
                "show_scale": false, "sub_text": "s", "format": format,
            }),
            "heatmap" => json!({
                "x": "a", "y": "b", "metric": "m", "format": {"kind": "percent"},
                "colors_number": 4, "ranges": [{"from": -1, "to": 1}], "invert_colors": true,
                "fit": true, "scale": "log", "percentage_mode": true, "show_values": true,
                "legend": "hidden",
            }),
            "pie" => json!({
                "metric": "m", "donut": false, "label": "l", "format": format, "split": "p",
                "split_direction": "rows", "legend": "left", "colors": {"1": "data-3"},
                "labels": {"show": true, "values": false, "last_level": false, "truncate": 10},
            }),
            "tagcloud" => json!({
                "metric": "m", "min_font_size": 10, "max_font_size": 30.5, "scale": "square_root",
                "orientation": "right_angled", "label": "l", "format": format,
            }),
            "table" => json!({
                "columns": [
                    {"id": "i", "title": "t", "format": {"kind": "bytes"}, "bar": true, "width": 90},
                    {"id": "d", "format": {"kind": "date"}},
                ],
                "rank": true, "per_page": 10, "sort": {"column": "i", "order": "asc"}, "total": "avg",
                "percentage": "i", "split": "s", "split_direction": "columns",
            }),
            "search" => {
                json!({"time_field": "t", "line": "{a}", "mark_field": "m", "columns": ["a", "b"]})
            }
            "input_control_vis" => json!({
                "controls": [
                    {"id": "a", "type": "list", "field": "f", "label": "l", "single": true, "dynamic_options": true},
                    {"id": "b", "type": "range", "field": "g", "parent": "a", "step": 0.5},
                ],
                "update_filters_on_change": true, "pin_filters": true,
            }),
            "map" => full_map(&format),
            _ => json!({"markdown": "# words", "font_size": 10}),
        }
    }

    #[test]
    fn what_the_server_accepts_is_read_as_the_server_reads_it() {
        for kind in TYPES {
            for json in [full(kind), json!({})] {
                let Json::Object(params) = json else { panic!("params are an object") };
                let visualization =
                    Visualization { kind: kind.to_owned(), params, ..Visualization::default() };
                assert_eq!(
                    Params::of_trusted(&visualization),
                    Params::of(&visualization),
                    "{kind}"
                );
            }
        }
    }
}
