//! An area that a person draws on the map: how many are inside, and the board filtered by it.

use hailstream_client::filters::Pill;
use hailstream_map::area::{Area, Condition, Shape};
use hailstream_map::fleet::Counts;
use leptos::prelude::*;
use serde_json::{Value as Json, json};

use super::MapHandle;
use super::around::{Around, Entry, whole};
use super::state::MapState;
use crate::chrome::Icon;
use crate::dom;
use crate::live::{live, live_flag, live_value};
use crate::panel::context::PanelContext;

/// What is drawn by a hand that shakes, CSS px: a smaller area is none, and corners of an outline are not nearer.
const LEAST_PX: f64 = 8.0;
const STEP_PX: f64 = 3.0;

/// Shapes in the order of their buttons, with icon and word.
const SHAPES: [(Shape, &str, &str); 3] = [
    (Shape::Box, "box", "box"),
    (Shape::Circle, "circle", "circle"),
    (Shape::Outline, "lasso", "outline"),
];

fn word(shape: Shape) -> &'static str {
    SHAPES.iter().find(|(of, ..)| *of == shape).map_or("area", |(.., word)| *word)
}

/// An area being drawn, or drawn.
#[derive(Default)]
pub(super) struct Drawing {
    /// The next drag draws this.
    pub(super) tool: Option<Shape>,
    pub(super) area: Option<Area>,
    /// The pointer is down.
    is_open: bool,
}

impl MapState {
    /// Begins an area where a tool is taken, or Shift is held.
    pub(super) fn begin_area(&mut self, (x, y): (f64, f64), with_shift: bool) {
        let shape = self.drawing.tool.or(with_shift.then_some(Shape::Box));
        if let Some((shape, view)) = shape.zip(self.view) {
            self.drawing.area = Some(Area::begin(shape, view.world_from_screen(x, y)));
            self.drawing.is_open = true;
            self.hovered = None;
            self.stop_following();
        }
    }

    /// Whether an area is being drawn.
    pub(super) fn draws_area(&self) -> bool {
        self.drawing.is_open
    }

    /// Goes on with it; whether one is being drawn.
    pub(super) fn draw_area(&mut self, (x, y): (f64, f64)) -> bool {
        let Drawing { area: Some(area), is_open: true, .. } = &mut self.drawing else {
            return false;
        };
        let Some(view) = self.view else { return false };
        area.draw_to(view.world_from_screen(x, y), STEP_PX / view.world_px());
        true
    }

    /// Ends it; whether one was being drawn.
    pub(super) fn end_area(&mut self) -> bool {
        if !std::mem::take(&mut self.drawing.is_open) {
            return false;
        }
        let least = self.view.map_or(0.0, |view| LEAST_PX / view.world_px());
        if !self.drawing.area.as_mut().is_some_and(|area| area.finish(least)) {
            self.drawing.area = None;
        }
        self.drawing.tool = None;
        self.wants_count = true;
        true
    }

    /// Puts tool and area away.
    pub(super) fn clear_area(&mut self) {
        dom::give_focus_back(".inarea", ".mapview");
        self.drawing = Drawing::default();
        self.wants_count = true;
    }
}

/// What is inside an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    shape: Shape,
    counts: Counts,
}

/// Counts the vehicles inside, of those that are shown.
pub(super) fn inside(state: &MapState, now: f64) -> Option<Inside> {
    let area = state.drawing.area.as_ref()?;
    let holds = area.test();
    let mut counts = Counts { by_status: vec![0; state.fleet.statuses().len()], silent: 0 };
    for shown in state.fleet.all_shown(now, state.stream_ms) {
        if state.isolation.shows(shown.class()) && holds(shown.place) {
            counts.add(shown.class());
        }
    }
    Some(Inside { shape: area.shape(), counts })
}

/// A filter of queries, by the field of the map's positions.
fn filter(condition: Condition, field: &str, shape: Shape) -> Json {
    let label = format!("in the {} on the map", word(shape));
    match condition {
        Condition::Box(bounds) => {
            json!({"geo_box": {"field": field, "bounds": bounds}, "label": label})
        }
        Condition::Distance(center, distance_m) => {
            let distance = json!({"field": field, "center": center, "distance_m": distance_m});
            json!({"geo_distance": distance, "label": label})
        }
        Condition::Polygon(points) => {
            json!({"geo_polygon": {"field": field, "points": points}, "label": label})
        }
    }
}

fn is_area(pill: &Pill, field: &str) -> bool {
    let kinds = ["geo_box", "geo_distance", "geo_polygon"];
    let is_kind = |saved: &Json| kinds.iter().any(|kind| saved.get(kind).is_some());
    pill.field == field && pill.saved.as_ref().is_some_and(is_kind)
}

/// Filters the board by the area, in the place of another area.
fn apply(handle: &MapHandle, context: &PanelContext) {
    let filter = handle.state.try_borrow().ok().and_then(|state| {
        let area = state.drawing.area.as_ref()?;
        let field = state.params.position.clone();
        Some((filter(area.condition(), &field, area.shape()), field))
    });
    let Some((filter, field)) = filter else { return };
    context.board.filters.update(|filters| {
        filters.pills.retain(|pill| !is_area(pill, &field));
        filters.pills.push(Pill::of_saved(&filter));
    });
    handle.change(MapState::clear_area);
}

/// The buttons of the shapes.
#[component]
pub(super) fn Shapes(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
) -> impl IntoView {
    let button = move |(shape, icon, word): (Shape, &'static str, &'static str)| {
        let take = move |_| {
            let is_held = around.tool.get_untracked() == Some(shape);
            around.tool.set((!is_held).then_some(shape));
            handle.with_value(|handle| {
                handle.change(|state| {
                    state.clear_area();
                    state.drawing.tool = (!is_held).then_some(shape);
                });
            });
        };
        let is_held = move || (around.tool.get() == Some(shape)).to_string();
        let article = if shape == Shape::Outline { "an" } else { "a" };
        let title = format!("Count what is in {article} {word}: draw it");
        let label = format!("Draw {article} {word}");
        view! {
            <button title=title aria-label=label aria-pressed=live_value(is_held) on:click=take><Icon name=icon /></button>
        }
    };
    view! { <div class="ctl shapes" role="group" aria-label="Areas">{SHAPES.map(button).collect_view()}</div> }
}

/// What is in the area, and what can be done with it.
#[component]
pub(super) fn InsideArea(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
    noun: String,
) -> impl IntoView {
    let text = move || {
        let Inside { shape, counts } = around.inside.get()?;
        let entries = around.entries.get();
        let class = |Entry { class, words, .. }: &Entry| {
            let count = counts.of(*class);
            (count > 0).then(|| format!("{} {words}", whole(count)))
        };
        let classes: Vec<String> = entries.iter().filter_map(class).collect();
        let classes =
            if classes.is_empty() { String::new() } else { format!(": {}", classes.join(", ")) };
        let total = whole(counts.total());
        Some(
            view! { <span><b>{total}</b>{format!(" {noun} in the {}{classes}", word(shape))}</span> },
        )
    };
    let is_there = Memo::new(move |_| around.inside.with(Option::is_some));
    let buttons = move || {
        let context = context.clone();
        let filter = move |_| handle.with_value(|handle| apply(handle, &context));
        let close = move |_| handle.with_value(|handle| handle.change(MapState::clear_area));
        is_there.get().then(|| {
            view! {
                <button class="btn" on:click=filter><Icon name="filter" />"Filter the board"</button>
                <button class="close" title="Remove the area (Esc)" aria-label="Remove the area" on:click=close><Icon name="x" /></button>
            }
            .into_any()
        })
    };
    let is_none = live_flag(move || !is_there.get());
    view! { <div class="inarea" class:none=is_none>{live(text)}{live(buttons)}</div> }
}
