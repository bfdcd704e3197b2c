//! `markdown`: words that somebody wrote, as the server made HTML of them.

use hailstream_protocol::visualization::MarkdownParams;
use leptos::prelude::*;

use super::context::PanelContext;

/// The words. Links to other boards are followed within the page.
pub(super) fn markdown(context: &PanelContext, params: &MarkdownParams) -> impl IntoView + use<> {
    let size = params.font_size.map(|size| format!("{size}pt"));
    view! { <div class="words" style=("font-size", size) inner_html=context.spec.html.clone()></div> }
}
