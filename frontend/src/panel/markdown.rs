//! `markdown`: words that somebody wrote, as the server made HTML of them.

use leptos::prelude::*;

use super::context::PanelContext;

/// The words. Links to other boards are followed within the page.
pub(super) fn markdown(context: &PanelContext) -> impl IntoView + use<> {
    view! { <div class="words" inner_html=context.spec.html.clone()></div> }
}
