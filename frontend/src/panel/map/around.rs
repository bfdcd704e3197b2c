//! What lies around and on a map as DOM: its signals, which the painter writes, and the buttons, the count and the clock.

use std::sync::Arc;

use crate::live::{live, live_text};
use hailstream_map::area::Shape;
use hailstream_map::fleet::{Class, Counts, Isolation, summary};
use hailstream_map::map_view::MapView;
use hailstream_protocol::visualization::{Format, GlyphShape, MapParams, Params};
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::MapHandle;
use super::area::{Inside, InsideArea, inside};
use super::aside::Aside;
use super::buttons::Buttons;
use super::card::{Card, ChosenCard, card, number_words};
use super::past::Playback;
use super::past_bar::{PastBar, PointedMinute};
use super::questions;
use super::side::{Row, SideList, ranked_rows, room, rows};
use super::state::MapState;
use super::tip::{HoverCard, Tip, tip};
use crate::dom;
use crate::panel::context::PanelContext;
use crate::session::{self, AnswerSignal, Following};

/// How often those who do not see the map are told what it shows.
const TELL_EVERY_MS: f64 = 10_000.0;

/// A class of vehicles in words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) class: Class,
    pub(super) words: String,
    pub(super) shape: &'static str,
    pub(super) token: &'static str,
}

/// How many vehicles are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct InView {
    inside: usize,
    /// Of those inside, not where the map draws them for certain.
    uncertain: usize,
    shown: usize,
    all: usize,
    /// Of all, asked for but too many to be told.
    left_out: u64,
}

/// The signals of a map. Written by its painter a few times a second.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The classes there are.
    pub(super) entries: RwSignal<Vec<Entry>>,
    pub(super) counts: RwSignal<Counts>,
    pub(super) isolation: RwSignal<Isolation>,
    in_view: RwSignal<InView>,
    /// What is in the area that a person has drawn.
    pub(super) inside: RwSignal<Option<Inside>>,
    /// What the next drag draws.
    pub(super) tool: RwSignal<Option<Shape>>,
    pub(super) has_shapes: RwSignal<bool>,
    pub(super) card: RwSignal<Option<Card>>,
    pub(super) tip: RwSignal<Option<Tip>>,
    trail: StoredValue<Option<Following>, LocalStorage>,
    /// The records of the chosen vehicle.
    pub(super) chosen_trail: RwSignal<AnswerSignal>,
    /// The panel's question under the filters in force, of which a large fleet is asked in parts.
    base: RwSignal<Option<serde_json::Value>>,
    /// The answers about tiles.
    pub(super) tiles: RwSignal<Vec<AnswerSignal>>,
    /// All that is known of the chosen one, of a large fleet.
    known: Aside,
    /// What the side list shows of a large fleet.
    ranking: Aside,
    pub(super) playback: Playback,
    /// The rows of the side list.
    pub(super) rows: RwSignal<Vec<Row>>,
    /// The name looked for.
    pub(super) find: RwSignal<String>,
    pub(super) is_list_open: RwSignal<bool>,
    /// Whether a person wants zones tinted; on a wall they are.
    pub(super) is_tinted: RwSignal<Option<bool>>,
    /// Vehicles move along streets.
    pub(super) has_streets: RwSignal<bool>,
    /// Vehicles are drawn where they were for certain.
    pub(super) is_exact: RwSignal<bool>,
    pub(super) is_heat: RwSignal<bool>,
    /// The number at the upper end of the ramp.
    ramp: RwSignal<Option<f64>>,
    /// Whom to thank for the streets, or why there are none.
    pub(super) credits: RwSignal<String>,
    summary: RwSignal<String>,
    told_at: StoredValue<f64>,
}

impl Around {
    pub(super) fn new(panel: &str) -> Self {
        let kept = dom::stored(&layer_key(panel)).map(|word| word == "on");
        Self {
            entries: RwSignal::new(Vec::new()),
            counts: RwSignal::new(Counts::default()),
            isolation: RwSignal::new(Isolation::default()),
            in_view: RwSignal::new(InView::default()),
            inside: RwSignal::new(None),
            tool: RwSignal::new(None),
            has_shapes: RwSignal::new(false),
            card: RwSignal::new(None),
            tip: RwSignal::new(None),
            trail: StoredValue::new_local(None),
            chosen_trail: RwSignal::new(AnswerSignal::default()),
            base: RwSignal::new(None),
            tiles: RwSignal::new(Vec::new()),
            known: Aside::default(),
            ranking: Aside::default(),
            playback: Playback::new(),
            rows: RwSignal::new(Vec::new()),
            find: RwSignal::new(String::new()),
            is_list_open: RwSignal::new(false),
            is_tinted: RwSignal::new(kept),
            has_streets: RwSignal::new(false),
            is_exact: RwSignal::new(dom::stored(&motion_key(panel)).as_deref() == Some("exact")),
            is_heat: RwSignal::new(false),
            ramp: RwSignal::new(None),
            credits: RwSignal::new(String::new()),
            summary: RwSignal::new(String::new()),
            told_at: StoredValue::new(f64::NEG_INFINITY),
        }
    }

    /// Counts, and describes the chosen one and the list.
    pub(super) fn count(
        self,
        state: &mut MapState,
        context: &PanelContext,
        view: MapView,
        now: f64,
    ) {
        let counts = state.counts(view, now);
        let is_counted = state.is_tiled && state.past.is_none();
        let total = state.result.as_ref().filter(|_| is_counted).map(|result| result.total);
        let all = total.map_or(counts.total(), |total| total as usize);
        let left_out = if state.past.is_some() { 0 } else { state.moves.left_out() };
        let mut in_view = InView { all, left_out, ..InView::default() };
        for seen in state.seen.iter().filter(|seen| view.contains(seen.place())) {
            in_view.inside += 1;
            in_view.uncertain += usize::from(seen.is_uncertain && !seen.is_silent);
        }
        let entries = entries(state, context);
        let is_shown = |entry: &&Entry| state.isolation.shows(entry.class);
        in_view.shown = match total {
            Some(_) => all,
            None => entries.iter().filter(is_shown).map(|entry| counts.of(entry.class)).sum(),
        };
        self.tell(state, &entries, &counts, in_view, now);
        set(self.in_view, in_view);
        set(self.inside, inside(state, now));
        set(self.counts, counts);
        set(self.entries, entries);
        set(self.isolation, state.isolation.clone());
        let before = self.card.get_untracked();
        set(self.card, card(state, context, before));
        let is_wall = untrack(|| context.board.address.is_wall());
        if is_wall || self.is_list_open.get_untracked() {
            let find = self.find.get_untracked();
            let size = room(view.size(), is_wall);
            set(self.rows, self.listed(state, context, &find, size));
        } else {
            self.ranking.ask(None);
        }
    }

    fn tell(self, state: &MapState, entries: &[Entry], counts: &Counts, in_view: InView, now: f64) {
        if in_view.all > 0 && now - self.told_at.get_value() >= TELL_EVERY_MS {
            self.told_at.set_value(now);
            let class = |entry: &Entry| (entry.words.clone(), counts.of(entry.class));
            let classes: Vec<_> = entries.iter().map(class).collect();
            let noun = &state.params.entities_name;
            set(self.summary, summary(noun, in_view.all, &classes, in_view.inside));
        }
    }

    fn listed(self, state: &MapState, context: &PanelContext, find: &str, size: usize) -> Vec<Row> {
        if !state.is_tiled || state.past.is_some() {
            return rows(state, context, find, size);
        }
        let base = self.base.get_untracked();
        let question = base
            .zip(state.entity_field())
            .map(|(base, field)| questions::ranking(&base, field, &state.params, find, size));
        self.ranking.ask(question);
        let ranking = untrack(|| self.ranking.result());
        ranking.map(|ranking| ranked_rows(state, context, &ranking)).unwrap_or_default()
    }

    /// The panel's question as it is now.
    pub(super) fn base(self) -> Option<serde_json::Value> {
        self.base.get_untracked()
    }

    /// Takes the panel's question as it is now. Tracks.
    pub(super) fn take_base(self, context: &PanelContext) {
        set(self.base, context.main_query());
    }

    /// Asks for a fleet as its size demands, and takes what was told of a large one.
    pub(super) fn ask(self, state: &mut MapState, context: &PanelContext, view: MapView, now: f64) {
        let size = context.spec.main.entities_size();
        let is_large = state.is_large(size);
        if is_large != state.is_tiled {
            state.is_tiled = is_large;
            state.moves.end();
            self.tiles.set(Vec::new());
            context.is_counted_only.set(is_large);
            self.follow_chosen(state);
        }
        let Some(base) = self.base.get_untracked().filter(|_| is_large) else { return };
        if state.moves.ask(&base, &view, &state.params) {
            self.tiles.set(state.moves.answers());
        }
        self.ask_known(state);
        let known = untrack(|| self.known.result());
        state.take_tiles(known, !session::has_more(), now);
    }

    /// What is told beside the panel's own answer. Tracks.
    pub(super) fn track_asides(self) {
        self.trail_result();
        self.known.result();
        self.ranking.result();
        self.tiles.with(|tiles| tiles.iter().for_each(Track::track));
    }

    /// Describes what is under the pointer.
    pub(super) fn point(self, state: &MapState, context: &PanelContext, view: MapView, now: f64) {
        set(self.tip, tip(state, context, view, now));
    }

    /// Follows the records of the vehicle that is chosen now.
    pub(super) fn choose(self, handle: &MapHandle) {
        if let Ok(state) = handle.state.try_borrow() {
            self.follow_chosen(&state);
        }
    }

    fn follow_chosen(self, state: &MapState) {
        let answer = AnswerSignal::default();
        let query = questions::trail(state);
        self.trail.set_value(query.map(|query| session::follow(query, &answer)));
        self.chosen_trail.set(answer);
        self.ask_known(state);
    }

    /// Of a large fleet only of the chosen one all is known.
    fn ask_known(self, state: &MapState) {
        let base = self.base.get_untracked().filter(|_| state.is_tiled);
        let known = base.zip(state.entity_field()).zip(state.chosen.as_ref());
        self.known
            .ask(known.map(|((base, field), chosen)| questions::of_one(&base, field, chosen)));
    }

    /// The newest records of the chosen one. Tracks.
    pub(super) fn trail_result(self) -> Option<Arc<QueryResult>> {
        self.chosen_trail.get().with(|answer| answer.result.clone())
    }

    /// The numbers that tint the zones; none where the layer is off. Tracks.
    pub(super) fn zone_numbers(self, context: &PanelContext) -> Option<Arc<QueryResult>> {
        let Ok(Params::Map(params)) = &context.spec.params else { return None };
        let (_, answer) = context.extra(&params.zones.query)?;
        let result = answer.with(|answer| answer.result.clone());
        result.filter(|_| self.is_tinted(context))
    }

    /// Whether zones are tinted. Tracks.
    pub(super) fn is_tinted(self, context: &PanelContext) -> bool {
        self.is_tinted.get().unwrap_or_else(|| context.board.address.is_wall())
    }

    /// Whether vehicles are drawn where they were for certain, one fix late.
    pub(super) fn is_exact(self) -> bool {
        self.is_exact.get_untracked()
    }

    pub(super) fn show_ramp(self, most: Option<f64>) {
        set(self.ramp, most);
    }
}

pub(super) fn layer_key(panel: &str) -> String {
    format!("map-layer:{panel}")
}

pub(super) fn motion_key(panel: &str) -> String {
    format!("map-motion:{panel}")
}

fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|held| *held != value) == Some(true) {
        signal.set(value);
    }
}

fn entries(state: &MapState, context: &PanelContext) -> Vec<Entry> {
    let statuses = (0..state.fleet.statuses().len()).map(Class::Status);
    let has_limit = state.params.silent_after_s > 0;
    let classes = statuses.chain(has_limit.then_some(Class::Silent));
    classes.map(|class| entry(state, context, class)).collect()
}

/// A class in words and colours.
pub(super) fn entry(state: &MapState, context: &PanelContext, class: Class) -> Entry {
    let status = match class {
        Class::Status(index) => state.fleet.statuses().get(index),
        Class::Silent => None,
    };
    let Some(status) = status else {
        return Entry { class, words: "Silent".to_owned(), shape: "silent", token: "other" };
    };
    let shape = match status.style.shape {
        GlyphShape::Arrow => "arrow",
        GlyphShape::Dot => "dot",
    };
    if status.value.is_empty() {
        let words = state.params.entities_name.clone();
        return Entry { class, words, shape, token: "measure" };
    }
    let (style, field) = (context.spec.style.board(), &state.params.status);
    let value = Value::text(&status.value);
    let words = style.label(field, &value).unwrap_or_else(|| status.value.clone());
    Entry { class, words, shape, token: style.color(field, &value).name() }
}

/// The parameters of the panel's map.
pub(super) fn params(context: &PanelContext) -> MapParams {
    match &context.spec.params {
        Ok(Params::Map(params)) => MapParams::clone(params),
        _ => MapParams::default(),
    }
}

/// Buttons, count, credits, clock, and what floats.
#[component]
pub(super) fn Controls(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let params = params(&context);
    let card = Memo::new(move |_| around.card.with(Option::is_some));
    let chosen = move || card.get().then(|| view! { <ChosenCard handle around /> }.into_any());
    let list = {
        let list = params.list.clone();
        let (noun, address) = (params.entity_name.clone(), context.board.address);
        let is_open = Memo::new(move |_| around.is_list_open.get() || address.is_wall());
        move || {
            let (list, noun) = (list.clone(), noun.clone());
            is_open.get().then(|| view! { <SideList handle around list noun /> }.into_any())
        }
    };
    view! {
        <Buttons handle around context=context.clone() has_layer=!params.zones.query.is_empty() />
        {live(list)}
        <Note around noun=params.entities_name.clone() title=params.zones.title />
        <InsideArea handle around context=context.clone() noun=params.entities_name.clone() />
        <div class="attr clip">{live_text(move || around.credits.get())}</div>
        <PointedMinute around context=context.clone() />
        <PastBar handle around context=context.clone() />
        <HoverCard around />
        {live(chosen)}
        <p class="sr">{live_text(move || around.summary.get())}</p>
    }
}

/// A count in words.
pub(super) fn whole(count: usize) -> String {
    number_words(count as f64, &Format::default())
}

/// How many are in view, and what the tints mean.
#[component]
fn Note(around: Around, noun: String, title: String) -> impl IntoView {
    let count = move || {
        let InView { inside, uncertain, shown, all, left_out } = around.in_view.get();
        let hidden = all.saturating_sub(shown);
        let mut rest =
            if hidden > 0 { format!(", {} hidden", whole(hidden)) } else { String::new() };
        if left_out > 0 {
            rest.push_str(&format!(", {} too many to show: zoom in", whole(left_out as usize)));
        }
        let (inside, shown) = (whole(inside), whole(shown));
        let hollow = (uncertain > 0).then(|| {
            let title = "Drawn hollow: they may have gone another way since their last fix";
            view! { <span class="unsure" title=title>{format!("{} uncertain", whole(uncertain))}</span> }
        });
        view! { <b>{inside}</b>{format!(" of {shown} {noun} in view{rest}")}{hollow} }
    };
    let ramp = move || {
        let title = title.clone();
        around.ramp.get().map(|most| {
            let step =
                |step: usize| view! { <i style=("background", format!("var(--seq-{step})"))></i> };
            view! {
                <span class="ramp">{title}<span class="st">{(1..=8).map(step).collect_view()}</span>
                {format!("0 to {}", most.round() as i64)}</span>
            }
        })
    };
    view! { <div class="note"><span>{live(count)}</span>{live(ramp)}</div> }
}
