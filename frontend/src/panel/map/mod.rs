//! `map`: vehicles on streets. Two canvases lie on each other: below, a cached bitmap of land, streets and names; above, the
//! vehicles, drawn again as far as they move. What is DOM (legend, count, card, buttons) lies on top.
//!
//! Reading order: [`state`] (what the map knows) → [`basemap`] and [`sprites`] (pictures made once) → [`painter`] (each
//! frame) → [`gestures`] → [`around`] (the DOM).

mod around;
mod basemap;
mod gestures;
mod painter;
mod sprites;
mod state;

use std::cell::RefCell;
use std::rc::Rc;

use hailstream_geo::basemap::Basemap;
use hailstream_protocol::visualization::MapParams;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Parts;
use super::canvas::{Mark, Surface, animate};
use super::context::PanelContext;
use crate::api;
use around::{Around, Controls, Legend};
use painter::MapPainter;
use state::MapState;

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
}

/// A map, with its legend in the header.
pub(super) fn map(context: PanelContext, params: &MapParams) -> Parts {
    let handle = MapHandle {
        state: Rc::new(RefCell::new(MapState::new(params.clone(), context.spec.stream()))),
        mark: Mark::default(),
    };
    let around = Around::new();
    load_basemap(&params.basemap, handle.clone(), around);
    let stored = StoredValue::new_local(handle);
    let header = view! { <Legend handle=stored around context=context.clone() /> };
    let body = view! { <Canvases handle=stored around context /> };
    Parts { header: Some(header.into_any()), body: body.into_any() }
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
            Err(api::Failure::NotFound { detail } | api::Failure::Other { detail }) => Err(detail),
        };
        match read {
            Ok(basemap) => {
                around.credits.try_set(basemap.credits.join(" · "));
                handle.change(|state| state.set_basemap(&basemap));
            }
            Err(why) => drop(around.credits.try_set(format!("No streets: {why}"))),
        }
    });
}

#[component]
fn Canvases(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let ground = NodeRef::<html::Canvas>::new();
    let vehicles = NodeRef::<html::Canvas>::new();
    let map = NodeRef::<html::Div>::new();
    let shared = handle.get_value();
    gestures::listen(map, &shared, around);
    let mut painter = MapPainter::new(context.clone(), shared.clone(), around);
    let depends = {
        let context = context.clone();
        move || {
            context.answer.track();
            context.theme();
            around.chosen_trail.track();
        }
    };
    let paint = Box::new(move |surface: &Surface<'_>| painter.paint(surface, vehicles));
    animate(ground, &context.spec.key, &shared.mark, Box::new(depends), paint);
    let label = format!(
        "{}, map; drag or use the arrow keys to move, plus and minus to zoom",
        context.spec.title
    );
    view! {
        <div class="mapview" class:pick=move || around.can_pick.get() node_ref=map tabindex="0" role="application" aria-label=label>
            <canvas class="ground" node_ref=ground></canvas>
            <canvas class="vehicles" node_ref=vehicles></canvas>
            <Controls handle around context />
        </div>
    }
}
