//! Sizes and visibility of elements, as the browser reports them. Observers end when they are dropped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ResizeObserver, ResizeObserverEntry,
};

type Callback = Closure<dyn FnMut(js_sys::Array)>;

/// Reports the content size of an element, at once and after each change.
pub(crate) struct SizeObserver {
    observer: ResizeObserver,
    _callback: Callback,
}

impl SizeObserver {
    /// `report` gets CSS px across and down.
    pub(crate) fn new(
        element: &Element,
        mut report: impl FnMut(f64, f64) + 'static,
    ) -> Option<Self> {
        let callback = Callback::new(move |entries: js_sys::Array| {
            let last = entries.at(-1);
            if let Some(entry) = last.dyn_ref::<ResizeObserverEntry>() {
                let rect = entry.content_rect();
                report(rect.width(), rect.height());
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Reports whether an element is on screen or nearly so.
pub(crate) struct VisibilityObserver {
    observer: IntersectionObserver,
    _callback: Callback,
}

impl VisibilityObserver {
    /// `report` gets whether it is.
    pub(crate) fn new(element: &Element, mut report: impl FnMut(bool) + 'static) -> Option<Self> {
        let callback = Callback::new(move |entries: js_sys::Array| {
            let last = entries.at(-1);
            if let Some(entry) = last.dyn_ref::<IntersectionObserverEntry>() {
                report(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin("120px");
        let callback_ref = callback.as_ref().unchecked_ref();
        let observer = IntersectionObserver::new_with_options(callback_ref, &options).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for VisibilityObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
