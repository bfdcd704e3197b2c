//! JSON that stands as text in an attribute: `visState`, `panelsJSON`, `searchSourceJSON` …

use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::loose;
use crate::read::RawObject;

/// Why an attribute cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("attributes.{attribute} of {kind} \"{id}\" {why}")]
pub struct EmbeddedError {
    /// Type of the object.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Where in its attributes.
    pub attribute: String,
    /// What is wrong.
    pub why: String,
}

/// The JSON in the attribute at this path (`kibanaSavedObjectMeta.searchSourceJSON`); null where there is none. What is plain
/// JSON already is taken as it is.
pub(crate) fn embedded(object: &RawObject, attribute: &str) -> Result<Json, EmbeddedError> {
    let found = at(object, attribute).filter(|json| !loose::is_nothing(json));
    let Some(json) = found else { return Ok(Json::Null) };
    let Some(text) = json.as_str() else { return Ok(json.clone()) };
    serde_json::from_str(text)
        .map_err(|error| wrong(object, attribute, format!("is not JSON: {error}")))
}

fn at<'a>(object: &'a RawObject, attribute: &str) -> Option<&'a Json> {
    let mut names = attribute.split('.');
    let first = names.next().and_then(|name| object.attribute(name));
    names.fold(first, |found, name| found?.get(name))
}

/// As [`embedded`], of an object; empty where there is none.
pub(crate) fn embedded_map(
    object: &RawObject,
    attribute: &str,
) -> Result<Map<String, Json>, EmbeddedError> {
    match embedded(object, attribute)? {
        Json::Null => Ok(Map::new()),
        Json::Object(map) => Ok(map),
        _ => Err(wrong(object, attribute, "is not an object".to_owned())),
    }
}

/// As [`embedded`], of a list; empty where there is none.
pub(crate) fn embedded_list(
    object: &RawObject,
    attribute: &str,
) -> Result<Vec<Json>, EmbeddedError> {
    match embedded(object, attribute)? {
        Json::Null => Ok(Vec::new()),
        Json::Array(list) => Ok(list),
        _ => Err(wrong(object, attribute, "is not a list".to_owned())),
    }
}

/// As [`embedded_map`], of a text of at most so many bytes: for what is read again and again, whenever another object builds on
/// this one.
pub(crate) fn embedded_short(
    object: &RawObject,
    attribute: &str,
    most_bytes: usize,
) -> Result<Map<String, Json>, EmbeddedError> {
    match at(object, attribute) {
        Some(Json::String(text)) if text.len() > most_bytes => {
            let why = format!("has {} bytes, at most {most_bytes} are read", text.len());
            Err(wrong(object, attribute, why))
        }
        Some(Json::Object(_) | Json::Array(_)) => {
            Err(wrong(object, attribute, "is not JSON as text".to_owned()))
        }
        _ => embedded_map(object, attribute),
    }
}

pub(crate) fn wrong(object: &RawObject, attribute: &str, why: String) -> EmbeddedError {
    EmbeddedError {
        kind: object.kind().to_owned(),
        id: object.id().to_owned(),
        attribute: attribute.to_owned(),
        why,
    }
}
