//! What leaves the server: imported objects as they came, what was made or edited here in OSD's words.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hailstream_osd::{MAX_OBJECTS, RawObject, compose_dashboard, compose_visualization};
use hailstream_protocol::saved_object::{Dashboard, Reference, SavedObject};
use serde::Deserialize;

use super::library::{DASHBOARD, LibraryError, VISUALIZATION, typed};
use super::store::{StoreError, Stored};
use crate::dashboards::Dashboards;

/// A type and an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) id: String,
}

/// Which objects are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) objects: Vec<Named>,
    /// All objects of these types.
    pub(crate) kinds: Vec<String>,
    pub(crate) references: References,
}

/// What of the objects that wanted ones refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum References {
    Deep,
    LeftOut,
}

/// Where objects are, and the fields with the event time of streams.
pub(super) struct Shelves<'a> {
    pub(super) stored: Vec<Stored>,
    pub(super) files: &'a Dashboards,
    pub(super) time_fields: &'a BTreeMap<String, String>,
}

/// The objects that are wanted, each once, what it refers to behind it.
pub(super) fn exported(
    wanted: Wanted,
    shelves: Shelves<'_>,
) -> Result<Vec<RawObject>, LibraryError> {
    let Shelves { stored, files, time_fields } = shelves;
    let mut named = wanted.objects;
    let is_wanted = |kind: &str| wanted.kinds.iter().any(|wanted| wanted == kind);
    let of_files = files.ids().filter(|_| is_wanted(DASHBOARD));
    named.extend(of_files.map(|id| Named { kind: DASHBOARD.to_owned(), id: id.to_owned() }));
    let of_kinds = stored.iter().filter(|one| is_wanted(&one.kind));
    named.extend(of_kinds.map(|one| Named { kind: one.kind.clone(), id: one.id.clone() }));
    let names = stored.iter().map(|one| (one.kind.clone(), one.id.clone()));
    let store = names.zip(&stored).collect();
    let found = Found { store, files, time_fields };
    let asked: BTreeSet<Named> = named.iter().cloned().collect();
    let (mut waiting, mut done) = (VecDeque::from(named), BTreeSet::new());
    let mut objects = Vec::new();
    while let Some(name) = waiting.pop_front() {
        if !done.insert(name.clone()) {
            continue;
        }
        let Some((raw, references)) = found.object(&name) else {
            if asked.contains(&name) {
                return Err(StoreError::Missing { kind: name.kind, id: name.id }.into());
            }
            continue;
        };
        for raw in raw {
            let own = Named { kind: raw.kind().to_owned(), id: raw.id().to_owned() };
            if own == name || done.insert(own) {
                objects.push(raw);
            }
        }
        if objects.len() > MAX_OBJECTS {
            return Err(LibraryError::TooMany);
        }
        if wanted.references == References::Deep {
            let named = references.into_iter();
            waiting.extend(named.map(|Reference { kind, id, .. }| Named { kind, id }));
        }
    }
    Ok(objects)
}

struct Found<'a> {
    store: BTreeMap<(String, String), &'a Stored>,
    files: &'a Dashboards,
    time_fields: &'a BTreeMap<String, String>,
}

impl Found<'_> {
    /// An object with what was made of its parts, and what it refers to.
    fn object(&self, name: &Named) -> Option<(Vec<RawObject>, Vec<Reference>)> {
        let Named { kind, id } = name;
        let time_field_of = |stream: &str| self.time_fields.get(stream).cloned();
        let is_board = kind == DASHBOARD;
        if is_board && let Ok(document) = self.files.document(id) {
            let board = &document.dashboard;
            return Some((compose_dashboard(board, &time_field_of), board.references.clone()));
        }
        if let Some(stored) = self.store.get(&(kind.clone(), id.clone())) {
            let references = stored.body.references.clone();
            if let Some(original) = &stored.body.original {
                let raw = RawObject::new(original.clone(), 0).ok()?;
                let all = [references, raw.references().to_vec()].concat();
                return Some((vec![raw], all));
            }
            let board: SavedObject<Dashboard> = typed((*stored).clone()).filter(|_| is_board)?;
            return Some((compose_dashboard(&board, &time_field_of), references));
        }
        let visualization = self.files.visualization(id).filter(|_| kind == VISUALIZATION)?;
        let references = visualization.references.clone();
        Some((compose_visualization(visualization, &time_field_of), references))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bytes::Bytes;
    use hailstream_osd::{Details, read, write};
    use hailstream_protocol::saved_object::DashboardDocument;

    use super::super::{ImportWish, Library, Store};
    use super::*;

    const STREAMS: [&str; 5] = ["telemetry", "trips", "events", "zone_minute", "hailstream"];

    async fn library(files: Dashboards) -> Library {
        Library::open(files, Store::in_memory().await.unwrap()).await.unwrap()
    }

    async fn written(library: &Library, kinds: &[&str]) -> String {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let wanted = Wanted { objects: Vec::new(), kinds, references: References::Deep };
        let time = |stream: &str| (stream.to_owned(), "ts".to_owned());
        let fields = STREAMS.into_iter().map(time).collect();
        library.export(wanted, Details::Told, fields).await.unwrap()
    }

    async fn imported(text: String) -> Library {
        let library = library(Dashboards::default()).await;
        let streams = STREAMS.map(str::to_owned).to_vec();
        let wish = ImportWish::default();
        library.import(Bytes::from(text), wish, streams).await.unwrap();
        library
    }

    fn said(document: &DashboardDocument) -> (Dashboard, Vec<Reference>) {
        let board = &document.dashboard;
        (board.attributes.clone(), board.references.clone())
    }

    #[tokio::test]
    async fn boards_that_were_made_here_come_back_as_they_were() {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/presets/taxis/dashboards");
        let files = Dashboards::from_folder(&folder).unwrap();
        let there = library(files.clone()).await;
        let text = written(&there, &[DASHBOARD]).await;
        let back = imported(text.clone()).await;
        for id in ["business", "fleet-health", "pipeline", "taxis-live"] {
            let shelf = back.shelf();
            let board = shelf.dashboards.document(id).unwrap();
            assert_eq!(said(board), said(files.document(id).unwrap()), "{id}");
        }
        let lines = |text: &str| text.lines().map(ToOwned::to_owned).collect::<BTreeSet<String>>();
        let again = written(&back, &[DASHBOARD]).await;
        assert_eq!(lines(&again), lines(&text), "unchanged, they leave as they came");
    }

    #[tokio::test]
    async fn imported_boards_leave_as_they_came() {
        let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
        let data = std::env::var_os("HAILSTREAM_DATA").map_or_else(default, Into::into);
        for name in [
            "catalog-apache.ndjson",
            "catalog-aws-rds.ndjson",
            "functest-table.ndjson",
            "malcolm-tile-map.json",
            "siem-web.ndjson",
        ] {
            let file = data.join("saved-objects").join(name);
            let text = std::fs::read_to_string(&file)
                .unwrap_or_else(|_| panic!("{} is missing: set HAILSTREAM_DATA", file.display()));
            let came = read(text.as_bytes()).unwrap();
            let back = imported(text).await;
            let kinds: BTreeSet<&str> = came.objects.iter().map(RawObject::kind).collect();
            let kinds: Vec<&str> = kinds.into_iter().collect();
            let left = read(written(&back, &kinds).await.as_bytes()).unwrap();
            let by_name = |objects: &[RawObject]| -> BTreeMap<(String, String), RawObject> {
                let named = objects
                    .iter()
                    .map(|one| ((one.kind().to_owned(), one.id().to_owned()), one.clone()));
                named.collect()
            };
            assert_eq!(by_name(&left.objects), by_name(&came.objects), "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_wanted_and_is_not_there_is_told() {
        let library = library(Dashboards::default()).await;
        let missing = Named { kind: DASHBOARD.to_owned(), id: "nobody".to_owned() };
        let wanted =
            Wanted { objects: vec![missing], kinds: Vec::new(), references: References::Deep };
        let told = library.export(wanted, Details::Told, BTreeMap::new()).await.unwrap_err();
        assert_eq!(told.to_string(), "there is no dashboard \"nobody\"");
        let nothing = written(&library, &[DASHBOARD]).await;
        assert_eq!(nothing, write(&[], Details::Told));
    }
}
