//! How a number is shown. Formatting happens in the browser, in the person's locale.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a number is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Format {
    /// What the number is.
    pub kind: FormatKind,
    /// Unit shown small beside it, e.g. `km/h`.
    pub unit: String,
    /// Digits after the point; by size of the number where absent. Of a date how much of its time of day is written: 0 nothing,
    /// 1 minutes, 2 seconds, 3 milliseconds; what there is of it where absent.
    pub decimals: Option<u8>,
    /// The number is multiplied by this first, e.g. 0.0166667 from seconds to minutes.
    pub scale: Option<f64>,
}

/// What a number is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatKind {
    /// A plain number.
    #[default]
    Number,
    /// A ratio, 1 = 100 %.
    Percent,
    /// US dollars.
    Usd,
    /// Seconds, shown as `3 min`, `1 h 5 min`.
    Duration,
    /// Bytes.
    Bytes,
    /// Epoch ms, shown as a time of day.
    Time,
    /// Epoch ms, shown as a date with what there is of a time of day.
    Date,
}
