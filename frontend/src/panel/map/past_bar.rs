//! The bar of the playback: play and pause, a slider over the board's range, speeds, the moment, and the way back to the present.

use hailstream_chart::Precision;
use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;

use super::MapHandle;
use super::around::Around;
use super::past::Playback;
use crate::chrome::Icon;
use crate::live::{live, live_text, live_value};
use crate::local_time::time_of_day;
use crate::panel::context::PanelContext;

/// Times as fast as it was.
pub(super) const SPEEDS: [f64; 3] = [1.0, 10.0, 60.0];
/// Steps of the slider, for keys.
const STEPS: i64 = 360;
/// How far back the slider goes where the board's range has no length, ms.
const REACH_MS: i64 = 30 * 60_000;

/// The button that opens it.
pub(super) fn button(around: Around, context: &PanelContext) -> AnyView {
    let playback = around.playback;
    let context = context.clone();
    let toggle = move |_| {
        if playback.is_open.get_untracked() {
            playback.close();
        } else {
            let (from_ms, to_ms) = span_ms(&context);
            playback.seek(f64::midpoint(from_ms as f64, to_ms as f64));
            playback.is_open.set(true);
        }
    };
    let is_open = move || playback.is_open.get().to_string();
    view! {
        <button title="Playback: where they were" aria-label="Playback" aria-expanded=live_value(is_open) on:click=toggle>
            <Icon name="play" />
        </button>
    }
    .into_any()
}

/// The part of time that the slider covers, epoch ms.
fn span_ms(context: &PanelContext) -> (i64, i64) {
    let length_ms = context.board.range.with_untracked(TimeRange::length_ms);
    let now_ms = context.stream_now_ms();
    (now_ms - length_ms.unwrap_or(REACH_MS), now_ms)
}

#[component]
pub(super) fn PastBar(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
    context: PanelContext,
) -> impl IntoView {
    let Playback { is_open, .. } = around.playback;
    let context = StoredValue::new(context);
    live(move || {
        is_open.get().then(|| context.with_value(|context| bar(handle, around.playback, context)))
    })
}

fn bar(
    handle: StoredValue<MapHandle, LocalStorage>,
    playback: Playback,
    context: &PanelContext,
) -> AnyView {
    let (from_ms, to_ms) = span_ms(context);
    let step_ms = ((to_ms - from_ms) / STEPS).max(1);
    let paint = move || handle.with_value(|handle| handle.change(|_| {}));
    let play = move |_| {
        playback.is_playing.update(|playing| *playing = !*playing);
        paint();
    };
    let seek = move |event: web_sys::Event| {
        if let Ok(moment_ms) = event_target_value(&event).parse() {
            playback.seek(moment_ms);
        }
    };
    let words = move || if playback.is_playing.get() { "Pause" } else { "Play" };
    let icon = move || {
        let name = if playback.is_playing.get() { "pause" } else { "play" };
        view! { <Icon name=name /> }.into_any()
    };
    let speed = move |times: f64| {
        let is_on = move || (playback.speed.get() == times).to_string();
        view! {
            <button class="speed" aria-pressed=live_value(is_on) on:click=move |_| playback.speed.set(times)>{format!("{times}×")}</button>
        }
        .into_any()
    };
    // The present goes on while the past is played, and the range of the board with it.
    let of = context.clone();
    let span = Memo::new(move |_| {
        playback.told_ms.track();
        span_ms(&of)
    });
    let begin = move || span.get().0.to_string();
    let end = move || span.get().1.to_string();
    let at = move || time_of_day(playback.told_ms.get() as i64, Precision::Second);
    let failure = move || playback.failure.get().unwrap_or_default();
    view! {
        <div class="pop past" role="group" aria-label="Playback">
            <button class="play" title=live_value(move || words().to_owned()) aria-label=live_value(move || words().to_owned()) on:click=play>{live(icon)}</button>
            <input type="range" class="grow" aria-label="Moment" aria-valuetext=live_value(at)
                min=live_value(begin) max=live_value(end) step=step_ms.to_string()
                prop:value=move || playback.told_ms.get().to_string() on:input=seek />
            {SPEEDS.map(speed).collect_view()}
            <b>{live_text(at)}</b>
            <button class="btn" on:click=move |_| playback.close()>"Now"</button>
            <span class="why" role="status">{live_text(failure)}</span>
        </div>
    }
    .into_any()
}

/// The minute that a person points at in another panel.
#[component]
pub(super) fn PointedMinute(around: Around, context: PanelContext) -> impl IntoView {
    let cursor = context.board.cursor_ms.clone();
    let shown = around.playback.shown_ms;
    let failure = around.playback.failure;
    let words = move || match (shown.get(), failure.with(Option::is_some)) {
        (Some(_), _) => " where they were",
        (None, true) => " cannot be shown",
        (None, false) => " …",
    };
    live(move || {
        cursor.get().map(|at_ms| {
            let at = time_of_day(at_ms as i64, Precision::Second);
            view! { <div class="pointed"><Icon name="clock" /><b>{at}</b>{live_text(move || words().to_owned())}</div> }.into_any()
        })
    })
}
