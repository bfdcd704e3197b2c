//! What the browser does to the tab, told to the link: hiding, freezing, sleep, the back/forward cache, the network.

use hailstream_client::link::Input;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, VisibilityState};

use super::feed;
use crate::dom::{self, Listener};

/// Listens for as long as the listeners are kept.
pub(super) fn listen() -> Vec<Listener> {
    let (Some(window), Some(document)) = (dom::window(), dom::document()) else {
        return Vec::new();
    };
    let window: &EventTarget = window.unchecked_ref();
    let document: &EventTarget = document.unchecked_ref();
    vec![
        Listener::new(document, "visibilitychange", |_| feed(visibility())),
        // A page in the back/forward cache may not keep a socket.
        Listener::new(window, "pagehide", |_| feed(Input::Leave)),
        Listener::new(window, "pageshow", |_| feed(Input::Wake)),
        Listener::new(document, "resume", |_| feed(Input::Wake)),
        Listener::new(window, "online", |_| feed(Input::Wake)),
    ]
}

fn visibility() -> Input {
    match dom::document().map(|document| document.visibility_state()) {
        Some(VisibilityState::Hidden) => Input::Hidden,
        _ => Input::Visible,
    }
}
