//! The buttons on a map.

use leptos::prelude::*;

use super::MapHandle;
use super::area::Shapes;
use super::around::{Around, layer_key, motion_key};
use super::past_bar;
use super::state::MapState;
use crate::chrome::Icon;
use crate::dom;
use crate::live::{live, live_value};
use crate::panel::context::PanelContext;

#[component]
pub(super) fn Buttons(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
    has_layer: bool,
) -> impl IntoView {
    let zoom = move |steps: f64| handle.with_value(|handle| handle.zoom(steps));
    let home = move |_| handle.with_value(|handle| handle.change(MapState::go_home));
    let list = move |_| {
        around.is_list_open.update(|open| *open = !*open);
        handle.with_value(|handle| handle.change(|state| state.wants_count = true));
    };
    let shapes = move |_| {
        let is_open = !around.has_shapes.get_untracked();
        around.has_shapes.set(is_open);
        if !is_open {
            around.tool.set(None);
            handle.with_value(|handle| handle.change(|state| state.drawing.tool = None));
        }
    };
    let of = StoredValue::new(context.clone());
    let tint = move |is_on: bool| {
        around.is_tinted.set(Some(is_on));
        of.with_value(|of| dom::store(&layer_key(&of.spec.key), if is_on { "on" } else { "off" }));
        handle.with_value(|handle| handle.change(|_| {}));
    };
    let key = motion_key(&context.spec.key);
    let is_tinted = move || of.with_value(|of| around.is_tinted(of));
    let layer = has_layer.then(|| switch("layers", ("Tint zones", "Tint zones"), is_tinted, tint));
    let exact = move || {
        let key = key.clone();
        let has_choice = around.has_streets.get() && !dom::reduced_motion();
        has_choice.then(|| exact_button(handle, around, key))
    };
    view! {
        <div class="ctl zoom">
            <button title="Zoom in" aria-label="Zoom in" on:click=move |_| zoom(1.0)><Icon name="plus" /></button>
            <button title="Zoom out" aria-label="Zoom out" on:click=move |_| zoom(-1.0)><Icon name="minus" /></button>
        </div>
        <div class="ctl tools">
            <button title="Areas: count and filter (Shift and drag: a box)" aria-label="Areas" aria-expanded=live_value(move || around.has_shapes.get().to_string()) on:click=shapes>
                <Icon name="lasso" />
            </button>
            {heat_button(handle, around)}
            {layer}
            {live(exact)}
            {past_bar::button(around, &context)}
            <button title="List and search" aria-label="List and search" aria-expanded=live_value(move || around.is_list_open.get().to_string()) on:click=list>
                <Icon name="list" />
            </button>
            <button title="Back to the start (0)" aria-label="Back to the start" on:click=home><Icon name="locate" /></button>
        </div>
        {live(move || around.has_shapes.get().then(|| view! { <Shapes handle around /> }.into_any()))}
    }
}

/// From single vehicles to a surface that shows where most are, and back.
fn heat_button(handle: StoredValue<MapHandle, LocalStorage>, around: Around) -> AnyView {
    let toggle = move |is_heat| {
        around.is_heat.set(is_heat);
        handle.with_value(|handle| handle.change(|state| state.is_heat = is_heat));
    };
    let words = ("Heat map", "Heat map: where most are");
    switch("heat", words, move || around.is_heat.get(), toggle)
}

/// From where vehicles are thought to be to where they were for certain, and back.
fn exact_button(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    key: String,
) -> AnyView {
    let toggle = move |is_exact: bool| {
        around.is_exact.set(is_exact);
        dom::store(&key, if is_exact { "exact" } else { "live" });
        handle.with_value(|handle| handle.change(|state| state.is_exact = is_exact));
    };
    let words = ("Exact, one fix late", "Exact, one fix late: nothing is guessed");
    switch("clock", words, move || around.is_exact.get(), toggle)
}

/// A button that is pressed or not, with its name and a word more.
fn switch(
    icon: &'static str,
    (name, title): (&'static str, &'static str),
    is_on: impl Fn() -> bool + Copy + Send + 'static,
    toggle: impl Fn(bool) + 'static,
) -> AnyView {
    let is_pressed = move || is_on().to_string();
    view! {
        <button title=title aria-label=name aria-pressed=live_value(is_pressed) on:click=move |_| toggle(!untrack(is_on))>
            <Icon name=icon />
        </button>
    }
    .into_any()
}
