//! `line`: one line per metric, or per key of the series bucket, over a `date_histogram`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Format;

/// Parameters of `line`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LineParams {
    /// Bucket id of the x axis; the first `date_histogram` where empty.
    pub x: String,
    /// Bucket id that splits into series; the first other bucket where empty.
    pub series: String,
    /// How values are shown.
    pub format: Format,
    /// A level to watch.
    pub threshold: Option<Threshold>,
    /// Names of the series when each metric is one, by metric id.
    pub names: std::collections::BTreeMap<String, String>,
}

/// A dashed line with words on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Where.
    pub value: f64,
    /// Its words.
    pub label: String,
}
