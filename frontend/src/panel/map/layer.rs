//! A canvas that lies over the map's first one, with its drawing context.

use leptos::html;
use leptos::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::dom;
use crate::panel::canvas::Surface;

/// See the module's words. Nothing is there before the canvas is in the document.
pub(super) struct Layer {
    node: NodeRef<html::Canvas>,
    held: Option<(HtmlCanvasElement, CanvasRenderingContext2d)>,
    is_shown: bool,
}

impl Layer {
    pub(super) fn new(node: NodeRef<html::Canvas>) -> Self {
        Self { node, held: None, is_shown: false }
    }

    /// The context, in the size of the surface.
    pub(super) fn sized(&mut self, surface: &Surface<'_>) -> Option<&CanvasRenderingContext2d> {
        if self.held.is_none() {
            let canvas: HtmlCanvasElement = self.node.get_untracked()?;
            let context = dom::context(&canvas, false)?;
            self.held = Some((canvas, context));
        }
        let (canvas, context) = self.held.as_ref()?;
        if !std::mem::replace(&mut self.is_shown, true) {
            canvas.set_hidden(false);
        }
        dom::size_canvas(canvas, surface.width, surface.height, surface.ratio);
        Some(context)
    }

    /// Takes it off the page: what is empty would still be laid over all below it in each frame.
    pub(super) fn hide(&mut self, surface: &Surface<'_>) {
        if let Some((canvas, context)) = self.held.as_ref().filter(|_| self.is_shown) {
            clear(context, surface);
            canvas.set_hidden(true);
            self.is_shown = false;
        }
    }
}

/// Makes a layer empty.
pub(super) fn clear(context: &CanvasRenderingContext2d, surface: &Surface<'_>) {
    let (width, height) = (surface.width * surface.ratio, surface.height * surface.ratio);
    context.clear_rect(0.0, 0.0, width.ceil(), height.ceil());
}

/// Sets a font of so many CSS px.
pub(super) fn set_font(context: &CanvasRenderingContext2d, weight: u16, px: f64, ratio: f64) {
    context.set_font(&format!("{weight} {}px \"Inter Variable\", Inter, sans-serif", px * ratio));
}
