//! The time zone in which the page shows times: the browser's, or one that the person chose. The browser knows all zones.

use std::cell::RefCell;
use std::time::Duration;

use js_sys::{Array, Date, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::dom;

const KEY: &str = "hailstream.zone";
/// The browser's own zone as it was, which its first question of a visit would take tens of ms to tell. See `supervisor.js`.
const KEY_OF_BROWSER: &str = "hailstream.zone-of-browser";

/// When the board is open, the browser is asked all the same.
const CHECK_AFTER: Duration = Duration::from_secs(10);

/// Offsets change on quarters of an hour, and are asked for many times a frame.
const QUARTER_MS: i64 = 900_000;

thread_local! {
    // Made outside every owner, so never disposed of.
    static CHOSEN: ArcRwSignal<Option<String>> = ArcRwSignal::new(dom::stored(KEY).filter(|zone| is_known(zone)));
    static FORMAT: RefCell<Option<(String, Function)>> = const { RefCell::new(None) };
    static OFFSET: RefCell<Option<(i64, i64)>> = const { RefCell::new(None) };
    static OF_BROWSER: RefCell<Option<(f64, String)>> = const { RefCell::new(None) };
}

/// The zone chosen; the browser's where absent.
pub(crate) fn chosen() -> ArcRwSignal<Option<String>> {
    CHOSEN.with(ArcRwSignal::clone)
}

/// Takes a person's choice.
pub(crate) fn choose(zone: Option<String>) {
    dom::store(KEY, zone.as_deref().unwrap_or_default());
    FORMAT.with(|format| format.borrow_mut().take());
    OFFSET.with(|offset| offset.borrow_mut().take());
    chosen().set(zone);
}

/// IANA name of the browser's zone. Every question names it and asking takes a while, so it is asked again only when the
/// offset has changed: people travel.
pub(crate) fn of_browser() -> String {
    let offset = Date::new_0().get_timezone_offset();
    let known = OF_BROWSER.with_borrow(|known| known.clone().filter(|(of, _)| *of == offset));
    if let Some((_, name)) = known {
        return name;
    }
    let name = kept_of_browser().unwrap_or_else(ask_and_keep);
    OF_BROWSER.set(Some((offset, name.clone())));
    name
}

/// What an earlier visit was told, where clocks still go as they did. Zones whose clocks do are as good as one.
fn kept_of_browser() -> Option<String> {
    let kept = dom::stored(KEY_OF_BROWSER)?;
    let name = kept.strip_prefix(&clocks())?.strip_prefix(' ')?;
    let check = || {
        let name = ask_and_keep();
        OF_BROWSER.set(Some((Date::new_0().get_timezone_offset(), name)));
    };
    set_timeout(check, CHECK_AFTER);
    (!name.is_empty()).then(|| name.to_owned())
}

fn ask_and_keep() -> String {
    let name = asked_of_browser();
    dom::store(KEY_OF_BROWSER, &format!("{} {name}", clocks()));
    name
}

/// The browser's offsets in January and July, which tell most zones apart, minutes.
fn clocks() -> String {
    let year = Date::new_0().get_full_year();
    let offset = |month| Date::new_with_year_month(year, month).get_timezone_offset();
    format!("{} {}", offset(0), offset(6))
}

fn asked_of_browser() -> String {
    let resolved = intl_format(None).and_then(|format| call(&format, "resolvedOptions"));
    let name = resolved.and_then(|options| Reflect::get(&options, &"timeZone".into()).ok());
    name.and_then(|name| name.as_string()).unwrap_or_else(|| "UTC".to_owned())
}

/// IANA name of the zone in force. Tracks.
pub(crate) fn name() -> String {
    chosen().get().unwrap_or_else(of_browser)
}

/// IANA names of all zones the browser knows.
pub(crate) fn all() -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok();
    let names = intl.and_then(|intl| {
        let list =
            Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into::<Function>().ok()?;
        list.call1(&intl, &"timeZone".into()).ok()?.dyn_into::<Array>().ok()
    });
    names.iter().flat_map(Array::iter).filter_map(|name| name.as_string()).collect()
}

/// Offset of the zone in force at an instant, ms east of UTC.
pub(crate) fn offset_ms(epoch_ms: i64) -> i64 {
    let Some(zone) = chosen().get_untracked() else { return browser_offset_ms(epoch_ms) };
    let quarter = epoch_ms.div_euclid(QUARTER_MS);
    let known = OFFSET.with(|offset| offset.borrow().filter(|(of, _)| *of == quarter));
    if let Some((_, offset)) = known {
        return offset;
    }
    let offset = named_offset_ms(&zone, quarter * QUARTER_MS).unwrap_or(0);
    OFFSET.with(|held| *held.borrow_mut() = Some((quarter, offset)));
    offset
}

fn browser_offset_ms(epoch_ms: i64) -> i64 {
    let date = Date::new(&(epoch_ms as f64).into());
    -(date.get_timezone_offset() * 60_000.0) as i64
}

/// The browser writes an instant as `GMT-07:00`; that is read.
fn named_offset_ms(zone: &str, epoch_ms: i64) -> Option<i64> {
    let format = FORMAT.with(|held| {
        let mut held = held.borrow_mut();
        if held.as_ref().is_none_or(|(of, _)| of != zone) {
            let format = intl_format(Some(zone))?;
            let write: Function = Reflect::get(&format, &"format".into()).ok()?.dyn_into().ok()?;
            *held = Some((zone.to_owned(), write));
        }
        held.as_ref().map(|(_, write)| write.clone())
    })?;
    let written = format.call1(&JsValue::NULL, &(epoch_ms as f64).into()).ok()?.as_string()?;
    let at = written.find("GMT")?;
    parse_offset(written.get(at + 3..)?.trim())
}

/// `-07:00`, `+05:30`, or nothing for UTC itself.
fn parse_offset(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    Some(sign * (hours * 60 + minutes) * 60_000)
}

fn is_known(zone: &str) -> bool {
    !zone.is_empty() && intl_format(Some(zone)).is_some()
}

/// `new Intl.DateTimeFormat`; `None` where the browser does not know the zone.
fn intl_format(zone: Option<&str>) -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    if let Some(zone) = zone {
        Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
        Reflect::set(&options, &"timeZoneName".into(), &"longOffset".into()).ok()?;
    }
    Reflect::construct(&class, &Array::of2(&"en-US".into(), &options)).ok()
}

fn call(object: &JsValue, name: &str) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &name.into()).ok()?.dyn_into().ok()?;
    method.call0(object).ok()
}
