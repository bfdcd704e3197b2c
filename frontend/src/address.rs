//! The address bar: which page it means, and the words of its query. Links within the page change it without loading anew.
//!
//! Three kinds of page need no router library, which would be a fifth of the page's size.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MouseEvent, UrlSearchParams};

use crate::dom::{self, Listener};

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/`
    Home,
    /// `/d/{id}`
    Board(String),
    /// `/embed/d/{id}`, and `/embed/p/{id}:{panel}` for one panel of it: in a page of somebody else.
    Embed(String, Option<String>),
    /// `/discover`
    Discover,
    /// `/streams[/{name}]`
    Streams(Option<String>),
    /// Anything else.
    Nowhere,
}

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// "Back" leads to where one was.
    Push,
    /// It takes the place of the one before.
    Replace,
}

/// The address, a root-owned store.
#[derive(Clone, Copy)]
pub(crate) struct AddressStore {
    /// The path.
    path: RwSignal<String>,
    /// The query, with its question mark.
    search: RwSignal<String>,
}

impl AddressStore {
    /// The present address, followed from now on. The listeners are to be kept.
    pub(crate) fn start() -> (Self, Vec<Listener>) {
        let store =
            Self { path: RwSignal::new(String::new()), search: RwSignal::new(String::new()) };
        store.read();
        let mut listeners = Vec::new();
        if let Some((window, document)) = dom::window().zip(dom::document()) {
            let moved = store;
            listeners.push(Listener::new(&window, "popstate", move |_| moved.read()));
            let followed = store;
            listeners.push(Listener::new(&document, "click", move |event| {
                if let Some(href) = inner_link(&event) {
                    event.prevent_default();
                    followed.go(&href, Step::Push);
                }
            }));
        }
        (store, listeners)
    }

    /// Which page is meant. Tracks.
    pub(crate) fn route(&self) -> Route {
        self.path.with(|path| match path.as_str() {
            "/" => Route::Home,
            "/discover" | "/discover/" => Route::Discover,
            "/streams" | "/streams/" => Route::Streams(None),
            path => match path.trim_start_matches('/').split_once('/') {
                Some(("d", id)) if is_name(id) => Route::Board(name_in(id)),
                Some(("streams", name)) if is_name(name) => Route::Streams(Some(name_in(name))),
                Some(("embed", rest)) => embedded(rest),
                _ => Route::Nowhere,
            },
        })
    }

    /// A word of the query. Tracks.
    pub(crate) fn word(&self, name: &str) -> Option<String> {
        let search = self.search.get();
        UrlSearchParams::new_with_str(&search).ok()?.get(name)
    }

    /// All values of a word of the query. Tracks.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let search = self.search.get();
        let Ok(query) = UrlSearchParams::new_with_str(&search) else { return Vec::new() };
        query.get_all(name).iter().filter_map(|value| value.as_string()).collect()
    }

    /// The same page with other words in its query.
    pub(crate) fn set_words(&self, words: &[(&str, String)], step: Step) {
        let path = self.path.get_untracked();
        let href = address_of(&path, words);
        // After "back" the page tells what the address already says: going there again would cut off "forward".
        if href != path.clone() + &self.search.get_untracked() {
            self.go(&href, step);
        }
    }

    /// Goes to an address of this page.
    pub(crate) fn go(&self, href: &str, step: Step) {
        let history = dom::window().and_then(|window| window.history().ok());
        let Some(history) = history else { return };
        let done = match step {
            Step::Push => history.push_state_with_url(&JsValue::NULL, "", Some(href)),
            Step::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(href)),
        };
        if done.is_ok() {
            self.read();
        }
    }

    fn read(&self) {
        let Some(location) = dom::window().map(|window| window.location()) else { return };
        set_if_changed(self.path, location.pathname().unwrap_or_default());
        set_if_changed(self.search, location.search().unwrap_or_default());
    }
}

/// A path with words in its query.
pub(crate) fn address_of(path: &str, words: &[(&str, String)]) -> String {
    let Ok(query) = UrlSearchParams::new() else { return path.to_owned() };
    words.iter().for_each(|(name, value)| query.append(name, value));
    // These need no escaping in a query, and an address is to be read by people.
    let query = String::from(query.to_string()).replace("%3A", ":").replace("%2F", "/");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn set_if_changed(signal: RwSignal<String>, value: String) {
    if signal.with_untracked(|held| *held != value) {
        signal.set(value);
    }
}

fn embedded(rest: &str) -> Route {
    match rest.split_once('/') {
        Some(("d", id)) if is_name(id) => Route::Embed(name_in(id), None),
        Some(("p", place)) if is_name(place) => match name_in(place).rsplit_once(':') {
            Some((id, panel)) => Route::Embed(id.to_owned(), Some(panel.to_owned())),
            None => Route::Nowhere,
        },
        _ => Route::Nowhere,
    }
}

/// Whether the rest of a path is one name.
fn is_name(rest: &str) -> bool {
    let name = rest.trim_end_matches('/');
    !name.is_empty() && !name.contains('/')
}

fn name_in(rest: &str) -> String {
    decoded(rest.trim_end_matches('/'))
}

fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), String::from)
}

/// Where a plain click on a link of this page leads. Everything else is the browser's.
fn inner_link(event: &web_sys::Event) -> Option<String> {
    let click = event.dyn_ref::<MouseEvent>()?;
    let has_modifier = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if click.button() != 0 || has_modifier || click.default_prevented() {
        return None;
    }
    let link = click.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let href = link.get_attribute("href").filter(|href| href.starts_with('/'))?;
    let pages = ["/d/", "/discover", "/streams"];
    let is_page = href == "/" || pages.iter().any(|page| href.starts_with(page));
    (is_page && !link.has_attribute("target")).then_some(href)
}
