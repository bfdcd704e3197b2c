//! The index patterns that were met, with what somebody said of them; and objects that are translated anew because of it.

use std::collections::BTreeMap;

use hailstream_protocol::saved_object::Change;
use sqlx::{Row, Sqlite, Transaction};

use super::{Added, Imported, Name, Store, StoreError, add, newest};

/// Index patterns and the streams that they were said to mean; none: what their names say.
pub(crate) type Patterns = BTreeMap<String, Option<String>>;

impl Store {
    /// All that were met, by name.
    pub(crate) async fn patterns(&self) -> Result<Patterns, StoreError> {
        let rows =
            sqlx::query("SELECT pattern, stream FROM patterns").fetch_all(&self.pool).await?;
        let read = rows.iter().map(|row| Ok((row.try_get("pattern")?, row.try_get("stream")?)));
        Ok(read.collect::<Result<_, sqlx::Error>>()?)
    }

    /// From now on they mean these streams, or what their names say.
    pub(crate) async fn map_patterns(&self, patterns: &Patterns) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for (pattern, stream) in patterns {
            sqlx::query(
                "INSERT INTO patterns (pattern, stream) VALUES (?, ?) \
                 ON CONFLICT (pattern) DO UPDATE SET stream = excluded.stream",
            )
            .bind(pattern)
            .bind(stream)
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The next versions of objects that were translated anew, each with the version that it was translated from: one that was
    /// changed meanwhile stays as it is. How many were changed.
    pub(crate) async fn renew(
        &self,
        objects: &[(i64, Imported)],
        now_ms: i64,
    ) -> Result<usize, StoreError> {
        let mut transaction = self.begin().await?;
        let mut renewed = 0;
        for (of, Imported { kind, id, title, body }) in objects {
            let name = Name { kind, id };
            let newest = newest(&mut transaction, name).await?;
            if newest.is_none_or(|newest| newest.version != *of) {
                continue;
            }
            let (version, change) = (of + 1, Change::Imported);
            let added = Added { version, change, title, body: Some(body), now_ms };
            add(&mut transaction, name, added).await?;
            renewed += 1;
        }
        transaction.commit().await?;
        Ok(renewed)
    }
}

/// Takes patterns in that were met; what was said before of others stays.
pub(super) async fn meet(
    transaction: &mut Transaction<'_, Sqlite>,
    patterns: &Patterns,
) -> Result<(), StoreError> {
    for (pattern, stream) in patterns {
        sqlx::query(
            "INSERT INTO patterns (pattern, stream) VALUES (?, ?) \
             ON CONFLICT (pattern) DO UPDATE SET stream = coalesce(excluded.stream, stream)",
        )
        .bind(pattern)
        .bind(stream)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
