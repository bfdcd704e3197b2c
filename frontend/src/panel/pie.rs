//! `pie`: the ring on a canvas, its legend a list beside it with value and share.

use crate::live::live;
use hailstream_chart::LegendEntry;
use hailstream_protocol::visualization::{LegendPlace, PieParams};
use leptos::prelude::*;

use super::chart::{Around, Plot};
use super::charted::place_name;
use super::context::PanelContext;
use super::split::Shares;

/// A pie with its list.
pub(super) fn pie(context: PanelContext, params: &PieParams) -> impl IntoView + use<> {
    let around = Around::new();
    let place = params.legend.unwrap_or(LegendPlace::Right);
    let list = (place != LegendPlace::Hidden).then(|| view! { <Slices around /> });
    let class = if params.labels.show { "donut labelled" } else { "donut" };
    let picture = match params.split.as_str() {
        "" => view! { <Plot context around /> }.into_any(),
        split => {
            let (split, by) = (split.to_owned(), params.split_direction);
            view! { <Shares context around split by /> }.into_any()
        }
    };
    view! { <div class=class class:split=!params.split.is_empty() data-legend=place_name(place)>{picture}{list}</div> }
}

/// Name, value and share of each slice, as the canvas shows them.
#[component]
fn Slices(around: Around) -> impl IntoView {
    let slices = move || {
        let caption = around.caption.get();
        // Pies of their own have a list in common, which has no values.
        let mut slices = caption.slices.into_iter();
        let words = |entry: &LegendEntry| {
            let own = slices.next().unwrap_or_else(|| vec![entry.name.clone()]);
            slice((entry.token.name(), own))
        };
        caption.entries.iter().map(words).collect_view()
    };
    view! { <ul class="dn-legend">{live(slices)}</ul> }
}

fn slice((token, words): (&'static str, Vec<String>)) -> impl IntoView {
    let mut words = words.into_iter();
    let mut next = move || words.next().unwrap_or_default();
    let (name, value, share) = (next(), next(), next());
    view! {
        <li>
            <i class="sw" style=("background", format!("var(--{token})"))></i>
            <span>{name}" "<b>{value}</b></span>
            <span class="share">{share}</span>
        </li>
    }
}
