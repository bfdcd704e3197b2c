//! `GET /api/openapi.json`: the API, with the schemas of all its types, of dashboard files and of the WebSocket's
//! messages, generated from the types themselves.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use hailstream_protocol::saved_object::{
    Dashboard, DashboardDocument, DashboardSummary, Revision, SavedObject,
};
use hailstream_protocol::stream_info::{StreamInfo, StreamSummary};
use hailstream_protocol::visualization::Visualization;
use hailstream_protocol::{ClientMessage, Explanation, Problem, QueryResult, ServerMessage};
use hailstream_query::Query;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::saved_objects::PatternInfo;

pub(super) async fn document() -> impl IntoResponse {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| Bytes::from(description().to_string()));
    ([(header::CONTENT_TYPE, "application/json")], text.clone())
}

/// The whole description.
pub(super) fn description() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let mut paths = paths(&mut schemas);
    paths.extend(dashboard_paths(&mut schemas));
    paths.extend(exchange_paths(&mut schemas));
    for schema in [
        schemas.subschema_for::<ClientMessage>(),
        schemas.subschema_for::<ServerMessage>(),
        schemas.subschema_for::<SavedObject<Dashboard>>(),
        schemas.subschema_for::<SavedObject<Visualization>>(),
    ] {
        // Asking for a schema puts it among the definitions, which is all that is wanted of these.
        drop(schema);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hailstream",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Live views over Apache Kafka. Times are epoch milliseconds UTC. Results are followed over the \
                            WebSocket at `/ws`, whose messages are `ClientMessage` and `ServerMessage`.",
        },
        "paths": paths,
        "components": { "schemas": schemas.take_definitions(true) },
    })
}

fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let name = parameter("name");
    object(json!({
        "/api/query": { "post": {
            "summary": "The present answer to a query",
            "requestBody": { "required": true, "content": content::<Query>(schemas) },
            "responses": responses::<QueryResult>(schemas, "The result"),
        }},
        "/api/query/explain": { "post": {
            "summary": "What the answer to a query would cost, and whether it is refused",
            "requestBody": { "required": true, "content": content::<Query>(schemas) },
            "responses": responses::<Explanation>(schemas, "The estimate"),
        }},
        "/api/streams": { "get": {
            "summary": "All streams",
            "responses": responses::<Vec<StreamSummary>>(schemas, "Streams by name"),
        }},
        "/api/streams/{name}": { "get": {
            "summary": "A stream: fields, samples, the account of every record, lag",
            "parameters": [name],
            "responses": responses::<StreamInfo>(schemas, "The stream"),
        }},
        "/api/markdown": { "post": {
            "summary": "What a text would look like on a panel: {\"markdown\": …} gives {\"html\": …}",
            "requestBody": { "required": true, "content": { "application/json": {} } },
            "responses": {
                "200": { "description": "The HTML", "content": { "application/json": {} } },
                "default": problem(schemas),
            },
        }},
        "/api/maps/{name}": { "get": {
            "summary": "A basemap's bytes",
            "parameters": [name],
            "responses": {
                "200": { "description": "The basemap", "content": { "application/octet-stream": {} } },
                "default": problem(schemas),
            },
        }},
        "/health/live": { "get": {
            "summary": "The process runs",
            "responses": { "200": { "description": "It does" } },
        }},
        "/health/ready": { "get": {
            "summary": "All streams are live, or which is not, and why",
            "responses": { "200": { "description": "Ready" }, "503": problem(schemas) },
        }},
    }))
}

fn dashboard_paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let id = parameter("id");
    object(json!({
        "/api/dashboards": { "get": {
            "summary": "All dashboards",
            "responses": responses::<Vec<DashboardSummary>>(schemas, "Dashboards by id"),
        }, "post": {
            "summary": "Saves a new dashboard; its id is made up where none is wished for",
            "requestBody": { "required": true, "content": content::<SavedObject<Dashboard>>(schemas) },
            "responses": responses::<DashboardDocument>(schemas, "The dashboard (201)"),
        }},
        "/api/dashboards/{id}": { "get": {
            "summary": "A dashboard with the visualizations it refers to",
            "parameters": [id.clone()],
            "responses": responses::<DashboardDocument>(schemas, "The dashboard"),
        }, "put": {
            "summary": "Saves the next version of a dashboard; 409 where it is not an edit of the newest",
            "parameters": [id.clone()],
            "requestBody": { "required": true, "content": content::<SavedObject<Dashboard>>(schemas) },
            "responses": responses::<DashboardDocument>(schemas, "The dashboard"),
        }, "delete": {
            "summary": "Deletes this version of a dashboard; it can be restored",
            "parameters": [id.clone(), {
                "name": "version", "in": "query", "required": true, "schema": { "type": "integer" }
            }],
            "responses": { "204": { "description": "It is gone" }, "default": problem(schemas) },
        }},
        "/api/dashboards/{id}/history": { "get": {
            "summary": "What was done to a dashboard: its last hundred versions",
            "parameters": [id.clone()],
            "responses": responses::<Vec<Revision>>(schemas, "Versions, the newest first"),
        }},
        "/api/dashboards/{id}/restore": { "post": {
            "summary": "Makes a dashboard again what it was: {\"version\": 3}",
            "parameters": [id],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "required": ["version"], "properties": { "version": { "type": "integer" } }
            }}}},
            "responses": responses::<DashboardDocument>(schemas, "The dashboard"),
        }},
    }))
}

/// What comes from OpenSearch Dashboards, and goes there.
fn exchange_paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
    let flag = |name: &str| json!({ "name": name, "in": "query", "schema": { "type": "boolean" } });
    let text = json!({ "type": "string" });
    let named = json!({
        "type": "object", "required": ["type", "id"], "properties": { "type": text, "id": text }
    });
    object(json!({
        "/api/saved_objects/_import": { "post": {
            "summary": "Takes in what OpenSearch Dashboards exported, all or nothing; the file is the body, or a form's part `file`",
            "parameters": [flag("overwrite"), flag("createNewCopies"), {
                "name": "streams", "in": "query", "schema": text,
                "description": "JSON: the streams that index patterns mean, by the pattern's title or id; remembered. May be a part of the form",
            }],
            "requestBody": { "required": true, "content": { "application/x-ndjson": {}, "multipart/form-data": {} } },
            "responses": {
                "200": { "description": "What became of each object", "content": { "application/json": {} } },
                "default": problem(schemas),
            },
        }},
        "/api/saved_objects/streams": { "get": {
            "summary": "The index patterns that imports named, and the streams that they mean",
            "responses": responses::<Vec<PatternInfo>>(schemas, "Index patterns by name"),
        }, "put": {
            "summary": "Says which streams index patterns mean; null: what their names say. Boards that are as they were imported are drawn anew",
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object", "additionalProperties": { "type": ["string", "null"] }
            }}}},
            "responses": responses::<Vec<PatternInfo>>(schemas, "Index patterns by name"),
        }},
        "/api/saved_objects/_export": { "post": {
            "summary": "Saved objects in the form of OpenSearch Dashboards: either `objects` or all of some `type`",
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "properties": {
                    "objects": { "type": "array", "items": named },
                    "type": { "oneOf": [text, { "type": "array", "items": text }] },
                    "includeReferencesDeep": { "type": "boolean" },
                    "excludeExportDetails": { "type": "boolean" },
                },
            }}}},
            "responses": {
                "200": { "description": "An object a line, then a summary", "content": { "application/ndjson": {} } },
                "default": problem(schemas),
            },
        }},
    }))
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

fn parameter(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

fn content<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    json!({ "application/json": { "schema": schemas.subschema_for::<T>() } })
}

fn responses<T: JsonSchema>(schemas: &mut SchemaGenerator, description: &str) -> Value {
    json!({
        "200": { "description": description, "content": content::<T>(schemas) },
        "default": problem(schemas),
    })
}

fn problem(schemas: &mut SchemaGenerator) -> Value {
    let schema = schemas.subschema_for::<Problem>();
    json!({
        "description": "What went wrong, where, and what was expected",
        "content": { "application/problem+json": { "schema": schema } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = description();
        let text = document.to_string();
        let references = text.split("\"#/components/schemas/").skip(1);
        let names: Vec<&str> = references.filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.len() > 20, "{names:?}");
        for name in names {
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn paths_and_schemas() {
        let document = description();
        let keys = |value: &Value| {
            value.as_object().unwrap().keys().cloned().collect::<Vec<String>>().join("\n")
        };
        insta::assert_snapshot!(
            "openapi_overview",
            format!("{}\n\n{}", keys(&document["paths"]), keys(&document["components"]["schemas"]))
        );
        insta::assert_json_snapshot!(
            "schema_of_a_query",
            document["components"]["schemas"]["Query"]
        );
    }
}
