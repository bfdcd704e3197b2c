//! All dashboards as readers see them, of files and saved ones, and every change of them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use hailstream_osd::{Details, ImportReport, MAX_OBJECTS, RawObject, write};
use hailstream_protocol::saved_object::{
    Dashboard, DashboardSummary, Reference, Revision, SavedObject,
};
use hailstream_protocol::visualization::Visualization;
use hailstream_query::{Query, explain_serde};
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::sync::{Mutex, watch};

use super::export::{Shelves, Wanted, exported};
use super::import::{ImportWish, Taken, renewed, taken};
use super::patterns::{self, PatternInfo};
use super::store::{Body, Name, Patterns, Store, StoreError, Stored};
use super::summaries::Origins;
use crate::clock;
use crate::dashboards::{Askers, Dashboards, Visualizations};

pub(super) const DASHBOARD: &str = "dashboard";
pub(super) const VISUALIZATION: &str = "visualization";
/// A list of records: a panel like any other.
pub(super) const SEARCH: &str = "search";
/// Objects that are named in an error.
const NAMED: usize = 10;

/// Why an edit is not made.
#[derive(Debug, Error)]
pub(crate) enum LibraryError {
    /// It comes from a file.
    #[error("dashboard \"{0}\" comes from a file and cannot be changed here: save a copy of it")]
    ReadOnly(String),
    /// The id is no address.
    #[error("\"{0}\" is no id: 1 to 128 of a-z, A-Z, 0-9, _ . -, no dot first")]
    Id(String),
    /// Panels that could never be drawn.
    #[error("{detail}")]
    Wrong { at: String, detail: String },
    /// What is imported is no export.
    #[error(transparent)]
    Export(#[from] hailstream_osd::ReadError),
    /// A fault of ours; the log has it.
    #[error("an internal error")]
    Panicked,
    /// More is wanted than an export holds.
    #[error("an export has at most {MAX_OBJECTS} objects: export fewer dashboards at once")]
    TooMany,
    /// Objects of an import are there already.
    #[error("{0}")]
    There(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody wants a dashboard to be.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) attributes: Dashboard,
    pub(crate) references: Vec<Reference>,
}

/// The dashboards at one moment.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) dashboards: Dashboards,
    /// Which panels ask what.
    pub(crate) askers: Askers,
    /// What the list tells of each, by id, but for what changes all the time: watchers and costs.
    pub(crate) summaries: Vec<DashboardSummary>,
}

/// See the module's words.
#[derive(Debug)]
pub(crate) struct Library {
    /// Those of files.
    files: Dashboards,
    store: Store,
    shelf: RwLock<Arc<Shelf>>,
    /// Held while the store is read, so that an older state never replaces a newer one.
    reading: Mutex<()>,
    /// Counts the changes; whoever looks reads the newest.
    changes: watch::Sender<u64>,
}

impl Shelf {
    fn of(dashboards: Dashboards, origins: &Origins) -> Arc<Self> {
        let summaries = origins.complete(dashboards.summaries(), &dashboards);
        Arc::new(Self { askers: Askers::of(&dashboards), dashboards, summaries })
    }
}

impl Library {
    /// The dashboards of files and those of the store.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn open(files: Dashboards, store: Store) -> Result<Self, StoreError> {
        let (changes, _) = watch::channel(0);
        let (shelf, reading) = (RwLock::new(Arc::default()), Mutex::default());
        let library = Self { files, store, shelf, reading, changes };
        library.read_again().await?;
        Ok(library)
    }

    /// The dashboards of files alone, for tests of those who only read.
    #[cfg(test)]
    pub(crate) fn of(files: Dashboards) -> Self {
        let (store, shelf) =
            (Store::lazy_in_memory(), RwLock::new(Shelf::of(files.clone(), &Origins::default())));
        Self { files, store, shelf, reading: Mutex::default(), changes: watch::channel(0).0 }
    }

    /// The dashboards as they are now.
    pub(crate) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells of every change; several may come as one.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Saves a new dashboard; its version.
    pub(crate) async fn create(&self, id: &str, edit: &Edit) -> Result<i64, LibraryError> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        // A dot first could be a way out of the folder of addresses.
        if !(1..=128).contains(&id.len()) || id.starts_with('.') || !id.chars().all(legal) {
            return Err(LibraryError::Id(id.to_owned()));
        }
        let name = self
            .writable(id)
            .map_err(|_| StoreError::Exists { kind: DASHBOARD.to_owned(), id: id.to_owned() })?;
        let body = self.body(id, edit)?;
        let title = &edit.attributes.title;
        let version = self.store.create(name, title, &body, clock::now_ms()).await?;
        self.read_again().await?;
        Ok(version)
    }

    /// Saves what version `of` of a dashboard has become; its new version.
    pub(crate) async fn edit(&self, id: &str, of: i64, edit: &Edit) -> Result<i64, LibraryError> {
        let name = self.writable(id)?;
        let body = self.body(id, edit)?;
        let title = &edit.attributes.title;
        let version = self.store.edit(name, of, title, &body, clock::now_ms()).await?;
        self.read_again().await?;
        Ok(version)
    }

    /// Deletes version `of` of a dashboard.
    pub(crate) async fn delete(&self, id: &str, of: i64) -> Result<(), LibraryError> {
        self.store.delete(self.writable(id)?, of, clock::now_ms()).await?;
        Ok(self.read_again().await?)
    }

    /// Makes a dashboard what it was; its new version.
    pub(crate) async fn restore(&self, id: &str, version: i64) -> Result<i64, LibraryError> {
        let version = self.store.restore(self.writable(id)?, version, clock::now_ms()).await?;
        self.read_again().await?;
        Ok(version)
    }

    /// The revisions of a dashboard, the newest first; none of one of a file.
    pub(crate) async fn history(&self, id: &str) -> Result<Vec<Revision>, LibraryError> {
        if self.files.is_read_only(id) {
            return Ok(Vec::new());
        }
        Ok(self.store.history(Name { kind: DASHBOARD, id }).await?)
    }

    /// Takes in what OpenSearch Dashboards exported: all of it, or nothing where it is no export, or objects are there already
    /// and shall not be replaced. `streams` are those that index patterns may mean.
    pub(crate) async fn import(
        &self,
        export: Bytes,
        wish: ImportWish,
        streams: Vec<String>,
    ) -> Result<ImportReport, LibraryError> {
        let originals = self.store.all().await?.into_iter().filter_map(|one| one.body.original);
        let known: Vec<RawObject> =
            originals.filter_map(|original| RawObject::new(original, 0).ok()).collect();
        let (overwrite, states) = (wish.overwrite, !wish.streams.is_empty());
        let (before, of) = (self.store.patterns().await?, streams.clone());
        // A long export takes its time, and viewers must not wait for it.
        let taking = tokio::task::spawn_blocking(move || taken(&export, wish, &known, before, &of));
        let Taken { objects, report, patterns } =
            taking.await.map_err(|_| LibraryError::Panicked)??;
        let of_files = objects.iter().filter(|one| one.kind == DASHBOARD);
        let mut there: Vec<String> = of_files
            .filter(|one| self.files.is_read_only(&one.id))
            .map(|one| format!("dashboard \"{}\", of a file", one.id))
            .collect();
        if there.is_empty() {
            let stored = self.store.import(&objects, overwrite, &patterns, clock::now_ms()).await?;
            there.extend(stored.into_iter().map(|(kind, id)| format!("{kind} \"{id}\"")));
        }
        if !there.is_empty() {
            let more = there.len().saturating_sub(NAMED);
            there.truncate(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let detail =
                format!("nothing was imported, there is already: {}{more}", there.join(", "));
            return Err(LibraryError::There(detail));
        }
        if states {
            self.translate_again(streams).await?;
        }
        self.read_again().await?;
        Ok(report)
    }

    /// The index patterns that imports named, with the streams that they mean.
    pub(crate) async fn patterns(
        &self,
        streams: &[String],
    ) -> Result<Vec<PatternInfo>, LibraryError> {
        Ok(patterns::told(&self.store.patterns().await?, streams))
    }

    /// From now on these index patterns mean these streams, or what their names say. Objects that are as they were imported are
    /// translated anew from their originals.
    pub(crate) async fn map_patterns(
        &self,
        said: &Patterns,
        streams: Vec<String>,
    ) -> Result<(), LibraryError> {
        self.store.map_patterns(said).await?;
        self.translate_again(streams).await?;
        Ok(self.read_again().await?)
    }

    async fn translate_again(&self, streams: Vec<String>) -> Result<(), LibraryError> {
        let (stored, patterns) = (self.store.all().await?, self.store.patterns().await?);
        let translating = tokio::task::spawn_blocking(move || renewed(stored, &patterns, &streams));
        let renewed = translating.await.map_err(|_| LibraryError::Panicked)??;
        self.store.renew(&renewed, clock::now_ms()).await?;
        Ok(())
    }

    /// Objects in the form of OpenSearch Dashboards; `time_fields` are those of the streams there are.
    pub(crate) async fn export(
        &self,
        wanted: Wanted,
        details: Details,
        time_fields: BTreeMap<String, String>,
    ) -> Result<String, LibraryError> {
        let (stored, files) = (self.store.all().await?, self.files.clone());
        let writing = tokio::task::spawn_blocking(move || {
            let shelves = Shelves { stored, files: &files, time_fields: &time_fields };
            Ok(write(&exported(wanted, shelves)?, details))
        });
        writing.await.map_err(|_| LibraryError::Panicked)?
    }

    fn writable<'a>(&self, id: &'a str) -> Result<Name<'a>, LibraryError> {
        if self.files.is_read_only(id) {
            return Err(LibraryError::ReadOnly(id.to_owned()));
        }
        Ok(Name { kind: DASHBOARD, id })
    }

    /// What is kept of an edit, once it is known that all its panels can be drawn. What streams say of its queries is told
    /// by the panels: streams come and go.
    fn body(&self, id: &str, edit: &Edit) -> Result<Body, LibraryError> {
        let dashboard = SavedObject {
            id: id.to_owned(),
            kind: DASHBOARD.to_owned(),
            attributes: edit.attributes.clone(),
            references: edit.references.clone(),
            version: None,
        };
        let judged = Dashboards::default().with(vec![dashboard], Visualizations::new());
        let by_reference = |place: &str| place.ends_with(".panelRefName");
        let findings = judged.findings_of(id, |_: &Query| Vec::new()).into_iter();
        let wrong = findings.map(|fault| (fault.place.to_string(), fault.detail));
        if let Some((at, detail)) = wrong.into_iter().find(|(place, _)| !by_reference(place)) {
            return Err(LibraryError::Wrong { at, detail });
        }
        let attributes = serde_json::to_value(&edit.attributes).map_err(StoreError::from)?;
        let references = edit.references.clone();
        Ok(Body { attributes, references, original: None, outcome: None })
    }

    async fn read_again(&self) -> Result<(), StoreError> {
        let _alone = self.reading.lock().await;
        let mut dashboards = Vec::new();
        let mut visualizations = Visualizations::new();
        let mut origins = Origins::default();
        for stored in self.store.all().await? {
            origins.note(&stored);
            match stored.kind.as_str() {
                DASHBOARD => dashboards.extend(typed(stored)),
                VISUALIZATION | SEARCH => {
                    let object: Option<SavedObject<Visualization>> = typed(stored);
                    visualizations.extend(object.map(|object| (object.id.clone(), object)));
                }
                _ => {}
            }
        }
        let shelf = Shelf::of(self.files.with(dashboards, visualizations), &origins);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = shelf;
        self.changes.send_modify(|changes| *changes += 1);
        Ok(())
    }
}

/// An object whose attributes are understood; others stay where they are and are not shown.
pub(super) fn typed<A: DeserializeOwned>(stored: Stored) -> Option<SavedObject<A>> {
    let Stored { kind, id, version, body, .. } = stored;
    match serde_json::from_value(body.attributes) {
        Ok(attributes) => {
            let (references, version) = (body.references, Some(version.to_string()));
            Some(SavedObject { id, kind, attributes, references, version })
        }
        Err(error) => {
            let why = explain_serde(&error.to_string());
            tracing::warn!("{kind} \"{id}\" of the saved objects is not understood: {why}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_of_a_files_board_shows_the_files_visualizations() {
        let files = Dashboards::from_texts([
            (
                "v.yaml",
                "id: v\ntype: visualization\nattributes: {title: V, type: metric, query: {stream: s}}\n",
            ),
            (
                "d.yaml",
                "id: d\ntype: dashboard\nreferences: [{name: p, type: visualization, id: v}]\nattributes:\n  title: D\n  \
                 panels: [{panelIndex: a, gridData: {x: 0, y: 0, w: 8, h: 4}, panelRefName: p}]\n",
            ),
        ]);
        let store = Store::in_memory().await.unwrap();
        let library = Library::open(files.unwrap(), store).await.unwrap();
        let board = library.shelf().dashboards.document("d").unwrap().dashboard.clone();
        let edit = Edit { attributes: board.attributes, references: board.references };
        library.create("copy", &edit).await.unwrap();
        let shelf = library.shelf();
        let copy = shelf.dashboards.document("copy").unwrap();
        let panel = &copy.dashboard.attributes.panels[0];
        assert_eq!(copy.visualization_of(panel).map(|one| one.title.as_str()), Some("V"));
    }
}
