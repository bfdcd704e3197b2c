//! `pie`: shares of a whole, one slice per key of the first bucket, clockwise from noon in the result's order; those of further
//! buckets are rings around it.

mod labels;
mod tree;

use std::f64::consts::{FRAC_PI_2, TAU};

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::PieParams;

use crate::axis::{fit_label, lettering};
use crate::chart::{Chart, Kind, LegendEntry, RingShape, Shape, Swatch, legend};
use crate::geometry::Rect;
use crate::shape::{BucketShape, LayoutError, QueryShape};
use crate::surface::{Align, Lettering, Surface};
use crate::text::text_width;
use crate::theme::Token;
use crate::view::View;

use labels::{Label, words};
use tree::Tree;

/// Share of the radius that is hole.
const HOLE: f64 = 0.66;
/// Distance between slices, CSS px.
const GAP: f64 = 2.0;

/// Lays out a pie or donut.
///
/// # Errors
/// Where the query has no bucket or no metric.
pub fn pie(
    result: &QueryResult,
    shape: &QueryShape,
    params: &PieParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let wanted = "a terms or filters";
    let split = |bucket: &&BucketShape| bucket.id != params.split;
    let buckets: Vec<BucketShape> = shape.buckets.iter().filter(split).cloned().collect();
    if buckets.is_empty() {
        return Err(LayoutError::NoBucket { axis: "slices", wanted });
    }
    let tree = Tree::read(result, &buckets, shape.metric(&params.metric)?, view);
    let legend = legend(&tree.table, view, &params.format, Swatch::Square);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let parts = parts(&tree, &legend);
    let whole: f64 = parts.iter().filter(|part| part.ring == 0).map(|part| part.value).sum();
    let has_label = |part: &&Part| {
        params.labels.show && (!params.labels.last_level || part.ring + 1 == tree.rings)
    };
    let labels: Vec<Label> = parts
        .iter()
        .filter(has_label)
        .map(|part| Label {
            middle: f64::midpoint(part.start, part.end),
            words: words(&legend[part.series].name, part.value / whole, &params.labels),
            token: legend[part.series].token,
        })
        .collect();
    let room: Vec<String> = labels.iter().map(|label| label.words.clone()).collect();
    let room = if labels.is_empty() { 0.0 } else { labels::room(&room, view) };
    let above = if labels.is_empty() { 0.0 } else { 8.0 };
    let radius = (view.width / 2.0 - room).min(view.height / 2.0 - above) - 2.0;
    let disc = Disc { radius: radius.max(1.0), rings: tree.rings, is_donut: params.donut };
    let rings: Vec<Ring> = (0..tree.rings).map(|ring| disc.ring(ring, &surface, view)).collect();
    if parts.is_empty() {
        rings[0].full(&surface, view.color(Token::Surface2));
    }
    for (at, ring) in rings.iter().enumerate() {
        ring.draw(&surface, parts.iter().filter(|part| part.ring == at), &legend, view);
    }
    if params.donut {
        draw_middle(&surface, &rings[0], whole, params, view);
    }
    if let Some(outermost) = rings.last() {
        labels::draw(&surface, outermost, labels, view);
    }
    Ok(finished(surface, disc, (tree, &parts, legend), params, view))
}

fn finished(
    surface: Surface,
    disc: Disc,
    (tree, parts, legend): (Tree, &[Part], Vec<LegendEntry>),
    params: &PieParams,
    view: &View<'_>,
) -> Chart {
    let center = (view.width / 2.0, view.height / 2.0);
    let of_ring = |ring: usize| RingShape {
        inner: disc.inner(ring),
        outer: disc.inner(ring + 1),
        ends: parts
            .iter()
            .filter(|part| part.ring == ring)
            .map(|part| (part.series, part.start, part.end))
            .collect(),
    };
    Chart {
        plot: Rect {
            left: center.0 - disc.radius,
            right: center.0 + disc.radius,
            top: center.1 - disc.radius,
            bottom: center.1 + disc.radius,
        },
        legend,
        kind: Kind::Pie,
        formats: vec![params.format.clone()],
        shape: Shape::Rings { center, rings: (0..tree.rings).map(of_ring).collect() },
        levels: tree.nodes.iter().map(|node| node.ring).collect(),
        ..Chart::of(tree.table, surface, view)
    }
}

/// How rings share a radius; CSS px.
#[derive(Clone, Copy)]
struct Disc {
    radius: f64,
    rings: usize,
    is_donut: bool,
}

impl Disc {
    /// The inner radius of a ring; of the one after the last the outer one of the last.
    fn inner(&self, ring: usize) -> f64 {
        let hole = match (self.is_donut, self.rings) {
            (false, _) => 0.0,
            (true, 1) => HOLE,
            (true, 2) => 0.5,
            (true, _) => 0.36,
        };
        self.radius * (hole + (1.0 - hole) * ring as f64 / self.rings as f64)
    }

    fn ring(&self, ring: usize, surface: &Surface, view: &View<'_>) -> Ring {
        // Rings stand a little apart, as slices do.
        let apart = if ring > 0 { GAP } else { 0.0 };
        Ring {
            center: (surface.px(view.width) / 2.0, surface.px(view.height) / 2.0),
            outer: surface.px(self.inner(ring + 1)),
            inner: surface.px((self.inner(ring) + apart).min(self.inner(ring + 1))),
            gap: surface.px(GAP),
        }
    }
}

/// A slice: its series and angles, clockwise from noon.
struct Part {
    series: usize,
    ring: usize,
    value: f64,
    start: f64,
    end: f64,
}

/// The slices that are drawn. Those within another share its angle.
fn parts(tree: &Tree, legend: &[LegendEntry]) -> Vec<Part> {
    let value = |index: usize| {
        let value = tree.table.series[index].values.first().copied().flatten().unwrap_or(0.0);
        if legend[index].is_shown || tree.rings > 1 { value.max(0.0) } else { 0.0 }
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut spans: Vec<Option<(f64, f64)>> = vec![None; tree.nodes.len()];
    for (at, node) in tree.nodes.iter().enumerate() {
        let siblings = || {
            let is_sibling = |other: &usize| {
                let other = tree.nodes[*other];
                other.ring == node.ring && other.parent == node.parent
            };
            (0..tree.nodes.len()).filter(is_sibling)
        };
        let whole = match node.parent {
            None => Some((0.0, TAU)),
            Some(parent) => spans[parent],
        };
        let Some((from, to)) = whole.filter(|_| value(at) > 0.0) else { continue };
        let sum: f64 = siblings().map(value).sum();
        let before: f64 = siblings().filter(|other| *other < at).map(value).sum();
        let angle = |part: f64| from + part / sum * (to - from);
        let (start, end) = (angle(before), angle(before + value(at)));
        spans[at] = Some((start, end));
        parts.push(Part { series: at, ring: node.ring, value: value(at), start, end });
    }
    parts
}

/// Where slices lie; device pixels.
struct Ring {
    center: (f64, f64),
    outer: f64,
    inner: f64,
    gap: f64,
}

impl Ring {
    fn draw<'p>(
        &self,
        surface: &Surface,
        parts: impl Iterator<Item = &'p Part>,
        legend: &[LegendEntry],
        view: &View<'_>,
    ) {
        for part in parts {
            let color = view.mark(legend[part.series].token);
            surface.marked(part.series as u32, || {
                if part.end - part.start > TAU - 1e-9 {
                    self.full(surface, color);
                } else {
                    surface.polygon(&self.slice(part.start, part.end), color);
                }
            });
        }
    }

    /// The whole ring, without a seam.
    fn full(&self, surface: &Surface, color: crate::color::Color) {
        if self.inner == 0.0 {
            surface.polygon(&self.arc(self.outer, 0.0, TAU), color);
            return;
        }
        let radius = f64::midpoint(self.outer, self.inner);
        // A little over one turn: the ends lie on each other.
        surface.polyline(&self.arc(radius, 0.0, TAU + 0.1), color, self.outer - self.inner);
    }

    /// A slice's outline. Its sides are parallel to its neighbours', so that the gap is as wide inside as outside.
    fn slice(&self, start: f64, end: f64) -> Vec<(f64, f64)> {
        let shrunk = |radius: f64| {
            let inset = if radius > 0.0 { (self.gap / 2.0 / radius).min(1.0).asin() } else { 0.0 };
            let (from, to) = (start + inset, end - inset);
            // A slice thinner than the gap is still seen.
            if to - from > 0.004 {
                (from, to)
            } else {
                let middle = f64::midpoint(start, end);
                (middle - 0.002, middle + 0.002)
            }
        };
        let (from, to) = shrunk(self.outer);
        let mut outline = self.arc(self.outer, from, to);
        let (from, to) = shrunk(self.inner.max(self.gap));
        let mut inside = self.arc(self.inner.max(self.gap), from, to);
        inside.reverse();
        outline.append(&mut inside);
        outline
    }

    /// Points along an arc, near enough that no chord is more than 0.04 px off.
    fn arc(&self, radius: f64, from: f64, to: f64) -> Vec<(f64, f64)> {
        let step = 2.0 * (1.0 - 0.04 / radius.max(1.0)).clamp(-1.0, 1.0).acos();
        let count = ((to - from).abs() / step.max(0.01)).ceil().max(1.0) as usize;
        let point = |index: usize| {
            let angle = from + (to - from) * index as f64 / count as f64 - FRAC_PI_2;
            (self.center.0 + radius * angle.cos(), self.center.1 + radius * angle.sin())
        };
        (0..=count).map(point).collect()
    }
}

/// The sum and its word, where they fit into the hole.
fn draw_middle(surface: &Surface, ring: &Ring, sum: f64, params: &PieParams, view: &View<'_>) {
    let words = view.numbers(&params.format).short(sum).to_string();
    let room = ring.inner * 1.6 / view.device_pixel_ratio;
    let full = view.theme.middle_text();
    let width = text_width(&words, full, 560.0);
    let size = if width > room { full * room / width } else { full };
    if size < 9.0 {
        return;
    }
    let (x, y) = ring.center;
    let number = Lettering { size, weight: 560, color: view.color(Token::Text1) };
    let label = fit_label(&params.label, room, view);
    let rise = if label.is_empty() { size * 0.36 } else { size * 0.2 };
    surface.text(&words, (x, (y + surface.px(rise)).round()), Align::Middle, number);
    let small = lettering(view, Token::Text3);
    let below = surface.px(rise + small.size * 1.36);
    surface.text(&label, (x, (y + below).round()), Align::Middle, small);
}
