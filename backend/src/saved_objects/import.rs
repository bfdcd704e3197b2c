//! What is kept of an imported object: ours, to be shown, and the original beside it.

use hailstream_osd::{Import, ImportReport, Ours, Outcome, RawObject, Translated};
use hailstream_protocol::visualization::Visualization;
use serde_json::Value as Json;

use super::library::{LibraryError, SEARCH, VISUALIZATION};
use super::store::{Body, Imported, StoreError};

/// How an export is taken in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportWish {
    /// Objects that are there already are replaced.
    pub(crate) overwrite: bool,
}

/// What is kept of an export, and what is told of it. `known` are the originals there are, `streams` those that index
/// patterns may mean.
pub(super) fn translated(
    export: &[u8],
    known: &[RawObject],
    streams: &[String],
) -> Result<(Vec<Imported>, ImportReport), LibraryError> {
    let export = hailstream_osd::read(export)?;
    let streams: Vec<&str> = streams.iter().map(String::as_str).collect();
    let stream_of = |title: &str| hailstream_osd::stream_by_name(title, &streams);
    let import = Import { export: &export, known, stream_of: &stream_of };
    let translation = hailstream_osd::translate(import);
    let objects = translation.objects.iter().filter_map(kept).collect::<Result<_, _>>();
    Ok((objects.map_err(StoreError::from)?, translation.report()))
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
