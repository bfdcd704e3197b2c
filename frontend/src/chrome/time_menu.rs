//! The menu of the time range: ranges that end now with one click, ranges used lately, the last so many minutes, two ends as
//! dates or date math, and the time zone.

use crate::live::live_text;
use hailstream_client::time_range::{QUICK_RANGES, QuickRange, TimeRange};
use leptos::html;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::popover::close_itself;
use crate::local_time::{input_value, instant_ms, query_time};
use crate::time_words::range_words;
use crate::{dom, zone};

const LATELY: &str = "hailstream.ranges";
const KEPT: usize = 4;

/// The menu; it closes itself when a range was chosen.
#[component]
pub(crate) fn TimeMenu(range: ArcRwSignal<TimeRange>, open: RwSignal<bool>) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    let choose = {
        let range = range.clone();
        Callback::new(move |chosen: TimeRange| {
            let mut lately = used_lately();
            chosen.remember(&mut lately, KEPT);
            keep_lately(&lately);
            range.set(chosen);
            open.set(false);
        })
    };
    let now = range.get_untracked();
    let item = move |chosen: TimeRange, words: String| {
        let is_on = chosen == now;
        view! {
            <button class:on=is_on aria-pressed=is_on.to_string() on:click=move |_| choose.run(chosen.clone())>
                {words}
            </button>
        }
    };
    let quick = |quick: QuickRange| item(TimeRange::until_now(quick.from), quick.words.to_owned());
    let quick = QUICK_RANGES.into_iter().map(quick).collect_view();
    let lately: Vec<_> =
        used_lately().into_iter().map(|range| item(range.clone(), range_words(&range))).collect();
    let lately = (!lately.is_empty()).then(|| view! { <h4>"Used lately"</h4>{lately} });
    view! {
        <div class="pop timemenu" role="dialog" aria-label="Time range" node_ref=menu>
            <div class="quick"><h4>"Live, ends now"</h4>{quick}{lately}</div>
            <div class="ends">
                <Last choose />
                <Ends range choose />
                <ZoneField />
            </div>
        </div>
    }
}

/// The last so many seconds, minutes, hours, days or weeks.
#[component]
fn Last(choose: Callback<TimeRange>) -> impl IntoView {
    let (count, unit) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let apply = move |event: SubmitEvent| {
        event.prevent_default();
        let count = count.get_untracked().and_then(|input| input.value().parse::<u32>().ok());
        let unit = unit.get_untracked().map(|select| select.value());
        if let Some((count, unit)) = count.filter(|count| *count > 0).zip(unit) {
            choose.run(TimeRange::until_now(&format!("now-{count}{unit}")));
        }
    };
    let units = [("s", "seconds"), ("m", "minutes"), ("h", "hours"), ("d", "days"), ("w", "weeks")];
    let units = units
        .map(|(unit, words)| view! { <option value=unit selected=unit == "m">{words}</option> });
    view! {
        <form class="last" on:submit=apply>
            <span>"Last"</span>
            <input class="input" name="count" type="number" min="1" value="20" aria-label="How many" node_ref=count />
            <select class="input" name="unit" aria-label="Unit" node_ref=unit>{units}</select>
            <button class="btn" type="submit">"Show"</button>
        </form>
    }
}

/// The two ends as text, with the browser's calendar beside.
#[component]
fn Ends(range: ArcRwSignal<TimeRange>, choose: Callback<TimeRange>) -> impl IntoView {
    let held = range.get_untracked();
    let (from, to) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let wrong = RwSignal::new(String::new());
    let apply = move |event: SubmitEvent| {
        event.prevent_default();
        let text = |input: NodeRef<html::Input>| {
            input.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        match ends(&text(from), &text(to)) {
            Ok(chosen) => choose.run(chosen),
            Err(words) => wrong.set(words),
        }
    };
    view! {
        <form on:submit=apply>
            <End name="From" time=held.from input=from />
            <End name="To" time=held.to input=to />
            <p class="wrong" role="alert">{live_text(move || wrong.get())}</p>
            <button class="btn primary" type="submit">"Apply"</button>
        </form>
    }
}

#[component]
fn End(name: &'static str, time: String, input: NodeRef<html::Input>) -> impl IntoView {
    let at = instant_ms(&time).map(input_value);
    let shown = at.clone().map_or(time, |at| at.replace('T', " "));
    let picker = NodeRef::<html::Input>::new();
    let picked = move |_| {
        if let Some((input, picker)) = input.get_untracked().zip(picker.get_untracked()) {
            input.set_value(&picker.value().replace('T', " "));
        }
    };
    view! {
        <label class="field">
            <span>{name}</span>
            <span class="withpicker">
                <input class="input" name=name.to_ascii_lowercase() value=shown node_ref=input />
                <input
                    class="picker"
                    type="datetime-local"
                    step="1"
                    value=at
                    aria-label=format!("{name}, from a calendar")
                    node_ref=picker
                    on:change=picked
                />
            </span>
        </label>
    }
}

/// The zone in which the page shows times, days begin, and ends without a zone are read.
#[component]
pub(super) fn ZoneField() -> impl IntoView {
    let browser = zone::of_browser();
    let chosen = zone::chosen().get_untracked();
    let select = NodeRef::<html::Select>::new();
    let changed = move |_| {
        let value = select.get_untracked().map(|select| select.value()).unwrap_or_default();
        zone::choose((!value.is_empty()).then_some(value));
    };
    let option = |name: String| {
        let is_on = chosen.as_deref() == Some(name.as_str());
        let words = name.replace('_', " ");
        view! { <option value=name selected=is_on>{words}</option> }
    };
    let mut names = zone::all();
    names.retain(|name| name != "UTC");
    names.insert(0, "UTC".to_owned());
    let options = names.into_iter().map(option).collect_view();
    view! {
        <label class="field">
            <span>"Time zone"</span>
            <select class="input" name="zone" node_ref=select on:change=changed>
                <option value="">{format!("Browser, {}", browser.replace('_', " "))}</option>
                {options}
            </select>
        </label>
    }
}

/// The range of two texts.
fn ends(from: &str, to: &str) -> Result<TimeRange, String> {
    let end = |text: &str| {
        let time = query_time(text.trim());
        if time.starts_with("now") || instant_ms(&time).is_some() {
            return Ok(time);
        }
        Err(format!("“{text}” is not a time: try 2026-11-20 18:00 or now-1h"))
    };
    let range = TimeRange { from: end(from)?, to: end(to)? };
    match (instant_ms(&range.from), instant_ms(&range.to)) {
        (Some(from), Some(to)) if from >= to => Err("The range ends before it begins".to_owned()),
        _ => Ok(range),
    }
}

/// Ranges the person chose before, newest first: one a line, its ends apart by a space.
fn used_lately() -> Vec<TimeRange> {
    let kept = dom::stored(LATELY).unwrap_or_default();
    let range = |line: &str| {
        let (from, to) = line.split_once(' ')?;
        Some(TimeRange { from: from.to_owned(), to: to.to_owned() })
    };
    kept.lines().filter_map(range).collect()
}

fn keep_lately(lately: &[TimeRange]) {
    let lines: Vec<String> =
        lately.iter().map(|range| format!("{} {}", range.from, range.to)).collect();
    dom::store(LATELY, &lines.join("\n"));
}
