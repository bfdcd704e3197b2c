//! The rail at the left, which on phones is a bar of tabs below.

use leptos::prelude::*;

use super::Icon;
use crate::address::{AddressStore, Route};
use crate::theme::{Choice, ThemeStore};

/// Rail and tab bar; the style sheet shows one of them.
#[component]
pub(crate) fn Rail() -> impl IntoView {
    let address = expect_context::<AddressStore>();
    let current = Signal::derive(move || {
        matches!(address.route(), Route::Home | Route::Board(_)).then_some("page")
    });
    let in_discover =
        Signal::derive(move || (address.route() == Route::Discover).then_some("page"));
    let in_streams =
        Signal::derive(move || matches!(address.route(), Route::Streams(_)).then_some("page"));
    view! {
        <nav class="rail" aria-label="Main">
            <a href="/" class="logo" title="Hailstream" aria-label="Hailstream"><Icon name="logo" /></a>
            <a href="/" title="Dashboards" aria-label="Dashboards" aria-current=current>
                <Icon name="board" />
            </a>
            <a href="/discover" title="Discover" aria-label="Discover" aria-current=in_discover>
                <Icon name="discover" />
            </a>
            <a href="/streams" title="Streams" aria-label="Streams" aria-current=in_streams>
                <Icon name="stream" />
            </a>
            <div class="end"><ThemeButton /></div>
        </nav>
        <nav class="tabbar" aria-label="Main">
            <a href="/" aria-current=current><Icon name="board" />"Boards"</a>
            <a href="/discover" aria-current=in_discover><Icon name="discover" />"Discover"</a>
            <a href="/streams" aria-current=in_streams><Icon name="stream" />"Streams"</a>
            <ThemeButton words=true />
        </nav>
    }
}

/// Goes through system, light and dark.
#[component]
fn ThemeButton(#[prop(optional)] words: bool) -> impl IntoView {
    let theme = expect_context::<ThemeStore>();
    let choice = theme.choice;
    let icon = Signal::derive(move || match choice.get() {
        Choice::System => "system",
        Choice::Light => "sun",
        Choice::Dark => "moon",
    });
    let name = move || format!("Theme: {}", choice.get().word());
    let next = move |_| theme.choose(theme.choice.get_untracked().next());
    view! {
        <button title=name aria-label=name on:click=next>
            <Icon name=icon />
            {words.then_some("Theme")}
        </button>
    }
}
