//! What there is to be said about a draft, and what can be done about it: a line above the board.

use leptos::prelude::*;

use super::{Editing, Told};
use crate::address::AddressStore;
use crate::chrome::Icon;
use crate::live::live;

/// See the module's words.
#[component]
pub(crate) fn Notice(editing: Editing) -> impl IntoView {
    let address = expect_context::<AddressStore>();
    let told = editing.told.clone();
    live(move || {
        let told = told.get()?;
        let act = |words: &'static str, act: fn(&Editing, AddressStore)| {
            let editing = editing.clone();
            view! { <button class="btn" on:click=move |_| act(&editing, address)>{words}</button> }
                .into_any()
        };
        let dismiss = |words| act(words, |editing, _| editing.told.set(None));
        let copy = || act("Save mine as a copy", Editing::save_copy);
        let discard = |words| act(words, |editing, _| editing.discard());
        let (words, ways) = match told {
            Told::Kept { text, is_of_older } => {
                let since =
                    if is_of_older { " Somebody has saved another version since." } else { "" };
                let go_on = {
                    let editing = editing.clone();
                    view! { <button class="btn" on:click=move |_| editing.go_on(&text)>"Go on editing"</button> }
                };
                let words = format!("Changes that were not saved are kept in this browser.{since}");
                (words, vec![go_on.into_any(), discard("Discard them")])
            }
            Told::Overtaken => {
                let over = act("Save mine over it", Editing::save_over);
                let words = "Somebody else saved this dashboard meanwhile. Nothing is lost: yours is still here, theirs is in the history.";
                (words.to_owned(), vec![over, copy(), discard("Show theirs")])
            }
            Told::Gone => {
                let is_editing = editing.draft.with_untracked(Option::is_some);
                let ways = if is_editing {
                    vec![copy(), dismiss("Not now")]
                } else {
                    vec![dismiss("Close")]
                };
                ("Somebody deleted this dashboard. It can be restored from the list of dashboards.".to_owned(), ways)
            }
            Told::Failed(why) => (format!("Not saved: {why}"), vec![dismiss("Close")]),
        };
        Some(view! {
            <div class="banner note" role="status">
                <Icon name="warn" /><span class="grow">{words}</span>{ways}
            </div>
        })
    })
}
