//! Parts of a view that change. Leptos compiles its machinery once for each type of closure in a `view!`; behind these
//! there is one type for all of them, which keeps the download small.

use leptos::prelude::*;

/// What `shown` says, anew whenever a signal it reads changes.
pub(crate) fn live<V: IntoAny>(mut shown: impl FnMut() -> V + Send + 'static) -> AnyView {
    let shown: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || shown().into_any());
    shown.into_any()
}

/// Text that changes.
pub(crate) fn live_text(words: impl FnMut() -> String + Send + 'static) -> AnyView {
    let words: Box<dyn FnMut() -> String + Send> = Box::new(words);
    words.into_any()
}

/// A class that is there or not, for `class:name=`.
pub(crate) fn live_flag(
    is_on: impl FnMut() -> bool + Send + 'static,
) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(is_on)
}

/// The value of an attribute that changes.
pub(crate) fn live_value(
    value: impl FnMut() -> String + Send + 'static,
) -> Box<dyn FnMut() -> String + Send> {
    Box::new(value)
}
