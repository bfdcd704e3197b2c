//! `metric`: one number with its unit, its words, and a sparkline of the extra query `sparkline`.

use crate::live::live;
use hailstream_chart::{
    Freshness, Locale, Meaning, Numbers, Quantity, View, change_words, sparkline,
};
use hailstream_client::coverage::Shortfall;
use hailstream_protocol::visualization::MetricParams;
use hailstream_protocol::{QueryResult, Value};
use leptos::html;
use leptos::prelude::*;

use super::canvas::{Mark, Surface, animate, play};
use super::context::PanelContext;
use super::several;
use crate::frame::Next;
use crate::zone;

const SPARKLINE: &str = "sparkline";
const BEFORE: &str = "before";

/// A number and its way there; or several.
pub(super) fn metric(context: PanelContext, params: &MetricParams) -> AnyView {
    let params = params.clone();
    if !params.metrics.is_empty() {
        return several::several(context, params);
    }
    let shown = {
        let (context, params) = (context.clone(), params.clone());
        move || {
            let result = context.result();
            let value = result.as_deref().and_then(|result| value(result, &params.metric));
            let (ink, ground) = several::colors(value, &params);
            let Quantity { number, unit } =
                result.map(|result| quantity(&result, &params)).unwrap_or_default();
            let size = params.font_size.map(|size| format!("{size}pt"));
            view! {
                <div class="mval" class:sized=params.font_size.is_some() style=("--size", size) style=("color", ink) style=("background", ground)>
                    <span>{number}</span><small>{unit}</small>
                </div>
            }
        }
    };
    let under = under(context.clone(), params.clone());
    let picture = context.extra(SPARKLINE).is_some().then(|| {
        view! { <Sparkline context params=params.clone() /> }
    });
    view! {
        <div class="mwrap">
            <div class="mleft">
                {live(shown)}
                <div class="mdelta">{under}</div>
            </div>
            {picture}
        </div>
    }
    .into_any()
}

/// The words under the number: its change, where it has one, else its note.
fn under(context: PanelContext, params: MetricParams) -> impl IntoView {
    live(move || {
        let changed = params.change.as_ref().and_then(|change| {
            let (_, answer) = context.extra(BEFORE)?;
            let before = answer.with(|answer| {
                // An earlier stretch that is not known in full compares with nothing.
                let result = answer.result.as_ref().filter(|of| Shortfall::of(of).is_none())?;
                value(result, &params.metric)
            })?;
            let now = context.result().and_then(|result| value(&result, &params.metric))?;
            let (words, meaning) = change_words(change, (before, now), &of(&params))?;
            let class = match meaning {
                Meaning::Better => "better",
                Meaning::Worse => "worse",
                Meaning::Neutral => "",
            };
            Some((class, words, change.label.clone()))
        });
        let (class, words, rest) =
            changed.unwrap_or_else(|| ("", String::new(), params.note.clone()));
        view! { <b class=class>{words}</b>" "{rest} }
    })
}

fn of(params: &MetricParams) -> Numbers<'_> {
    Numbers { format: &params.format, locale: Locale::default(), zone: &zone::offset_ms }
}

fn quantity(result: &QueryResult, params: &MetricParams) -> Quantity {
    let column =
        if params.metric.is_empty() { result.columns.first() } else { Some(&params.metric) };
    let is_estimate = column.is_some_and(|column| result.approximate.contains(column));
    match value(result, &params.metric) {
        Some(value) => several::quantity(value, is_estimate, params),
        None => Quantity { number: "–".to_owned(), unit: String::new() },
    }
}

/// The named metric of the only row; the first where the name is empty.
fn value(result: &QueryResult, metric: &str) -> Option<f64> {
    let column = match metric {
        "" => 0,
        _ => result.columns.iter().position(|column| column == metric)?,
    };
    result.rows.first()?.get(column).and_then(Value::as_f64)
}

#[component]
fn Sparkline(context: PanelContext, params: MetricParams) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let answer = context.extra(SPARKLINE).map(|(_, answer)| answer.clone()).unwrap_or_default();
    let depends = {
        let (context, answer) = (context.clone(), answer.clone());
        move || {
            answer.track();
            context.theme();
            context.is_stale();
        }
    };
    let key = context.spec.key.clone();
    let paint = move |surface: &Surface<'_>| {
        let result = untrack(|| answer.with(|answer| answer.result.clone()));
        if let Some((result, (question, _))) = result.zip(context.extra(SPARKLINE)) {
            let theme = untrack(|| context.theme());
            let is_stale = untrack(|| context.is_stale());
            let view = View {
                device_pixel_ratio: surface.ratio,
                freshness: if is_stale { Freshness::Stale } else { Freshness::Live },
                ..View::new(surface.width, surface.height, &theme)
            };
            // A sparkline that cannot be drawn is left out: the number is the panel.
            if let Ok(chart) = sparkline(&result, &question.shape(&result), &params, &view) {
                play(surface.context, &chart.scene);
            }
        }
        Next::Rest
    };
    animate(canvas, &key, &Mark::default(), Box::new(depends), Box::new(paint));
    view! { <div class="mspark" aria-hidden="true"><canvas node_ref=canvas></canvas></div> }
}
