//! What a person has chosen for themselves, on every page and board. It is kept in this browser.

use leptos::html;
use leptos::prelude::*;

use super::shortcuts::{are_letters_off, switch_letters};
use super::time_menu::ZoneField;
use super::{Icon, preference_fields};
use crate::form_fields;
use crate::lazy::lazily;
use crate::live::live;
use crate::theme::{Choice, ThemeStore};

/// The sheet, and the function that opens it.
pub(super) fn preferences() -> (AnyView, impl Fn() + Clone + 'static) {
    let dialog = NodeRef::<html::Dialog>::new();
    // Made when it is opened: it shows what is in force then.
    let opened = RwSignal::new(false);
    let open = move || {
        opened.set(true);
        let _already_open = dialog.get_untracked().map(|dialog| dialog.show_modal());
    };
    let content = move || opened.get().then(|| lazily(preference_fields()));
    let sheet = view! {
        <dialog class="help boardsheet" aria-label="Your settings" node_ref=dialog on:close=move |_| opened.set(false)>
            <h2>"Your settings"</h2>
            <p class="muted">"For all pages in this browser. A link may say otherwise."</p>
            {live(content)}
            <form method="dialog"><button class="btn primary">"Close"</button></form>
        </dialog>
    };
    (sheet.into_any(), open)
}

/// The choices.
pub(super) fn fields() -> AnyView {
    view! { {theme()}<ZoneField />{letters()} }.into_any()
}

fn theme() -> AnyView {
    const CHOICES: [(&str, &str); 3] =
        [("system", "As the system has it"), ("light", "Light"), ("dark", "Dark")];
    let theme = expect_context::<ThemeStore>();
    let value = Memo::new(move |_| theme.choice.get().word().to_owned());
    form_fields::choice("Theme", value, form_fields::fixed(&CHOICES), move |word| {
        if let Some(choice) = Choice::parse(&word) {
            theme.choose(choice);
        }
    })
}

fn letters() -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" checked=!are_letters_off() on:change=switch_letters />
            "Letters work as keys (not for speech input, which types letters)"
        </label>
    }
    .into_any()
}

/// A button that opens them; with words below its icon in the bar of tabs.
pub(super) fn button(open: impl Fn() + 'static, words: bool) -> AnyView {
    view! {
        <button title="Your settings" aria-label=(!words).then_some("Your settings") on:click=move |_| open()>
            <Icon name="settings" />
            {words.then_some("Settings")}
        </button>
    }
    .into_any()
}
