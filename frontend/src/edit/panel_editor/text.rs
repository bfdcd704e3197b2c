//! The visualization as text: all of it, also what the form does not show.

use leptos::prelude::*;

use super::{Editor, fields};
use crate::live::live;

pub(super) fn as_text(editor: &Editor) -> AnyView {
    let wrong = RwSignal::new(None);
    let value = editor.read(|of| serde_json::to_string_pretty(of).unwrap_or_default());
    let of_text = editor.clone();
    let input = fields::lines("Visualization as JSON", "", value, move |text| {
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(read) if read.is_object() => {
                wrong.set(None);
                of_text.change(|of, _| *of = read);
            }
            Ok(_) => wrong.set(Some("An object is expected: { … }".to_owned())),
            Err(error) => wrong.set(Some(error.to_string())),
        }
    });
    let told =
        live(move || wrong.get().map(|words| view! { <p class="wrong" role="alert">{words}</p> }));
    view! { <details class="group astext"><summary>"As text"</summary>{input}{told}</details> }
        .into_any()
}
