//! `search`: the newest records as a list (a query with `hits`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `search`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchParams {
    /// Field of the time shown first; the record timestamp where empty.
    pub time_field: String,
    /// One line about a record, with fields in braces: `{cab_id} {status}, {zone}`. Absent fields leave out the words
    /// up to the next comma.
    pub line: String,
    /// Field whose value picks the mark (glyph and colour) before the line.
    pub mark_field: String,
    /// A table with these fields as columns instead of lines; `_source` is a column of all fields with their names.
    pub columns: Vec<String>,
}
