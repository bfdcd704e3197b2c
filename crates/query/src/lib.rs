//! The question: the query object of the API, of panels, embeds and rollups, as people write it.
//!
//! Here a query is parsed (with errors that name the place and near names; DQL itself is `hailstream-dql`), validated, normalised into the key under
//! which equal questions share one view, and its times are resolved. Nothing is evaluated here: that is
//! `hailstream-engine`. Used by both sides: the page composes queries, the server answers them.
//!
//! One file per bucket and per metric; [`Bucket`] and [`Metric`] are their registries.

mod asked;
mod bucket;
mod date_math;
mod entities;
mod error;
mod filter;
mod interval;
mod metric;
mod model;
mod near;
mod normal;
mod runtime;
mod validate;

pub use asked::{UnknownField, unknown_fields};
pub use bucket::{
    AddressRange, Bucket, DateHistogram, DateRange, Direction, FilterQuery, Filters, GeohashGrid,
    GeotileGrid, Histogram, IpRange, Keys, NumberBounds, NumberRange, Order, Range,
    ResolvedStretch, Terms, TimeBounds, TimeStretch, address_number,
};
pub use date_math::{Edge, TimePoint, resolve_date, resolve_first, resolve_time};
pub use entities::{Entities, EntityField, ListedField, MapTile, SteppedField};
pub use error::QueryError;
pub use filter::{Bool, Condition, Filter, RangeCondition};
pub use interval::{AUTO_STEPS_MS, CalendarUnit, Interval, Offset, auto_interval_ms};
pub use metric::{
    Aggregate, Bound, COUNT_PATH, Cardinality, Count, CumulativeSum, Derivative, FilterRatio,
    GapPolicy, GeoBounds, Metric, MetricAgg, MovingFn, MovingFunction, OfField, Parameters,
    PercentileRanks, Percentiles, SerialDiff, Sibling, Sort, StdDev, TopHits,
    in_order as pipelines_in_order,
};
pub use model::{Hits, Language, Over, Query, TimeRange};
pub use near::{explain_serde, nearest};
pub use normal::ViewKey;
pub use runtime::{Expression, Formula, Operator, RuntimeField, RuntimeFields};
