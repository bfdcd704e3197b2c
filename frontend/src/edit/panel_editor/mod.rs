//! The editor of a panel: how it looks now at the left, with its numbers as a table; what it asks and how it is shown at the right.
//!
//! It works on the board's draft: every change is a step that can be taken back, and the picture is the panel itself.

mod drilldowns;
mod parts;
mod settings;
mod source;
mod text;

use std::sync::Arc;

use hailstream_client::editor::{KINDS, Kind, change_kind, control_stream, kind_of, put};
use hailstream_client::stream_fields::StreamFields;
use leptos::prelude::*;
use serde_json::Value as Json;
use wasm_bindgen_futures::spawn_local;

use super::Editing;
use super::add::source_of;
use crate::api;
use crate::chrome::Icon;
use crate::form_fields as fields;
use crate::live::{live, live_text, live_value};
use crate::panel::{PanelContext, PanelFrame, Panels, result_table};

/// What the parts of the editor share. One pointer.
#[derive(Clone)]
struct Editor(Arc<Shared>);

struct Shared {
    editing: Editing,
    /// The panel.
    id: String,
    /// Its visualization, as the draft has it.
    visualization: ArcMemo<Json>,
    /// The stream it asks, with its fields.
    source: ArcRwSignal<StreamFields>,
    /// All streams.
    streams: ArcRwSignal<Vec<String>>,
}

/// The editor.
#[component]
pub(crate) fn PanelEditor(editing: Editing, id: String, panels: Panels) -> impl IntoView {
    let editor = Editor::of(editing, id.clone());
    let context = Memo::new_with_compare(
        {
            let id = id.clone();
            move |_| panels.with(|panels| panels.iter().find(|panel| panel.spec.id == id).cloned())
        },
        |one, other| {
            one.map(|of| of.as_ref().map(PanelContext::key))
                != other.map(|of| of.as_ref().map(PanelContext::key))
        },
    );
    let preview = move || context.get().map(|context| view! { <PanelFrame context alone=true /> });
    let numbers = move || context.get().map(|context| result_table(&context));
    view! {
        <div class="editor">
            <div class="stage">
                <div class="preview">{live(preview)}</div>
                {figures(context)}
                <section class="figuretable" aria-label="Its numbers" tabindex="0">{live(numbers)}</section>
            </div>
            <div class="form" role="group" aria-label="What the panel asks and how it is shown">
                {head(&editor)}
                {kinds(&editor)}
                {live({ let editor = editor.clone(); move || form(&editor) })}
            </div>
        </div>
    }
}

impl Editor {
    fn of(editing: Editing, id: String) -> Self {
        let draft = editing.draft.clone();
        let panel = id.clone();
        let visualization = ArcMemo::new(move |_| {
            draft
                .with(|draft| draft.as_ref().and_then(|draft| draft.visualization(&panel)))
                .unwrap_or_default()
        });
        let (source, streams) =
            (ArcRwSignal::new(StreamFields::default()), ArcRwSignal::new(Vec::new()));
        let listed = streams.clone();
        spawn_local(
            async move { drop(api::stream_names().await.map(|names| listed.try_set(names))) },
        );
        let stream = {
            let visualization = visualization.clone();
            let of_controls = |of: &Json| control_stream(of).to_owned();
            Memo::new(move |_| {
                let main = visualization.with(|of| text_at(of, "/query/stream"));
                if main.is_empty() { visualization.with(of_controls) } else { main }
            })
        };
        let fetched = source.clone();
        Effect::new(move |_| {
            let (stream, fetched) = (stream.get(), fetched.clone());
            spawn_local(async move {
                drop(source_of(&stream).await.map(|source| fetched.try_set(source)));
            });
        });
        let editor = Self(Arc::new(Shared { editing, id, visualization, source, streams }));
        editor.keep_html();
        editor
    }

    /// The server alone makes HTML of Markdown that may stand in a page.
    fn keep_html(&self) {
        let (markdown, editor) = (self.text("/params/markdown"), self.clone());
        Effect::new(move |_| {
            let (markdown, editor) = (markdown.get(), editor.clone());
            if markdown.is_empty() {
                return;
            }
            spawn_local(async move {
                let body = serde_json::json!({ "markdown": markdown });
                let Ok(answer) = api::post_json("/api/markdown", &body).await else { return };
                let Shared { editing, id, .. } = &*editor.0;
                // It may have been closed meanwhile.
                if editing.draft.with_untracked(Option::is_some) {
                    editing.change(|draft| draft.set_html(id, text_at(&answer, "/html")));
                }
            });
        });
    }

    /// Changes the visualization: a step of the draft.
    fn change(&self, change: impl FnOnce(&mut Json, &StreamFields)) {
        let source = self.0.source.get_untracked();
        self.0.editing.change(|draft| {
            if let Some(mut visualization) = draft.visualization(&self.0.id) {
                change(&mut visualization, &source);
                draft.set_visualization(&self.0.id, visualization);
            }
        });
    }

    /// Something about the visualization. Tracks.
    fn read<T: PartialEq + Send + Sync + 'static>(
        &self,
        read: impl Fn(&Json) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let visualization = self.0.visualization.clone();
        Memo::new(move |_| visualization.with(&read))
    }

    /// The text at a JSON pointer. Tracks.
    fn text(&self, at: &'static str) -> Memo<String> {
        self.read(move |of| text_at(of, at))
    }
}

/// A text or a number at a place; empty where there is none.
fn text_at(of: &Json, at: &str) -> String {
    match of.pointer(at) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn head(editor: &Editor) -> AnyView {
    let title = editor.text("/title");
    let (named, done, removed) = (editor.clone(), editor.clone(), editor.clone());
    let remove = move |_| {
        let Shared { editing, id, .. } = &*removed.0;
        editing.open.set(None);
        editing.change(|draft| draft.remove_panel(id));
    };
    let name = fields::text("Title", title, "", move |title| {
        named.change(|of, _| put(of, "/title", Some(title.into())));
    });
    view! {
        <div class="head">
            {name}
            <button class="btn icon" title="Delete this panel" aria-label="Delete this panel" on:click=remove><Icon name="trash" /></button>
            <button class="btn primary" on:click=move |_| done.0.editing.open.set(None)>"Done"</button>
        </div>
    }
    .into_any()
}

/// The types to choose from.
fn kinds(editor: &Editor) -> AnyView {
    let chosen = editor.text("/type");
    let kind = |kind: &'static Kind| {
        let editor = editor.clone();
        let choose = move |_| {
            if chosen.with_untracked(|chosen| chosen != kind.id) {
                editor.change(|of, source| *of = change_kind(of, kind, source));
            }
        };
        view! {
            <button
                class="kind" role="radio" on:click=choose
                aria-checked=live_value(move || (chosen.with(|chosen| chosen == kind.id)).to_string())
            >
                <Icon name=kind.icon />{kind.words}
            </button>
        }
    };
    let kinds = KINDS.iter().map(kind).collect_view();
    view! { <div class="kindpicker" role="radiogroup" aria-label="Type">{kinds}</div> }.into_any()
}

/// Everything that depends on the type. Made anew when type, stream or the number of parts changes; not while one types.
fn form(editor: &Editor) -> AnyView {
    let kind = editor.text("/type").get();
    let Some(kind) = kind_of(&kind) else {
        let words = format!(
            "Panels of type {kind} are shown, but not made by hand yet. The board as text has all of it."
        );
        return view! { <p class="hint">{words}</p> }.into_any();
    };
    let asks = kind.asks().then(|| source::source(editor));
    view! {
        {asks}
        {parts::buckets(editor, kind)}
        {parts::metrics(editor, kind)}
        {settings::settings(editor, kind)}
        {drilldowns::drilldowns(editor, kind)}
        {text::as_text(editor)}
    }
    .into_any()
}

/// What the answer was made of.
fn figures(context: Memo<Option<PanelContext>>) -> AnyView {
    let words = move || {
        let result = context.get().and_then(|context| context.result());
        let Some(result) = result else { return String::new() };
        let groups = result.truncated.values().next();
        let cut = groups
            .map(|cut| format!(" · {} of {} groups shown", cut.shown, cut.of))
            .unwrap_or_default();
        let approximate =
            if result.approximate.is_empty() { "" } else { " · some of it approximate" };
        format!("Made of {} records in {} rows{cut}{approximate}", result.total, result.rows.len())
    };
    view! { <p class="figures">{live_text(words)}</p> }.into_any()
}
