//! The search source of a visualization or a saved search: which stream, and which of its records.

use std::sync::Arc;

use hailstream_query::Query;
use serde_json::{Map, Value as Json, json};

use super::filter;
use super::index_pattern::Pattern;
use super::{Context, Halt};
use crate::embedded::{embedded_short, wrong};
use crate::loose;
use crate::read::RawObject;

pub(super) const ATTRIBUTE: &str = "kibanaSavedObjectMeta.searchSourceJSON";
/// The longest search source: that of a saved search goes into all that build on it.
const MAX_BYTES: usize = 64 << 10;

/// Which records are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub(crate) stream: String,
    pub(crate) pattern: Arc<Pattern>,
    /// The text of the query bar, and its language.
    text: Option<(String, &'static str)>,
    filters: Vec<Json>,
    /// What of it is not honoured.
    pub(crate) ignored: Vec<String>,
}

impl Source {
    /// The source of an object: its own, and that of the saved search it builds on.
    pub(crate) fn of(object: &RawObject, context: &Context<'_>) -> Result<Self, Halt> {
        let Some(search_id) = saved_search(object)? else { return Self::own(object, context) };
        let search = context.object("search", &search_id).ok_or_else(|| {
            Halt::Kept(format!("the saved search \"{search_id}\" it builds on is not at hand"))
        })?;
        let mut source = Self::own(search, context)?;
        let keys = embedded_short(object, ATTRIBUTE, MAX_BYTES)?;
        let below = source.text.take();
        let (text, filters) = conditions(&keys)?;
        source.text = text;
        match &source.text {
            None => source.text = below,
            Some(_) => source.filters.extend(below.map(as_filter)),
        }
        source.filters.extend(filters);
        source.ignored.extend(unknown_keys(&keys));
        Ok(source)
    }

    fn own(object: &RawObject, context: &Context<'_>) -> Result<Self, Halt> {
        let keys = embedded_short(object, ATTRIBUTE, MAX_BYTES)?;
        let id = index_id(object, &keys)?;
        let found = context.object("index-pattern", &id);
        let title = found.map_or(id.as_str(), RawObject::title);
        let (text, filters) = conditions(&keys)?;
        Ok(Self {
            stream: context.stream_of(title)?,
            pattern: context.pattern(&id)?,
            text,
            filters,
            ignored: unknown_keys(&keys),
        })
    }

    /// A query for these records, to be completed.
    pub(crate) fn query(&self) -> Map<String, Json> {
        let mut query = Map::new();
        query.insert("stream".to_owned(), json!(self.stream));
        if let Some((text, language)) = &self.text {
            query.insert("query".to_owned(), json!(text));
            query.insert("language".to_owned(), json!(language));
        }
        if !self.filters.is_empty() {
            query.insert("filters".to_owned(), json!(self.filters));
        }
        query
    }
}

/// What a dashboard's own search source asks of all its panels.
#[derive(Debug, Default)]
pub(crate) struct BoardConditions {
    /// The text of its query bar, in DQL.
    pub(crate) query: String,
    /// Its pills; a query in another language is one.
    pub(crate) filters: Vec<Json>,
    /// What of it is not honoured.
    pub(crate) ignored: Vec<String>,
}

impl BoardConditions {
    pub(crate) fn of(object: &RawObject) -> Result<Self, Halt> {
        let keys = embedded_short(object, ATTRIBUTE, MAX_BYTES)?;
        let mut own = Self { ignored: unknown_keys(&keys), ..Self::default() };
        match conditions(&keys) {
            Ok((text, filters)) => {
                own.filters = filters;
                match text {
                    Some((text, "dql")) => own.query = text,
                    Some((text, language)) => {
                        let mut filter = as_filter((text.clone(), language));
                        filter["label"] = json!(text);
                        own.filters.push(filter);
                    }
                    None => {}
                }
            }
            // Whatever it is, it is there, and without it all numbers would be others.
            Err(Halt::Kept(_)) => own.ignored.push("searchSource".to_owned()),
            Err(halt) => return Err(halt),
        }
        let query = json!({"stream": "s", "query": own.query, "filters": own.filters});
        if let Err(error) = Query::from_json(&query) {
            own.ignored.push(format!("searchSource.{}", error.at));
            own.query.clear();
            own.filters.clear();
        }
        Ok(own)
    }
}

fn saved_search(object: &RawObject) -> Result<Option<String>, Halt> {
    if let Some(name) = object.attribute("savedSearchRefName").and_then(loose::text) {
        let found = object.reference(name).map(|reference| reference.id.clone());
        let missing =
            || wrong(object, "savedSearchRefName", format!("names no reference: \"{name}\""));
        return Ok(Some(found.ok_or_else(missing)?));
    }
    let id = object.attribute("savedSearchId").and_then(loose::text);
    Ok(id.map(ToOwned::to_owned))
}

fn index_id(object: &RawObject, keys: &Map<String, Json>) -> Result<String, Halt> {
    if let Some(name) = keys.get("indexRefName").and_then(loose::text) {
        let found = object.reference(name).map(|reference| reference.id.clone());
        let why = || format!("names no reference: \"{name}\"");
        return Ok(found.ok_or_else(|| wrong(object, &format!("{ATTRIBUTE}.indexRefName"), why()))?);
    }
    let id = keys.get("index").and_then(loose::text);
    id.map(ToOwned::to_owned).ok_or_else(|| Halt::Kept("it names no index pattern".to_owned()))
}

type Conditions = (Option<(String, &'static str)>, Vec<Json>);

fn conditions(keys: &Map<String, Json>) -> Result<Conditions, Halt> {
    let mut filters = Vec::new();
    if let Some(Json::Array(pills)) = keys.get("filter") {
        for pill in pills {
            filters.extend(filter::pill(pill).map_err(Halt::Kept)?);
        }
    }
    let Some(query) = keys.get("query").filter(|query| !loose::is_nothing(query)) else {
        return Ok((None, filters));
    };
    let language = query.get("language").and_then(Json::as_str).unwrap_or("lucene");
    let language = match language {
        "kuery" | "dql" => "dql",
        "lucene" => "lucene",
        _ => return Err(Halt::Kept(format!("its query is written in `{language}`"))),
    };
    match query.get("query").unwrap_or(query) {
        Json::String(text) if text.trim().is_empty() || text.trim() == "*" => Ok((None, filters)),
        Json::String(text) => Ok((Some((text.clone(), language)), filters)),
        words if loose::is_nothing(words) => Ok((None, filters)),
        dsl => {
            filters.extend(filter::condition(dsl).map_err(Halt::Kept)?);
            Ok((None, filters))
        }
    }
}

fn as_filter((text, language): (String, &'static str)) -> Json {
    json!({ "query": { "query": text, "language": language } })
}

/// Parts of a search source that nobody here knows; how hits are highlighted is none of a panel's business.
fn unknown_keys(keys: &Map<String, Json>) -> Vec<String> {
    const KNOWN: [&str; 7] =
        ["query", "filter", "index", "indexRefName", "highlight", "highlightAll", "version"];
    let unknown = keys
        .iter()
        .filter(|(key, json)| !KNOWN.contains(&key.as_str()) && !loose::is_nothing(json));
    unknown.map(|(key, _)| format!("searchSource.{key}")).collect()
}
