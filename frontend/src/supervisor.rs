//! What happens when Rust panics: a WASM instance that panicked must not be called again, so the page starts anew.
//!
//! The hook says what happened and which panel was being drawn; `assets/js/supervisor.js` then loads the page again (the
//! browser keeps the last picture on screen meanwhile, the address keeps range, pause and theme) with that panel set
//! aside. More than three in a minute end in a plain message with a button.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = hailstream, js_name = crashed)]
    fn report_crash(panel: &str, message: &str);
    /// Why a panel was set aside; empty where it was not.
    #[wasm_bindgen(js_namespace = hailstream, js_name = crashOf)]
    fn crash_of(panel: &str) -> String;
    #[wasm_bindgen(js_namespace = hailstream, js_name = forgive)]
    fn forgive(panel: &str);
}

thread_local! {
    static RENDERING: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Reports panics from now on.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| {
        let panel = RENDERING
            .with(|panel| panel.try_borrow().map_or_else(|_| String::new(), |panel| panel.clone()));
        report_crash(&panel, &info.to_string());
    }));
}

/// Runs `work` in the name of a panel.
pub(crate) fn rendering<T>(panel: &str, work: impl FnOnce() -> T) -> T {
    let before = RENDERING.with(|current| current.replace(panel.to_owned()));
    let done = work();
    RENDERING.with(|current| *current.borrow_mut() = before);
    done
}

/// Why a panel is set aside, if it is.
pub(crate) fn set_aside(panel: &str) -> Option<String> {
    Some(crash_of(panel)).filter(|why| !why.is_empty())
}

/// Gives a panel that was set aside another chance.
pub(crate) fn try_again(panel: &str) {
    forgive(panel);
}
