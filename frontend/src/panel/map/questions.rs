//! What a map asks beside its panel's question, as queries: all of them are the panel's, under the same filters, put otherwise.

use hailstream_geo::mercator::Tile;
use hailstream_map::fleet::HEADING_STEP;
use hailstream_map::tiles::Grid;
use hailstream_protocol::Value;
use hailstream_protocol::visualization::{ListOrder, MapParams};
use serde_json::{Value as Json, json};

use super::state::MapState;

/// Vehicles of one tile. With more in one, not all are shown, and that is said.
const OF_TILE: u32 = 20_000;
/// How often a large fleet tells where it is: each of its vehicles does once in many seconds.
const EVERY: &str = "2s";
/// Vehicles of an earlier moment.
const OF_PAST: u32 = 10_000;
/// Whoever said nothing for so long before it is not shown at an earlier moment, s.
const PAST_S: u32 = 120;
/// The column that a ranking is by.
pub(super) const RANKED_BY: &str = "value";
/// How far back the trail of the chosen one goes.
const TRAIL: &str = "now-5m";
/// Fixes of a trail: one a second.
const TRAIL_FIXES: u32 = 300;

/// Who is in a tile, where, in whole numbers.
pub(super) fn of_tile(base: &Json, grid: Grid, tile: Tile, params: &MapParams) -> Json {
    let mut fields = Vec::new();
    if !params.heading.is_empty() {
        fields.push(json!({"field": params.heading, "step": HEADING_STEP}));
    }
    if !params.status.is_empty() {
        let values: Vec<&String> = params.glyphs.keys().collect();
        let listed = json!({"field": params.status, "values": values});
        fields.push(if values.is_empty() { json!(params.status) } else { listed });
    }
    if fields.is_empty() {
        // Without any it would be all.
        fields.push(json!(params.position));
    }
    let mut query = base.clone();
    query["entities"] = json!({
        "tile": tile.to_string(),
        "extent": grid.extent(),
        "every": EVERY,
        "size": OF_TILE,
        "fields": fields,
    });
    query
}

/// All that is known of one.
pub(super) fn of_one(base: &Json, entity_field: &str, entity: &Value) -> Json {
    let mut query = base.clone();
    add_filter(&mut query, entity_field, &json!(entity));
    query["entities"]["size"] = json!(1);
    query
}

/// Lets only records with a value through.
fn add_filter(query: &mut Json, field: &str, value: &Json) {
    let term = json!({"term": {"field": field, "value": value}});
    match query.get_mut("filters").and_then(Json::as_array_mut) {
        Some(filters) => filters.push(term),
        None => query["filters"] = json!([term]),
    }
}

/// The first of a ranking, or those whose name contains what is looked for.
pub(super) fn ranking(
    base: &Json,
    entity_field: &str,
    params: &MapParams,
    find: &str,
    size: usize,
) -> Json {
    let by = &params.list;
    let find = find.trim();
    let mut query = base.clone();
    if let Some(query) = query.as_object_mut() {
        query.remove("entities");
    }
    query["over"] = json!("entities");
    let direction = match by.order {
        ListOrder::Desc => "desc",
        ListOrder::Asc => "asc",
    };
    let mut bucket = json!({"id": "entity", "type": "terms", "field": entity_field, "size": size});
    if find.is_empty() && !by.field.is_empty() {
        bucket["order"] = json!({"by": RANKED_BY, "direction": direction});
    } else {
        bucket["order"] = json!({"by": "_key", "direction": "asc"});
    }
    if !find.is_empty() {
        bucket["include"] = json!(containing(find));
    } else if !by.status.is_empty() {
        add_filter(&mut query, &params.status, &json!(by.status));
    }
    query["buckets"] = json!([bucket]);
    if !by.field.is_empty() {
        query["metrics"] = json!([{"id": RANKED_BY, "type": "max", "field": by.field}]);
    }
    query
}

/// The last word of each before a moment. Who was silent for long before it is left out.
pub(super) fn past(base: &Json, entity_field: &str, params: &MapParams, moment_ms: i64) -> Json {
    let limit_s = if params.silent_after_s > 0 { params.silent_after_s } else { PAST_S };
    let mut query = base.clone();
    if let Some(query) = query.as_object_mut() {
        query.remove("entities");
    }
    query["time"] = json!({"from": moment_ms - i64::from(limit_s) * 1_000, "to": moment_ms});
    query["buckets"] = json!([{
        "id": "entity",
        "type": "terms",
        "field": entity_field,
        "size": OF_PAST,
        "order": {"by": "_key", "direction": "asc"},
    }]);
    let fields = [&params.position, &params.status, &params.heading];
    let last = |field: &String| json!({"id": field, "type": "top_hits", "field": field, "size": 1});
    let metrics: Vec<Json> =
        fields.into_iter().filter(|field| !field.is_empty()).map(last).collect();
    query["metrics"] = json!(metrics);
    query
}

/// A regular expression of keys that contain a text, whatever its case.
fn containing(text: &str) -> String {
    let letter = |letter: char| {
        let (lower, upper) = (letter.to_lowercase(), letter.to_uppercase());
        match letter {
            letter if letter.is_alphabetic() => format!("[{lower}{upper}]"),
            letter if letter.is_alphanumeric() || letter == ' ' => letter.to_string(),
            letter => format!("\\{letter}"),
        }
    };
    format!(".*{}.*", text.chars().map(letter).collect::<String>())
}

/// The newest records of the chosen one.
pub(super) fn trail(state: &MapState) -> Option<Json> {
    let entity = state.chosen.as_ref()?;
    let field = state.entity_field()?;
    let names = [&state.params.position, &state.params.status];
    let fields: Vec<&String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    Some(json!({
        "stream": state.stream,
        "filters": [{ "term": { "field": field, "value": entity } }],
        "time": { "from": TRAIL, "to": "now" },
        "hits": { "size": TRAIL_FIXES, "fields": fields },
    }))
}
