//! The top values of a field, live while they are looked at: how many records have each, and a plus and a minus to see only
//! those, or none of them. Numbers have their spread instead.

use hailstream_client::discover::narrow::{Narrow, narrow};
use hailstream_client::discover::values::{TopValue, TopValues, query, top_values};
use hailstream_client::freshness::count_words;
use hailstream_client::stream_fields::StreamField;
use leptos::prelude::*;
use serde_json::json;

use super::calm::calm;
use super::{Discover, panel};
use crate::chrome::Icon;
use crate::live::live;
use crate::panel::{BoardContext, PanelContext, State, unframed};

/// Shares move no more often than this, ms.
const EVERY_MS: i64 = 1_000;

/// The values of one field.
pub(super) fn values(discover: &Discover, field: &StreamField) -> Option<AnyView> {
    if field.kind == "geo_point" {
        let words = "A place has no top values: its map is on a board.";
        return Some(view! { <div class="tv"><p class="muted">{words}</p></div> }.into_any());
    }
    let stream = discover.stream.with_untracked(|stream| stream.stream.clone());
    let asked = json!({
        "title": format!("Values of {}", field.name), "type": "table",
        "query": query(&stream, &field.name, &field.kind),
    });
    let context = panel(&discover.context, &format!("values-{}", field.name), &asked)?;
    let seen = calm(&context, EVERY_MS);
    let (name, unit) = (field.name.clone(), field.unit.clone());
    let board = discover.context.clone();
    let of_records = context.clone();
    let list = move || {
        let found = seen.get().map(|seen| top_values(&seen.0)).unwrap_or_default();
        shown(&board, &name, &unit, found)
    };
    let state = context.state.clone();
    let is_empty = Memo::new(move |_| state.with(|state| *state == State::Empty));
    let inside = move || match is_empty.get() {
        true => view! { <p class="muted">"No record in range has this field."</p> }.into_any(),
        false => unframed_list(&of_records, live(list.clone())),
    };
    Some(view! { <div class="tv">{live(inside)}</div> }.into_any())
}

fn unframed_list(context: &PanelContext, list: AnyView) -> AnyView {
    unframed(context, Some(list))
}

fn shown(board: &BoardContext, field: &str, unit: &str, found: TopValues) -> AnyView {
    if let Some([least, mean, most]) = found.spread {
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let row = |name: &'static str, number: f64| view! { <dt>{name}</dt><dd>{format!("{}{unit}", super::record::number(number))}</dd> };
        return view! { <dl class="spread">{row("least", least)}{row("average", mean)}{row("most", most)}</dl> }.into_any();
    }
    let count = found.values.len();
    let rest = if found.distinct > count as u64 {
        format!("{count} of {} values", count_words(found.distinct))
    } else {
        format!("all {count} values")
    };
    let row = |value: TopValue| row(board, field, value);
    let rows = found.values.into_iter().map(row).collect_view();
    view! { {rows}<p class="muted">{rest}</p> }.into_any()
}

fn row(board: &BoardContext, field: &str, value: TopValue) -> impl IntoView + use<> {
    let style = &board.board.style;
    let token = style.color(field, &value.value).name();
    let words = value.value.to_string();
    let shown = words.clone();
    let percent = value.share * 100.0;
    let share =
        if percent > 0.0 && percent < 1.0 { "< 1 %".to_owned() } else { format!("{percent:.0} %") };
    let button = |way: Narrow, icon: &'static str, name: &'static str| {
        let filters = board.filters.clone();
        let (field, words) = (field.to_owned(), words.clone());
        let label = format!("{name} {field}: {words}");
        let click = move |_| filters.update(|filters| narrow(filters, way, &field, &words));
        view! { <button class="pm" title=label.clone() aria-label=label on:click=click><Icon name=icon /></button> }
    };
    let to = button(Narrow::To, "plus", "Only");
    let without = button(Narrow::Without, "minus", "Without");
    view! {
        <div class="r">
            <span class="clip" title=words>{shown}</span>
            <span class="muted">{count_words(value.count)}</span>
            <span class="p">{share}</span>
            {to}{without}
            <div class="bar-in"><i style=("width", format!("{percent:.1}%")) style=("background", format!("var(--{token})"))></i></div>
        </div>
    }
}
