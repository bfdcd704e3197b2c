//! What OSD has no words for, kept in texts of its objects that it carries along unread: under [`KEY`] in a visualization's `visState`
//! and in a board's `optionsJSON`. OSD refuses attributes that it does not know, but not keys in those texts.
//!
//! A visualization that somebody edits in OSD is no longer what we wrote. So ours counts only as long as all that OSD sees of it is
//! still the same, by a digest; else it is translated like any other.

use hailstream_protocol::visualization::Visualization;
use serde_json::{Value as Json, json};

use crate::read::RawObject;

/// Where ours stands.
pub(crate) const KEY: &str = "hailstream";

/// Ours, and of what it counts: what the visualization says of itself but for its title, and which records it is of.
pub(crate) fn mark(visualization: &Visualization, state: &Json, source: &Json) -> Json {
    json!({ "visualization": visualization, "of": of(state, source) })
}

/// What there is beside ours to tell whether it counts.
pub(crate) fn of(state: &Json, source: &Json) -> String {
    digest(&seen(state, source))
}

/// Whether what OSD sees is still what was written with ours.
pub(crate) fn counts(mark: &Json, state: &Json, source: &Json) -> bool {
    mark.get("of").and_then(Json::as_str) == Some(&of(state, source))
}

/// Ours, if what OSD sees is still what was written with it.
pub(crate) fn read(state: &Json, source: &Json) -> Option<Visualization> {
    let mark = state.get(KEY)?;
    if !counts(mark, state, source) {
        return None;
    }
    serde_json::from_value(mark.get("visualization")?.clone()).ok()
}

/// What a saved search says, in the place of a `visState`.
pub(crate) fn search_state(search: &RawObject) -> Json {
    let columns = search.attribute("columns").cloned().unwrap_or_default();
    let sort = search.attribute("sort").cloned().unwrap_or_default();
    json!({ "type": "search", "params": { "columns": columns, "sort": sort } })
}

fn seen(state: &Json, source: &Json) -> [Json; 5] {
    let of = |json: &Json, key: &str| json.get(key).cloned().unwrap_or_default();
    let [kind, params, aggs] = ["type", "params", "aggs"].map(|key| of(state, key));
    let [query, filter] = ["query", "filter"].map(|key| of(source, key));
    [kind, params, aggs, query, filter]
}

/// FNV-1a of what is said, however numbers are spelled. It finds edits; it is no defence.
fn digest(seen: &[Json]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for json in seen {
        hashed(json, &mut hash);
    }
    format!("{hash:016x}")
}

fn hashed(json: &Json, hash: &mut u64) {
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    match json {
        Json::Null => take(b"n"),
        Json::Bool(flag) => take(&[b'b', u8::from(*flag)]),
        Json::Number(number) => {
            take(b"#");
            take(&number.as_f64().unwrap_or(0.0).to_bits().to_le_bytes());
        }
        Json::String(text) => {
            take(b"\"");
            take(text.as_bytes());
        }
        Json::Array(items) => {
            take(b"[");
            items.iter().for_each(|item| hashed(item, hash));
        }
        Json::Object(keys) => {
            take(b"{");
            for (key, json) in keys {
                hashed(&Json::String(key.clone()), hash);
                hashed(json, hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_counts_until_somebody_edits_what_stands_beside_it() {
        let ours = Visualization { title: "T".to_owned(), ..Visualization::default() };
        let source = json!({"query": {"query": "a: 1"}, "filter": [], "indexRefName": "i"});
        let state =
            json!({"title": "T", "type": "pie", "params": {"size": 1.0}, "aggs": [{"id": "1"}]});
        let read = |size: Json, source: &Json| {
            let mut state = json!({"title": "New", "type": "pie", "params": {"size": size}, "aggs": [{"id": "1"}]});
            state[KEY] = mark(
                &ours,
                &json!({"type": "pie", "params": {"size": 1.0}, "aggs": [{"id": "1"}]}),
                source,
            );
            super::read(&state, source)
        };
        assert_eq!(read(json!(1), &source), Some(ours.clone()));
        assert_eq!(read(json!(2), &source), None);
        let mut marked = state.clone();
        marked[KEY] = mark(&ours, &state, &source);
        assert_eq!(super::read(&marked, &json!({"query": {"query": "a: 2"}, "filter": []})), None);
        assert_eq!(super::read(&state, &source), None);
    }
}
