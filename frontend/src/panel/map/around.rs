//! What lies around and on a map as DOM: the legend that is also a filter, the count, the buttons, the card of the chosen one.

use hailstream_chart::{Locale, Numbers};
use hailstream_client::freshness::age_words;
use hailstream_client::map_view::MapView;
use hailstream_protocol::visualization::{CardField, GlyphShape};
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;
use serde_json::json;

use super::MapHandle;
use super::painter::positions;
use super::state::MapState;
use crate::chrome::{Glyph, Icon};
use crate::dom;
use crate::panel::context::PanelContext;
use crate::session::{self, AnswerSignal, Following};

/// How far back the trail of the chosen one goes.
const TRAIL: &str = "now-5m";
/// Fixes of a trail: one a second.
const TRAIL_FIXES: u32 = 300;

/// One status in the legend.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    /// Its index; absent for silent ones.
    status: Option<usize>,
    words: String,
    count: usize,
    shape: &'static str,
    token: &'static str,
    is_off: bool,
}

/// The card of the chosen vehicle.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    name: String,
    shape: &'static str,
    token: &'static str,
    age: String,
    fields: Vec<(String, String)>,
    follows: bool,
    /// The vehicle drives where the card would be.
    is_in_the_way: bool,
}

/// The signals of a map. Written by its painter a few times a second.
#[derive(Clone, Copy)]
pub(super) struct Around {
    items: RwSignal<Vec<Item>>,
    in_view: RwSignal<(usize, usize)>,
    card: RwSignal<Option<Card>>,
    trail: StoredValue<Option<Following>, LocalStorage>,
    /// The records of the chosen vehicle.
    pub(super) chosen_trail: RwSignal<AnswerSignal>,
    /// Whether a vehicle is under the pointer.
    pub(super) can_pick: RwSignal<bool>,
    /// Whom to thank for the streets, or why there are none.
    pub(super) credits: RwSignal<String>,
}

impl Around {
    pub(super) fn new() -> Self {
        Self {
            items: RwSignal::new(Vec::new()),
            in_view: RwSignal::new((0, 0)),
            card: RwSignal::new(None),
            trail: StoredValue::new_local(None),
            chosen_trail: RwSignal::new(AnswerSignal::default()),
            can_pick: RwSignal::new(false),
            credits: RwSignal::new(String::new()),
        }
    }

    /// Counts, and describes the chosen one.
    pub(super) fn count(self, state: &MapState, context: &PanelContext, view: MapView, now: f64) {
        let (width, height) = view.size();
        let (mut inside, mut all) = (0, 0);
        for shown in
            state.fleet.all_shown(now, state.stream_ms).filter(|shown| state.is_shown(shown))
        {
            let (x, y) = view.screen_from_world(shown.place);
            all += 1;
            inside += usize::from((0.0..=width).contains(&x) && (0.0..=height).contains(&y));
        }
        set(self.in_view, (inside, all));
        set(self.items, items(state, context));
        set(self.card, card(state, context, view, now));
    }

    /// Follows the records of the vehicle that is chosen now.
    pub(super) fn choose(self, handle: &MapHandle) {
        let query = handle.state.try_borrow().ok().and_then(|state| trail_query(&state));
        let answer = AnswerSignal::default();
        self.trail.set_value(query.map(|query| session::follow(query, &answer)));
        self.chosen_trail.set(answer);
    }

    /// Positions of the chosen one, newest first.
    pub(super) fn trail(self, context: &PanelContext) -> Vec<Value> {
        let Ok(hailstream_protocol::visualization::Params::Map(params)) = &context.spec.params
        else {
            return Vec::new();
        };
        let answer = self.chosen_trail.get();
        let result = answer.with(|answer| answer.result.clone());
        result.map(|result| positions(&result, &params.position)).unwrap_or_default()
    }
}

fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|held| *held != value) == Some(true) {
        signal.set(value);
    }
}

/// The first column of an entity result is the entity's field.
fn trail_query(state: &MapState) -> Option<serde_json::Value> {
    let entity = state.chosen.as_ref()?;
    let field = state.result.as_ref()?.columns.first()?;
    Some(json!({
        "stream": state.stream,
        "filters": [{ "term": { "field": field, "value": entity } }],
        "time": { "from": TRAIL, "to": "now" },
        "hits": { "size": TRAIL_FIXES, "fields": [state.params.position] },
    }))
}

fn items(state: &MapState, context: &PanelContext) -> Vec<Item> {
    let counts = state.fleet.counts(state.stream_ms);
    let style = context.spec.style.board();
    let field = &state.params.status;
    let status = |(index, status): (usize, &hailstream_client::fleet::Status)| {
        let value = Value::text(&status.value);
        let is_plain = status.value.is_empty();
        Item {
            status: Some(index),
            words: if is_plain {
                state.params.entities_name.clone()
            } else {
                style.label(field, &value).unwrap_or_else(|| status.value.clone())
            },
            count: counts.by_status.get(index).copied().unwrap_or(0),
            shape: shape(status.style.shape),
            token: if is_plain { "measure" } else { style.color(field, &value).name() },
            is_off: state.hidden.contains(&index),
        }
    };
    let silent = (counts.silent > 0 || state.hides_silent).then(|| Item {
        status: None,
        words: "Silent".to_owned(),
        count: counts.silent,
        shape: "silent",
        token: "other",
        is_off: state.hides_silent,
    });
    state.fleet.statuses().iter().enumerate().map(status).chain(silent).collect()
}

fn shape(shape: GlyphShape) -> &'static str {
    match shape {
        GlyphShape::Arrow => "arrow",
        GlyphShape::Dot => "dot",
    }
}

fn card(state: &MapState, context: &PanelContext, view: MapView, now: f64) -> Option<Card> {
    const CARD: (f64, f64) = (256.0, 150.0);
    let shown = state.chosen_shown(now)?;
    let vehicle = state.fleet.vehicles().get(shown.index)?;
    let status = state.fleet.statuses().get(vehicle.status)?;
    let result = state.result.as_ref()?;
    let (width, height) = view.size();
    let (x, y) = view.screen_from_world(shown.place);
    let color = context.spec.style.board().color(&state.params.status, &Value::text(&status.value));
    let field = |field: &CardField| field_words(context, result, vehicle.row, field);
    Some(Card {
        name: format!("{} {}", state.params.entity_name, vehicle.entity),
        shape: if shown.is_silent { "silent" } else { shape(status.style.shape) },
        token: if shown.is_silent { "other" } else { color.name() },
        age: age_words(state.stream_ms - vehicle.fix_ms),
        fields: state.params.card.iter().filter_map(field).collect(),
        follows: state.follows,
        is_in_the_way: x > width - CARD.0 && y > height - CARD.1,
    })
}

/// Title and value of a field; `None` where the vehicle has none.
fn field_words(
    context: &PanelContext,
    result: &QueryResult,
    row: usize,
    field: &CardField,
) -> Option<(String, String)> {
    let column = result.columns.iter().position(|column| *column == field.field)?;
    let value = result.rows.get(row)?.get(column).filter(|value| !value.is_null())?;
    let numbers =
        Numbers { format: &field.format, locale: Locale::default(), zone: &crate::zone::offset_ms };
    let words = match value.as_f64() {
        Some(number) => numbers.full(number),
        None => context.spec.style.words(&field.field, value),
    };
    let title = if field.title.is_empty() { &field.field } else { &field.title };
    Some((title.clone(), words))
}

/// Counts per status; a click hides or shows.
#[component]
pub(super) fn Legend(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let entry = move |item: Item| {
        let status = item.status;
        let context = context.clone();
        let toggle = move |_| {
            handle.with_value(|handle| {
                handle.change(|state| toggle_status(state, status));
                if let Ok(state) = handle.state.try_borrow()
                    && let Some(view) = state.view
                {
                    around.count(&state, &context, view, dom::now());
                }
            });
        };
        view! {
            <button class:off=item.is_off aria-pressed=(!item.is_off).to_string() on:click=toggle>
                <Glyph shape=item.shape token=item.token />
                {item.words}" "<b>{item.count}</b>
            </button>
        }
    };
    view! { <div class="mapleg">{move || around.items.get().into_iter().map(&entry).collect_view()}</div> }
}

fn toggle_status(state: &mut MapState, status: Option<usize>) {
    match status {
        None => state.hides_silent = !state.hides_silent,
        Some(index) => {
            let shown = state.hidden.iter().position(|hidden| *hidden == index);
            match shown {
                Some(place) => drop(state.hidden.remove(place)),
                None => state.hidden.push(index),
            }
        }
    }
}

/// Buttons, count, credits and card.
#[component]
pub(super) fn Controls(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let zoom = move |steps: f64| {
        handle.with_value(|handle| {
            handle.change(|state| {
                state.move_view(|view| {
                    let (width, height) = view.size();
                    view.zoomed_at(width / 2.0, height / 2.0, steps)
                });
            });
        });
    };
    let home = move |_| handle.with_value(|handle| handle.change(MapState::go_home));
    let noun = match &context.spec.params {
        Ok(hailstream_protocol::visualization::Params::Map(params)) => params.entities_name.clone(),
        _ => String::new(),
    };
    let count = move || {
        let (inside, all) = around.in_view.get();
        view! { <b>{inside}</b>{format!(" of {all} {noun} in view")} }
    };
    let card = move || around.card.get().map(|card| view! { <ChosenCard card handle around /> });
    view! {
        <div class="ctl zoom">
            <button title="Zoom in" aria-label="Zoom in" on:click=move |_| zoom(1.0)><Icon name="plus" /></button>
            <button title="Zoom out" aria-label="Zoom out" on:click=move |_| zoom(-1.0)><Icon name="minus" /></button>
        </div>
        <div class="ctl fit">
            <button title="Back to the start" aria-label="Back to the start" on:click=home><Icon name="locate" /></button>
        </div>
        <div class="note">{count}</div>
        <div class="attr clip">{move || around.credits.get()}</div>
        {card}
    }
}

#[component]
fn ChosenCard(
    card: Card,
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
) -> impl IntoView {
    let close = move |_| {
        handle.with_value(|handle| {
            handle.change(|state| {
                state.chosen = None;
                state.follows = false;
            });
            around.choose(handle);
        });
        around.card.set(None);
    };
    let follow = move |_| {
        handle.with_value(|handle| handle.change(|state| state.follows = !state.follows));
        around.card.update(|card| {
            if let Some(card) = card {
                card.follows = !card.follows;
            }
        });
    };
    let field = |(title, words): (String, String)| {
        view! { <div><dt>{title}</dt><dd>{words}</dd></div> }
    };
    view! {
        <div class="pop cab" class:aside=card.is_in_the_way>
            <div class="hd">
                <Glyph shape=card.shape token=card.token />
                <b>{card.name}</b>
                <span class="chip live">{card.age}</span>
                <span class="grow"></span>
                <button class="close" title="Close" aria-label="Close" on:click=close><Icon name="x" /></button>
            </div>
            <dl>{card.fields.into_iter().map(field).collect_view()}</dl>
            <div class="ac">
                <button aria-pressed=card.follows.to_string() on:click=follow>"Follow"</button>
            </div>
        </div>
    }
}
