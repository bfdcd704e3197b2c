//! `markdown`: words, links and tables that somebody wrote; it asks nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `markdown`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MarkdownParams {
    /// The text: CommonMark with tables. HTML in it is shown as text.
    pub markdown: String,
}
