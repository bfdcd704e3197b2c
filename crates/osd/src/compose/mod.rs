//! From our objects to OSD's, for those that were made or edited here. One file per kind of object and of part.
//!
//! What OSD can say it sees in its own words; a panel of which anything that its numbers depend on has no words there stands as text that
//! says so, for a wrong number would be worse. Either way ours goes along whole (see [`crate::own`]), so that nothing is lost on the
//! way back.

mod aggs;
mod controls;
mod dashboard;
mod source;
mod visualization;

use hailstream_protocol::saved_object::{Dashboard, SavedObject};
use hailstream_protocol::visualization::Visualization;
use serde_json::{Value as Json, json};

use crate::read::RawObject;

/// The field with the event time of a stream, where the stream is known.
pub type TimeFieldOf<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A board, an object for each panel that it holds by value, and the index patterns of their streams. What panels refer to is not among
/// them.
#[must_use]
pub fn compose_dashboard(
    dashboard: &SavedObject<Dashboard>,
    time_field_of: TimeFieldOf<'_>,
) -> Vec<RawObject> {
    dashboard::composed(dashboard, time_field_of)
}

/// A visualization, and the index patterns of its streams.
#[must_use]
pub fn compose_visualization(
    visualization: &SavedObject<Visualization>,
    time_field_of: TimeFieldOf<'_>,
) -> Vec<RawObject> {
    let SavedObject { id, attributes, .. } = visualization;
    let composed = visualization::composed(id, attributes, time_field_of);
    let streams = visualization::streams_of(attributes).into_iter();
    let patterns = streams.filter_map(|stream| index_pattern(stream, time_field_of));
    composed.into_iter().chain(patterns).collect()
}

/// The id of the index pattern that stands for a stream.
fn pattern_id(stream: &str) -> String {
    format!("hailstream-{stream}")
}

fn index_pattern(stream: &str, time_field_of: TimeFieldOf<'_>) -> Option<RawObject> {
    let mut attributes = json!({ "title": stream });
    if let Some(field) = time_field_of(stream) {
        attributes["timeFieldName"] = json!(field);
    }
    object("index-pattern", &pattern_id(stream), attributes, json!([]), "7.6.0")
}

/// An object as OSD writes it; `version` is that of OSD whose form it has.
fn object(
    kind: &str,
    id: &str,
    attributes: Json,
    references: Json,
    version: &str,
) -> Option<RawObject> {
    let mut json = json!({ "attributes": null, "id": id, "migrationVersion": { kind: version } });
    json["attributes"] = attributes;
    json["references"] = references;
    json["type"] = json!(kind);
    // Only an empty id is none.
    RawObject::new(json, 0).ok()
}
