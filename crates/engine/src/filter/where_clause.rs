//! `where` of a file: which records count.

use hailstream_query::Language;
use jiff::tz::TimeZone;

use super::{Filters, Leaf, Passing, When, check};
use crate::config::StreamConfig;
use crate::fields::{Dictionary, Fields};
use crate::rows::Rows;

/// What must hold of a record, in DQL, for it to count. Dates are in UTC.
#[derive(Clone, Debug)]
pub struct Where(Filters);

impl Where {
    /// # Errors
    /// What cannot be read, does not fit the type of a declared field, or would depend on when a record is read.
    pub fn new(text: &str, stream: &StreamConfig) -> Result<Self, String> {
        let told = |error: hailstream_query::QueryError| format!("{}: {}", error.at, error.detail);
        check::text("where", Language::Dql, text, &Fields::declared(stream)).map_err(told)?;
        let filters =
            Filters::new(Language::Dql, text, &[], &When { now_ms: 0, zone: TimeZone::UTC });
        if filters.leaves.iter().any(Leaf::moves) {
            return Err(
                "where: `now` is another moment each time a record is read; name a date".to_owned()
            );
        }
        Ok(Self(filters))
    }

    pub(crate) fn over<'a>(
        &'a self,
        rows: &'a Rows,
        fields: &Fields,
        words: &'a Dictionary,
    ) -> Passing<'a> {
        self.0.over(rows, fields, words)
    }
}
