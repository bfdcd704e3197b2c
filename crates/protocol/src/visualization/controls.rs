//! `input_control_vis`: lists of values and ranges to choose from; what is chosen becomes pills of the board.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `input_control_vis`. What a control offers is asked by the extra query of its id: of a list one `terms` bucket,
/// of a range the metrics `min` and `max`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ControlsParams {
    /// The controls, in the order they stand.
    pub controls: Vec<Control>,
    /// What is chosen is in force at once, not with a button.
    pub update_filters_on_change: bool,
    /// Its pills go along wherever one goes.
    pub pin_filters: bool,
}

/// A control.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Control {
    /// Identity among the controls of a panel, and the name of its extra query.
    pub id: String,
    /// What it offers.
    #[serde(rename = "type")]
    pub kind: ControlKind,
    /// The field it filters.
    pub field: String,
    /// Its words; the field where empty.
    pub label: String,
    /// Id of the control that narrows what this one offers; it offers nothing until something is chosen there.
    pub parent: String,
    /// One value only instead of any number of them.
    pub single: bool,
    /// What one types searches all values, not those that are listed.
    pub dynamic_options: bool,
    /// Of a range: from one value to the next; 1 where absent.
    pub step: Option<f64>,
}

/// What a control offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ControlKind {
    /// Values of a field.
    #[default]
    List,
    /// From a number to a number.
    Range,
}
