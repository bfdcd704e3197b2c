//! Charts: from a query's result to a scene that every painter plays alike.
//!
//! Pure: no clock, no DOM, no I/O; the same code lays out in the browser and on a server. Plotters is the drawing library, over a
//! backend of our own that counts in 1/16 device pixels and records instead of painting.
//!
//! Reading order: [`layout`] and the types in `panel` → [`Table`] (what is shown) → [`View`] (how it is seen) → [`Chart`]
//! (what comes out) → [`scene`] (the display list) → painters. Legends, tooltips and tables are the page's; this crate tells
//! what is in them.

mod axis;
mod backend;
mod change;
mod chart;
mod civil;
mod color;
mod correction;
mod decimate;
mod forecast;
mod geometry;
mod hatch;
mod hover;
mod number;
mod order;
pub mod painter;
mod palette;
mod panel;
mod ranges;
pub mod raster;
mod recorder;
mod scale;
pub mod scene;
mod shape;
mod surface;
mod table;
mod text;
mod theme;
mod ticks;
mod value_axis;
mod view;
mod words;

pub use change::{Meaning, change_words};
pub use chart::{Chart, LegendEntry, Swatch};
pub use civil::{Civil, Precision, ZoneOffset};
pub use color::Color;
pub use correction::corrections;
pub use forecast::Expected;
pub use geometry::Rect;
pub use hover::Hit;
pub use number::{Locale, Numbers, Quantity};
pub use palette::{DATA, Registry, SEQUENCE, ValueStyle, stable_color};
pub use panel::{
    Word, area, gauge, goal, heatmap, histogram, horizontal_bar, layout, line, pie, sparkline,
    tagcloud,
};
pub use ranges::{range_color, range_ends, range_of};
pub use scale::Scale;
pub use scene::{Mark, Operation, Scene};
pub use shape::{BucketKind, BucketShape, EmptyValue, LayoutError, MetricShape, QueryShape};
pub use table::{Column, Series, SeriesKey, Table, XKind};
pub use text::{fit, text_width};
pub use theme::{Density, Theme, Token};
pub use view::{Freshness, View};
pub use words::{TableView, Tooltip, TooltipRow};
