//! What stands around a chart: its legend, at whichever side, and charts of their own beside each other.

use hailstream_protocol::visualization::{LegendPlace, Params};
use leptos::prelude::*;

use super::chart::{Around, Plot};
use super::context::PanelContext;
use super::legend::{Legend, Steps};
use super::split::Shares;

/// A chart, its legend above it where nobody wants it elsewhere. The rows of a heat map are named beside it, gauges and words
/// by themselves.
pub(super) fn charted(context: PanelContext) -> AnyView {
    let around = Around::new();
    let (legend, place, split) = match &context.spec.params {
        Ok(
            Params::Line(params)
            | Params::Area(params)
            | Params::Histogram(params)
            | Params::HorizontalBar(params),
        ) => {
            let legend = view! { <Legend around /> }.into_any();
            let split =
                (!params.split.is_empty()).then(|| (params.split.clone(), params.split_direction));
            (Some(legend), params.legend.or(Some(LegendPlace::Top)), split)
        }
        Ok(Params::Heatmap(params)) => {
            (Some(view! { <Steps around /> }.into_any()), params.legend, None)
        }
        _ => (None, None, None),
    };
    let place = place.unwrap_or(LegendPlace::Hidden);
    let legend = legend.filter(|_| place != LegendPlace::Hidden);
    let picture = match split {
        Some((split, by)) => view! { <Shares context around split by /> }.into_any(),
        None => view! { <Plot context around /> }.into_any(),
    };
    view! { <div class="charted" data-legend=place_name(place)>{legend}{picture}</div> }.into_any()
}

/// As the style sheet calls it.
pub(super) fn place_name(place: LegendPlace) -> &'static str {
    match place {
        LegendPlace::Top | LegendPlace::Hidden => "top",
        LegendPlace::Right => "right",
        LegendPlace::Bottom => "bottom",
        LegendPlace::Left => "left",
    }
}
