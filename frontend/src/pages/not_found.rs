//! An address that leads nowhere.

use leptos::prelude::*;

/// Says so, with the way home.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! { <Nowhere title="There is no such page" detail=String::new() /> }
}

/// Words and the way home.
#[component]
pub(super) fn Nowhere(title: &'static str, detail: String) -> impl IntoView {
    view! {
        <div class="page-state" role="alert">
            <h2>{title}</h2>
            <p>{detail}</p>
            <a class="btn" href="/">"All dashboards"</a>
        </div>
    }
}
