//! The card of the chosen vehicle: what it last said, how long ago, its newest records. It stays where it is while its
//! words change, and says so when the vehicle is gone.

use crate::live::{live, live_text, live_value};
use hailstream_chart::{Locale, Numbers, Precision};
use hailstream_client::freshness::age_words;
use hailstream_map::fleet::{Class, RecordPlace, record_places};
use hailstream_map::map_view::Corner;
use hailstream_protocol::visualization::{CardField, Format};
use hailstream_protocol::{QueryResult, Value};
use leptos::prelude::*;

use super::MapHandle;
use super::around::{Around, entry};
use super::state::MapState;
use crate::chrome::{Glyph, Icon};
use crate::dom;
use crate::local_time::time_of_day;
use crate::panel::context::PanelContext;
use crate::zone;

/// Records on the card.
const RECORDS: usize = 5;

/// What the card says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    entity: Value,
    name: String,
    shape: &'static str,
    token: &'static str,
    chip: &'static str,
    age: String,
    fields: Vec<(String, String)>,
    follows: bool,
    shows_records: bool,
    fix_ms: i64,
    corner: Corner,
}

/// The card as of now; `before` is what it said last, which is kept when the vehicle is gone.
pub(super) fn card(state: &MapState, context: &PanelContext, before: Option<Card>) -> Option<Card> {
    let chosen = state.chosen.as_ref()?;
    let vehicle = state.fleet.find(chosen).and_then(|index| state.fleet.vehicles().get(index));
    let Some(vehicle) = vehicle else {
        let before = before.filter(|before| before.entity == *chosen)?;
        let age = format!("gone, silent for {}", age_words(state.stream_ms - before.fix_ms));
        return Some(Card {
            chip: "chip stale",
            shape: "silent",
            token: "other",
            age,
            follows: false,
            shows_records: state.shows_records,
            corner: state.corner,
            ..before
        });
    };
    let age_ms = state.stream_ms - vehicle.fix_ms;
    let is_silent = age_ms > i64::from(state.params.silent_after_s) * 1_000;
    let class = if is_silent { Class::Silent } else { Class::Status(vehicle.status) };
    let look = entry(state, context, class);
    let age = age_words(age_ms);
    let row = state.row_of(vehicle);
    let field = |field: &CardField| field_words(context, row?, field);
    let reach = state.chosen_shown(dom::now()).and_then(|shown| reach_words(shown.radius_m));
    let fields = reach.into_iter().chain(state.params.card.iter().filter_map(field));
    Some(Card {
        entity: chosen.clone(),
        name: format!("{} {}", state.params.entity_name, vehicle.entity),
        shape: look.shape,
        token: look.token,
        chip: if is_silent { "chip stale" } else { "chip live" },
        age: if is_silent { format!("silent for {age}") } else { age },
        fields: fields.collect(),
        follows: state.follows,
        shows_records: state.shows_records,
        fix_ms: vehicle.fix_ms,
        corner: state.corner,
    })
}

/// How far it may be from where it is drawn.
fn reach_words(radius_m: f64) -> Option<(String, String)> {
    let tens_m = (radius_m / 10.0).round() as i64 * 10;
    (tens_m > 0).then(|| ("Position".to_owned(), format!("± {tens_m} m")))
}

/// Title and value of a field; `None` where the vehicle has none.
pub(super) fn field_words(
    context: &PanelContext,
    (result, row): (&QueryResult, usize),
    field: &CardField,
) -> Option<(String, String)> {
    let column = result.columns.iter().position(|column| *column == field.field)?;
    let value = result.rows.get(row)?.get(column).filter(|value| !value.is_null())?;
    let words = match value.as_f64() {
        Some(number) => number_words(number, &field.format),
        None => context.spec.style.words(&field.field, value),
    };
    let title = if field.title.is_empty() { &field.field } else { &field.title };
    Some((title.clone(), words))
}

/// A number in its format.
pub(super) fn number_words(number: f64, format: &Format) -> String {
    Numbers { format, locale: Locale::default(), zone: &zone::offset_ms }.full(number)
}

#[component]
pub(super) fn ChosenCard(
    handle: StoredValue<MapHandle, LocalStorage>,
    around: Around,
) -> impl IntoView {
    let words = move |read: fn(&Card) -> String| {
        Memo::new(move |_| around.card.with(|card| card.as_ref().map(read).unwrap_or_default()))
    };
    let (name, age) = (words(|card| card.name.clone()), words(|card| card.age.clone()));
    let chip = words(|card| card.chip.to_owned());
    let glyph = Memo::new(move |_| {
        around.card.with(|card| card.as_ref().map(|card| (card.shape, card.token)))
    });
    let glyph =
        move || glyph.get().map(|(shape, token)| view! { <Glyph shape token /> }.into_any());
    let fields = Memo::new(move |_| {
        around.card.with(|card| card.as_ref().map(|card| card.fields.clone()).unwrap_or_default())
    });
    let field = |(title, words): (String, String)| {
        view! { <div><dt>{title}</dt><dd title=words.clone()>{words.clone()}</dd></div> }.into_any()
    };
    let close = move |_| {
        dom::give_focus_back(".cab", ".mapview");
        handle.with_value(|handle| handle.choose(None, around));
    };
    let corner = words(|card| {
        let class = match card.corner {
            Corner::BottomRight => "pop cab",
            Corner::BottomLeft => "pop cab left",
            Corner::TopLeft => "pop cab left top",
        };
        class.to_owned()
    });
    view! {
        <section class=live_value(move || corner.get()) aria-label=live_value(move || name.get())>
            <div class="hd">
                {live(glyph)}
                <b>{live_text(move || name.get())}</b>
                <span class=live_value(move || chip.get())>{live_text(move || age.get())}</span>
                <span class="grow"></span>
                <button class="close" title="Close (Esc)" aria-label="Close" on:click=close><Icon name="x" /></button>
            </div>
            <dl>{live(move || fields.get().into_iter().map(field).collect_view())}</dl>
            <Records around />
            <Actions handle around />
        </section>
    }
}

#[component]
fn Actions(handle: StoredValue<MapHandle, LocalStorage>, around: Around) -> impl IntoView {
    let is = move |read: fn(&Card) -> bool| {
        move || around.card.with(|card| card.as_ref().is_some_and(read)).to_string()
    };
    let follow = move |_| handle.with_value(MapHandle::toggle_follow);
    let records = move |_| {
        handle.with_value(|handle| {
            handle.change(|state| {
                state.shows_records = !state.shows_records;
                state.wants_count = true;
            });
        });
    };
    view! {
        <div class="ac">
            <button aria-pressed=live_value(is(|card| card.follows)) title="Keep it in the middle (f)" on:click=follow>
                <Icon name="locate" />"Follow"
            </button>
            <button aria-expanded=live_value(is(|card| card.shows_records)) on:click=records>"Records"</button>
        </div>
    }
}

/// Where the newest records of the chosen one lie in Kafka.
#[component]
fn Records(around: Around) -> impl IntoView {
    let is_open = Memo::new(move |_| {
        around.card.with(|card| card.as_ref().is_some_and(|card| card.shows_records))
    });
    let places = Memo::new(move |_| {
        let result = around.trail_result();
        result.map(|result| record_places(&result, RECORDS)).unwrap_or_default()
    });
    let row = |place: RecordPlace| {
        view! {
            <tr>
                <td>{time_of_day(place.at_ms, Precision::Second)}</td>
                <td class="clip" title=place.topic.clone()>{place.topic.clone()}</td>
                <td class="num">{place.partition.to_string()}</td>
                <td class="num">{place.offset.to_string()}</td>
            </tr>
        }
        .into_any()
    };
    live(move || {
        is_open.get().then(|| {
            view! {
                <table class="recs">
                    <thead><tr><th>"Time"</th><th>"Topic"</th><th class="num" title="Partition">"Part."</th><th class="num">"Offset"</th></tr></thead>
                    <tbody>{live(move || places.get().into_iter().map(row).collect_view())}</tbody>
                </table>
            }
            .into_any()
        })
    })
}
