//! Where a click on a value leads beside a filter.

use hailstream_client::editor::{Kind, MetricCount, put, remove_part};
use leptos::prelude::*;
use serde_json::{Value as Json, json};
use wasm_bindgen_futures::spawn_local;

use super::{Editor, fields, text_at};
use crate::api;
use crate::chrome::Icon;
use crate::live::live;

/// Places to go to beside dashboards: value and words.
const DISCOVER: (&str, &str) = ("discover", "The records in Discover");
const ADDRESS: (&str, &str) = ("url", "An address");
/// What stands before the id of a dashboard to go to.
const DASHBOARD: &str = "dashboard/";

/// Where one can go, and what that is called.
type Places = Memo<Vec<(String, String)>>;

/// The drill-downs; nothing for types without values to click on.
pub(super) fn drilldowns(editor: &Editor, kind: &'static Kind) -> Option<AnyView> {
    if kind.metrics == MetricCount::None || kind.buckets.is_empty() {
        return None;
    }
    let places = places();
    let count = editor.read(|of| of.get("drilldowns").and_then(Json::as_array).map_or(0, Vec::len));
    let (of_cards, of_more) = (editor.clone(), editor.clone());
    let cards =
        live(move || (0..count.get()).map(|place| card(&of_cards, place, places)).collect_view());
    let more = move |_| {
        let at = format!("/drilldowns/{}", count.get_untracked());
        of_more.change(|of, _| {
            if !of.get("drilldowns").is_some_and(Json::is_array) {
                put(of, "/drilldowns", Some(json!([])));
            }
            put(of, &at, Some(json!({"title": DISCOVER.1, "discover": true})));
        });
    };
    Some(view! {
        <section class="group">
            <h3>"On a click, beside a filter"</h3>
            {cards}
            <button class="btn addpart" on:click=more><Icon name="plus" />"Way to go on"</button>
        </section>
    }
    .into_any())
}

/// Discover, an address, and all dashboards.
fn places() -> Places {
    let dashboards = RwSignal::new(Vec::new());
    spawn_local(async move {
        let listed = api::get_json("/api/dashboards").await.unwrap_or_default();
        let one = |board: &Json| {
            let id = board.get("id")?.as_str()?;
            Some((format!("{DASHBOARD}{id}"), board.get("title")?.as_str()?.to_owned()))
        };
        let found = listed.as_array().into_iter().flatten().filter_map(one);
        dashboards.try_set(found.collect::<Vec<(String, String)>>());
    });
    Memo::new(move |_| {
        let fixed = [DISCOVER, ADDRESS].map(|(value, words)| (value.to_owned(), words.to_owned()));
        fixed.into_iter().chain(dashboards.get()).collect()
    })
}

fn card(editor: &Editor, place: usize, places: Places) -> AnyView {
    let at = format!("/drilldowns/{place}");
    let read = |key: &'static str| {
        let at = format!("{at}/{key}");
        editor.read(move |of| text_at(of, &at))
    };
    let (title, dashboard, url) = (read("title"), read("dashboard"), read("url"));
    // An address that is being written may be empty, and is one.
    let is_address = {
        let at = format!("{at}/url");
        editor.read(move |of| of.pointer(&at).is_some())
    };
    let target = Memo::new(move |_| match dashboard.get() {
        id if !id.is_empty() => format!("{DASHBOARD}{id}"),
        _ if is_address.get() => ADDRESS.0.to_owned(),
        _ => DISCOVER.0.to_owned(),
    });
    let set = {
        let (editor, at) = (editor.clone(), at.clone());
        move |key: &'static str, value: Json| {
            editor.change(|of, _| put(of, &format!("{at}/{key}"), Some(value)));
        }
    };
    let named = set.clone();
    let name = fields::text("Words", title, "what the menu says", move |text| {
        named("title", text.into());
    });
    let aim = aim(editor, at, title, places);
    let to = fields::choice("Goes to", target, places, aim);
    let address = live(move || {
        let set = set.clone();
        (target.get() == ADDRESS.0).then(|| {
            fields::text("Address", url, "https://wiki.example/{{value}}", move |text| {
                set("url", text.into());
            })
        })
    });
    let removed = editor.clone();
    let remove = move |_| removed.change(|of, _| remove_part(of, "drilldowns", place));
    view! {
        <div class="part" role="group" aria-label="Way to go on">
            <header>
                <h4>{live(move || title.get())}</h4>
                <button class="cross" aria-label="Remove: way to go on" on:click=remove><Icon name="x" /></button>
            </header>
            <div class="two">{to}{name}</div>
            {address}
        </div>
    }
    .into_any()
}

/// Aims a drill-down at a place.
fn aim(
    editor: &Editor,
    at: String,
    title: Memo<String>,
    places: Places,
) -> impl Fn(String) + use<> {
    let editor = editor.clone();
    move |chosen: String| {
        let known = places.get_untracked();
        let mut words = known.iter().filter(|(value, _)| *value == chosen);
        // Words that nobody wrote are those of the place.
        let held = title.get_untracked();
        let is_written = !held.is_empty() && known.iter().all(|(_, words)| *words != held);
        let of_place = words.next().map(|(_, words)| words.clone());
        let title = of_place.filter(|_| !is_written).unwrap_or(held);
        let aimed = match chosen.strip_prefix(DASHBOARD) {
            Some(id) => json!({"title": title, "dashboard": id}),
            None if chosen == ADDRESS.0 => json!({"title": title, "url": "https://"}),
            None => json!({"title": title, "discover": true}),
        };
        editor.change(|of, _| put(of, &at, Some(aimed)));
    }
}
