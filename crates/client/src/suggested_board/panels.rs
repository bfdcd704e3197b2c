//! The panels of a suggested board and their places on its grid.
//!
//! They are filled into templates. `json!` would be shorter to read, and a fiftieth of what every visitor downloads.

use serde_json::Value as Json;

use super::{Choice, Fact, fact, fixed, insert, position, under};
use crate::stream_fields::{StreamField, StreamFields};

/// Bars of the histogram of a number.
const BARS: f64 = 24.0;
/// The board's grid.
pub(super) const COLUMNS: u32 = 48;

/// The attributes of a dashboard.
#[must_use]
pub fn suggested_board(stream: &StreamFields, facts: &[Fact], choice: &Choice) -> Json {
    let made = Made { stream, facts, choice };
    let map = made.map();
    let has_map = map.is_some();
    let rows = [
        made.metrics(),
        map.into_iter().chain(made.over_time(has_map)).chain(made.spread(has_map)).collect(),
        made.table().into_iter().chain([made.newest()]).collect(),
    ];
    let mut panels = Vec::new();
    let mut top = 0;
    for row in rows {
        top += lay_out(&mut panels, row, top);
    }
    let about = format!("Suggested from the fields of {}", stream.stream);
    let mut board = fixed(r#"{"timeFrom": "now-15m", "timeTo": "now"}"#);
    insert(&mut board, "title", sentence(&stream.stream).into());
    insert(&mut board, "description", about.into());
    insert(&mut board, "panels", panels.into());
    board
}

/// A panel before it has a place: id, height in rows, its visualization. One that is tall stands at the left, all others of
/// its row are stacked beside it.
struct Drawn {
    id: &'static str,
    height: u32,
    visualization: Json,
}

/// Gives the panels of a row their places from `top` on; answers the row's height.
fn lay_out(panels: &mut Vec<Json>, row: Vec<Drawn>, top: u32) -> u32 {
    let height = row.iter().map(|panel| panel.height).max().unwrap_or(0);
    let tall = row.iter().filter(|panel| panel.height == height).count();
    let is_stacked = tall < row.len();
    let count = row.len() as u32;
    let (mut left, mut below) = (0, top);
    for (place, panel) in (0..).zip(row) {
        let (x, y, w) = match is_stacked {
            true if panel.height == height => (0, top, 28),
            true => (28, below, COLUMNS - 28),
            false => (left, top, COLUMNS * (place + 1) / count - left),
        };
        if is_stacked && x > 0 {
            below += panel.height;
        }
        left += w;
        let mut grid = fixed("{}");
        let place = [("x", x), ("y", y), ("w", w), ("h", panel.height)];
        place.into_iter().for_each(|(key, value)| insert(&mut grid, key, value.into()));
        let mut placed = under("panelIndex", panel.id.into());
        insert(&mut placed, "gridData", grid);
        insert(&mut placed, "visualization", panel.visualization);
        panels.push(placed);
    }
    height
}

struct Made<'a> {
    stream: &'a StreamFields,
    facts: &'a [Fact],
    choice: &'a Choice,
}

impl Made<'_> {
    fn number(&self) -> Option<&StreamField> {
        self.stream.field(&self.choice.number)
    }

    /// A visualization from a template: `$stream` and the other names stand for values.
    fn drawn(
        &self,
        id: &'static str,
        height: u32,
        template: &str,
        values: &[(&str, Json)],
    ) -> Drawn {
        let mut visualization = fixed(template);
        let stream = self.stream.stream.as_str();
        fill(&mut visualization, &|name| {
            let given = values.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone());
            given.or_else(|| (name == "stream").then(|| stream.into()))
        });
        Drawn { id, height, visualization }
    }

    fn metrics(&self) -> Vec<Drawn> {
        let metric = |id, title: String, metric: Json, params: Json| {
            self.drawn(
                id,
                4,
                METRIC,
                &[("title", title.into()), ("metric", metric), ("params", params)],
            )
        };
        let of_field = |kind: &str, field: &str| {
            let mut metric = fixed(r#"{"id": "value"}"#);
            insert(&mut metric, "type", kind.into());
            insert(&mut metric, "field", field.into());
            metric
        };
        let note = fixed(r#"{"note": "in this range"}"#);
        let count = fixed(r#"{"id": "value", "type": "count"}"#);
        let mut metrics = vec![metric("records", "Records".to_owned(), count, note.clone())];
        let (entity, ranked) = (self.stream.entity.as_str(), self.choice.ranked.as_str());
        if !entity.is_empty() {
            let title = Json::from(format!("Different {entity}"));
            metrics.push(self.drawn("entities", 4, ENTITIES, &[("title", title)]));
        } else if !ranked.is_empty() {
            metrics.push(metric(
                "distinct",
                format!("Different {ranked}"),
                of_field("cardinality", ranked),
                note,
            ));
        }
        if let Some(field) = self.number() {
            let title = format!("{}, average", sentence(&field.name));
            metrics.push(metric(
                "mean",
                title,
                of_field("avg", &field.name),
                under("format", format(field)),
            ));
        }
        metrics
    }

    fn map(&self) -> Option<Drawn> {
        let place = position(self.stream).filter(|_| !self.stream.entity.is_empty())?;
        let told: Vec<&str> =
            self.stream.telling().iter().skip(1).take(4).map(|field| field.name.as_str()).collect();
        let heading = ["heading", "bearing", "course"];
        let heading =
            self.stream.fields.iter().find(|field| heading.contains(&field.name.as_str()));
        let heading = heading.map(|field| field.name.as_str()).unwrap_or_default();
        let split = self.choice.split.as_str();
        let mut fields = vec![place.name.as_str()];
        for name in told.iter().copied().chain([heading, split]) {
            if !name.is_empty() && !fields.contains(&name) {
                fields.push(name);
            }
        }
        let card = |name: &&str| {
            let mut card = under("field", Json::from(*name));
            insert(&mut card, "title", sentence(name).into());
            card
        };
        let values = [
            ("fields", fields.into()),
            ("position", place.name.as_str().into()),
            ("heading", heading.into()),
            ("status", split.into()),
            ("card", told.iter().map(card).collect()),
            ("entity_name", sentence(&self.stream.entity).into()),
        ];
        let mut drawn = self.drawn("map", 16, MAP, &values);
        let bounds = fact(self.facts, &place.name).and_then(|fact| fact.bounds);
        let params = drawn.visualization.get_mut("params");
        if let (Some((center, zoom)), Some(params)) = (bounds.map(view_of), params) {
            insert(params, "center", center.to_vec().into());
            insert(params, "zoom", zoom.into());
        }
        Some(drawn)
    }

    fn over_time(&self, has_map: bool) -> Option<Drawn> {
        let split = self.choice.split.as_str();
        let template = if split.is_empty() { OVER_TIME } else { OVER_TIME_SPLIT };
        let values = [("split", split.into()), ("subtitle", format!("by {split}").into())];
        Some(self.drawn("over-time", if has_map { 8 } else { 9 }, template, &values))
    }

    fn spread(&self, has_map: bool) -> Option<Drawn> {
        let field = self.number()?;
        let (least, most) = fact(self.facts, &field.name)?.spread?;
        let interval = natural_step((most - least) / BARS, field.kind == "long")?;
        let values = [
            ("title", sentence(&field.name).into()),
            ("field", field.name.as_str().into()),
            ("interval", interval.into()),
            ("format", format(field)),
        ];
        Some(self.drawn("spread", if has_map { 8 } else { 9 }, SPREAD, &values))
    }

    fn table(&self) -> Option<Drawn> {
        let ranked = Some(self.choice.ranked.as_str()).filter(|name| !name.is_empty())?;
        let mut values =
            vec![("title", Json::from(format!("Top {ranked}"))), ("ranked", ranked.into())];
        let Some(field) = self.number() else { return Some(self.drawn("top", 9, TOP, &values)) };
        values.extend([
            ("field", field.name.as_str().into()),
            ("mean", format!("{}, average", field.name).into()),
            ("format", format(field)),
        ]);
        Some(self.drawn("top", 9, TOP_WITH_MEAN, &values))
    }

    fn newest(&self) -> Drawn {
        let told: Vec<&str> =
            self.stream.telling().iter().take(5).map(|field| field.name.as_str()).collect();
        let part = |(place, name): (usize, &&str)| match place {
            0 => format!("{{{name}}}"),
            _ => format!("{name} {{{name}}}"),
        };
        // Names with marks of the template in them would be read as something else: the list then shows all fields.
        let is_plain = |name: &&str| !name.contains(['{', '}', ',']);
        let line: Vec<String> = told.iter().enumerate().map(part).collect();
        let line = if told.iter().all(is_plain) { line.join(", ") } else { String::new() };
        let values = [
            ("time", self.stream.time_field.as_str().into()),
            ("line", line.into()),
            ("split", self.choice.split.as_str().into()),
        ];
        self.drawn("newest", 9, NEWEST, &values)
    }
}

const METRIC: &str = r#"{"title": "$title", "type": "metric", "params": "$params",
    "query": {"stream": "$stream", "metrics": ["$metric"]},
    "extra_queries": {"sparkline": {"stream": "$stream", "metrics": ["$metric"],
        "buckets": [{"id": "time", "type": "date_histogram", "auto": 60}]}}}"#;
const ENTITIES: &str = r#"{"title": "$title", "type": "metric", "params": {"note": "now"},
    "query": {"stream": "$stream", "over": "entities", "metrics": [{"id": "value", "type": "count"}]}}"#;
const MAP: &str = r#"{"title": "Where they are now", "type": "map",
    "query": {"stream": "$stream", "entities": {"size": 10000, "fields": "$fields"}},
    "params": {"position": "$position", "heading": "$heading", "status": "$status", "card": "$card",
        "entity_name": "$entity_name", "entities_name": "in all"}}"#;
const OVER_TIME: &str = r#"{"title": "Records over time", "type": "histogram", "params": {"x": "time", "metric": "count"},
    "query": {"stream": "$stream", "metrics": [{"id": "count", "type": "count"}],
        "buckets": [{"id": "time", "type": "date_histogram", "auto": 60}]}}"#;
const OVER_TIME_SPLIT: &str = r#"{"title": "Records over time", "subtitle": "$subtitle", "type": "histogram",
    "params": {"x": "time", "series": "split", "metric": "count"},
    "query": {"stream": "$stream", "metrics": [{"id": "count", "type": "count"}],
        "buckets": [{"id": "split", "type": "terms", "field": "$split", "size": 5, "other": true},
            {"id": "time", "type": "date_histogram", "auto": 60}]}}"#;
const SPREAD: &str = r#"{"title": "$title", "subtitle": "how often which value", "type": "histogram",
    "params": {"x": "value", "metric": "count", "x_format": "$format"},
    "query": {"stream": "$stream", "metrics": [{"id": "count", "type": "count"}],
        "buckets": [{"id": "value", "type": "histogram", "field": "$field", "interval": "$interval"}]}}"#;
const TOP: &str = r#"{"title": "$title", "type": "table",
    "params": {"rank": true, "columns": [{"id": "ranked", "title": "$ranked"}, {"id": "count", "title": "Records", "bar": true}]},
    "query": {"stream": "$stream", "metrics": [{"id": "count", "type": "count"}],
        "buckets": [{"id": "ranked", "type": "terms", "field": "$ranked", "size": 8}]}}"#;
const TOP_WITH_MEAN: &str = r#"{"title": "$title", "type": "table",
    "params": {"rank": true, "columns": [{"id": "ranked", "title": "$ranked"}, {"id": "count", "title": "Records", "bar": true},
        {"id": "mean", "title": "$mean", "format": "$format"}]},
    "query": {"stream": "$stream", "metrics": [{"id": "count", "type": "count"}, {"id": "mean", "type": "avg", "field": "$field"}],
        "buckets": [{"id": "ranked", "type": "terms", "field": "$ranked", "size": 8}]}}"#;
const NEWEST: &str = r#"{"title": "Newest records", "type": "search", "query": {"stream": "$stream", "hits": {"size": 40}},
    "params": {"time_field": "$time", "line": "$line", "mark_field": "$split"}}"#;

/// Puts values in the place of their names. Values are not looked into: a field may be called `$stream`.
fn fill(template: &mut Json, value_of: &dyn Fn(&str) -> Option<Json>) {
    match template {
        Json::String(text) => {
            if let Some(value) = text.strip_prefix('$').and_then(value_of) {
                *template = value;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| fill(item, value_of)),
        Json::Object(entries) => entries.values_mut().for_each(|entry| fill(entry, value_of)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The middle of a box and a zoom that shows it all.
pub(super) fn view_of([west, south, east, north]: [f64; 4]) -> ([f64; 2], f64) {
    /// A panel's width and height, about, px.
    const SIZE: f64 = 420.0;
    let width = if east < west { east + 360.0 - west } else { east - west };
    let longest = width.max(north - south).max(0.002);
    let middle = west + width / 2.0;
    let middle = if middle > 180.0 { middle - 360.0 } else { middle };
    let zoom = (SIZE * 360.0 / (256.0 * longest)).log2().clamp(1.0, 16.0);
    ([middle, f64::midpoint(south, north)], (zoom * 10.0).round() / 10.0)
}

/// The next of 1, 2 and 5 times a power of ten; whole for whole numbers. `None` where there is no spread.
pub(super) fn natural_step(least: f64, is_whole: bool) -> Option<f64> {
    if !(least.is_finite() && least > 0.0) {
        return None;
    }
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|step| *step >= least * 0.999_999);
    Some(if is_whole { step?.max(1.0).round() } else { step? })
}

fn format(field: &StreamField) -> Json {
    match field.unit.as_str() {
        "" => fixed("{}"),
        "USD" => under("kind", "usd".into()),
        "s" => under("kind", "duration".into()),
        "bytes" | "B" => under("kind", "bytes".into()),
        unit => under("unit", unit.into()),
    }
}

/// `engine_temp` as `Engine temp`.
fn sentence(name: &str) -> String {
    let mut words = name.replace(['_', '.'], " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
