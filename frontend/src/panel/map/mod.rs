//! `map`: vehicles on streets, one image; what is DOM (legend, count, card, list, buttons) lies on top.
//!
//! Reading order: [`state`] (what the map knows) → [`basemap`], [`backdrop`] and [`sprites`] (pictures made once) → [`painter`]
//! (each frame) with what lies [`above`] the vehicles → [`gestures`] → [`around`] (the DOM) with [`legend`], [`card`], [`side`],
//! [`tip`] and [`area`].

mod above;
mod area;
mod around;
mod aside;
mod backdrop;
mod basemap;
mod buttons;
mod card;
mod gestures;
mod layer;
mod legend;
mod moves;
mod painter;
mod past;
mod past_bar;
mod questions;
mod side;
mod sprites;
mod state;
mod tip;
mod trail;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::lazy::{Fetched, Slot, not_fetched, when_fetched};
use crate::live::live_flag;
use hailstream_geo::basemap::Basemap;
use hailstream_protocol::Value;
use hailstream_protocol::visualization::MapParams;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};
use wasm_bindgen_futures::spawn_local;

use super::Parts;
use super::canvas::{Mark, Surface, animate};
use super::context::PanelContext;
use crate::api;
use around::{Around, Controls};
use legend::Legend;
use painter::MapPainter;
use state::MapState;

/// Vehicles follow streets so long after these are there.
const GUIDED_AFTER: Duration = Duration::from_secs(1);

/// The map as its parts share it: one owner, on one thread.
type Shared = Rc<RefCell<MapState>>;

/// What the parts of a map reach for.
#[derive(Clone)]
struct MapHandle {
    state: Shared,
    mark: Mark,
}

impl MapHandle {
    /// Changes the map and paints it.
    fn change(&self, change: impl FnOnce(&mut MapState)) {
        // Only a handler called from within another could find it taken; the paint that follows then shows the first.
        if let Ok(mut state) = self.state.try_borrow_mut() {
            change(&mut state);
        }
        self.mark.paint();
    }

    /// Zooms around the middle.
    fn zoom(&self, steps: f64) {
        self.change(|state| {
            state.move_view(|view| {
                let (width, height) = view.size();
                view.zoomed_at(width / 2.0, height / 2.0, steps)
            });
        });
    }

    /// Chooses a vehicle, or none, and follows its records.
    fn choose(&self, entity: Option<Value>, around: Around) {
        self.change(|state| state.choose(entity));
        around.choose(self);
    }

    /// Chooses a vehicle of the list and brings it into view. On a phone the list gives way to it.
    fn find(&self, entity: Option<Value>, around: Around) {
        if entity.is_some() {
            self.choose(entity, around);
            self.change(MapState::show_chosen);
            let is_narrow = self.state.try_borrow().is_ok_and(|state| state.is_narrow());
            if is_narrow {
                around.is_list_open.set(false);
            }
        }
    }

    /// Keeps the chosen one in the middle, or no longer.
    fn toggle_follow(&self) {
        self.change(|state| {
            state.follows = !state.follows && state.chosen.is_some();
            state.wants_count = true;
        });
    }
}

/// A map, with its legend in the header.
pub(super) fn map(context: PanelContext, params: MapParams) -> Parts {
    let (header, body) = (Slot::new(), Slot::new());
    when_fetched(fetched(context, params), move |parts| match parts {
        Ok(parts) => {
            header.fill(parts.header.into_any());
            body.fill(parts.body);
        }
        Err(_) => body.fill(not_fetched()),
    });
    Parts { header: Some(header.shown()), body: body.shown() }
}

#[wasm_split(panels, wasm_split_path = wasm_split, fallible)]
fn fetched(context: PanelContext, params: MapParams) -> Fetched<Parts> {
    let handle = MapHandle {
        state: Rc::new(RefCell::new(MapState::new(params.clone(), context.spec.stream()))),
        mark: Mark::default(),
    };
    let around = Around::new(&context.spec.key);
    handle.change(|state| state.is_exact = around.is_exact());
    load_basemap(&params.basemap, handle.clone(), around);
    let stored = StoredValue::new_local(handle);
    let header = view! { <Legend handle=stored around /> };
    let body = view! { <Canvas handle=stored around context /> };
    Ok(Parts { header: Some(header.into_any()), body: body.into_any() })
}

/// Without a basemap the vehicles move on plain ground: that is said where the credits would be.
fn load_basemap(name: &str, handle: MapHandle, around: Around) {
    if name.is_empty() {
        return;
    }
    let path = format!("/api/maps/{}", js_sys::encode_uri_component(name));
    spawn_local(async move {
        let read = match api::get_bytes(&path).await {
            Ok(bytes) => Basemap::read(&bytes).map_err(|error| error.to_string()),
            Err(failure) => Err(failure.detail().to_owned()),
        };
        match read {
            Ok(basemap) => {
                around.credits.try_set(basemap.credits.join(" · "));
                around.has_streets.try_set(!basemap.streets.is_empty());
                handle.change(|state| state.set_basemap(&basemap));
                // Their crossings take a moment to be found, which the first picture does not wait for.
                let guide = move || handle.change(|state| state.set_streets(&basemap.streets));
                set_timeout(guide, GUIDED_AFTER);
            }
            Err(why) => drop(around.credits.try_set(format!("No streets: {why}"))),
        }
    });
}

#[component]
fn Canvas(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let ground = NodeRef::<html::Canvas>::new();
    let above = NodeRef::<html::Canvas>::new();
    let map = NodeRef::<html::Div>::new();
    let shared = handle.get_value();
    gestures::listen(map, &shared, around);
    let mut painter = MapPainter::new(context.clone(), shared.clone(), around, above);
    let depends = {
        let context = context.clone();
        move || {
            context.answer.track();
            context.state.track();
            context.theme();
            around.take_base(&context);
            around.playback.track(&context);
            around.track_asides();
            around.zone_numbers(&context);
        }
    };
    let paint = Box::new(move |surface: &Surface<'_>| painter.paint(surface));
    animate(ground, &context.spec.key, &shared.mark, Box::new(depends), paint);
    let label = format!(
        "{}, map; drag or use the arrow keys to move, plus and minus to zoom, 0 to go back, f to follow",
        context.spec.title
    );
    view! {
        <div class="mapview" class:pick=live_flag(move || around.tip.with(Option::is_some)) class:draw=live_flag(move || around.tool.with(Option::is_some)) node_ref=map tabindex="0" role="application" aria-label=label>
            <canvas class="ground" node_ref=ground></canvas>
            <canvas class="above" node_ref=above hidden></canvas>
            <Controls handle around context />
        </div>
    }
}
