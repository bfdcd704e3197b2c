//! Charts on a canvas. Layout and hit testing are `hailstream-chart`'s; here is what holds them: which result is drawn, what is
//! pointed at, which series are shown. What stands around them is in `charted` and `pie`.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::live::{live, live_text};
use hailstream_chart::{
    Chart, Freshness, Hit, LegendEntry, Locale, Scale, Series, SeriesKey, Swatch, TableView, Theme,
    Token, View, Word, XKind, layout,
};
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::Params;
use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::canvas::{Mark, Surface, animate, play};
use super::context::PanelContext;
use super::lights::{Lights, STEP_MS};
use super::pointing::{Pointing, hint};
use super::split::Share;
use super::table_view::TableOf;
use super::tooltip::{Pointed, TooltipCard};
use crate::frame::Next;
use crate::local_time::iso;
use crate::zone;

/// The words of a chart change no more often than this, for those who hear them.
const SUMMARY_EVERY_MS: f64 = 10_000.0;
/// Nor do the values in the legend: what changes more often cannot be read.
const VALUES_EVERY_MS: f64 = 200.0;

/// What the page around a chart's canvas shows.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The legend and what belongs to it.
    pub(super) caption: RwSignal<Caption>,
    /// The series shown; all where empty.
    pub(super) shown: RwSignal<Vec<SeriesKey>>,
    /// The tooltip.
    pub(super) pointed: RwSignal<Option<Pointed>>,
    /// The chart in a sentence.
    pub(super) summary: RwSignal<String>,
    /// The data in words, while it is asked for.
    pub(super) table: RwSignal<TableView>,
}

/// The legend of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Caption {
    /// Its entries.
    pub(super) entries: Vec<LegendEntry>,
    /// Whether a bucket is open.
    pub(super) has_open_bucket: bool,
    /// Of a ring: name, value and share of each slice, in the order of the legend.
    pub(super) slices: Vec<Vec<String>>,
    /// Of a heat map: colour and words of each step.
    pub(super) steps: Vec<(Token, String)>,
}

impl Caption {
    /// Whether it differs in values at most.
    fn is_like(&self, other: &Self) -> bool {
        let same = |(a, b): (&LegendEntry, &LegendEntry)| {
            a.key == b.key && a.is_shown == b.is_shown && a.name == b.name && a.token == b.token
        };
        self.has_open_bucket == other.has_open_bucket
            && self.steps == other.steps
            && self.entries.len() == other.entries.len()
            && self.entries.iter().zip(&other.entries).all(same)
    }
}

impl Around {
    pub(super) fn new() -> Self {
        Self {
            caption: RwSignal::new(Caption::default()),
            shown: RwSignal::new(Vec::new()),
            pointed: RwSignal::new(None),
            summary: RwSignal::new(String::new()),
            table: RwSignal::new(TableView::default()),
        }
    }
}

/// The canvas with its tooltip; or the table of the same data, where that is asked for.
#[component]
pub(super) fn Plot(
    context: PanelContext,
    around: Around,
    /// Of a split chart, which of them.
    #[prop(optional)]
    of: Option<Share>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let mark = Mark::default();
    let pointing = Pointing::new(context.clone(), mark.clone());
    let depends = {
        let context = context.clone();
        move || {
            context.answer.track();
            context.theme();
            context.is_stale();
            context.is_table();
            context.csv_asked.track();
            context.board.cursor_ms.track();
            zone::chosen().track();
            around.shown.track();
        }
    };
    let mut drawing = Drawing::new(context.clone(), around, pointing.clone(), of);
    let paint = Box::new(move |surface: &Surface<'_>| drawing.paint(surface));
    animate(canvas, &context.spec.key, &mark, Box::new(depends), paint);
    let label = format!("{}, chart. Arrow keys point at its values.", context.spec.title);
    let brush = pointing.brush();
    let brushed = move || {
        brush.get().map(|(left, right)| {
            let (left, width) = (format!("{left}px"), format!("{}px", right - left));
            view! { <i class="brush" style=("left", left) style=("width", width)></i> }
        })
    };
    let table = move || context.is_table().then(|| view! { <TableOf table=around.table /> });
    view! {
        <div class="plot">
            {canvas_view(canvas, label, pointing)}
            {brushed}
            <TooltipCard pointed=around.pointed />
            {live(table)}
            <p class="sr">{live_text(move || around.summary.get())}</p>
        </div>
    }
}

fn canvas_view(canvas: NodeRef<html::Canvas>, label: String, pointing: Pointing) -> impl IntoView {
    let [moved, pressed, released, left, cancelled, blurred, key] =
        std::array::from_fn(|_| pointing.clone());
    view! {
        <canvas
            node_ref=canvas
            role="img"
            tabindex="0"
            aria-label=label
            on:pointermove=move |event: PointerEvent| moved.moved(&event)
            on:pointerdown=move |event: PointerEvent| pressed.pressed(&event)
            on:pointerup=move |event: PointerEvent| released.released(&event)
            on:pointerleave=move |_| left.left()
            on:pointercancel=move |_| cancelled.left()
            on:blur=move |_| blurred.left()
            on:keydown=move |event: KeyboardEvent| key.key(&event)
        ></canvas>
    }
}

/// The picture of a chart from frame to frame.
struct Drawing {
    context: PanelContext,
    around: Around,
    pointing: Pointing,
    /// While something is pointed at, the picture stands still.
    frozen: Option<Arc<QueryResult>>,
    share: Option<Share>,
    lights: Lights,
    order: RefCell<Vec<SeriesKey>>,
    words: RefCell<Vec<Word>>,
    y_before: Cell<[Option<Scale>; 2]>,
    summarised_ms: f64,
    /// When the values of the legend were last told.
    captioned_ms: Cell<f64>,
    /// Some wait to be told.
    is_caption_due: Cell<bool>,
    /// How often its data was asked for as CSV, and given.
    csv_given: Cell<u32>,
}

impl Drawing {
    fn new(
        context: PanelContext,
        around: Around,
        pointing: Pointing,
        share: Option<Share>,
    ) -> Self {
        let order = RefCell::default();
        let words = RefCell::default();
        let y_before = Cell::default();
        let summarised_ms = f64::NEG_INFINITY;
        let captioned_ms = Cell::new(f64::NEG_INFINITY);
        Self {
            csv_given: Cell::new(context.csv_asked.get_untracked()),
            context,
            around,
            pointing,
            frozen: None,
            share,
            lights: Lights::default(),
            order,
            words,
            y_before,
            summarised_ms,
            captioned_ms,
            is_caption_due: Cell::new(false),
        }
    }

    fn paint(&mut self, surface: &Surface<'_>) -> Next {
        let newest = untrack(|| self.context.result());
        let Some(newest) = newest else { return Next::Rest };
        let newest = match &mut self.share {
            Some(share) => share.of(&newest),
            None => newest,
        };
        let points = self.pointing.at().is_some();
        let result = match (&self.frozen, points) {
            (Some(frozen), true) => Arc::clone(frozen),
            _ => newest.clone(),
        };
        let theme = untrack(|| self.context.theme());
        let outcome = self.with_view(surface, &theme, |view| {
            let params = self.context.spec.params.as_ref().ok()?;
            let shape = self.context.spec.main.shape(&result);
            let laid_out = layout(params, &result, &shape, view)?;
            Some(laid_out.map(|chart| {
                let is_pointed = self.show(&chart, surface, view, &result, &newest);
                self.pointing.painted(chart);
                is_pointed
            }))
        });
        match outcome {
            Some(Ok(is_pointed)) => {
                self.frozen = is_pointed.then_some(result);
                if self.context.failure.get_untracked().is_some() {
                    self.context.failure.set(None);
                }
            }
            Some(Err(error)) => self.context.failure.set(Some(error.to_string())),
            None => {}
        }
        self.summarised_ms = if surface.now - self.summarised_ms >= SUMMARY_EVERY_MS {
            surface.now
        } else {
            self.summarised_ms
        };
        match (self.lights.are_on(), self.is_caption_due.get()) {
            (true, _) => Next::After(STEP_MS),
            (false, true) => Next::After(VALUES_EVERY_MS),
            (false, false) => Next::Rest,
        }
    }

    fn with_view<T>(
        &self,
        surface: &Surface<'_>,
        theme: &Theme,
        work: impl FnOnce(&View<'_>) -> T,
    ) -> T {
        let shown = self.around.shown.get_untracked();
        let order = self.order.borrow().clone();
        let words = self.words.borrow().clone();
        let is_stale = untrack(|| self.context.is_stale());
        let view = View {
            width: surface.width,
            height: surface.height,
            device_pixel_ratio: surface.ratio,
            theme,
            now_ms: self.context.stream_now_ms(),
            zone: &zone::offset_ms,
            locale: Locale::default(),
            values: &self.context.spec.style,
            shown: &shown,
            order: &order,
            y_before: self.y_before.get(),
            words: &words,
            freshness: if is_stale { Freshness::Stale } else { Freshness::Live },
        };
        work(&view)
    }

    /// Plays the chart and tells the page around it; whether something of it is pointed at.
    fn show(
        &self,
        chart: &Chart,
        surface: &Surface<'_>,
        view: &View<'_>,
        drawn: &QueryResult,
        newest: &QueryResult,
    ) -> bool {
        play(surface.context, &chart.scene);
        let sequence = drawn.as_of.sequence;
        let board = &self.context.board;
        let asked = (board.filters.get_untracked(), board.range.get_untracked());
        self.pointing
            .with_last(|last| self.lights.look((last, chart), sequence, asked, surface.now));
        let lit = self.lights.now(surface.now);
        if !lit.is_empty() {
            play(surface.context, &chart.lights(&lit, view));
        }
        let hit = self.pointing.at().and_then(|(x, y)| chart.hit(x, y));
        let column = self.column(chart, hit);
        if let Some(column) = column {
            play(surface.context, &chart.crosshair(column, view));
        }
        let pointed = hit.and_then(|hit| {
            let behind = newest.as_of.sequence.saturating_sub(drawn.as_of.sequence);
            let (x, y) = self.pointing.at()?;
            Some(Pointed {
                tooltip: chart.tooltip(hit.column, hit.series, view)?,
                left: if chart.is_lying() { x } else { hit.bounds.left },
                right: if chart.is_lying() { x } else { hit.bounds.right },
                y,
                width: surface.width,
                height: surface.height,
                waiting: u32::try_from(behind).unwrap_or(u32::MAX),
                hint: hint(&self.context, chart, hit),
                is_said: self.pointing.is_by_key(),
            })
        });
        let is_pointed = pointed.is_some();
        set_if_changed(self.around.pointed, pointed);
        let is_ring = matches!(self.context.spec.params, Ok(Params::Pie(_)));
        let caption = Caption {
            steps: chart.steps.clone(),
            entries: legend(chart, column, view),
            has_open_bucket: chart.is_provisional(),
            slices: if is_ring { chart.table_view(view).rows } else { Vec::new() },
        };
        self.caption(caption, surface.now, column.is_some());
        *self.order.borrow_mut() = chart.series_order();
        self.words.replace(chart.words().to_vec());
        self.y_before.set(chart.values);
        if untrack(|| self.context.is_table()) {
            set_if_changed(self.around.table, chart.table_view(view));
        }
        let csv_asked = self.context.csv_asked.get_untracked();
        if self.csv_given.replace(csv_asked) != csv_asked {
            self.context.save_csv(&rows(chart, view));
        }
        if surface.now - self.summarised_ms >= SUMMARY_EVERY_MS {
            set_if_changed(self.around.summary, chart.summary(&self.context.spec.title, view));
        }
        is_pointed
    }

    /// Tells the legend, values only so often; at once where a person looks at them one by one.
    fn caption(&self, caption: Caption, now: f64, is_asked: bool) {
        // Charts of their own share a legend, which has what any of them shows.
        let caption = match &self.share {
            Some(_) => self.around.caption.with_untracked(|held| joined(held, caption)),
            None => caption,
        };
        let may_wait = !is_asked && now - self.captioned_ms.get() < VALUES_EVERY_MS;
        let held = self.around.caption;
        if may_wait && held.try_with_untracked(|held| held.is_like(&caption)) == Some(true) {
            self.is_caption_due.set(true);
            return;
        }
        self.is_caption_due.set(false);
        self.captioned_ms.set(now);
        set_if_changed(held, caption);
    }

    /// The column of the crosshair: the one pointed at here, or in another time panel.
    fn column(&self, chart: &Chart, hit: Option<Hit>) -> Option<usize> {
        let cursor = &self.context.board.cursor_ms;
        if chart.table.x_kind != XKind::Time {
            return None;
        }
        if self.pointing.at().is_some() {
            let at = hit.and_then(|hit| chart.table.columns.get(hit.column));
            let at_ms = at.map(|column| f64::midpoint(column.start, column.end));
            if cursor.get_untracked() != at_ms {
                cursor.set(at_ms);
            }
            return hit.map(|hit| hit.column);
        }
        // Whoever pointed last here and left takes the crosshair away everywhere.
        if self.frozen.is_some() {
            cursor.set(None);
            return None;
        }
        chart.column_at_time(cursor.get_untracked()?)
    }
}

/// The data as a file has it: numbers as they are, times in ISO 8601.
fn rows(chart: &Chart, view: &View<'_>) -> Vec<Vec<String>> {
    let table = &chart.table;
    let number = |value: &Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    if table.x_id.is_empty() {
        // A pie has its slices as rows.
        let slice = |series: &Series| {
            let value = series.values.first().map(number).unwrap_or_default();
            vec![series.name.clone(), value]
        };
        return table.series.iter().map(slice).collect();
    }
    let first = if table.x_kind == XKind::Time { "Time" } else { "" };
    let names = table.series.iter().map(|series| series.name.clone());
    let mut rows = vec![std::iter::once(first.to_owned()).chain(names).collect::<Vec<_>>()];
    for (place, column) in table.columns.iter().enumerate() {
        let bucket = match table.x_kind {
            XKind::Time => iso(column.start as i64),
            XKind::Number => column.start.to_string(),
            XKind::Category => chart.column_text(column, view),
        };
        let values = table
            .series
            .iter()
            .map(|series| series.values.get(place).map(number).unwrap_or_default());
        rows.push(std::iter::once(bucket).chain(values).collect());
    }
    rows
}

/// A legend with the entries of another that it does not have.
fn joined(held: &Caption, mut caption: Caption) -> Caption {
    let mut entries = held.entries.clone();
    for entry in caption.entries {
        match entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => known.is_shown = entry.is_shown,
            None => entries.push(LegendEntry { newest: String::new(), ..entry }),
        }
    }
    caption.entries = entries;
    caption.slices.clear();
    caption
}

/// The legend, lines with their value at the cursor or else the newest.
fn legend(chart: &Chart, column: Option<usize>, view: &View<'_>) -> Vec<LegendEntry> {
    let mut entries = chart.legend.clone();
    let Some(column) = column else { return entries };
    for (at, entry) in entries.iter_mut().enumerate() {
        if entry.swatch == Swatch::Line {
            let value = chart.table.series.get(at).and_then(|series| *series.values.get(column)?);
            entry.newest = chart.value_text(at, value, view);
        }
    }
    entries
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|held| *held != value) == Some(true) {
        signal.set(value);
    }
}
