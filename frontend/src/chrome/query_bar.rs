//! The query bar: DQL with what could be typed next, and what is wrong where it is wrong. A query is put to the board with
//! Enter; until then, and while it is wrong, the one before stays in force.

use hailstream_client::suggest::{Field, Offer, Suggestion, suggest};
use hailstream_dql as dql;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::Icon;
use super::field_values::values_of;
use crate::dom;
use crate::live::{live, live_flag, live_value};
use crate::panel::BoardContext;

/// Values of a field that are asked for.
const VALUES: u32 = 200;

/// Values of fields, as far as they are known.
type Values = Vec<(String, Vec<String>)>;

/// What the parts of the bar share.
#[derive(Clone, Copy)]
struct Bar {
    input: NodeRef<html::Input>,
    draft: RwSignal<String>,
    /// Bytes before the cursor.
    cursor: RwSignal<usize>,
    is_open: RwSignal<bool>,
    /// The suggestion that the keyboard has chosen.
    active: RwSignal<Option<usize>>,
    /// Whether the draft was to be put in force, so that what is wrong with it is told.
    is_tried: RwSignal<bool>,
    values: RwSignal<Values>,
    offer: Memo<Offer>,
}

/// The bar.
#[component]
pub(super) fn QueryBar(board: BoardContext) -> impl IntoView {
    let bar = Bar::of(&board);
    bar.follow(board.clone());
    let error = Memo::new(move |_| bar.draft.with(|draft| dql::parse(draft).err()));
    let is_wrong = Memo::new(move |_| bar.is_tried.get() && error.with(Option::is_some));
    let is_listed = Memo::new(move |_| {
        bar.is_open.get() && bar.offer.with(|offer| !offer.suggestions.is_empty())
    });
    let press = {
        let board = board.clone();
        move |event: KeyboardEvent| bar.press(&board, &event)
    };
    let clear = move |_| {
        bar.draft.set(String::new());
        bar.apply(&board);
        focus();
    };
    let is_empty = Memo::new(move |_| bar.draft.with(String::is_empty));
    let end = move || {
        if is_empty.get() {
            view! { <kbd>"/"</kbd> }.into_any()
        } else {
            let clear = clear.clone();
            view! { <button class="cross" aria-label="Clear the query" on:click=clear><Icon name="x" /></button> }
                .into_any()
        }
    };
    let below = move || {
        if is_wrong.get() {
            error.get().map(|error| wrong(&bar.draft.get(), &error))
        } else {
            is_listed.get().then(|| list(bar))
        }
    };
    view! {
        <div class="query anchor" role="search" class:wrong=live_flag(move || is_wrong.get())>
            <Icon name="search" />
            <input
                type="text" class="dql" role="combobox" aria-label="Query in DQL" aria-autocomplete="list"
                aria-controls="query-list" aria-expanded=live_value(move || is_listed.get().to_string())
                aria-activedescendant=live_value(move || bar.active.get().map(option_id).unwrap_or_default())
                aria-invalid=live_value(move || is_wrong.get().to_string())
                placeholder="Search with DQL, e.g. status: hired and speed > 30"
                autocomplete="off" autocapitalize="off" spellcheck="false" maxlength=dql::MAX_BYTES.to_string()
                node_ref=bar.input
                prop:value=live_value(move || bar.draft.get())
                on:input=move |_| bar.typed()
                on:click=move |_| bar.typed()
                on:keydown=press
                on:blur=move |_| bar.is_open.set(false)
            />
            {live(end)}
            {live(below)}
        </div>
    }
}

/// Gives the bar of the page the focus.
pub(super) fn focus() {
    let input = dom::document()
        .and_then(|document| document.query_selector("input.dql").ok().flatten())
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input {
        let _unfocused = input.focus();
        input.select();
    }
}

fn option_id(place: usize) -> String {
    format!("query-option-{place}")
}

impl Bar {
    fn of(board: &BoardContext) -> Self {
        let (draft, cursor) = (RwSignal::new(String::new()), RwSignal::new(0));
        let values = RwSignal::new(Values::new());
        let schemas = board.schemas.clone();
        let fields = Memo::new(move |_| schemas.with(crate::board::Schemas::fields));
        let offer = Memo::new(move |_| {
            let known = values.get();
            let of_field = |field: &str| {
                known.iter().find(|(name, _)| name == field).map(|(_, values)| values.clone())
            };
            fields.with(|fields| suggest(&draft.get(), cursor.get(), fields, &of_field))
        });
        Self {
            input: NodeRef::new(),
            draft,
            cursor,
            is_open: RwSignal::new(false),
            active: RwSignal::new(None),
            is_tried: RwSignal::new(false),
            values,
            offer,
        }
    }

    /// Shows the query in force when it changes, and learns the values that would be offered.
    fn follow(self, board: BoardContext) {
        let filters = board.filters.clone();
        Effect::new(move |_| {
            self.draft.set(filters.with(|filters| filters.query.clone()));
            self.is_tried.set(false);
        });
        Effect::new(move |_| {
            if self.is_open.get() {
                let fetch = |field: &Field| self.fetch(field, &board);
                self.offer.with(|offer| offer.wanted.iter().for_each(fetch));
            }
        });
    }

    fn typed(self) {
        let Some(input) = self.input.get_untracked() else { return };
        let text = input.value();
        let units = input.selection_start().ok().flatten().unwrap_or(0) as usize;
        self.cursor.set(byte_of(&text, units));
        self.draft.set(text);
        self.active.set(None);
        self.is_open.set(true);
    }

    fn press(self, board: &BoardContext, event: &KeyboardEvent) {
        let count = self.offer.with_untracked(|offer| offer.suggestions.len());
        let is_listed = self.is_open.get_untracked() && count > 0;
        let active = self.active.get_untracked().filter(|_| is_listed);
        match (event.key().as_str(), active) {
            ("ArrowDown", _) if !is_listed => self.typed(),
            ("ArrowDown", active) => self.active.set(Some(active.map_or(0, |at| (at + 1) % count))),
            ("ArrowUp", active) if is_listed => {
                self.active.set(Some(active.map_or(count - 1, |at| (at + count - 1) % count)));
            }
            ("Enter" | "Tab", Some(active)) => {
                let chosen =
                    self.offer.with_untracked(|offer| offer.suggestions.get(active).cloned());
                chosen.iter().for_each(|suggestion| self.take(suggestion));
            }
            ("Enter", None) => self.apply(board),
            ("Escape", _) if is_listed => self.is_open.set(false),
            ("Escape", _) => {
                self.draft.set(board.filters.with_untracked(|filters| filters.query.clone()));
                self.is_tried.set(false);
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// Writes a suggestion.
    fn take(self, suggestion: &Suggestion) {
        let Some(input) = self.input.get_untracked() else { return };
        let (text, cursor) = suggestion.taken(&self.draft.get_untracked());
        input.set_value(&text);
        let units = text.get(..cursor).unwrap_or(&text).encode_utf16().count() as u32;
        let _kept = input.set_selection_range(units, units);
        self.typed();
    }

    /// Puts the draft in force, or tells what is wrong with it.
    fn apply(self, board: &BoardContext) {
        self.is_open.set(false);
        self.is_tried.set(true);
        let query = self.draft.get_untracked().trim().to_owned();
        let is_other = board.filters.with_untracked(|filters| filters.query != query);
        if is_other && dql::parse(&query).is_ok() {
            board.filters.update(|filters| filters.query = query);
        }
    }

    /// Asks for the values of a field, once.
    fn fetch(self, field: &Field, board: &BoardContext) {
        let Some(asked) = values_of(field, &board.range.get_untracked(), VALUES) else { return };
        let name = field.name.clone();
        // Known from now on, as none: what is on its way is not asked for again.
        self.values.update(|values| values.push((name.clone(), Vec::new())));
        spawn_local(async move {
            let found = asked.await;
            self.values.try_update(|values| {
                let held = values.iter_mut().filter(|(of, _)| *of == name);
                held.for_each(|of| of.1.clone_from(&found));
            });
        });
    }
}

/// The byte before which so many UTF-16 units stand.
fn byte_of(text: &str, units: usize) -> usize {
    let mut before = 0;
    for (byte, c) in text.char_indices() {
        if before >= units {
            return byte;
        }
        before += c.len_utf16();
    }
    text.len()
}

fn list(bar: Bar) -> AnyView {
    let option = move |(place, one): (usize, Suggestion)| {
        let (words, detail) = (one.words.clone(), one.detail.clone());
        // Before the input loses the focus.
        let take = move |event: web_sys::PointerEvent| {
            event.prevent_default();
            bar.take(&one);
        };
        view! {
            <div
                role="option" id=option_id(place) on:pointerdown=take
                aria-selected=live_value(move || (bar.active.get() == Some(place)).to_string())
            >
                <span class="clip">{words}</span><small>{detail}</small>
            </div>
        }
    };
    let options = bar.offer.get().suggestions.into_iter().enumerate().map(option).collect_view();
    view! { <div class="pop offers" role="listbox" id="query-list" aria-label="Suggestions">{options}</div> }
        .into_any()
}

fn wrong(draft: &str, error: &dql::Error) -> AnyView {
    let part = |from: usize, to: usize| draft.get(from..to).unwrap_or_default().to_owned();
    let (start, end) = (error.span.start, error.span.end);
    // Where something is missing there is nothing to mark: a space stands for it.
    let marked = if start == end { " ".to_owned() } else { part(start, end) };
    let suggestion = error.suggestion.clone().map(|words| view! { <p>{words}</p> });
    view! {
        <div class="pop fault" role="alert">
            <code>{part(0, start)}<mark>{marked}</mark>{part(end, draft.len())}</code>
            <p class="strong">{error.message.clone()}</p>
            {suggestion}
        </div>
    }
    .into_any()
}
