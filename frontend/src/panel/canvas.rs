//! A canvas in a panel: sized with its place, painted by the frame loop when something it depends on changed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hailstream_chart::Scene;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::dom;
use crate::frame::{Next, Painter};
use crate::observe::{SizeObserver, VisibilityObserver};

#[wasm_bindgen(module = "/js/paint_scene.js")]
extern "C" {
    /// The list is seen by JavaScript where it lies in WASM memory: nothing may be allocated before it returns.
    #[wasm_bindgen(js_name = paint)]
    fn paint_scene(
        context: &CanvasRenderingContext2d,
        list: &[f32],
        strings: &js_sys::Array,
        colors: &js_sys::Array,
    );
}

/// Plays a scene.
pub(super) fn play(context: &CanvasRenderingContext2d, scene: &Scene) {
    let strings = scene.strings().iter().map(wasm_bindgen::JsValue::from).collect();
    let colors =
        scene.colors().iter().map(|color| wasm_bindgen::JsValue::from(color.css())).collect();
    paint_scene(context, scene.display_list(), &strings, &colors);
}

/// What a painter paints on.
pub(super) struct Surface<'a> {
    /// The drawing context; no transform is set.
    pub(super) context: &'a CanvasRenderingContext2d,
    /// CSS px across.
    pub(super) width: f64,
    /// CSS px down.
    pub(super) height: f64,
    /// Device pixels per CSS px.
    pub(super) ratio: f64,
    /// Our clock.
    pub(super) now: f64,
}

/// Marks a canvas for painting, from wherever. Cheap to clone; does nothing before the canvas is there.
#[derive(Clone, Default)]
pub(super) struct Mark {
    painter: Rc<RefCell<Option<Rc<Painter>>>>,
}

impl Mark {
    /// Paints in the next frame.
    pub(super) fn paint(&self) {
        if let Some(painter) = &*self.painter.borrow() {
            painter.mark();
        }
    }
}

/// What is kept for as long as the canvas is there.
struct Stage {
    _painter: Rc<Painter>,
    _size: Option<SizeObserver>,
    _visibility: Option<VisibilityObserver>,
}

/// What paints: boxed, so that all canvases share one set of machinery.
pub(super) type Paint = Box<dyn FnMut(&Surface<'_>) -> Next>;

/// Brings a canvas to life: `paint` is called whenever what `depends` tracks has changed, and when the size has.
pub(super) fn animate(
    canvas: NodeRef<html::Canvas>,
    panel: &str,
    mark: &Mark,
    depends: Box<dyn Fn()>,
    paint: Paint,
) {
    let stage = StoredValue::new_local(None);
    let panel = panel.to_owned();
    let slot = mark.clone();
    let mut paint = Some(paint);
    Effect::new(move |_| {
        // Once, when the canvas is in the document; `paint` moves into the painter then.
        if let Some((canvas, paint)) = canvas.get().and_then(|canvas| Some((canvas, paint.take()?)))
        {
            stage.set_value(set_up(&canvas, &panel, &slot, paint));
        }
    });
    let mark = mark.clone();
    Effect::new(move |_| {
        depends();
        mark.paint();
    });
}

fn set_up(canvas: &HtmlCanvasElement, panel: &str, slot: &Mark, mut paint: Paint) -> Option<Stage> {
    let size = Rc::new(Cell::new((0.0, 0.0)));
    let context = dom::context(canvas, true)?;
    let painter = Painter::new(panel, {
        let (canvas, size) = (canvas.clone(), Rc::clone(&size));
        move |now| {
            let (width, height) = size.get();
            if width < 1.0 || height < 1.0 {
                return Next::Rest;
            }
            let ratio = dom::pixel_ratio();
            dom::size_canvas(&canvas, width, height, ratio);
            paint(&Surface { context: &context, width, height, ratio, now })
        }
    });
    *slot.painter.borrow_mut() = Some(Rc::clone(&painter));
    let resized = {
        let painter = Rc::clone(&painter);
        move |width, height| {
            size.set((width, height));
            painter.mark();
        }
    };
    let seen = {
        let painter = Rc::clone(&painter);
        move |visible| painter.set_visible(visible)
    };
    Some(Stage {
        _size: SizeObserver::new(&canvas.parent_element()?, resized),
        _visibility: VisibilityObserver::new(canvas, seen),
        _painter: painter,
    })
}
