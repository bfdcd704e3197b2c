//! A panel in the picture of its board: its marks, live, without axes and words. What cannot be drawn so small is hinted at.

use std::cell::Cell;

use hailstream_chart::{Chart, Freshness, Token, View, layout};
use hailstream_protocol::visualization::{MapParams, Params};
use hailstream_protocol::{QueryResult, Value};
use leptos::html;
use leptos::prelude::*;
use web_sys::CanvasRenderingContext2d;

use super::canvas::{Mark, Surface, animate, play_from};
use super::context::PanelContext;
use super::{frame, metric};
use crate::frame::Next;
use crate::zone;

/// Pictures change no more often than this, ms: nobody reads numbers off them.
const EVERY_MS: f64 = 1_000.0;
/// Of entities so much at each end of a line is left out: one that is lost would shrink all others to a dot.
const OUTLIERS: f64 = 0.02;
/// A dot, CSS px.
const DOT: f64 = 1.2;

/// The panel's picture. It follows its questions only if it is drawn from them.
pub(crate) fn mini(context: &PanelContext) -> AnyView {
    match &context.spec.params {
        Ok(Params::Metric(params)) => {
            frame::follow_range(context);
            metric::metric(context.clone(), params)
        }
        Ok(
            Params::Line(_)
            | Params::Area(_)
            | Params::Histogram(_)
            | Params::HorizontalBar(_)
            | Params::Gauge(_)
            | Params::Goal(_)
            | Params::Heatmap(_)
            | Params::Pie(_)
            | Params::Tagcloud(_),
        ) => {
            frame::follow_range(context);
            picture(context, chart)
        }
        Ok(Params::Map(_)) => {
            frame::follow_range(context);
            picture(context, dots)
        }
        _ => {
            let lines = [84, 62, 74, 48, 66]
                .map(|width| view! { <i style=("width", format!("{width}%"))></i> });
            view! { <div class="lines">{lines}</div> }.into_any()
        }
    }
}

type Paint = fn(&PanelContext, &QueryResult, &Surface<'_>);

fn picture(context: &PanelContext, paint: Paint) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    let tracked = context.clone();
    let depends = move || {
        tracked.answer.track();
        tracked.theme();
        tracked.is_stale();
    };
    let painted = Cell::new((0.0, (0.0, 0.0), String::new()));
    let drawn = context.clone();
    let paint = move |surface: &Surface<'_>| {
        let Some(result) = untrack(|| drawn.result()) else { return Next::Rest };
        let (at, size, ground) = painted.take();
        // A canvas of another size or theme is empty, or wrong: it does not wait.
        let now_ground = untrack(|| drawn.theme()).color(Token::Surface1).css();
        let is_same = size == (surface.width, surface.height) && ground == now_ground;
        let wait_ms = at + EVERY_MS - surface.now;
        if is_same && wait_ms > 0.0 {
            painted.set((at, size, ground));
            return Next::After(wait_ms);
        }
        painted.set((surface.now, (surface.width, surface.height), now_ground));
        paint(&drawn, &result, surface);
        Next::Rest
    };
    animate(canvas, &context.spec.key, &Mark::default(), Box::new(depends), Box::new(paint));
    view! { <div class="plot"><canvas node_ref=canvas aria-hidden="true"></canvas></div> }
        .into_any()
}

/// A chart is laid out larger than its place by its axes, so that what is seen is its plot alone.
fn chart(context: &PanelContext, result: &QueryResult, surface: &Surface<'_>) {
    let theme = untrack(|| context.theme());
    let is_stale = untrack(|| context.is_stale());
    let shape = context.spec.main.shape(result);
    let Ok(params) = &context.spec.params else { return };
    let mut params = params.clone();
    // Its words would be larger than the chart.
    let axes = match &mut params {
        Params::Line(xy) | Params::Area(xy) | Params::Histogram(xy) | Params::HorizontalBar(xy) => {
            xy.threshold = None;
            true
        }
        params => matches!(params, Params::Heatmap(_)),
    };
    let laid_out = |width: f64, height: f64| -> Option<Chart> {
        let view = View {
            device_pixel_ratio: surface.ratio,
            now_ms: context.stream_now_ms(),
            zone: &zone::offset_ms,
            values: &context.spec.style,
            freshness: if is_stale { Freshness::Stale } else { Freshness::Live },
            ..View::new(width, height, &theme)
        };
        layout(&params, result, &shape, &view)?.ok()
    };
    // Wide enough for any axis; how wide they are is seen then.
    let (wide, high) = (surface.width + 120.0, surface.height + 60.0);
    let Some(first) = laid_out(wide, high) else { return };
    let (around_x, around_y) = (wide - first.plot.width(), high - first.plot.height());
    // What has no axes keeps its room around it.
    let (around_x, around_y) = if axes { (around_x, around_y) } else { (0.0, 0.0) };
    let Some(chart) = laid_out(surface.width + around_x, surface.height + around_y) else { return };
    let (left, top) = if around_x > 0.0 { (chart.plot.left, chart.plot.top) } else { (0.0, 0.0) };
    play_from(surface.context, &chart.scene, left * surface.ratio, top * surface.ratio);
}

/// Entities as dots in the colours of their status, all in the picture but the outliers.
fn dots(context: &PanelContext, result: &QueryResult, surface: &Surface<'_>) {
    let Ok(Params::Map(params)) = &context.spec.params else { return };
    let theme = untrack(|| context.theme());
    let column = |name: &str| result.columns.iter().position(|column| column == name);
    let (place, status) = (column(&params.position), column(&params.status));
    let mut points: Vec<(f64, f64, Token)> = Vec::with_capacity(result.rows.len());
    for row in &result.rows {
        let Some(Value::List(pair)) = place.and_then(|place| row.get(place)) else { continue };
        let [Some(longitude), Some(latitude)] =
            [0, 1].map(|end| pair.get(end).and_then(Value::as_f64))
        else {
            continue;
        };
        let value = status.and_then(|status| row.get(status)).filter(|value| !value.is_null());
        let token = value.map_or(Token::Measure, |value| color(context, params, value));
        points.push((longitude, latitude, token));
    }
    let ground = surface.context;
    let (width, height) = (surface.width * surface.ratio, surface.height * surface.ratio);
    ground.set_fill_style_str(&theme.color(Token::MapLand).css());
    ground.fill_rect(0.0, 0.0, width, height);
    let across = stretch(points.iter().map(|point| point.0));
    let up = stretch(points.iter().map(|point| point.1));
    let (Some(across), Some(up)) = (across, up) else { return };
    // A degree of longitude is shorter than one of latitude.
    let shrink = f64::midpoint(up.0, up.1).to_radians().cos().max(0.05);
    let scale = (width / ((across.1 - across.0) * shrink)).min(height / (up.1 - up.0)) * 0.92;
    let at = |longitude: f64, latitude: f64| {
        let x = width / 2.0 + (longitude - f64::midpoint(across.0, across.1)) * shrink * scale;
        (x, height / 2.0 - (latitude - f64::midpoint(up.0, up.1)) * scale)
    };
    points.sort_by_key(|point| point.2.name());
    let mut last = None;
    for (longitude, latitude, token) in points {
        if last != Some(token) {
            ground.set_fill_style_str(&theme.color(token).css());
            last = Some(token);
        }
        dot(ground, at(longitude, latitude), DOT * surface.ratio);
    }
}

fn color(context: &PanelContext, params: &MapParams, status: &Value) -> Token {
    context.spec.style.board().color(&params.status, status)
}

fn dot(ground: &CanvasRenderingContext2d, (x, y): (f64, f64), radius: f64) {
    ground.fill_rect(x - radius, y - radius, 2.0 * radius, 2.0 * radius);
}

/// From where to where all but the outliers lie; never nothing.
fn stretch(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let skipped = (values.len() as f64 * OUTLIERS) as usize;
    let (least, most) = (*values.get(skipped)?, *values.get(values.len() - 1 - skipped)?);
    let middle = f64::midpoint(least, most);
    let half = (most - middle).max(0.002);
    Some((middle - half, middle + half))
}
