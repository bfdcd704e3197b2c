//! Icons and map glyphs from the sprite in the page (`assets/icons/sprite.svg`).

use crate::live::live_value;
use leptos::prelude::*;

/// An icon that says nothing by itself: its button has a name.
#[component]
pub(crate) fn Icon(#[prop(into)] name: Signal<&'static str>) -> impl IntoView {
    let href = move || format!("#i-{}", name.get());
    view! { <svg class="ic" aria-hidden="true"><use href=live_value(href)></use></svg> }
}

/// A vehicle's glyph in a token's colour.
#[component]
pub(crate) fn Glyph(shape: &'static str, token: &'static str) -> impl IntoView {
    let color = format!("var(--{token})");
    view! {
        <svg class="glyph" aria-hidden="true" style=("color", color)>
            <use href=format!("#g-{shape}")></use>
        </svg>
    }
}
