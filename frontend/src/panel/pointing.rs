//! Pointing at a chart, with mouse, finger or keys: what is pointed at, the click that filters, the drag that zooms.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hailstream_chart::{Chart, Hit, XKind};
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::canvas::Mark;
use super::context::PanelContext;
use crate::local_time::iso;

/// A shorter way of the pressed pointer is a click, CSS px.
const DRAG_PX: f64 = 6.0;

/// A stretch of the x axis being dragged over, CSS px: from, to.
pub(super) type Brush = Option<(f64, f64)>;

/// See the module's words. Shared by the drawing and the listeners of its canvas.
#[derive(Clone)]
pub(super) struct Pointing(Rc<State>);

struct State {
    context: PanelContext,
    mark: Mark,
    /// CSS px in the plot.
    at: Cell<Option<(f64, f64)>>,
    /// Column and series the keyboard is at.
    key_at: Cell<Option<(usize, usize)>>,
    /// Where a primary button went down.
    pressed_x: Cell<Option<f64>>,
    brush: RwSignal<Brush>,
    /// The chart as painted last.
    chart: RefCell<Option<Chart>>,
}

impl Pointing {
    pub(super) fn new(context: PanelContext, mark: Mark) -> Self {
        Self(Rc::new(State {
            context,
            mark,
            at: Cell::default(),
            key_at: Cell::default(),
            pressed_x: Cell::default(),
            brush: RwSignal::new(None),
            chart: RefCell::default(),
        }))
    }

    /// Where one points, CSS px.
    pub(super) fn at(&self) -> Option<(f64, f64)> {
        self.0.at.get()
    }

    /// Whether the keyboard points.
    pub(super) fn is_by_key(&self) -> bool {
        self.0.key_at.get().is_some()
    }

    /// What is being dragged over.
    pub(super) fn brush(&self) -> RwSignal<Brush> {
        self.0.brush
    }

    /// Looks at the chart that was painted last.
    pub(super) fn with_last(&self, look: impl FnOnce(Option<&Chart>)) {
        look(self.0.chart.borrow().as_ref());
    }

    /// Takes the chart that was painted.
    pub(super) fn painted(&self, chart: Chart) {
        *self.0.chart.borrow_mut() = Some(chart);
    }

    pub(super) fn moved(&self, event: &PointerEvent) {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        self.0.key_at.set(None);
        if let Some(from) = self.0.pressed_x.get().filter(|from| (x - from).abs() >= DRAG_PX) {
            self.0.brush.set(self.stretch(from, x));
        }
        self.point(Some((x, y)));
    }

    pub(super) fn pressed(&self, event: &PointerEvent) {
        let is_mouse = event.pointer_type() == "mouse" && event.button() == 0;
        self.0.pressed_x.set(is_mouse.then(|| f64::from(event.offset_x())));
        self.moved(event);
    }

    /// The end of a drag zooms; a click filters by the value under it. Fingers only point: what they press they do not see.
    pub(super) fn released(&self, event: &PointerEvent) {
        if self.0.pressed_x.take().is_none() {
            return;
        }
        let brush = self.0.brush.get_untracked();
        if let Some((from, to)) = brush {
            self.0.brush.set(None);
            self.zoom(from, to);
        } else {
            self.filter(event.ctrl_key() || event.meta_key());
        }
    }

    pub(super) fn left(&self) {
        self.0.pressed_x.set(None);
        self.0.key_at.set(None);
        self.0.brush.set(None);
        self.point(None);
    }

    /// Arrows go from mark to mark, Enter filters by it, Escape points at nothing.
    pub(super) fn key(&self, event: &KeyboardEvent) {
        let key = event.key();
        match key.as_str() {
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" => {
                self.step(&key);
            }
            "Enter" if self.is_by_key() => self.filter(event.ctrl_key()),
            "Escape" if self.at().is_some() => self.left(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    fn point(&self, at: Option<(f64, f64)>) {
        self.0.at.set(at);
        self.0.mark.paint();
    }

    fn step(&self, key: &str) {
        let chart = self.0.chart.borrow();
        let Some(chart) = chart.as_ref() else { return };
        let (columns, series) = (chart.table.columns.len(), chart.table.series.len());
        // A ring has one column; all arrows go round.
        let is_ring = columns == 1 && chart.x.is_none();
        let from = self.0.key_at.get();
        let before = from.unwrap_or((columns.saturating_sub(1), 0));
        // Of a chart that lies the columns are rows.
        let key = match key {
            "ArrowUp" if chart.is_lying() => "ArrowLeft",
            "ArrowDown" if chart.is_lying() => "ArrowRight",
            "ArrowLeft" if chart.is_lying() => "ArrowDown",
            "ArrowRight" if chart.is_lying() => "ArrowUp",
            key => key,
        };
        let candidates: Vec<(usize, usize)> = match key {
            "Home" => (0..columns).map(|column| (column, before.1)).collect(),
            "End" => (0..columns).rev().map(|column| (column, before.1)).collect(),
            _ if from.is_none() => (0..columns).rev().map(|column| (column, 0)).collect(),
            "ArrowRight" | "ArrowDown" if is_ring => {
                (1..=series).map(|step| (0, (before.1 + step) % series)).collect()
            }
            _ if is_ring => {
                (1..=series).map(|step| (0, (before.1 + series - step) % series)).collect()
            }
            "ArrowLeft" => (0..before.0).rev().map(|column| (column, before.1)).collect(),
            "ArrowRight" => (before.0 + 1..columns).map(|column| (column, before.1)).collect(),
            "ArrowUp" => (1..series).map(|step| (before.0, (before.1 + step) % series)).collect(),
            _ => (1..series).map(|step| (before.0, (before.1 + series - step) % series)).collect(),
        };
        // Where that series has nothing, any other of the column will do.
        let place = |(column, wanted): (usize, usize)| {
            let all = std::iter::once(wanted).chain(0..series);
            all.into_iter()
                .find_map(|series| Some(((column, series), chart.place_of(column, series)?)))
        };
        if let Some((key_at, at)) = candidates.into_iter().find_map(place) {
            self.0.key_at.set(Some(key_at));
            self.point(Some(at));
        }
    }

    /// The stretch between two x, within the plot; nothing where x is not time.
    fn stretch(&self, from: f64, to: f64) -> Brush {
        let chart = self.0.chart.borrow();
        let chart = chart.as_ref().filter(|chart| chart.is_over_time())?;
        let within = |x: f64| x.clamp(chart.plot.left, chart.plot.right);
        chart.x.is_some().then(|| (within(from.min(to)), within(from.max(to))))
    }

    fn zoom(&self, from: f64, to: f64) {
        let ends = {
            let chart = self.0.chart.borrow();
            let scale = chart.as_ref().and_then(|chart| chart.x);
            scale.map(|scale| [from, to].map(|x| (scale.value(x) / 1_000.0).round() as i64 * 1_000))
        };
        if let Some([from, to]) = ends.filter(|[from, to]| from < to) {
            self.left();
            self.0.context.board.range.set(TimeRange { from: iso(from), to: iso(to) });
        }
    }

    fn filter(&self, adds: bool) {
        let Some((x, y)) = self.at() else { return };
        let chosen = {
            let chart = self.0.chart.borrow();
            chart.as_ref().and_then(|chart| values_at(&self.0.context, chart, chart.hit(x, y)?))
        };
        if let Some(chosen) = chosen {
            self.left();
            self.0.context.board.filters.update(|filters| {
                for (field, value) in &chosen {
                    filters.click(field, value, adds);
                }
            });
        }
    }
}

/// Fields and values of what was hit, where it stands for some: a slice also for those within which it lies.
fn values_at(context: &PanelContext, chart: &Chart, hit: Hit) -> Option<Vec<(String, String)>> {
    let field = |bucket: &str| context.spec.style.field(bucket).to_owned();
    let series = hit.series.and_then(|series| chart.table.series.get(series));
    let path = series.map(|series| series.key.path()).unwrap_or_default();
    let path: Vec<(String, String)> = path
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(bucket, value)| (field(bucket), value.to_string()))
        .collect();
    if !path.is_empty() {
        return Some(path);
    }
    let column = chart.table.columns.get(hit.column).filter(|column| !column.is_other)?;
    let is_value = chart.table.x_kind == XKind::Category && !column.key.is_null();
    is_value.then(|| vec![(field(&chart.table.x_id), column.key.to_string())])
}

/// What a click and a drag do here, for the foot of the tooltip.
pub(super) fn hint(context: &PanelContext, chart: &Chart, hit: Hit) -> String {
    let filters = values_at(context, chart, hit).map(|_| "Click: filter");
    let zooms = chart.is_over_time().then_some("Drag: zoom");
    filters.into_iter().chain(zooms).collect::<Vec<_>>().join(" · ")
}
