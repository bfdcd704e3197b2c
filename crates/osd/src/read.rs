//! Exports as text: NDJSON (an object a line, the last one perhaps a summary) and the older `{version, objects: […]}`, told
//! apart by what is in them. Objects are kept whole; nothing in them is judged here.

use std::collections::BTreeMap;

use hailstream_protocol::saved_object::Reference;
use serde_json::{Map, Value as Json};
use thiserror::Error;

/// The longest export, bytes.
pub const MAX_BYTES: usize = 50 << 20;
/// Most objects of an export, as OSD's `savedObjects.maxImportExportSize`.
pub const MAX_OBJECTS: usize = 10_000;

/// An export.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// How it is written.
    pub form: Form,
    /// Its objects, in their order, repeated ones too.
    pub objects: Vec<RawObject>,
    /// Objects whose type and id an earlier one has.
    pub repeats: Vec<Repeat>,
    /// The summary line, or what stands beside `objects` in the older form.
    pub rest: Map<String, Json>,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An object a line.
    Ndjson,
    /// `{version, objects: […]}`.
    Objects,
}

/// Two objects of the same type and id, by their places in [`Export::objects`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The later one.
    pub index: usize,
    /// The one that it repeats.
    pub first: usize,
}

/// A saved object as it came. Two are equal if their content is, wherever they stood.
#[derive(Clone, Debug)]
pub struct RawObject {
    json: Map<String, Json>,
    place: usize,
    references: Vec<Reference>,
}

/// Why an export cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Too long.
    #[error("the file has {bytes} bytes, at most {MAX_BYTES} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Too many objects.
    #[error("the file has more than {MAX_OBJECTS} objects")]
    TooMany,
    /// Not UTF-8.
    #[error("line {line} is not UTF-8 text")]
    NotText {
        /// From 1.
        line: usize,
    },
    /// Not JSON.
    #[error("line {line} is not JSON: {why}")]
    NotJson {
        /// From 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// JSON, but no saved object.
    #[error("{place}: {why}")]
    NotAnObject {
        /// `line 3` or `objects[2]`.
        place: String,
        /// What is missing.
        why: String,
    },
    /// No object at all.
    #[error("there are no saved objects in the file")]
    Empty,
}

/// Reads an export.
///
/// # Errors
/// Where it is too long, not JSON, or a part is no saved object; with the line or the place in `objects`.
pub fn read(bytes: &[u8]) -> Result<Export, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLong { bytes: bytes.len() });
    }
    let text = core::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        ReadError::NotText { line }
    })?;
    let text = text.trim_start_matches('\u{feff}');
    // Of many lines this reads the first only, and fails behind it.
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(whole)) if whole.get("objects").is_some_and(Json::is_array) => {
            from_objects(whole)
        }
        Ok(Json::Array(_)) => Err(ReadError::NotAnObject {
            place: "line 1".to_owned(),
            why: "a list; an export is an object a line, or {version, objects}".to_owned(),
        }),
        _ => from_lines(text),
    }
}

fn from_objects(mut whole: Map<String, Json>) -> Result<Export, ReadError> {
    let listed = match whole.shift_remove("objects") {
        Some(Json::Array(listed)) => listed,
        _ => Vec::new(),
    };
    let mut objects = Vec::with_capacity(listed.len().min(MAX_OBJECTS));
    for (index, json) in listed.into_iter().enumerate() {
        let object = RawObject::new(json, index + 1);
        objects.push(object.map_err(|why| not_an_object(format!("objects[{index}]"), why))?);
    }
    finished(Form::Objects, objects, whole)
}

fn from_lines(text: &str) -> Result<Export, ReadError> {
    let mut objects = Vec::new();
    let mut summary = None;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = index + 1;
        if summary.is_some() {
            let why = "behind the summary, which is the last line".to_owned();
            return Err(not_an_object(format!("line {place}"), why));
        }
        let json: Json = serde_json::from_str(line)
            .map_err(|error| ReadError::NotJson { line: place, why: error.to_string() })?;
        match json {
            Json::Object(rest)
                if rest.contains_key("exportedCount") && !rest.contains_key("id") =>
            {
                summary = Some(rest);
            }
            json => {
                let object = RawObject::new(json, place);
                objects.push(object.map_err(|why| not_an_object(format!("line {place}"), why))?);
            }
        }
        if objects.len() > MAX_OBJECTS {
            return Err(ReadError::TooMany);
        }
    }
    if objects.is_empty() && summary.is_none() {
        return Err(ReadError::Empty);
    }
    finished(Form::Ndjson, objects, summary.unwrap_or_default())
}

fn not_an_object(place: String, why: String) -> ReadError {
    ReadError::NotAnObject { place, why }
}

fn finished(
    form: Form,
    objects: Vec<RawObject>,
    rest: Map<String, Json>,
) -> Result<Export, ReadError> {
    if objects.len() > MAX_OBJECTS {
        return Err(ReadError::TooMany);
    }
    let mut seen = BTreeMap::new();
    let mut repeats = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        let first = *seen.entry((object.kind(), object.id())).or_insert(index);
        if first != index {
            repeats.push(Repeat { index, first });
        }
    }
    Ok(Export { form, objects, repeats, rest })
}

impl RawObject {
    /// An object from its JSON; `place` is its line, or its number in `objects`, from 1.
    ///
    /// # Errors
    /// Words that say what a saved object has and this has not.
    pub fn new(json: Json, place: usize) -> Result<Self, String> {
        let Json::Object(json) = json else {
            return Err("a saved object is a JSON object".to_owned());
        };
        for key in ["type", "id"] {
            if json.get(key).and_then(Json::as_str).is_none_or(str::is_empty) {
                return Err(format!("a saved object has a text \"{key}\""));
            }
        }
        if !json.get("attributes").is_some_and(Json::is_object) {
            return Err("a saved object has an object \"attributes\"".to_owned());
        }
        let references = json.get("references").and_then(Json::as_array);
        let references = references.into_iter().flatten().filter_map(reference).collect();
        Ok(Self { json, place, references })
    }

    /// Its type: `dashboard`, `visualization` …
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("type")
    }

    /// Its id within the type.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The title in its attributes; empty where there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        self.attribute("title").and_then(Json::as_str).unwrap_or_default()
    }

    /// Line of the file, or number in `objects`, from 1.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// The whole object.
    #[must_use]
    pub fn json(&self) -> &Map<String, Json> {
        &self.json
    }

    /// One of its attributes.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Json> {
        self.json.get("attributes").and_then(|attributes| attributes.get(name))
    }

    /// Gives it another attribute.
    pub(crate) fn set_attribute(&mut self, name: &str, json: Json) {
        if let Some(attributes) = self.json.get_mut("attributes").and_then(Json::as_object_mut) {
            attributes.insert(name.to_owned(), json);
        }
    }

    /// Other objects that it names; entries that are no references are left out.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The reference of a name.
    #[must_use]
    pub fn reference(&self, name: &str) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.name == name)
    }

    fn text(&self, key: &str) -> &str {
        self.json.get(key).and_then(Json::as_str).unwrap_or_default()
    }
}

impl PartialEq for RawObject {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

fn reference(json: &Json) -> Option<Reference> {
    let text = |key: &str| json.get(key).and_then(Json::as_str).map(ToOwned::to_owned);
    Some(Reference { name: text("name")?, kind: text("type")?, id: text("id")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        read(text.as_bytes()).expect_err("it is wrong").to_string()
    }

    #[test]
    fn both_forms_are_told_apart_by_their_content() {
        let object = r#"{"type":"search","id":"a","attributes":{"title":"A"},"extra":[1]}"#;
        let lines = format!("\u{feff}{object}\r\n\n{{\"exportedCount\":1}}\n");
        let list = format!("{{\"version\":\"7\",\n \"objects\":[{object}]}}");
        let (lines, list) = (read(lines.as_bytes()).unwrap(), read(list.as_bytes()).unwrap());
        assert_eq!((lines.form, list.form), (Form::Ndjson, Form::Objects));
        assert_eq!(lines.objects, list.objects);
        assert_eq!((lines.objects[0].title(), lines.objects[0].kind()), ("A", "search"));
        assert_eq!(lines.rest["exportedCount"], 1);
        assert_eq!(list.rest["version"], "7");
        let single = read(object.as_bytes()).unwrap();
        assert_eq!((single.form, single.objects.len()), (Form::Ndjson, 1));
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        let good = r#"{"type":"search","id":"a","attributes":{}}"#;
        assert_eq!(fault(""), "there are no saved objects in the file");
        assert!(fault(&format!("{good}\n{{\"type\":\n")).starts_with("line 2 is not JSON: EOF"));
        assert_eq!(fault(&format!("{good}\n\n[]")), "line 3: a saved object is a JSON object");
        assert_eq!(
            fault(r#"{"type":"search","id":7,"attributes":{}}"#),
            "line 1: a saved object has a text \"id\""
        );
        assert_eq!(
            fault(r#"{"objects":[{"type":"search","id":"a"}]}"#),
            "objects[0]: a saved object has an object \"attributes\""
        );
        assert!(fault("[]").starts_with("line 1: a list;"));
        assert!(fault(&"[".repeat(100_000)).contains("recursion limit"));
        assert_eq!(
            fault(&format!("{{\"exportedCount\":0}}\n{good}")),
            "line 2: behind the summary, which is the last line"
        );
        let text = read(b"{}\n\xff").unwrap_err().to_string();
        assert_eq!(text, "line 2 is not UTF-8 text");
        let long = read(&vec![b' '; MAX_BYTES + 1]).unwrap_err().to_string();
        assert_eq!(long, "the file has 52428801 bytes, at most 52428800 are read");
    }

    #[test]
    fn repeated_objects_are_told() {
        let object = |kind: &str| format!(r#"{{"type":"{kind}","id":"a","attributes":{{}}}}"#);
        let text = [object("search"), object("dashboard"), object("search")].join("\n");
        let export = read(text.as_bytes()).unwrap();
        assert_eq!(export.repeats, [Repeat { index: 2, first: 0 }]);
    }
}
