//! What an editor of visualizations has to know: which types there are, what their buckets and metrics are for, which fields fit
//! where, and what a new visualization of a stream begins with.
//!
//! Visualizations are JSON as they are saved. [`KINDS`] is the registry: a type that can be made by hand is a line there.

mod controls;
mod kinds;
mod parts;
mod put;
mod start;

pub use controls::{add_control, control_fields, control_stream, has_control, remove_control};
pub use kinds::{
    BucketRole, CONTROLS, Choice, Input, KINDS, Kind, MetricCount, Setting, Stands, kind_of,
};
pub use parts::{
    BUCKET_TYPES, BucketType, METRIC_TYPES, MetricType, add_bucket, add_metric, bucket_fields,
    describe_bucket, describe_metric, metric_fields, remove_part, set_bucket_type, set_metric_type,
};
pub use put::put;
pub use start::{begin, change_kind};
