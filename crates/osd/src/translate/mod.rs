//! From OSD's objects to ours, with what became of each. One file per kind of object and of part; which parameters change a picture
//! is stated in `rules`.

mod aggs;
mod bucket;
mod chart;
mod colors;
mod controls;
mod dashboard;
mod filter;
mod gauge;
mod index_pattern;
mod metric;
mod plain;
mod rules;
mod search;
mod source;
mod table;
mod tsvb;
mod visualization;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hailstream_protocol::saved_object::{Dashboard, SavedObject};
use hailstream_protocol::visualization::Visualization;

use crate::embedded::EmbeddedError;
use crate::read::{Export, RawObject};
use crate::report::{ImportReport, ObjectReport, Outcome};

use index_pattern::Pattern;
pub use index_pattern::stream_by_name;

/// What is imported, and what it may refer to.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    /// The export.
    pub export: &'a Export,
    /// Objects that are there already; those of the export come first.
    pub known: &'a [RawObject],
    /// The stream that an index pattern means, by the pattern's title, or by its id where the pattern is not at hand.
    pub stream_of: &'a dyn Fn(&str) -> Option<String>,
}

/// An import, object by object.
#[derive(Clone, Debug, PartialEq)]
pub struct Translation<'a> {
    /// In the order of the export.
    pub objects: Vec<Translated<'a>>,
}

/// What became of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Translated<'a> {
    /// As it came: to be kept beside ours, so that an export gives it back.
    pub original: &'a RawObject,
    /// What we make of it.
    pub ours: Ours,
    /// What is told of it.
    pub report: ObjectReport,
}

/// What we make of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Ours {
    /// A visualization, or the list of a saved search.
    Visualization(Box<SavedObject<Visualization>>),
    /// A dashboard; its references are OSD's.
    Dashboard(Box<SavedObject<Dashboard>>),
    /// An index pattern stands for this stream.
    Stream(String),
    /// Nothing that is shown; see the report.
    Nothing,
}

impl Translation<'_> {
    /// What is told of all objects.
    #[must_use]
    pub fn report(&self) -> ImportReport {
        ImportReport { objects: self.objects.iter().map(|object| object.report.clone()).collect() }
    }
}

/// Translates every object of an export; of repeated ones the first.
#[must_use]
pub fn translate<'a>(import: Import<'a>) -> Translation<'a> {
    let context = Context::new(import);
    let repeats: BTreeMap<usize, usize> =
        import.export.repeats.iter().map(|repeat| (repeat.index, repeat.first)).collect();
    let translated = import.export.objects.iter().enumerate().map(|(index, original)| {
        let made = match repeats.get(&index).and_then(|first| import.export.objects.get(*first)) {
            Some(first) => Err(Halt::Refused(format!(
                "number {} of the file has the same type and id already",
                first.place()
            ))),
            None => made(original, &context),
        };
        told(original, made)
    });
    Translation { objects: translated.collect() }
}

/// What a translator makes.
pub(crate) struct Made {
    pub(crate) ours: Ours,
    /// What changes the picture and is not honoured.
    pub(crate) ignored: Vec<String>,
    /// What is worth a word about it.
    pub(crate) notes: Vec<String>,
}

/// Why nothing is made of an object, in a sentence.
#[derive(Debug, PartialEq)]
pub(crate) enum Halt {
    /// It is kept as it is.
    Kept(String),
    /// It is broken.
    Refused(String),
}

impl From<EmbeddedError> for Halt {
    fn from(error: EmbeddedError) -> Self {
        Self::Refused(error.to_string())
    }
}

fn made(original: &RawObject, context: &Context<'_>) -> Result<Made, Halt> {
    match original.kind() {
        "visualization" => visualization::made(original, context),
        "search" => search::made(original, context),
        "dashboard" => dashboard::made(original, context),
        "index-pattern" => index_pattern::made(original, context),
        kind => Err(Halt::Kept(format!("objects of the type `{kind}` are not shown yet"))),
    }
}

/// What is drawn of a visualization or a search, and what of it is not honoured.
pub(crate) struct Shown {
    pub(crate) drawn: Visualization,
    pub(crate) ignored: Vec<String>,
}

/// The same; none where it is not drawn.
pub(crate) fn translated(object: &RawObject, context: &Context<'_>) -> Option<Shown> {
    if !["visualization", "search"].contains(&object.kind()) {
        return None;
    }
    let Made { ours: Ours::Visualization(ours), ignored, .. } = made(object, context).ok()? else {
        return None;
    };
    Some(Shown { drawn: ours.attributes, ignored })
}

fn told(original: &RawObject, made: Result<Made, Halt>) -> Translated<'_> {
    let (ours, outcome, ignored, why) = match made {
        Ok(Made { ours, ignored, .. }) if ignored.is_empty() => {
            (ours, Outcome::Exact, ignored, String::new())
        }
        Ok(Made { ours, ignored, notes }) => {
            let ignored = each_once(ignored);
            let why = sentence(&ignored, notes);
            (ours, Outcome::Approximate, ignored, why)
        }
        Err(Halt::Kept(why)) => (Ours::Nothing, Outcome::Kept, Vec::new(), why),
        Err(Halt::Refused(why)) => (Ours::Nothing, Outcome::Refused, Vec::new(), why),
    };
    let report = ObjectReport {
        id: original.id().to_owned(),
        kind: original.kind().to_owned(),
        destination_id: None,
        title: original.title().to_owned(),
        visualization_type: visualization::type_of(original),
        outcome,
        ignored,
        why,
    };
    Translated { original, ours, report }
}

fn sentence(ignored: &[String], notes: Vec<String>) -> String {
    let notes = each_once(notes);
    if !notes.is_empty() {
        return notes.join("; ");
    }
    match ignored {
        [one] => format!("it is drawn without `{one}`"),
        _ => format!("it is drawn without {} settings that change the picture", ignored.len()),
    }
}

fn each_once(mut words: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(word.clone()));
    words
}

/// What a translator may look up.
pub(crate) struct Context<'a> {
    objects: BTreeMap<(&'a str, &'a str), &'a RawObject>,
    /// Index patterns by id: many visualizations read one.
    patterns: BTreeMap<&'a str, Result<Arc<Pattern>, EmbeddedError>>,
    stream_of: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Context<'a> {
    fn new(import: Import<'a>) -> Self {
        let mut objects = BTreeMap::new();
        for object in import.export.objects.iter().chain(import.known) {
            objects.entry((object.kind(), object.id())).or_insert(object);
        }
        let patterns = objects.iter().filter(|((kind, _), _)| *kind == "index-pattern");
        let patterns = patterns.map(|((_, id), object)| (*id, Pattern::read(object).map(Arc::new)));
        Self { patterns: patterns.collect(), objects, stream_of: import.stream_of }
    }

    pub(crate) fn object(&self, kind: &str, id: &str) -> Option<&'a RawObject> {
        self.objects.get(&(kind, id)).copied()
    }

    /// What the index pattern of an id says of its fields; nothing where it is not at hand.
    pub(crate) fn pattern(&self, id: &str) -> Result<Arc<Pattern>, EmbeddedError> {
        self.patterns.get(id).cloned().unwrap_or_else(|| Ok(Arc::default()))
    }

    pub(crate) fn stream_of(&self, title: &str) -> Result<String, Halt> {
        (self.stream_of)(title).ok_or_else(|| {
            Halt::Kept(format!("no stream stands for the index pattern \"{title}\""))
        })
    }
}

/// Ours with the identity and the references of the original.
pub(crate) fn saved<A>(original: &RawObject, attributes: A) -> Box<SavedObject<A>> {
    Box::new(SavedObject {
        id: original.id().to_owned(),
        kind: original.kind().to_owned(),
        attributes,
        references: original.references().to_vec(),
        version: None,
    })
}
