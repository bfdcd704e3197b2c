//! What the page needs of the browser, in calls that cannot panic: each answers `None` where the browser has no answer.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    CanvasRenderingContext2d, Document, Element, EventTarget, FocusOptions, HtmlCanvasElement,
    HtmlElement, Window,
};

/// The window.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub(crate) fn document() -> Option<Document> {
    window()?.document()
}

/// The `<html>` element.
pub(crate) fn root() -> Option<Element> {
    document()?.document_element()
}

/// Our clock: epoch ms with fractions. It does not jump when somebody sets the computer's.
pub(crate) fn now() -> f64 {
    let performance = window().and_then(|window| window.performance());
    performance.map_or_else(js_sys::Date::now, |clock| clock.time_origin() + clock.now())
}

/// Our clock in whole ms.
pub(crate) fn now_ms() -> i64 {
    now() as i64
}

/// Device pixels per CSS px.
pub(crate) fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 4.0)
}

/// Whether the person asked for less motion.
pub(crate) fn reduced_motion() -> bool {
    matches_media("(prefers-reduced-motion: reduce)")
}

/// Whether a media query holds.
pub(crate) fn matches_media(query: &str) -> bool {
    let list = window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Whether the tab is in the background, where no frames are drawn.
pub(crate) fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// A stored word of this person.
pub(crate) fn stored(key: &str) -> Option<String> {
    window()?.local_storage().ok()??.get_item(key).ok()?
}

/// Stores a word of this person; nothing where the browser keeps nothing.
pub(crate) fn store(key: &str, value: &str) {
    let storage = window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(storage) = storage {
        // Full or forbidden: the choice then lasts as long as the page.
        let _unkept = storage.set_item(key, value);
    }
}

/// Forgets a stored word.
pub(crate) fn forget(key: &str) {
    if let Some(storage) = window().and_then(|window| window.local_storage().ok().flatten()) {
        let _absent = storage.remove_item(key);
    }
}

/// Gives the focus from a part that is about to go to what is around it: else it would be lost.
pub(crate) fn give_focus_back(part: &str, around: &str) {
    let held = document().and_then(|document| document.active_element());
    let part = held.and_then(|held| held.closest(part).ok().flatten());
    let around = part.and_then(|part| part.closest(around).ok().flatten());
    if let Some(around) = around.and_then(|around| around.dyn_into::<HtmlElement>().ok()) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _unfocused = around.focus_with_options(&options);
    }
}

/// Puts a text on the clipboard, where the browser lets us.
pub(crate) fn copy(text: String) {
    wasm_bindgen_futures::spawn_local(async move {
        let Some(window) = window() else { return };
        let promise = window.navigator().clipboard().write_text(&text);
        let _refused = wasm_bindgen_futures::JsFuture::from(promise).await;
    });
}

/// Offers the first canvas that a selector finds as a file.
pub(crate) fn download_canvas(selector: &str, name: &str) {
    let canvas = document().and_then(|document| document.query_selector(selector).ok().flatten());
    let url =
        canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok()?.to_data_url().ok());
    let link = document().and_then(|document| document.create_element("a").ok());
    if let (Some(url), Some(link)) =
        (url, link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()))
    {
        let _refused =
            link.set_attribute("href", &url).and_then(|()| link.set_attribute("download", name));
        link.click();
    }
}

/// Saves a text as a file, as a click on a link to it would. The mark at its beginning tells spreadsheets that it is UTF-8.
pub(crate) fn download(name: &str, text: &str) {
    let save = || -> Option<()> {
        let parts = js_sys::Array::of2(&"\u{feff}".into(), &text.into());
        let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
        let address = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
        let link: HtmlElement = document()?.create_element("a").ok()?.dyn_into().ok()?;
        link.set_attribute("href", &address).ok()?;
        link.set_attribute("download", name).ok()?;
        link.click();
        web_sys::Url::revoke_object_url(&address).ok()
    };
    let _refused = save();
}

/// The drawing context of a canvas; `opaque` where nothing shines through.
pub(crate) fn context(
    canvas: &HtmlCanvasElement,
    opaque: bool,
) -> Option<CanvasRenderingContext2d> {
    context_with(canvas, &[("alpha", !opaque)])
}

/// The drawing context of an opaque canvas whose pixels are read: they stay where that is quick.
pub(crate) fn read_context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    context_with(canvas, &[("alpha", false), ("willReadFrequently", true)])
}

fn context_with(
    canvas: &HtmlCanvasElement,
    settings: &[(&str, bool)],
) -> Option<CanvasRenderingContext2d> {
    let options = js_sys::Object::new();
    for (name, value) in settings {
        js_sys::Reflect::set(&options, &(*name).into(), &(*value).into()).ok()?;
    }
    canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()
}

/// Makes a canvas's backing store `width` × `height` CSS px; whether it changed (and so was cleared).
pub(crate) fn size_canvas(canvas: &HtmlCanvasElement, width: f64, height: f64, ratio: f64) -> bool {
    let (width, height) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
    let changed = canvas.width() != width || canvas.height() != height;
    if changed {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    changed
}

/// A listener that ends when it is dropped.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    is_first: bool,
    closure: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Listens on `target`. Not passive, so that the handler may keep the browser from scrolling.
    pub(crate) fn new(
        target: &EventTarget,
        name: &'static str,
        handler: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        Self::listen(target, name, false, Closure::new(handler))
    }

    /// Hears of what happens within `target` before all others, and has no say in it.
    pub(crate) fn before_all(
        target: &EventTarget,
        name: &'static str,
        handler: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        Self::listen(target, name, true, Closure::new(handler))
    }

    fn listen(
        target: &EventTarget,
        name: &'static str,
        is_first: bool,
        closure: Closure<dyn FnMut(web_sys::Event)>,
    ) -> Self {
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(is_first);
        options.set_capture(is_first);
        let _refused = target.add_event_listener_with_callback_and_add_event_listener_options(
            name,
            closure.as_ref().unchecked_ref(),
            &options,
        );
        Self { target: target.clone(), name, is_first, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _gone = self.target.remove_event_listener_with_callback_and_bool(
            self.name,
            self.closure.as_ref().unchecked_ref(),
            self.is_first,
        );
    }
}

/// A timeout that is cancelled when it is dropped.
pub(crate) struct Timeout {
    id: i32,
    _closure: Closure<dyn FnMut()>,
}

impl Timeout {
    /// Calls `handler` once after `ms`.
    pub(crate) fn new(ms: i64, handler: impl FnOnce() + 'static) -> Option<Self> {
        let closure = Closure::once(handler);
        let ms = i32::try_from(ms.max(0)).unwrap_or(i32::MAX);
        let callback = closure.as_ref().unchecked_ref();
        let id =
            window()?.set_timeout_with_callback_and_timeout_and_arguments_0(callback, ms).ok()?;
        Some(Self { id, _closure: closure })
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(window) = window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}
