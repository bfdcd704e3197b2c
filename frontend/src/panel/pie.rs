//! `pie`: the ring on a canvas, its legend a list beside it with value and share.

use crate::live::live;
use leptos::prelude::*;

use super::chart::{Around, Plot};
use super::context::PanelContext;

/// A pie with its list.
pub(super) fn pie(context: PanelContext) -> impl IntoView {
    let around = Around::new();
    view! {
        <div class="donut">
            <Plot context around />
            <Slices around />
        </div>
    }
}

/// Name, value and share of each slice, as the canvas shows them.
#[component]
fn Slices(around: Around) -> impl IntoView {
    let slices = move || {
        let caption = around.caption.get();
        let tokens = caption.entries.iter().map(|entry| entry.token.name());
        tokens.zip(caption.slices).map(slice).collect_view()
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
