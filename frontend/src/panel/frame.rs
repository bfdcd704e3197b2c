//! The frame of every panel: place, title, chip, and which of the six states its inside shows.

use std::sync::Arc;

use crate::live::{live, live_flag, live_text, live_value};
use hailstream_protocol::saved_object::GridData;
use leptos::prelude::*;

use super::chip::Chip;
use super::context::{PanelContext, State};
use super::drilldown;
use super::menu::MenuButton;
use super::states::{EmptyState, ErrorState, Skeleton, StaleState};
use super::{Parts, body};
use crate::edit::{Grips, Handle, drag_by_header};
use crate::supervisor;

/// A panel; `alone` in its editor, where it has no place on a grid.
#[component]
pub(crate) fn PanelFrame(context: PanelContext, #[prop(optional)] alone: bool) -> impl IntoView {
    let spec = Arc::clone(&context.spec);
    follow_range(&context);
    let parts = match &spec.params {
        Ok(params) if supervisor::set_aside(&spec.key).is_none() => body(&context, params),
        _ => Parts { header: None, body: ().into_any() },
    };
    let answer = context.answer.clone();
    let sequence =
        move || answer.with(|a| a.result.as_ref().map(|result| result.as_of.sequence.to_string()));
    let provisional = {
        let context = context.clone();
        move || context.is_provisional().to_string()
    };
    let state = context.state.clone();
    let word = move || state.with(State::word);
    let state = context.state.clone();
    let is_busy = move || state.with(|state| (*state == State::Loading).then_some("true"));
    let heading = format!("{}-{}", if alone { "edited" } else { "panel" }, spec.id);
    let named_by = heading.clone();
    let class = format!("panel {}", spec.kind);
    let [x, y, w, h] = place(&context);
    let [is_chosen, is_held] = while_editing(&context);
    let grips = (!alone).then(|| grips(&context));
    let menu_open = RwSignal::new(false);
    let open_menu = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        menu_open.set(true);
    };
    let is_large = {
        let context = context.clone();
        move || context.is_enlarged()
    };
    view! {
        <section
            class=class
            data-panel-id=spec.id.clone()
            data-state=word
            data-provisional=live_value(provisional)
            data-sequence=sequence
            aria-labelledby=named_by
            aria-busy=is_busy
            class:large=live_flag(is_large)
            class:untitled=spec.hides_title
            on:contextmenu=open_menu
            class:chosen=is_chosen
            class:held=is_held
            style=("--x", x)
            style=("--y", y)
            style=("--w", w)
            style=("--h", h)
        >
            {header(&context, heading, parts.header, (menu_open, alone))}
            {inside(context, parts.body)}
            {grips}
        </section>
    }
    .into_any()
}

/// Where it stands on the grid: from which column and row, and over how many.
fn place(context: &PanelContext) -> [Box<dyn FnMut() -> String + Send>; 4] {
    let of: [fn(GridData) -> u32; 4] =
        [|grid| grid.x + 1, |grid| grid.y + 1, |grid| grid.w.max(1), |grid| grid.h.max(1)];
    of.map(|of| {
        let grid = context.grid.clone();
        live_value(move || of(grid.get()).to_string())
    })
}

/// Its corners, while somebody edits.
fn grips(context: &PanelContext) -> AnyView {
    let (editing, id) = (context.board.editing.clone(), context.spec.id.clone());
    live(move || {
        let grips = || view! { <Grips editing=editing.clone() id=id.clone() /> };
        editing.is_on().then(grips)
    })
}

/// While somebody edits: whether it was touched last, and whether it is in their hand.
fn while_editing(context: &PanelContext) -> [Box<dyn FnMut() -> bool + Send>; 2] {
    let (editing, id) = (context.board.editing.clone(), context.spec.id.clone());
    let (holding, own) = (editing.clone(), id.clone());
    let is_chosen =
        move || editing.is_on() && editing.chosen.with(|chosen| chosen.as_ref() == Some(&id));
    let is_held =
        move || holding.held.with(|held| held.as_ref().is_some_and(|held| held.id == own));
    [live_flag(is_chosen), live_flag(is_held)]
}

fn header(
    context: &PanelContext,
    heading: String,
    of_type: Option<AnyView>,
    (menu_open, alone): (RwSignal<bool>, bool),
) -> impl IntoView + use<> {
    let title = context.spec.title.clone();
    let hover = title.clone();
    let asks = context.spec.asks();
    let (editing, id) = (context.board.editing.clone(), context.spec.id.clone());
    let handle = {
        let (editing, id, title) = (editing.clone(), id.clone(), title.clone());
        live(move || {
            let is_shown = !alone && editing.is_on();
            is_shown.then(
                || view! { <Handle editing=editing.clone() id=id.clone() title=title.clone() /> },
            )
        })
    };
    let drag = move |event: web_sys::PointerEvent| {
        if !alone {
            drag_by_header(&editing, &id, &event);
        }
    };
    view! {
        <header on:pointerdown=drag>
            {handle}
            <h2 id=heading title=hover>{title}</h2>
            {subtitle(context)}
            {of_type}
            {unfiltered(context)}
            {asks.then(|| view! { <Chip context=context.clone() /> })}
            {(!alone).then(|| view! { <MenuButton context=context.clone() open=menu_open /> })}
        </header>
    }
}

/// Keeps the panel's questions under the board's range and filters. The old answers stay until the new ones are there.
pub(super) fn follow_range(context: &PanelContext) {
    let kept = StoredValue::new_local(Vec::new());
    let context = context.clone();
    Effect::new(move |_| {
        // A question that stays the same is followed anew before the old following ends, and so never ends.
        kept.set_value(context.follow());
    });
}

fn subtitle(context: &PanelContext) -> impl IntoView + use<> {
    let spec = Arc::clone(&context.spec);
    let context = context.clone();
    let words = move || {
        if !spec.subtitle.is_empty() {
            return spec.subtitle.clone();
        }
        if context.is_counted_only.get() {
            return String::new();
        }
        let result = context.result();
        let cut = result.and_then(|result| result.truncated.values().next().copied());
        cut.filter(|cut| cut.of > cut.shown)
            .map(|cut| format!("top {} of {}", cut.shown, cut.of))
            .unwrap_or_default()
    };
    view! { <span class="sub">{live_text(words)}</span> }
}

/// Filters that leave this panel as it is, because its stream does not have their field.
fn unfiltered(context: &PanelContext) -> impl IntoView + use<> {
    /// Panels of fewer columns have no room for words beside the title.
    const ROOM: u32 = 14;
    let context = context.clone();
    live(move || {
        let fields = context.without_effect().join(", ");
        (!fields.is_empty()).then(|| {
            let why = format!(
                "Not filtered by {fields}, or not all of it: a stream it asks has no such field"
            );
            let has_room = context.grid.with(|grid| grid.w >= ROOM);
            let words = if has_room { format!("not by {fields}") } else { "≠".to_owned() };
            view! { <span class="chip plain unfiltered" title=why>{words}</span> }
        })
    })
}

pub(super) fn inside(context: PanelContext, body: AnyView) -> impl IntoView {
    let state = context.state.clone();
    let pictured = context.clone();
    let ways = drilldown::menu(&context);
    let hides_picture = move || match state.get() {
        State::Live => false,
        State::Stale => !pictured.has_picture(),
        State::Loading | State::Empty | State::Error { .. } => true,
    };
    let instead = move || match context.state.get() {
        State::Loading => view! { <Skeleton kind=context.spec.kind.clone() /> }.into_any(),
        State::Empty => view! { <EmptyState context=context.clone() /> }.into_any(),
        State::Error { title, detail, at } => {
            view! { <ErrorState context=context.clone() title detail at /> }.into_any()
        }
        State::Stale => view! { <StaleState context=context.clone() /> }.into_any(),
        State::Live => ().into_any(),
    };
    view! {
        <div class="body">
            <div class="picture" class:away=live_flag(hides_picture)>{body}</div>
            {ways}
            {live(instead)}
        </div>
    }
}
