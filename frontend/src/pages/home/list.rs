//! All dashboards as a table, and the box that finds some of them. Columns that the server tells nothing about are left out.

use hailstream_client::board_list::{BoardRow, Part, ago_words, cost_words, listed};
use hailstream_client::freshness::{age_words, count_words};
use hailstream_client::link::Status;
use hailstream_protocol::StreamState;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::Home;
use crate::chrome::Icon;
use crate::live::{live, live_flag, live_value};
use crate::{dom, session};

/// A stream without a record for so long is quiet, ms.
const QUIET_MS: i64 = 60_000;

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    find: RwSignal<String>,
    part: RwSignal<Part>,
}

impl Looking {
    pub(super) fn new() -> Self {
        Self { find: RwSignal::new(String::new()), part: RwSignal::new(Part::All) }
    }
}

/// What was found.
pub(super) fn all(home: Home, looking: Looking) -> AnyView {
    let found = Memo::new(move |_| {
        let (find, part) = (looking.find.get(), looking.part.get());
        let starred = home.kept.starred.get();
        home.list.with(|list| {
            let rows = list
                .as_ref()
                .and_then(|list| list.as_ref().ok())
                .map(Vec::as_slice)
                .unwrap_or_default();
            listed(rows, part, &starred, &find).into_iter().cloned().collect::<Vec<BoardRow>>()
        })
    });
    let count = move || found.with(Vec::len);
    let table = move || {
        let rows = found.get();
        if rows.is_empty() {
            return view! { <p class="none">"No dashboard is like that."</p> }.into_any();
        }
        table(home, rows)
    };
    view! {
        <section class="wrap" aria-labelledby="all-dashboards">
            <h2 class="sec" id="all-dashboards">"All dashboards"<span class="muted">{count}</span></h2>
            <div class="list scrolls">{live(table)}</div>
        </section>
    }
    .into_any()
}

/// The box, and which part of the list is meant.
pub(super) fn bar(looking: Looking) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let listener = dom::document().map(|document| {
        dom::Listener::new(&document, "keydown", move |event| {
            let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let types = target.is_some_and(|target| {
                target.closest("input, select, textarea, dialog").ok().flatten().is_some()
            });
            if event.key() == "/" && !types && !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                if let Some(input) = input.get_untracked() {
                    let _unfocused = input.focus();
                }
            }
        })
    });
    StoredValue::new_local(listener);
    let Looking { find, part } = looking;
    let option = move |of: Part| {
        let is_on = move || part.get() == of;
        view! {
            <button class:on=live_flag(is_on) aria-pressed=live_value(move || is_on().to_string()) on:click=move |_| part.set(of)>
                {of.word()}
            </button>
        }
    };
    let clear = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            find.set(String::new());
        }
    };
    view! {
        <div class="homebar">
            <label class="query homefind">
                <Icon name="search" />
                <input
                    type="text" placeholder="Find a dashboard or panel" aria-label="Find a dashboard or panel" autocomplete="off"
                    node_ref=input prop:value=move || find.get() on:input=move |event| find.set(event_target_value(&event)) on:keydown=clear
                />
                <kbd>"/"</kbd>
            </label>
            <span class="seg" role="group" aria-label="Which dashboards">{Part::ALL.map(option)}</span>
        </div>
    }
    .into_any()
}

/// Which columns there is something to be said in.
#[derive(Clone, Copy)]
struct Columns {
    streams: bool,
    watchers: bool,
    cost: bool,
    changed: bool,
}

fn table(home: Home, rows: Vec<BoardRow>) -> AnyView {
    let columns = Columns {
        streams: rows.iter().any(|row| row.streams.is_some()),
        watchers: rows.iter().any(|row| row.watchers.is_some()),
        cost: rows.iter().any(|row| row.cpu_us_s.is_some()),
        changed: rows.iter().any(|row| row.changed_ms.is_some()),
    };
    let head = |is_there: bool, class: &'static str, words: &'static str| {
        is_there.then(|| view! { <th class=class>{words}</th> })
    };
    let row = |board: BoardRow| row(home, board, columns);
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <table class="t boards">
            <thead><tr>
                <th class="star"><span class="sr">"Star"</span></th>
                <th>"Name"</th>
                {head(columns.streams, "wide", "Streams")}
                {head(true, "num", "Panels")}
                {head(columns.watchers, "num wide", "Watching now")}
                {head(columns.cost, "num wide", "Cost")}
                {head(true, "wide", if columns.changed { "Changed" } else { "Where from" })}
                {head(columns.streams, "num", "Freshness")}
                <th class="acts"><span class="sr">"Delete"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(home: Home, board: BoardRow, columns: Columns) -> impl IntoView {
    let href = format!("/d/{}", js_sys::encode_uri_component(&board.id));
    let streams = board.streams.clone().unwrap_or_default();
    let kept = (board.kept_panels > 0).then(|| {
        view! { <span class="chip warn">{format!("{} kept, not drawn", board.kept_panels)}</span> }
    });
    let watching = board.watchers.map(|count| match count {
        0 => view! { <td class="num wide muted">"none"</td> },
        _ => view! { <td class="num wide muted">{count_words(count)}</td> },
    });
    let cost = board.cpu_us_s.map(|cost| view! { <td class="num wide">{cost_words(cost)}</td> });
    let remove = (!board.is_read_only).then(|| {
        let (id, title) = (board.id.clone(), board.title.clone());
        let label = format!("Delete {title}");
        let ask = move |_| home.removal.ask(&id, &title);
        view! { <button class="pm" title="Delete" aria-label=label on:click=ask><Icon name="trash" /></button> }
    });
    let freshness = {
        let streams = streams.clone();
        live(move || {
            freshness(&streams).map(|(class, words)| view! { <span class=class>{words}</span> })
        })
    };
    view! {
        <tr>
            <td class="star">{star(home, &board)}</td>
            <td class="name-of"><a href=href title=board.description.clone()>{board.title.clone()}</a>{kept}</td>
            {columns.streams.then(|| view! { <td class="wide clip streams-of">{streams.join(", ")}</td> })}
            <td class="num">{board.panels}</td>
            {columns.watchers.then_some(watching)}
            {columns.cost.then_some(cost)}
            <td class="wide">{changed(&board)}</td>
            {columns.streams.then(|| view! { <td class="num">{freshness}</td> })}
            <td class="acts">{remove}</td>
        </tr>
    }
}

/// The star of a board.
pub(super) fn star(home: Home, board: &BoardRow) -> AnyView {
    let label = format!("Star {}", board.title);
    let (id, shown) = (board.id.clone(), board.id.clone());
    let is_on = Memo::new(move |_| home.kept.is_starred(&shown));
    view! {
        <button
            class="pm starred" class:on=live_flag(move || is_on.get()) aria-label=label title="Pinned boards have a star"
            aria-pressed=live_value(move || is_on.get().to_string()) on:click=move |_| home.kept.toggle(&id)
        ><Icon name="star" /></button>
    }
    .into_any()
}

/// When it was changed last; of a file, that it cannot be changed here.
fn changed(board: &BoardRow) -> String {
    let ago = board.changed_ms.and_then(|changed_ms| {
        session::with_link(|link| ago_words(link.clock().server_ms(dom::now_ms()) - changed_ms))
    });
    match (board.is_read_only, ago, board.is_imported) {
        (true, ..) => "file, read-only".to_owned(),
        (_, Some(ago), true) => format!("imported {ago}"),
        (_, Some(ago), false) => ago,
        (_, None, true) => "imported".to_owned(),
        (_, None, false) => "saved here".to_owned(),
    }
}

/// The chip of a board by the health of its streams: that of the worst. Tracks.
pub(super) fn freshness(streams: &[String]) -> Option<(&'static str, String)> {
    let now_ms = session::pulse().get();
    session::with_link(|link| {
        if matches!(link.status(), Status::Lost { .. } | Status::Refused) {
            return Some(("chip stale", "no connection".to_owned()));
        }
        let server_ms = link.clock().server_ms(now_ms);
        let of = |name: &String| match link.stream(name) {
            None => (1, "chip wait", "waiting".to_owned()),
            Some(health) => match health.state {
                StreamState::Failed => (5, "chip bad", format!("{name} cannot be read")),
                StreamState::Disconnected => (4, "chip stale", "no Kafka".to_owned()),
                StreamState::CatchingUp => (3, "chip wait", "catching up".to_owned()),
                StreamState::Connecting => (2, "chip wait", "connecting".to_owned()),
                StreamState::Live => match health.received_ms.map(|at_ms| server_ms - at_ms) {
                    Some(age_ms) if age_ms > QUIET_MS => {
                        (0, "chip wait", format!("quiet {}", age_words(age_ms)))
                    }
                    _ => (0, "chip live", "live".to_owned()),
                },
            },
        };
        let worst =
            streams.iter().map(of).max_by_key(|(rank, class, _)| (*rank, *class == "chip live"));
        worst.map(|(_, class, words)| (class, words))
    })
    .flatten()
}
