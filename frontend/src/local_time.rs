//! Times as a clock on the wall has them, in the zone the viewer chose.

use hailstream_chart::{Civil, Precision};
use wasm_bindgen::JsValue;

use crate::{dom, zone};

/// `18:42:06`, with the day where it is not today's.
pub(crate) fn time_of_day(epoch_ms: i64, precision: Precision) -> String {
    let at = civil(epoch_ms);
    if at.is_same_day(civil(dom::now_ms())) {
        at.write(precision)
    } else {
        format!("{} {}", at.day_name(), at.write(precision))
    }
}

/// `Friday 20 November`.
pub(crate) fn day_words(epoch_ms: i64) -> String {
    civil(epoch_ms).long_day_name()
}

fn civil(epoch_ms: i64) -> Civil {
    Civil::at(epoch_ms, &zone::offset_ms)
}

/// A time as addresses and queries have it; epoch ms and anything the browser reads as a date become ISO 8601 in UTC,
/// date math stays.
pub(crate) fn query_time(text: &str) -> String {
    if text.starts_with("now") {
        return text.to_owned();
    }
    let at_ms = text.parse::<i64>().ok().or_else(|| instant_ms(text));
    at_ms.map_or_else(|| text.to_owned(), iso)
}

/// The instant of such a text, where it is one; without a zone of its own it is read in the one in force.
pub(crate) fn instant_ms(text: &str) -> Option<i64> {
    let time = text.trim().replacen(' ', "T", 1);
    let clock = time.split_once('T').map_or("", |(_, clock)| clock);
    let has_zone = clock.ends_with('Z') || clock.contains(['+', '-']);
    let is_local = !has_zone && time.starts_with(|c: char| c.is_ascii_digit());
    let utc = match (is_local, clock) {
        (true, "") => format!("{time}T00:00Z"),
        (true, _) => format!("{time}Z"),
        (false, _) => text.to_owned(),
    };
    let at = js_sys::Date::new(&JsValue::from_str(&utc)).get_time();
    if !at.is_finite() || text.starts_with("now") {
        return None;
    }
    let at_ms = at as i64;
    // The offset that holds at the instant itself, which one may be an hour off near a change.
    Some(if is_local { at_ms - zone::offset_ms(at_ms - zone::offset_ms(at_ms)) } else { at_ms })
}

/// An instant in ISO 8601, UTC.
pub(crate) fn iso(epoch_ms: i64) -> String {
    String::from(js_sys::Date::new(&(epoch_ms as f64).into()).to_iso_string())
}

/// What a `datetime-local` input shows for an instant.
pub(crate) fn input_value(epoch_ms: i64) -> String {
    let local = iso(epoch_ms + zone::offset_ms(epoch_ms));
    local.trim_end_matches('Z').split('.').next().unwrap_or_default().to_owned()
}
