//! Saved objects on disk: SQLite, one file in the data folder. Every change is a revision, so that nothing is lost by an
//! edit; who edits names the version that the edit is of, so that nobody overwrites what they have not seen.

mod patterns;

use std::path::Path;
use std::time::Duration;

use hailstream_osd::Outcome;
use hailstream_protocol::saved_object::{Change, Reference, Revision};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};
use thiserror::Error;

pub(crate) use self::patterns::Patterns;

/// Name of the file in the data folder.
const FILE: &str = "saved-objects.sqlite";
/// Revisions that are kept of an object; the oldest go.
const REVISIONS: i64 = 100;
/// How long another process may hold the file.
const BUSY_WITHIN: Duration = Duration::from_secs(5);

/// Why an object could not be read or changed.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("there is a {kind} \"{id}\" already")]
    Exists { kind: String, id: String },
    #[error("there is no {kind} \"{id}\"")]
    Missing { kind: String, id: String },
    #[error("{kind} \"{id}\" was changed meanwhile: its version is {current}, the edit is of {of}")]
    Conflict { kind: String, id: String, current: i64, of: i64 },
    #[error("the file of saved objects: {0}")]
    File(#[from] sqlx::Error),
    #[error("a saved object in the file cannot be read: {0}")]
    Body(#[from] serde_json::Error),
}

/// What an object says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    pub(crate) attributes: serde_json::Value,
    #[serde(default)]
    pub(crate) references: Vec<Reference>,
    /// As it came, where it was imported: an export gives it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<serde_json::Value>,
    /// What became of it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
}

/// An object of an import.
#[derive(Clone, Debug)]
pub(crate) struct Imported {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) body: Body,
}

/// An object as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) saved_ms: i64,
    pub(crate) body: Body,
}

/// A type and an id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
}

/// See the module's words.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pool: SqlitePool,
}

/// The newest revision of an object, if it ever was.
struct Newest {
    version: i64,
    title: String,
    is_there: bool,
}

impl Store {
    /// Opens the file in `folder`, making both where they are not.
    ///
    /// # Errors
    /// What the system or SQLite says.
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
        let options =
            SqliteConnectOptions::new().filename(folder.join(FILE)).create_if_missing(true);
        Self::with(options.journal_mode(SqliteJournalMode::Wal)).await
    }

    /// One that is gone with the process.
    #[cfg(test)]
    pub(crate) async fn in_memory() -> Result<Self, StoreError> {
        Self::with(SqliteConnectOptions::new().in_memory(true)).await
    }

    /// One that nothing is ever asked of.
    #[cfg(test)]
    pub(crate) fn lazy_in_memory() -> Self {
        let pool = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
        Self { pool: pool.connect_lazy_with(SqliteConnectOptions::new().in_memory(true)) }
    }

    async fn with(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        // One connection: edits are rare, and a file in memory is one connection's own.
        let pool =
            SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_with(options.busy_timeout(BUSY_WITHIN)).await?;
        sqlx::raw_sql(include_str!("schema.sql")).execute(&pool).await?;
        Ok(Self { pool })
    }

    /// All objects as they are now, by type and id.
    pub(crate) async fn all(&self) -> Result<Vec<Stored>, StoreError> {
        let rows = sqlx::query(
            "SELECT type, id, version, saved_ms, body FROM revisions AS r WHERE body IS NOT NULL AND version = \
             (SELECT max(version) FROM revisions WHERE type = r.type AND id = r.id) ORDER BY type, id",
        );
        rows.fetch_all(&self.pool).await?.iter().map(stored).collect()
    }

    /// The revisions of an object, the newest first.
    pub(crate) async fn history(&self, name: Name<'_>) -> Result<Vec<Revision>, StoreError> {
        let rows = sqlx::query(
            "SELECT version, change, saved_ms, title FROM revisions WHERE type = ? AND id = ? ORDER BY version DESC",
        );
        let rows = rows.bind(name.kind).bind(name.id).fetch_all(&self.pool).await?;
        if rows.is_empty() { Err(name.missing()) } else { rows.iter().map(revision).collect() }
    }

    /// An object as it was.
    pub(crate) async fn revision(
        &self,
        name: Name<'_>,
        version: i64,
    ) -> Result<Stored, StoreError> {
        let row = sqlx::query(
            "SELECT type, id, version, saved_ms, body FROM revisions WHERE type = ? AND id = ? AND version = ? AND body IS NOT NULL",
        );
        let row =
            row.bind(name.kind).bind(name.id).bind(version).fetch_optional(&self.pool).await?;
        row.as_ref().map_or_else(|| Err(name.missing()), stored)
    }

    /// A new object. One of that name that was deleted comes before it in its history.
    pub(crate) async fn create(
        &self,
        name: Name<'_>,
        title: &str,
        body: &Body,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let mut transaction = self.begin().await?;
        let newest = newest(&mut transaction, name).await?;
        if newest.as_ref().is_some_and(|newest| newest.is_there) {
            return Err(StoreError::Exists { kind: name.kind.to_owned(), id: name.id.to_owned() });
        }
        let version = newest.map_or(0, |newest| newest.version) + 1;
        let added = Added { version, change: Change::Created, title, body: Some(body), now_ms };
        add(&mut transaction, name, added).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// The next version of an object, made of version `of`.
    pub(crate) async fn edit(
        &self,
        name: Name<'_>,
        of: i64,
        title: &str,
        body: &Body,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        self.follow(name, Some(of), (Change::Edited, Some(title), Some(body)), now_ms).await
    }

    /// All of an import with the index patterns that it names, or nothing of it: where objects are there already and shall not be replaced, those are the answer.
    pub(crate) async fn import(
        &self,
        objects: &[Imported],
        overwrite: bool,
        patterns: &Patterns,
        now_ms: i64,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut there = Vec::new();
        for Imported { kind, id, title, body } in objects {
            let name = Name { kind, id };
            let newest = newest(&mut transaction, name).await?;
            if newest.as_ref().is_some_and(|newest| newest.is_there) && !overwrite {
                there.push((kind.clone(), id.clone()));
                continue;
            }
            let version = newest.map_or(0, |newest| newest.version) + 1;
            let added =
                Added { version, change: Change::Imported, title, body: Some(body), now_ms };
            add(&mut transaction, name, added).await?;
        }
        if there.is_empty() {
            patterns::meet(&mut transaction, patterns).await?;
            transaction.commit().await?;
        }
        Ok(there)
    }

    /// Makes an object what it was at `version`, whatever it is now; a deleted one is there again.
    pub(crate) async fn restore(
        &self,
        name: Name<'_>,
        version: i64,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let then = self.revision(name, version).await?;
        let title = then.body.attributes.get("title").and_then(|title| title.as_str());
        self.follow(name, None, (Change::Restored, title, Some(&then.body)), now_ms).await
    }

    /// Deletes version `of` of an object; it can be restored.
    pub(crate) async fn delete(
        &self,
        name: Name<'_>,
        of: i64,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        self.follow(name, Some(of), (Change::Deleted, None, None), now_ms).await
    }

    async fn follow(
        &self,
        name: Name<'_>,
        of: Option<i64>,
        (change, title, body): (Change, Option<&str>, Option<&Body>),
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let mut transaction = self.begin().await?;
        let newest = newest(&mut transaction, name).await?.ok_or_else(|| name.missing())?;
        if let Some(of) = of {
            if !newest.is_there {
                return Err(name.missing());
            }
            if newest.version != of {
                let (kind, id) = (name.kind.to_owned(), name.id.to_owned());
                return Err(StoreError::Conflict { kind, id, current: newest.version, of });
            }
        }
        let (version, title) = (newest.version + 1, title.unwrap_or(&newest.title));
        add(&mut transaction, name, Added { version, change, title, body, now_ms }).await?;
        transaction.commit().await?;
        Ok(version)
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        // What was read in it must still hold when it writes.
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

impl Name<'_> {
    fn missing(self) -> StoreError {
        StoreError::Missing { kind: self.kind.to_owned(), id: self.id.to_owned() }
    }
}

async fn newest(
    transaction: &mut Transaction<'_, Sqlite>,
    name: Name<'_>,
) -> Result<Option<Newest>, StoreError> {
    let row = sqlx::query(
        "SELECT version, title, body IS NOT NULL AS is_there FROM revisions WHERE type = ? AND id = ? \
         ORDER BY version DESC LIMIT 1",
    );
    let row = row.bind(name.kind).bind(name.id).fetch_optional(&mut **transaction).await?;
    let newest = |row: SqliteRow| -> Result<Newest, sqlx::Error> {
        Ok(Newest {
            version: row.try_get("version")?,
            title: row.try_get("title")?,
            is_there: row.try_get("is_there")?,
        })
    };
    Ok(row.map(newest).transpose()?)
}

/// A revision on its way into the file.
struct Added<'a> {
    version: i64,
    change: Change,
    title: &'a str,
    body: Option<&'a Body>,
    now_ms: i64,
}

async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    name: Name<'_>,
    added: Added<'_>,
) -> Result<(), StoreError> {
    let body = added.body.map(serde_json::to_string).transpose()?;
    sqlx::query("INSERT INTO revisions (type, id, version, change, saved_ms, title, body) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(name.kind)
        .bind(name.id)
        .bind(added.version)
        .bind(added.change.name())
        .bind(added.now_ms)
        .bind(added.title)
        .bind(body)
        .execute(&mut **transaction)
        .await?;
    sqlx::query("DELETE FROM revisions WHERE type = ? AND id = ? AND version <= ?")
        .bind(name.kind)
        .bind(name.id)
        .bind(added.version - REVISIONS)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn stored(row: &SqliteRow) -> Result<Stored, StoreError> {
    let body: String = row.try_get("body")?;
    Ok(Stored {
        kind: row.try_get("type")?,
        id: row.try_get("id")?,
        version: row.try_get("version")?,
        saved_ms: row.try_get("saved_ms")?,
        body: serde_json::from_str(&body)?,
    })
}

fn revision(row: &SqliteRow) -> Result<Revision, StoreError> {
    let change: String = row.try_get("change")?;
    Ok(Revision {
        version: row.try_get("version")?,
        change: Change::of(&change).ok_or_else(|| sqlx::Error::Decode(change.into()))?,
        saved_ms: row.try_get("saved_ms")?,
        title: row.try_get("title")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BOARD: Name<'static> = Name { kind: "dashboard", id: "board" };

    fn body(title: &str) -> Body {
        let attributes = json!({"title": title, "panels": []});
        Body { attributes, references: Vec::new(), original: None, outcome: None }
    }

    async fn titles(store: &Store) -> Vec<(i64, String)> {
        let all = store.all().await.unwrap();
        let title = |stored: Stored| {
            (stored.version, stored.body.attributes["title"].as_str().unwrap().to_owned())
        };
        all.into_iter().map(title).collect()
    }

    #[tokio::test]
    async fn nobody_overwrites_what_they_have_not_seen() {
        let store = Store::in_memory().await.unwrap();
        assert_eq!(store.create(BOARD, "One", &body("One"), 1).await.unwrap(), 1);
        let again = store.create(BOARD, "One", &body("One"), 2).await.unwrap_err().to_string();
        assert_eq!(again, "there is a dashboard \"board\" already");
        assert_eq!(store.edit(BOARD, 1, "Two", &body("Two"), 3).await.unwrap(), 2);
        let late = store.edit(BOARD, 1, "Three", &body("Three"), 4).await.unwrap_err().to_string();
        assert_eq!(
            late,
            "dashboard \"board\" was changed meanwhile: its version is 2, the edit is of 1"
        );
        assert!(matches!(store.delete(BOARD, 1, 5).await, Err(StoreError::Conflict { .. })));
        assert_eq!(titles(&store).await, [(2, "Two".to_owned())]);
    }

    #[tokio::test]
    async fn whatever_was_can_be_restored() {
        let store = Store::in_memory().await.unwrap();
        store.create(BOARD, "One", &body("One"), 1).await.unwrap();
        store.edit(BOARD, 1, "Two", &body("Two"), 2).await.unwrap();
        store.delete(BOARD, 2, 3).await.unwrap();
        assert_eq!(titles(&store).await, []);
        assert!(matches!(
            store.edit(BOARD, 3, "x", &body("x"), 4).await,
            Err(StoreError::Missing { .. })
        ));
        assert_eq!(store.restore(BOARD, 1, 5).await.unwrap(), 4);
        assert_eq!(titles(&store).await, [(4, "One".to_owned())]);
        let history = store.history(BOARD).await.unwrap();
        let told: Vec<(i64, Change, &str)> =
            history.iter().map(|one| (one.version, one.change, one.title.as_str())).collect();
        assert_eq!(
            told,
            [
                (4, Change::Restored, "One"),
                (3, Change::Deleted, "Two"),
                (2, Change::Edited, "Two"),
                (1, Change::Created, "One"),
            ]
        );
        assert!(matches!(store.restore(BOARD, 3, 6).await, Err(StoreError::Missing { .. })));
    }

    #[tokio::test]
    async fn of_an_import_comes_all_or_nothing() {
        let store = Store::in_memory().await.unwrap();
        store.create(BOARD, "One", &body("One"), 1).await.unwrap();
        let imported = |id: &str| Imported {
            kind: "dashboard".to_owned(),
            id: id.to_owned(),
            title: "New".to_owned(),
            body: body("New"),
        };
        let both = [imported("another"), imported("board")];
        let there = store.import(&both, false, &Patterns::new(), 2).await.unwrap();
        assert_eq!(there, [("dashboard".to_owned(), "board".to_owned())]);
        assert_eq!(titles(&store).await, [(1, "One".to_owned())]);
        assert_eq!(store.import(&both, true, &Patterns::new(), 3).await.unwrap(), []);
        assert_eq!(titles(&store).await, [(1, "New".to_owned()), (2, "New".to_owned())]);
    }

    #[tokio::test]
    async fn a_hundred_revisions_are_kept() {
        let store = Store::in_memory().await.unwrap();
        store.create(BOARD, "0", &body("0"), 0).await.unwrap();
        for of in 1..=150 {
            store.edit(BOARD, of, &of.to_string(), &body(&of.to_string()), of).await.unwrap();
        }
        let history = store.history(BOARD).await.unwrap();
        assert_eq!((history.len(), history[0].version, history[99].version), (100, 151, 52));
    }

    #[tokio::test]
    async fn objects_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).await.unwrap();
        store.create(BOARD, "One", &body("One"), 1).await.unwrap();
        drop(store);
        let store = Store::open(&folder.path().join("data")).await.unwrap();
        assert_eq!(titles(&store).await, [(1, "One".to_owned())]);
    }
}
