//! A canvas in a panel: sized with its place, painted by the frame loop when something it depends on changed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use hailstream_chart::Scene;
use hailstream_chart::raster::Raster;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

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

thread_local! {
    /// One picture's memory serves all panels: it is handed over before the next one is painted.
    static RASTER: RefCell<Raster> = RefCell::default();
    static IS_SOFTWARE: bool = canvas_is_software();
}

/// Plays a scene; where the browser paints without a graphics processor, what it would be slow at is painted here.
pub(super) fn play(context: &CanvasRenderingContext2d, scene: &Scene) {
    if scene.prefers_raster()
        && IS_SOFTWARE.with(|is_software| *is_software)
        && put(context, scene, (0.0, 0.0))
    {
        paint_list(context, scene, &scene.texts());
    } else {
        paint_list(context, scene, scene.display_list());
    }
}

/// Plays the part of a scene that begins at `left`, `top`, device pixels, and is as large as the canvas.
pub(super) fn play_from(context: &CanvasRenderingContext2d, scene: &Scene, left: f64, top: f64) {
    let is_image = scene.prefers_raster() && IS_SOFTWARE.with(|is_software| *is_software);
    if is_image && put(context, scene, (-left, -top)) {
        return;
    }
    context.save();
    // A canvas that cannot be moved shows the scene from its corner.
    let _unmoved = context.translate(-left, -top);
    paint_list(context, scene, scene.display_list());
    context.restore();
}

fn paint_list(context: &CanvasRenderingContext2d, scene: &Scene, list: &[f32]) {
    let strings = scene.strings().iter().map(JsValue::from).collect();
    let colors = scene.colors().iter().map(|color| JsValue::from(color.css())).collect();
    paint_scene(context, list, &strings, &colors);
}

/// Everything but the texts, as one image with its corner at `at`; false where the browser takes none.
fn put(context: &CanvasRenderingContext2d, scene: &Scene, at: (f64, f64)) -> bool {
    RASTER.with_borrow_mut(|raster| {
        let pixels = Clamped(raster.play(scene));
        let image = ImageData::new_with_u8_clamped_array(pixels, scene.width() as u32);
        image.is_ok_and(|image| context.put_image_data(&image, at.0, at.1).is_ok())
    })
}

/// A browser that would draw WebGL in software draws canvases so too.
fn canvas_is_software() -> bool {
    let context = dom::document().and_then(|document| {
        let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
        let options = js_sys::Object::new();
        js_sys::Reflect::set(&options, &"failIfMajorPerformanceCaveat".into(), &true.into())
            .ok()?;
        canvas.get_context_with_context_options("webgl", &options).ok()?
    });
    context.is_none()
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

/// Takes the painter from a mark when the panel goes: whoever still holds the mark must not paint what is no more.
struct Gone(Mark);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.painter.borrow_mut().take();
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
    StoredValue::new_local(Gone(mark.clone()));
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
