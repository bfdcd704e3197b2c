//! `markdown`: words, links and tables that somebody wrote; it asks nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `markdown`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MarkdownParams {
    /// The text: CommonMark with tables. HTML in it is shown as text.
    pub markdown: String,
    /// Size of its letters in pt, as OSD counts; as the page has it where absent.
    pub font_size: Option<f64>,
}
