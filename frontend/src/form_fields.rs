//! The fields of the form: a label and what is typed or chosen. A text counts when it is left or with Enter, so that no step of the
//! draft is a single letter.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::live::live_value;

/// A line of text.
pub(crate) fn text(
    label: &'static str,
    value: Memo<String>,
    placeholder: &'static str,
    set: impl Fn(String) + 'static,
) -> AnyView {
    line(label, value, placeholder, "text", set)
}

/// A number; an empty text where there is none.
pub(crate) fn number(
    label: &'static str,
    value: Memo<String>,
    placeholder: &'static str,
    set: impl Fn(Option<f64>) + 'static,
) -> AnyView {
    line(label, value, placeholder, "number", move |text| set(text.trim().parse().ok()))
}

fn line(
    label: &'static str,
    value: Memo<String>,
    placeholder: &'static str,
    kind: &'static str,
    set: impl Fn(String) + 'static,
) -> AnyView {
    let set: Box<dyn Fn(String)> = Box::new(set);
    view! {
        <label class="field">
            <span>{label}</span>
            <input
                class="input" type=kind step="any" placeholder=placeholder autocomplete="off"
                prop:value=live_value(move || value.get())
                on:change=move |event| set(event_target_value(&event))
                on:keydown=leave_on_enter
            />
        </label>
    }
    .into_any()
}

/// Several lines of text.
pub(crate) fn lines(
    label: &'static str,
    hint: &'static str,
    value: Memo<String>,
    set: impl Fn(String) + 'static,
) -> AnyView {
    let set: Box<dyn Fn(String)> = Box::new(set);
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea
                class="input lines" spellcheck="false" placeholder=hint
                prop:value=live_value(move || value.get())
                on:change=move |event| set(event_target_value(&event))
            ></textarea>
        </label>
    }
    .into_any()
}

/// One of several: value and words of each.
pub(crate) fn choice(
    label: &'static str,
    value: Memo<String>,
    options: Memo<Vec<(String, String)>>,
    set: impl Fn(String) + 'static,
) -> AnyView {
    let set: Box<dyn Fn(String)> = Box::new(set);
    let items = crate::live::live(move || {
        let chosen = value.get();
        let mut options = options.get();
        // What is saved is shown, whether or not it is known.
        if !options.iter().any(|(value, _)| *value == chosen) {
            options.insert(0, (chosen.clone(), chosen.clone()));
        }
        let option = |(value, words): (String, String)| {
            let is_chosen = value == chosen;
            view! { <option value=value selected=is_chosen>{words}</option> }
        };
        options.into_iter().map(option).collect_view()
    });
    view! {
        <label class="field">
            <span>{label}</span>
            <select class="input" aria-label=label on:change=move |event| set(event_target_value(&event))>{items}</select>
        </label>
    }
    .into_any()
}

/// On or off.
pub(crate) fn switch(
    label: &'static str,
    value: Memo<bool>,
    set: impl Fn(bool) + 'static,
) -> AnyView {
    let set: Box<dyn Fn(bool)> = Box::new(set);
    view! {
        <label class="switch">
            <span>{label}</span>
            <input type="checkbox" role="switch" prop:checked=move || value.get() on:change=move |event| set(event_target_checked(&event)) />
        </label>
    }
    .into_any()
}

/// The same options all the time.
pub(crate) fn fixed(options: &[(&str, &str)]) -> Memo<Vec<(String, String)>> {
    let options: Vec<(String, String)> =
        options.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect();
    Memo::new(move |_| options.clone())
}

fn leave_on_enter(event: KeyboardEvent) {
    if event.key() == "Enter" {
        event.prevent_default();
        let input =
            event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(input) = input {
            let _still_there = input.blur();
        }
    }
}
