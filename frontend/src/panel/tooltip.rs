//! What lies under the pointer of a chart, in words, beside it and never over it.

use crate::live::live;
use hailstream_chart::Tooltip;
use leptos::prelude::*;

/// A tooltip and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pointed {
    /// Its words.
    pub(crate) tooltip: Tooltip,
    /// Edges of what is pointed at, CSS px in the plot.
    pub(crate) left: f64,
    /// See `left`.
    pub(crate) right: f64,
    /// Where the pointer is.
    pub(crate) y: f64,
    /// The plot's width.
    pub(crate) width: f64,
    /// The plot's height.
    pub(crate) height: f64,
    /// Answers that arrived since the picture was frozen.
    pub(crate) waiting: u32,
    /// What one can do with it.
    pub(crate) hint: String,
    /// Whether it is to be read out, as one came by keyboard.
    pub(crate) is_said: bool,
}

/// Distance between what is pointed at and the tooltip.
const GAP: f64 = 10.0;

/// The tooltip, while something is pointed at.
#[component]
pub(crate) fn TooltipCard(pointed: RwSignal<Option<Pointed>>) -> impl IntoView {
    live(move || pointed.get().map(card))
}

fn card(pointed: Pointed) -> impl IntoView {
    let Pointed { tooltip, left, right, y, width, height, waiting, hint, is_said } = pointed;
    let on_left = (left + right) / 2.0 > width / 2.0;
    let x = if on_left { left - GAP } else { right + GAP };
    // From the nearer edge inwards, so that it covers its own panel rather than a neighbour.
    let below = y > height / 2.0;
    let top = (!below).then(|| format!("{}px", (y - 24.0).max(0.0)));
    let bottom = below.then(|| format!("{}px", (height - y - 24.0).max(0.0)));
    let total = match (tooltip.total.as_str(), tooltip.is_provisional) {
        ("", true) => "so far".to_owned(),
        (total, true) => format!("{total} so far"),
        (total, false) => total.to_owned(),
    };
    let rows = tooltip.rows.into_iter().map(|row| {
        view! {
            <div class="r">
                <i class="sw" style=("background", format!("var(--{})", row.token.name()))></i>
                <span>{row.name}</span>
                <b>{row.value}</b>
                {(!row.share.is_empty()).then(|| view! { <span class="p">{row.share}</span> })}
            </div>
        }
    });
    let rows = rows.collect_view();
    let expected = (!tooltip.expected.is_empty()).then(|| {
        view! {
            <div class="r">
                <i class="sw outline"></i>
                <span>"Expected when closed"</span>
                <b>{tooltip.expected}</b>
            </div>
        }
    });
    let waiting = (waiting > 0).then(|| view! { <span>{format!("{waiting} waiting")}</span> });
    let has_foot = waiting.is_some() || !hint.is_empty();
    let foot = has_foot.then(|| view! { <div class="ft"><span>{hint}</span>{waiting}</div> });
    let has_head = !tooltip.title.is_empty() || !total.is_empty();
    let head =
        has_head.then(|| view! { <div class="h"><span>{tooltip.title}</span><b>{total}</b></div> });
    view! {
        <div
            class="tip"
            class:left=on_left
            role="tooltip"
            aria-live=is_said.then_some("polite")
            style=("left", format!("{x}px"))
            style=("top", top)
            style=("bottom", bottom)
        >
            {head}
            {rows}
            {expected}
            {foot}
        </div>
    }
}
