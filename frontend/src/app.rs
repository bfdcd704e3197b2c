//! The app: what surrounds every page, and which page an address means.

use crate::live::{live, live_flag};
use leptos::prelude::*;

use crate::address::{AddressStore, Route};
use crate::chrome::{Banner, Rail};
use crate::dom;
use crate::lazy::lazily;
use crate::pages::{BoardPage, NotFoundPage, discover_page, home_page, opened, streams_page};
use crate::theme::ThemeStore;

/// The app.
#[component]
pub(crate) fn App() -> impl IntoView {
    let (address, listeners) = AddressStore::start();
    let theme = ThemeStore::start(address.word("theme").as_deref());
    // Kept for as long as the app is mounted, which is as long as the page.
    StoredValue::new_local((listeners, follow_system_theme(theme)));
    provide_context(address);
    provide_context(theme);
    // One page shows all streams, and stays while one goes from one to another.
    let route = Memo::new(move |_| match address.route() {
        Route::Streams(_) => Route::Streams(None),
        route => route,
    });
    let page = move || match route.get() {
        Route::Home => lazily(home_page()),
        Route::Board(id) => {
            opened(&id);
            view! { <BoardPage id /> }.into_any()
        }
        Route::Embed(id, only) => view! { <BoardPage id only /> }.into_any(),
        Route::Discover => lazily(discover_page()),
        Route::Streams(_) => lazily(streams_page()),
        Route::Nowhere => view! { <NotFoundPage /> }.into_any(),
    };
    let is_embedded = Memo::new(move |_| address.is_embedded());
    let rail = live(move || (!is_embedded.get()).then(|| view! { <Rail /> }));
    view! {
        <div class="app" class:embedded=live_flag(move || is_embedded.get())>
            {rail}
            <main><Banner />{live(page)}</main>
        </div>
    }
}

fn follow_system_theme(theme: ThemeStore) -> Option<dom::Listener> {
    let window = dom::window()?;
    let list = window.match_media("(prefers-color-scheme: dark)").ok().flatten()?;
    Some(dom::Listener::new(&list, "change", move |_| theme.system_changed()))
}
