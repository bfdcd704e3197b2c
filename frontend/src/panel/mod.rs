//! Panels: the frame they share, and one module per type. [`body`] is the registry of types.

mod canvas;
mod chart;
mod charted;
mod chip;
mod context;
mod controls;
mod drilldown;
mod frame;
mod legend;
mod lights;
mod map;
mod markdown;
mod menu;
mod metric;
mod mini;
mod numbers;
mod pie;
mod pointing;
mod remap;
mod search;
mod several;
mod split;
mod states;
mod table;
mod table_view;
mod tooltip;
mod words;

use hailstream_protocol::visualization::{ControlsParams, Params, SearchParams, TableParams};
use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};

pub(crate) use chip::{BoardChip, Chip};
pub(crate) use context::{BoardContext, BoardParts, PanelContext, State};
pub(crate) use frame::PanelFrame;
pub(crate) use mini::mini;
pub(crate) use numbers::result_table;

use crate::lazy::{Fetched, lazily};

/// The panels of a board, in reading order. They change while it is edited, and when somebody else saves it.
pub(crate) type Panels = ArcRwSignal<Vec<PanelContext>>;

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

/// A panel whose frame is somebody else's: its questions are followed, and the inside shows its state. In the place of its
/// type's picture it has `picture`, where there is one.
pub(crate) fn unframed(context: &PanelContext, picture: Option<AnyView>) -> AnyView {
    frame::follow_range(context);
    let of_type = || match &context.spec.params {
        Ok(params) => body(context, params).body,
        Err(_) => ().into_any(),
    };
    frame::inside(context.clone(), picture.unwrap_or_else(of_type)).into_any()
}

/// The picture of a panel, by type.
fn body(context: &PanelContext, params: &Params) -> Parts {
    let context = context.clone();
    match params {
        Params::Metric(params) => Parts::body(metric::metric(context, params)),
        Params::Line(_)
        | Params::Area(_)
        | Params::Histogram(_)
        | Params::HorizontalBar(_)
        | Params::Heatmap(_)
        | Params::Gauge(_)
        | Params::Goal(_)
        | Params::Tagcloud(_) => Parts::body(charted::charted(context)),
        Params::Pie(params) => Parts::body(pie::pie(context, params)),
        Params::Table(params) => Parts::body(lazily(table_panel(context, params.clone()))),
        Params::Search(params) => Parts::body(lazily(search_panel(context, params.clone()))),
        Params::Map(params) => map::map(context, (**params).clone()),
        Params::Markdown(params) => Parts::body(markdown::markdown(&context, params)),
        Params::Controls(params) => Parts::body(lazily(controls_panel(context, params.clone()))),
    }
}

#[wasm_split(panels, wasm_split_path = wasm_split, fallible, preload(fetch_panels))]
pub(crate) fn table_panel(context: PanelContext, params: TableParams) -> Fetched<AnyView> {
    Ok(table::table(context, params).into_any())
}

#[wasm_split(panels, wasm_split_path = wasm_split, fallible)]
fn controls_panel(context: PanelContext, params: ControlsParams) -> Fetched<AnyView> {
    Ok(controls::controls(context, params).into_any())
}

/// The menu of ways on from a value.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn ways_on(context: PanelContext, clicked: drilldown::Clicked) -> Fetched<AnyView> {
    Ok(view! { <drilldown::Menu context clicked /> }.into_any())
}

/// The streams to ask instead of a missing one.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn other_streams(context: PanelContext) -> Fetched<AnyView> {
    Ok(remap::other_streams(&context))
}

#[wasm_split(panels, wasm_split_path = wasm_split, fallible)]
fn search_panel(context: PanelContext, params: SearchParams) -> Fetched<AnyView> {
    Ok(search::search(context, params).into_any())
}
