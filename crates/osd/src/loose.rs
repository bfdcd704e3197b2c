//! Values as old boards have them: numbers and booleans are sometimes text (`"2"`, `"true"`).

use serde_json::Value as Json;

/// A finite number, or text that is one.
pub(crate) fn number(json: &Json) -> Option<f64> {
    let number = match json {
        Json::String(text) => text.trim().parse().ok()?,
        json => json.as_f64()?,
    };
    Some(number).filter(|number: &f64| number.is_finite())
}

/// A whole number that is not negative, or text that is one.
pub(crate) fn whole(json: &Json) -> Option<u32> {
    let number = number(json)?;
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    fits.then_some(number as u32)
}

/// A boolean, or text that is one.
pub(crate) fn flag(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Text that is not empty.
pub(crate) fn text(json: &Json) -> Option<&str> {
    json.as_str().filter(|text| !text.is_empty())
}

/// Whether nothing is said: null, empty text, an empty list or object.
pub(crate) fn is_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(keys) => keys.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Whether a value is what `words` are, as text or not: `2`, `2.0` and `"2"` are `2`.
pub(crate) fn is(json: &Json, words: &str) -> bool {
    match json {
        Json::String(text) => text == words,
        Json::Bool(flag) => flag.to_string() == words,
        Json::Number(_) => number(json).is_some_and(|number| words.parse() == Ok(number)),
        Json::Null | Json::Array(_) | Json::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_stands_for_numbers_and_booleans() {
        assert_eq!((number(&json!("2")), number(&json!(2.5))), (Some(2.0), Some(2.5)));
        assert_eq!((number(&json!("inf")), number(&json!("x"))), (None, None));
        assert_eq!(
            (whole(&json!("5")), whole(&json!(-1)), whole(&json!(1.5))),
            (Some(5), None, None)
        );
        assert_eq!(
            (flag(&json!("true")), flag(&json!(false)), flag(&json!(1))),
            (Some(true), Some(false), None)
        );
        assert!(is(&json!("2"), "2") && is(&json!(2.0), "2") && is(&json!(true), "true"));
        assert!(!is(&json!(null), "null") && !is(&json!(3), "2"));
    }
}
