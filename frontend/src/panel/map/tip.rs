//! What is under the pointer, in words beside it.

use crate::live::live;
use hailstream_client::freshness::age_words;
use hailstream_map::fleet::Class;
use hailstream_map::map_view::MapView;
use leptos::prelude::*;

use super::around::{Around, entry};
use super::card::field_words;
use super::state::MapState;
use crate::chrome::Glyph;
use crate::panel::context::PanelContext;

/// Fields of the card that are shown at once.
const FIELDS: usize = 2;
/// Beside the vehicle, CSS px.
const BESIDE_PX: f64 = 14.0;

/// A tooltip and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tip {
    name: String,
    age: String,
    shape: &'static str,
    token: &'static str,
    words: String,
    fields: Vec<(String, String)>,
    x: i64,
    y: i64,
    is_left: bool,
}

/// What is to be said about the vehicle under the pointer. The card says it for the chosen one.
pub(super) fn tip(
    state: &MapState,
    context: &PanelContext,
    view: MapView,
    now: f64,
) -> Option<Tip> {
    let hovered = state.hovered.as_ref().filter(|hovered| state.chosen.as_ref() != Some(hovered));
    let shown = state.shown_of(hovered, now)?;
    let vehicle = state.fleet.vehicles().get(shown.index)?;
    let row = state.row_of(vehicle);
    let look = entry(state, context, shown.class());
    let (x, y) = view.screen_from_world(shown.place);
    let is_left = x > view.size().0 / 2.0;
    // What its legend says is not said twice.
    let others = state.params.card.iter().filter(|field| field.field != state.params.status);
    let fields = others.take(FIELDS).filter_map(|field| field_words(context, row?, field));
    let age = age_words(state.stream_ms - vehicle.fix_ms);
    Some(Tip {
        name: format!("{} {}", state.params.entity_name, vehicle.entity),
        age: match shown.class() {
            Class::Silent => format!("silent for {age}"),
            Class::Status(_) => age,
        },
        shape: look.shape,
        token: look.token,
        words: look.words,
        fields: fields.collect(),
        x: (if is_left { x - BESIDE_PX } else { x + BESIDE_PX }).round() as i64,
        y: (y - 20.0).max(4.0).round() as i64,
        is_left,
    })
}

#[component]
pub(super) fn HoverCard(around: Around) -> impl IntoView {
    let row = |(title, words): (String, String)| {
        view! { <div class="r"><span>{title}</span><b>{words}</b></div> }.into_any()
    };
    let card = move |tip: Tip| {
        view! {
            <div class="tip" class:left=tip.is_left role="tooltip"
                style=("left", format!("{}px", tip.x)) style=("top", format!("{}px", tip.y))>
                <div class="h"><b>{tip.name}</b><span>{tip.age}</span></div>
                <div class="r"><Glyph shape=tip.shape token=tip.token /><span>{tip.words}</span></div>
                {tip.fields.into_iter().map(row).collect_view()}
            </div>
        }
        .into_any()
    };
    live(move || around.tip.get().map(card))
}
