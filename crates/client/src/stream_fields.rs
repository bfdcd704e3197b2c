//! A stream as pages about records know it: its fields with their types, and which of them are the time, the entity and the
//! keys. Read by hand from `GET /api/streams/{name}`: the typed reader would be a part of what every visitor downloads.

use serde_json::Value as Json;

/// A field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamField {
    /// Name, dotted for objects.
    pub name: String,
    /// Type, as OpenSearch calls it.
    pub kind: String,
    /// Unit from the stream file; empty for none.
    pub unit: String,
    /// In the stream file, or found in the records.
    pub is_declared: bool,
    /// Share of the records that have it, 0 to 1.
    pub share: Option<f64>,
}

/// A stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamFields {
    /// Name.
    pub stream: String,
    /// Field of the event time; empty where that is the record's own.
    pub time_field: String,
    /// Field that names the entity; empty for none.
    pub entity: String,
    /// Fields that tell records apart.
    pub keys: Vec<String>,
    /// All fields, by name.
    pub fields: Vec<StreamField>,
}

impl StreamField {
    /// A letter for its type.
    #[must_use]
    pub fn mark(&self) -> &'static str {
        type_mark(&self.kind)
    }

    /// Whether its values are numbers.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "long" | "double")
    }

    /// Whether it says where something is, as a number of its own.
    #[must_use]
    pub fn is_coordinate(&self) -> bool {
        let last = self.name.rsplit(['.', '_']).next().unwrap_or_default();
        let words = ["lat", "lon", "lng", "latitude", "longitude"];
        self.is_number() && words.iter().any(|word| last.eq_ignore_ascii_case(word))
    }
}

impl StreamFields {
    /// Reads the server's answer.
    #[must_use]
    pub fn of(answer: &Json) -> Self {
        let text = |json: &Json, key: &str| {
            json.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        let items = |key: &str| answer.get(key).and_then(Json::as_array).cloned();
        let field = |field: &Json| StreamField {
            name: text(field, "name"),
            kind: text(field, "type"),
            unit: text(field, "unit"),
            is_declared: field.get("declared").and_then(Json::as_bool).unwrap_or(true),
            share: field.get("share").and_then(Json::as_f64),
        };
        let keys = items("dedupe").unwrap_or_default();
        Self {
            stream: text(answer, "stream"),
            time_field: text(answer, "time_field"),
            entity: text(answer, "entity"),
            keys: keys.iter().filter_map(|key| Some(key.as_str()?.to_owned())).collect(),
            fields: items("fields").unwrap_or_default().iter().map(field).collect(),
        }
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&StreamField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Fields that say what a record is about, the likeliest first: the entity, words, then numbers, then yes or no. Times, places,
    /// coordinates and keys of single records say little in a table and nothing in a chart.
    #[must_use]
    pub fn telling(&self) -> Vec<&StreamField> {
        let rank = |field: &StreamField| match field.kind.as_str() {
            _ if field.name == self.entity => Some(0),
            _ if self.keys.contains(&field.name) || field.is_coordinate() => None,
            "keyword" | "ip" => Some(1),
            "long" | "double" => Some(2),
            "boolean" => Some(3),
            _ => None,
        };
        let mut telling: Vec<(u8, bool, &StreamField)> = Vec::new();
        for field in self.fields.iter().filter(|field| field.name != self.time_field) {
            telling.extend(rank(field).map(|rank| (rank, !field.is_declared, field)));
        }
        telling.sort_by_key(|(rank, is_guessed, _)| (*rank, *is_guessed));
        telling.into_iter().map(|(.., field)| field).collect()
    }
}

/// A letter for a type, as lists of fields have it.
#[must_use]
pub fn type_mark(kind: &str) -> &'static str {
    match kind {
        "keyword" | "text" => "k",
        "date" => "d",
        "geo_point" => "g",
        "boolean" => "b",
        "ip" => "ip",
        _ => "#",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// The telemetry of cabs, shortened.
    pub(crate) fn telemetry() -> StreamFields {
        let field = |name: &str, kind: &str| json!({"name": name, "type": kind, "declared": true});
        StreamFields::of(&json!({
            "stream": "telemetry", "time_field": "ts", "entity": "cab_id", "dedupe": ["fix_id"],
            "fields": [
                field("cab_id", "keyword"), field("fix_id", "keyword"), field("heading", "double"), field("lat", "double"),
                field("lon", "double"), field("occupied", "boolean"), field("position", "geo_point"),
                {"name": "speed", "type": "double", "unit": "km/h", "declared": true, "share": 0.98},
                field("status", "keyword"), field("ts", "date"), field("zone", "keyword"),
                {"name": "fw_rev", "type": "keyword", "declared": false, "share": 0.02},
            ],
        }))
    }

    #[test]
    fn what_a_record_is_about_comes_first() {
        let stream = telemetry();
        let names: Vec<&str> = stream.telling().iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["cab_id", "status", "zone", "fw_rev", "heading", "speed", "occupied"]);
        assert_eq!(stream.field("speed").map(|field| field.unit.as_str()), Some("km/h"));
        assert!(stream.field("lat").is_some_and(StreamField::is_coordinate));
        assert!(!stream.field("position").is_some_and(StreamField::is_coordinate));
    }
}
