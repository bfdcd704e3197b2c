//! What the page knows of the streams a board asks: which fields they have, and of which type.

use hailstream_client::filters::Filters;
use hailstream_client::suggest::Field;
use serde_json::Value as Json;

use super::document::{items, text};

/// A stream, as far as a board needs it.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    stream: String,
    /// Whether its event times are those of single records, not of windows.
    has_single_records: bool,
    /// Name and type.
    fields: Vec<(String, String)>,
}

/// The streams of a board. Few: looked through, not indexed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schemas {
    /// The streams that the server was asked for.
    asked: Vec<String>,
    /// How many of them it has not told of.
    awaited: usize,
    told: Vec<Schema>,
}

impl Schema {
    /// Reads the answer of `GET /api/streams/{name}`.
    pub(crate) fn of(answer: &Json) -> Self {
        let field = |field: &Json| (text(field, "name").to_owned(), text(field, "type").to_owned());
        Self {
            stream: text(answer, "stream").to_owned(),
            has_single_records: text(answer, "mode") == "append",
            fields: items(answer, "fields").iter().map(field).collect(),
        }
    }

    fn kind_of(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, kind)| kind.as_str())
    }
}

impl Schemas {
    /// Those of some streams that were not asked for yet.
    pub(crate) fn unknown(&self, mut streams: Vec<String>) -> Vec<String> {
        streams.retain(|stream| !self.asked.contains(stream));
        streams
    }

    /// Waits for further streams.
    pub(crate) fn await_more(&mut self, streams: &[String]) {
        self.awaited += streams.len();
        self.asked.extend_from_slice(streams);
    }

    /// Takes an answer; absent where there was none.
    pub(crate) fn take(&mut self, answer: Option<Schema>) {
        self.awaited = self.awaited.saturating_sub(1);
        self.told.extend(answer);
    }

    /// Whether all that will be known is known.
    pub(crate) fn is_complete(&self) -> bool {
        self.awaited == 0
    }

    fn of(&self, stream: &str) -> Option<&Schema> {
        self.told.iter().find(|schema| schema.stream == stream)
    }

    /// All fields with their types and the first stream that has them.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for schema in &self.told {
            for (name, kind) in &schema.fields {
                if !fields.iter().any(|field| field.name == *name) {
                    let (name, kind) = (name.clone(), kind.clone());
                    fields.push(Field { name, kind, stream: schema.stream.clone() });
                }
            }
        }
        fields
    }

    /// Whether the event times of a stream are those of single records. Of an unknown stream they are not.
    pub(crate) fn has_single_records(&self, stream: &str) -> bool {
        self.of(stream).is_some_and(|schema| schema.has_single_records)
    }

    /// The filters that queries to a stream get.
    pub(crate) fn filters(&self, stream: &str, filters: &Filters) -> Vec<Json> {
        let schema = self.of(stream);
        filters.queries(&|field| Some(schema?.kind_of(field)?.to_owned()))
    }

    /// Fields of filters in force that a stream does not have.
    pub(crate) fn without_effect(&self, stream: &str, filters: &Filters) -> Vec<String> {
        // Of a stream that the server did not tell of, no field is known, and so no filter is applied.
        let schema = self.of(stream);
        let is_known = |field: &str| schema.is_some_and(|schema| schema.kind_of(field).is_some());
        filters.without_effect(&is_known)
    }
}
