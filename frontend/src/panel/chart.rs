//! Charts on a canvas: line, histogram, heat map, and the ring of a pie. Layout and hit testing are `hailstream-chart`'s;
//! here is what holds them: which result is drawn, what is pointed at, which series are shown.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hailstream_chart::{
    Chart, Freshness, Hit, LegendEntry, Locale, Scale, SeriesKey, Swatch, Theme, View, XKind,
    layout,
};
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::Params;
use leptos::html;
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::canvas::{Mark, Surface, animate, play};
use super::context::PanelContext;
use super::legend::Legend;
use super::tooltip::{Pointed, TooltipCard};
use crate::dom;
use crate::frame::Next;

/// The words of a chart change no more often than this, for those who hear them.
const SUMMARY_EVERY_MS: f64 = 10_000.0;

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
}

impl Around {
    pub(super) fn new() -> Self {
        Self {
            caption: RwSignal::new(Caption::default()),
            shown: RwSignal::new(Vec::new()),
            pointed: RwSignal::new(None),
            summary: RwSignal::new(String::new()),
        }
    }
}

/// A chart with its legend above it. The rows of a heat map are named beside it.
pub(super) fn chart(context: PanelContext) -> impl IntoView {
    let around = Around::new();
    let has_legend = !matches!(context.spec.params, Ok(Params::Heatmap(_)));
    view! {
        {has_legend.then(|| view! { <Legend around /> })}
        <Plot context around />
    }
}

/// Where the pointer is, CSS px in the plot.
type Pointer = Rc<Cell<Option<(f64, f64)>>>;

/// The canvas with its tooltip.
#[component]
pub(super) fn Plot(context: PanelContext, around: Around) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let mark = Mark::default();
    let pointer: Pointer = Rc::default();
    let drawing = Drawing::new(context.clone(), around, Rc::clone(&pointer));
    let depends = {
        let context = context.clone();
        move || {
            context.answer.track();
            context.theme();
            context.is_stale();
            context.board.cursor_ms.track();
            around.shown.track();
        }
    };
    let mut drawing = drawing;
    let paint = Box::new(move |surface: &Surface<'_>| drawing.paint(surface));
    animate(canvas, &context.spec.key, &mark, Box::new(depends), paint);
    let moved = {
        let (pointer, mark) = (Rc::clone(&pointer), mark.clone());
        move |event: PointerEvent| {
            pointer.set(Some((f64::from(event.offset_x()), f64::from(event.offset_y()))));
            mark.paint();
        }
    };
    let left = move |_: PointerEvent| {
        pointer.set(None);
        mark.paint();
    };
    let label = format!("{}, chart", context.spec.title);
    view! {
        <div class="plot">
            <canvas
                node_ref=canvas
                role="img"
                aria-label=label
                on:pointermove=moved.clone()
                on:pointerdown=moved
                on:pointerleave=left.clone()
                on:pointercancel=left
            ></canvas>
            <TooltipCard pointed=around.pointed />
            <p class="sr">{move || around.summary.get()}</p>
        </div>
    }
}

/// The picture of a chart from frame to frame.
struct Drawing {
    context: PanelContext,
    around: Around,
    pointer: Pointer,
    /// While something is pointed at, the picture stands still.
    frozen: Option<Arc<QueryResult>>,
    order: RefCell<Vec<SeriesKey>>,
    y_before: Cell<Option<Scale>>,
    summarised_ms: f64,
}

impl Drawing {
    fn new(context: PanelContext, around: Around, pointer: Pointer) -> Self {
        let order = RefCell::default();
        let y_before = Cell::default();
        let summarised_ms = f64::NEG_INFINITY;
        Self { context, around, pointer, frozen: None, order, y_before, summarised_ms }
    }

    fn paint(&mut self, surface: &Surface<'_>) -> Next {
        let newest = untrack(|| self.context.result());
        let Some(newest) = newest else { return Next::Rest };
        let points = self.pointer.get().is_some();
        let result = match (&self.frozen, points) {
            (Some(frozen), true) => Arc::clone(frozen),
            _ => newest.clone(),
        };
        let theme = untrack(|| self.context.theme());
        let outcome = self.with_view(surface, &theme, |view| {
            let params = self.context.spec.params.as_ref().ok()?;
            let shape = self.context.spec.main.shape(&result);
            let laid_out = layout(params, &result, &shape, view)?;
            Some(laid_out.map(|chart| self.show(&chart, surface, view, &result, &newest)))
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
        Next::Rest
    }

    fn with_view<T>(
        &self,
        surface: &Surface<'_>,
        theme: &Theme,
        work: impl FnOnce(&View<'_>) -> T,
    ) -> T {
        let shown = self.around.shown.get_untracked();
        let order = self.order.borrow().clone();
        let is_stale = untrack(|| self.context.is_stale());
        let view = View {
            width: surface.width,
            height: surface.height,
            device_pixel_ratio: surface.ratio,
            theme,
            now_ms: self.context.stream_now_ms(),
            zone: &dom::zone_offset_ms,
            locale: Locale::default(),
            values: &self.context.spec.style,
            shown: &shown,
            order: &order,
            y_before: self.y_before.get(),
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
        let hit = self.pointer.get().and_then(|(x, y)| chart.hit(x, y));
        let column = self.column(chart, hit);
        if let Some(column) = column {
            play(surface.context, &chart.crosshair(column, view));
        }
        let pointed = hit.and_then(|hit| {
            let behind = newest.as_of.sequence.saturating_sub(drawn.as_of.sequence);
            let (_, y) = self.pointer.get()?;
            Some(Pointed {
                tooltip: chart.tooltip(hit.column, hit.series, view)?,
                left: hit.bounds.left,
                right: hit.bounds.right,
                y,
                width: surface.width,
                waiting: u32::try_from(behind).unwrap_or(u32::MAX),
            })
        });
        let is_pointed = pointed.is_some();
        set_if_changed(self.around.pointed, pointed);
        let is_ring = matches!(self.context.spec.params, Ok(Params::Pie(_)));
        let caption = Caption {
            entries: legend(chart, column, view),
            has_open_bucket: chart.is_provisional(),
            slices: if is_ring { chart.table_view(view).rows } else { Vec::new() },
        };
        set_if_changed(self.around.caption, caption);
        *self.order.borrow_mut() = chart.series_order();
        self.y_before.set(chart.y);
        if surface.now - self.summarised_ms >= SUMMARY_EVERY_MS {
            set_if_changed(self.around.summary, chart.summary(&self.context.spec.title, view));
        }
        is_pointed
    }

    /// The column of the crosshair: the one pointed at here, or in another time panel.
    fn column(&self, chart: &Chart, hit: Option<Hit>) -> Option<usize> {
        let cursor = &self.context.board.cursor_ms;
        if chart.table.x_kind != XKind::Time {
            return None;
        }
        if self.pointer.get().is_some() {
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

/// The legend, lines with their value at the cursor or else the newest.
fn legend(chart: &Chart, column: Option<usize>, view: &View<'_>) -> Vec<LegendEntry> {
    let mut entries = chart.legend.clone();
    let Some(column) = column else { return entries };
    for (entry, series) in entries.iter_mut().zip(&chart.table.series) {
        if entry.swatch == Swatch::Line {
            entry.newest = chart.value_text(series.values.get(column).copied().flatten(), view);
        }
    }
    entries
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|held| *held != value) == Some(true) {
        signal.set(value);
    }
}
