//! Times as the viewer's clock on the wall has them.

use hailstream_chart::{Civil, Precision};
use wasm_bindgen::JsValue;

use crate::dom;

/// `18:42:06`, with the day where it is not today's.
pub(crate) fn time_of_day(epoch_ms: i64, precision: Precision) -> String {
    let at = civil(epoch_ms);
    if at.is_same_day(civil(dom::now_ms())) {
        at.write(precision)
    } else {
        format!("{} {}", at.day_name(), at.write(precision))
    }
}

fn civil(epoch_ms: i64) -> Civil {
    Civil::at(epoch_ms, &dom::zone_offset_ms)
}

/// A time as addresses and queries have it; epoch ms and anything the browser reads as a date become ISO 8601 in UTC,
/// date math stays.
pub(crate) fn query_time(text: &str) -> String {
    if text.starts_with("now") {
        return text.to_owned();
    }
    let date = match text.parse::<i64>() {
        Ok(epoch_ms) => js_sys::Date::new(&(epoch_ms as f64).into()),
        Err(_) => js_sys::Date::new(&JsValue::from_str(text)),
    };
    if date.get_time().is_finite() { String::from(date.to_iso_string()) } else { text.to_owned() }
}

/// The instant of such a text, where it is one.
pub(crate) fn instant_ms(text: &str) -> Option<i64> {
    let at = js_sys::Date::new(&JsValue::from_str(text)).get_time();
    (at.is_finite() && !text.starts_with("now")).then_some(at as i64)
}

/// What a `datetime-local` input shows for an instant.
pub(crate) fn input_value(epoch_ms: i64) -> String {
    let local = (epoch_ms + dom::zone_offset_ms(epoch_ms)) as f64;
    let iso = String::from(js_sys::Date::new(&local.into()).to_iso_string());
    iso.trim_end_matches('Z').split('.').next().unwrap_or_default().to_owned()
}
