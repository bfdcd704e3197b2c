//! A panel whose stream is not there offers others: topics are renamed, boards are brought along from elsewhere.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::context::PanelContext;
use crate::edit::Told;
use crate::{api, form_fields};

/// Whether that is what is wrong, and who looks may mend it.
pub(super) fn is_missing(context: &PanelContext) -> bool {
    let is_missing = context.answer.with_untracked(|answer| {
        answer.refusal.as_ref().is_some_and(|refusal| refusal.code == "unknown_stream")
    });
    // A draft of earlier comes first: a new one would take its place.
    let kept = |told: &Option<Told>| matches!(told, Some(Told::Kept { .. }));
    is_missing && context.board.can_edit() && !context.board.editing.told.with_untracked(kept)
}

/// The streams there are, to be asked instead by all panels of the board that ask the missing one.
pub(super) fn other_streams(context: &PanelContext) -> AnyView {
    let streams = RwSignal::new(Vec::new());
    spawn_local(async move {
        streams.try_set(api::stream_names().await.unwrap_or_default());
    });
    let options = Memo::new(move |_| {
        let none = (String::new(), "Choose a stream".to_owned());
        let names = streams.get().into_iter().map(|name| (name.clone(), name));
        std::iter::once(none).chain(names).collect::<Vec<_>>()
    });
    let nothing = Memo::new(|_| String::new());
    let (editing, missing) = (context.board.editing.clone(), context.spec.stream().to_owned());
    let ask = move |other: String| {
        if !other.is_empty() {
            editing.change(|draft| draft.ask_instead(&missing, &other));
        }
    };
    form_fields::choice("Ask another stream instead", nothing, options, ask)
}
