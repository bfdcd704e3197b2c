//! Panels: the frame they share, and one module per type. [`body`] is the registry of types.

mod canvas;
mod chart;
mod chip;
mod context;
mod controls;
mod frame;
mod legend;
mod lights;
mod map;
mod markdown;
mod menu;
mod metric;
mod pie;
mod pointing;
mod search;
mod states;
mod table;
mod table_view;
mod tooltip;
mod words;

use hailstream_protocol::visualization::Params;
use leptos::prelude::*;

pub(crate) use chip::BoardChip;
pub(crate) use context::{BoardContext, BoardParts, PanelContext};
pub(crate) use frame::PanelFrame;

/// What a type puts into its frame.
pub(crate) struct Parts {
    /// Beside the title.
    pub(crate) header: Option<AnyView>,
    /// The picture.
    pub(crate) body: AnyView,
}

impl Parts {
    fn body(body: impl IntoView + 'static) -> Self {
        Self { header: None, body: body.into_any() }
    }
}

/// The picture of a panel, by type.
fn body(context: &PanelContext, params: &Params) -> Parts {
    let context = context.clone();
    match params {
        Params::Metric(params) => Parts::body(metric::metric(context, params.clone())),
        Params::Line(_) | Params::Histogram(_) | Params::Heatmap(_) => {
            Parts::body(chart::chart(context))
        }
        Params::Pie(_) => Parts::body(pie::pie(context)),
        Params::Table(params) => Parts::body(table::table(context, params.clone())),
        Params::Search(params) => Parts::body(search::search(context, params.clone())),
        Params::Map(params) => map::map(context, params),
        Params::Markdown(_) => Parts::body(markdown::markdown(&context)),
        Params::Controls(params) => Parts::body(controls::controls(context, params.clone())),
    }
}
