//! Parts of the page that are fetched when they are first shown, or a moment after the page stands: what the first picture of
//! a board does not need is not waited for.
//!
//! Each is a function marked `#[wasm_split]`; `scripts/split-page.mjs` cuts the compiled page along them. What only one part
//! reaches is in its file, what several reach in a file that they share, and all else in the first one.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::wasm_split::SplitLoaderError;
use wasm_bindgen_futures::spawn_local;

use crate::dom;
use crate::edit::fetch_tools;
use crate::live::live;
use crate::pages::fetch_pages;
use crate::panel::fetch_panels;

/// What a part answers: what it shows, or that its file could not be fetched.
pub(crate) type Fetched<T> = Result<T, SplitLoaderError>;

/// A place in a view that is filled once.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    view: StoredValue<Option<AnyView>, LocalStorage>,
    is_filled: RwSignal<bool>,
}

impl Slot {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { view: StoredValue::new_local(None), is_filled: RwSignal::new(false) }
    }

    /// Fills it. Where the view that it is part of is gone, nothing happens.
    pub(crate) fn fill(self, view: AnyView) {
        if self.view.try_set_value(Some(view)).is_none() {
            self.is_filled.try_set(true);
        }
    }

    /// The place itself.
    pub(crate) fn shown(self) -> AnyView {
        if let Some(view) = self.view.try_update_value(Option::take).flatten() {
            return view;
        }
        live(move || {
            self.is_filled.track();
            self.view.try_update_value(Option::take).flatten()
        })
    }
}

/// Runs `then` with what a part answers: at once if it is there, else when it has been fetched, as if it were run here.
pub(crate) fn when_fetched<T: 'static>(
    part: impl Future<Output = Fetched<T>> + 'static,
    then: impl FnOnce(Fetched<T>) + 'static,
) {
    let mut part = Box::pin(ScopedFuture::new_untracked(part));
    match part.as_mut().now_or_never() {
        Some(answer) => then(answer),
        None => {
            // Goes with what it is for: who has left by then gets nothing, which could find nothing there.
            let place = StoredValue::new(());
            let part = poll_fn(move |context| match place.is_disposed() {
                true => Poll::Ready(None),
                false => part.as_mut().poll(context).map(Some),
            });
            spawn_local(async move {
                if let Some(answer) = part.await {
                    then(answer);
                }
            });
        }
    }
}

/// A part in its place.
pub(crate) fn lazily(part: impl Future<Output = Fetched<AnyView>> + 'static) -> AnyView {
    let slot = Slot::new();
    when_fetched(part, move |view| slot.fill(view.unwrap_or_else(|_| not_fetched())));
    slot.shown()
}

/// Fetches all parts, once the browser has had the time to show the first picture: what is opened then is there at once, also
/// where the server cannot be reached any more.
pub(crate) fn fetch_rest() {
    const AFTER: Duration = Duration::from_secs(2);
    let fetch = async || {
        let _failed = fetch_panels().await.and(fetch_tools().await).and(fetch_pages().await);
    };
    set_timeout(move || spawn_local(fetch()), AFTER);
}

/// What stands in the place of a part that could not be fetched. Its file is not there any more where the server has become
/// another one since the page was opened, so that opening it again helps.
pub(crate) fn not_fetched() -> AnyView {
    let reload = |_| {
        if let Some(window) = dom::window() {
            let _is_leaving = window.location().reload();
        }
    };
    view! {
        <div class="page-state" role="alert">
            <h2>"This part of the page could not be fetched"</h2>
            <p>"The server cannot be reached, or it has a newer page."</p>
            <button class="btn" on:click=reload>"Load the page again"</button>
        </div>
    }
    .into_any()
}
