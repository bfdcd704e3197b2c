//! The app: what surrounds every page, and which page an address means.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::chrome::{Banner, Rail};
use crate::dom;
use crate::pages::{BoardPage, HomePage, NotFoundPage};
use crate::theme::ThemeStore;

/// The app.
#[component]
pub(crate) fn App() -> impl IntoView {
    let theme = ThemeStore::start(addressed("theme").as_deref());
    follow_system_theme(theme.clone());
    provide_context(theme);
    view! {
        <Router>
            <div class="app">
                <Rail />
                <main>
                    <Banner />
                    <Routes fallback=NotFoundPage>
                        <Route path=path!("/") view=HomePage />
                        <Route path=path!("/d/:id") view=BoardPage />
                    </Routes>
                </main>
            </div>
        </Router>
    }
}

/// A word of the address's query, before there is a router.
fn addressed(name: &str) -> Option<String> {
    let search = dom::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

fn follow_system_theme(theme: ThemeStore) {
    let list = dom::window()
        .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
    let listener = list.map(|list| dom::Listener::new(&list, "change", move |_| theme.system_changed()));
    // Kept for as long as the app is mounted, which is as long as the page.
    StoredValue::new_local(listener);
}
