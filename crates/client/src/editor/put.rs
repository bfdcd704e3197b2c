//! Setting one value in JSON that somebody may have written by hand: what stands in the way gives way.

use serde_json::{Map, Value as Json};

/// Sets a value at a JSON pointer (RFC 6901, without its escapes) and makes the objects on the way, also in the place of what is
/// none, and the item behind the last; without a value, takes away what is there and the objects deeper than the second level that become empty by it.
pub fn put(of: &mut Json, at: &str, value: Option<Json>) {
    match value {
        Some(value) => *place(of, at) = value,
        None => take(of, at),
    }
}

fn place<'a>(of: &'a mut Json, at: &str) -> &'a mut Json {
    let mut place = of;
    for step in at.split('/').skip(1) {
        let index = step.parse().unwrap_or(usize::MAX);
        if let Some(items) = place.as_array_mut().filter(|items| index == items.len()) {
            items.push(Json::Null);
        }
        let is_item = place.as_array().is_some_and(|items| index < items.len());
        if !is_item && !place.is_object() {
            *place = Json::Object(Map::new());
        }
        place = match place {
            Json::Object(object) => object.entry(step).or_insert(Json::Null),
            // It is an object or an array with such an item.
            items => &mut items[index],
        };
    }
    place
}

fn take(of: &mut Json, at: &str) {
    let Some((parent, key)) = at.rsplit_once('/') else { return };
    let Some(object) = of.pointer_mut(parent).and_then(Json::as_object_mut) else { return };
    object.remove(key);
    // A threshold without a value is none.
    if object.is_empty() && parent.matches('/').count() > 1 {
        take(of, parent);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(mut of: Json, at: &str, value: Option<Json>, expected: &Json) {
        put(&mut of, at, value);
        assert_eq!(of, *expected);
    }

    #[test]
    fn objects_on_the_way_are_made() {
        check(json!({}), "/title", Some(json!("a")), &json!({"title": "a"}));
        check(json!(null), "/a/b", Some(json!(1)), &json!({"a": {"b": 1}}));
        check(
            json!({"a": [{"b": 1}]}),
            "/a/0/c",
            Some(json!(2)),
            &json!({"a": [{"b": 1, "c": 2}]}),
        );
    }

    #[test]
    fn what_is_no_object_gives_way() {
        for wrong in [json!(5), json!("text"), json!([]), json!(null), json!(true)] {
            check(
                json!({"query": wrong}),
                "/query/stream",
                Some(json!("s")),
                &json!({"query": {"stream": "s"}}),
            );
        }
        check(json!({"a": [1]}), "/a/7", Some(json!(2)), &json!({"a": {"7": 2}}));
        check(json!([1]), "/0", Some(json!(2)), &json!([2]));
        check(json!({"a": [1]}), "/a/1/b", Some(json!(2)), &json!({"a": [1, {"b": 2}]}));
    }

    #[test]
    fn what_becomes_empty_goes_too() {
        let held = json!({"params": {"threshold": {"value": 5}}});
        check(held, "/params/threshold/value", None, &json!({"params": {}}));
        check(json!({"query": 5}), "/query/time/from", None, &json!({"query": 5}));
        check(json!({"a": 1}), "", None, &json!({"a": 1}));
    }
}
