//! What is kept of an imported object: ours, to be shown, and the original beside it.

use std::collections::BTreeMap;

use hailstream_osd::{
    Export, Form, Import, ImportReport, Ours, Outcome, RawObject, Translated, copied,
};
use hailstream_protocol::visualization::Visualization;
use serde_json::{Map, Value as Json};

use super::library::{DASHBOARD, LibraryError, SEARCH, VISUALIZATION};
use super::patterns::Meanings;
use super::store::{Body, Imported, Patterns, StoreError, Stored};

/// How an export is taken in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportWish {
    /// Objects that are there already are replaced.
    pub(crate) overwrite: bool,
    /// All objects get new ids, so that none is there already.
    pub(crate) create_new_copies: bool,
    /// The streams that index patterns mean, by the pattern's title or id.
    pub(crate) streams: BTreeMap<String, String>,
}

/// What an export comes to.
pub(super) struct Taken {
    pub(super) objects: Vec<Imported>,
    pub(super) report: ImportReport,
    /// The index patterns that it names, with what was said of them now.
    pub(super) patterns: Patterns,
}

/// What is kept of an export, and what is told of it. `known` are the originals there are, `patterns` what was said before, `streams`
/// those that index patterns may mean.
pub(super) fn taken(
    export: &[u8],
    wish: ImportWish,
    known: &[RawObject],
    mut patterns: Patterns,
    streams: &[String],
) -> Result<Taken, LibraryError> {
    let mut export = hailstream_osd::read(export)?;
    let said = by_title(wish.streams, export.objects.iter().chain(known));
    patterns.extend(said.clone());
    let ids: Vec<String> = export.objects.iter().map(|object| object.id().to_owned()).collect();
    if wish.create_new_copies {
        export = copied(export, || format!("{:032x}", rand::random::<u128>()));
    }
    let meanings = Meanings::new(&patterns, streams);
    let stream_of = |title: &str| meanings.stream_of(title);
    let import = Import { export: &export, known, stream_of: &stream_of };
    let translation = hailstream_osd::translate(import);
    let objects = translation.objects.iter().filter_map(kept).collect::<Result<_, _>>();
    let mut report = translation.report();
    for (object, id) in report.objects.iter_mut().zip(ids).filter(|(object, id)| object.id != *id) {
        object.destination_id = Some(std::mem::replace(&mut object.id, id));
    }
    let mut patterns: Patterns =
        meanings.met().into_iter().map(|pattern| (pattern, None)).collect();
    patterns.extend(said);
    Ok(Taken { objects: objects.map_err(StoreError::from)?, report, patterns })
}

/// What was said of patterns by their ids is said of their titles.
fn by_title<'a>(
    said: BTreeMap<String, String>,
    objects: impl Iterator<Item = &'a RawObject>,
) -> Patterns {
    let titles: BTreeMap<&str, &str> = objects
        .filter(|object| object.kind() == "index-pattern" && !object.title().is_empty())
        .map(|object| (object.id(), object.title()))
        .collect();
    let by_title = |(name, stream): (String, String)| {
        let title = titles.get(name.as_str()).map(|title| (*title).to_owned());
        (title.unwrap_or(name), Some(stream))
    };
    said.into_iter().map(by_title).collect()
}

/// What imported objects are once index patterns mean these streams, as far as that is something else; each with its version. A board is
/// among them if what it refers to is.
pub(super) fn renewed(
    stored: Vec<Stored>,
    patterns: &Patterns,
    streams: &[String],
) -> Result<Vec<(i64, Imported)>, StoreError> {
    let (mut before, mut objects) = (Vec::new(), Vec::new());
    for one in stored {
        let original = one.body.original.clone();
        if let Some(Ok(object)) = original.map(|original| RawObject::new(original, 0)) {
            before.push(one);
            objects.push(object);
        }
    }
    let export = Export { form: Form::Ndjson, objects, repeats: Vec::new(), rest: Map::new() };
    let meanings = Meanings::new(patterns, streams);
    let stream_of = |title: &str| meanings.stream_of(title);
    let translation =
        hailstream_osd::translate(Import { export: &export, known: &[], stream_of: &stream_of });
    let mut renewed = BTreeMap::new();
    let mut boards = Vec::new();
    for (stored, object) in before.into_iter().zip(&translation.objects) {
        let Some(now) = kept(object).transpose()? else { continue };
        let name = (now.kind.clone(), now.id.clone());
        if now.body != stored.body {
            renewed.insert(name, (stored.version, now));
        } else if now.kind == DASHBOARD {
            boards.push((stored.version, now));
        }
    }
    let concerned = |board: &Imported| {
        let mut named = board.body.references.iter();
        named.any(|of| renewed.contains_key(&(of.kind.clone(), of.id.clone())))
    };
    let boards: Vec<(i64, Imported)> =
        boards.into_iter().filter(|(_, board)| concerned(board)).collect();
    Ok(renewed.into_values().chain(boards).collect())
}

/// None of what was refused.
fn kept(object: &Translated<'_>) -> Option<Result<Imported, serde_json::Error>> {
    if object.report.outcome == Outcome::Refused {
        return None;
    }
    let (attributes, references) = match &object.ours {
        Ours::Visualization(ours) => (serde_json::to_value(&ours.attributes), &ours.references[..]),
        Ours::Dashboard(ours) => (serde_json::to_value(&ours.attributes), &ours.references[..]),
        Ours::Stream(_) | Ours::Nothing => (not_drawn(object), &[][..]),
    };
    let original = Some(Json::Object(object.original.json().clone()));
    Some(attributes.map(|attributes| Imported {
        kind: object.report.kind.clone(),
        id: object.report.id.clone(),
        title: object.report.title.clone(),
        body: Body {
            attributes,
            references: references.to_vec(),
            original,
            outcome: Some(object.report.outcome),
        },
    }))
}

/// What cannot be drawn yet is a panel that says so, and why; what is no panel has nothing to show.
fn not_drawn(object: &Translated<'_>) -> Result<Json, serde_json::Error> {
    let report = &object.report;
    if report.kind != VISUALIZATION && report.kind != SEARCH {
        return Ok(Json::Null);
    }
    let kind = report.visualization_type.as_ref().unwrap_or(&report.kind);
    let words = format!("**Not drawn yet** ({}): {}", plain(kind), plain(&report.why));
    serde_json::to_value(Visualization {
        title: report.title.clone(),
        kind: "markdown".to_owned(),
        params: [("markdown".to_owned(), Json::String(words))].into_iter().collect(),
        ..Visualization::default()
    })
}

/// Words that Markdown leaves as they are.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            plain.push('\\');
        }
        plain.push(if c.is_control() { ' ' } else { c });
    }
    plain
}
