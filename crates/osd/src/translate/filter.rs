//! Pills, and the parts of OpenSearch's query DSL that boards keep in them: to our filters. What cannot be said in ours is an
//! error in words: a panel without one of its filters would show wrong numbers.

use serde_json::{Map, Value as Json, json};

use crate::loose;

/// Conditions within conditions, at most.
const MAX_DEPTH: usize = 12;

/// A filter of the filter bar; none where it lets everything through, or is disabled and cannot be said in ours.
pub(crate) fn pill(pill: &Json) -> Result<Option<Json>, String> {
    let flag = |place: &str| pill.pointer(place).and_then(loose::flag).unwrap_or(false);
    let (negate, disabled) = (flag("/meta/negate"), flag("/meta/disabled"));
    let inner = pill.get("query").filter(|query| query.is_object()).unwrap_or(pill);
    let translated = match below(inner, 0) {
        Err(_) if disabled => return Ok(None),
        translated => translated?,
    };
    let Some(Json::Object(mut filter)) = translated else {
        return if negate && !disabled {
            Err("one of its filters excludes everything".to_owned())
        } else {
            Ok(None)
        };
    };
    for (key, on) in [
        ("negate", negate),
        ("disabled", disabled),
        ("pinned", pill.pointer("/$state/store") == Some(&json!("globalState"))),
    ] {
        if on {
            filter.insert(key.to_owned(), json!(true));
        }
    }
    if let Some(label) = pill.pointer("/meta/alias").and_then(loose::text) {
        filter.insert("label".to_owned(), json!(label));
    }
    Ok(Some(Json::Object(filter)))
}

/// A condition of the query DSL; none where it lets everything through.
pub(crate) fn condition(dsl: &Json) -> Result<Option<Json>, String> {
    below(dsl, 0)
}

fn below(dsl: &Json, depth: usize) -> Result<Option<Json>, String> {
    if depth > MAX_DEPTH {
        return Err(format!("its filters are nested in more than {MAX_DEPTH} levels"));
    }
    let keys = dsl.as_object().ok_or("one of its filters is not an object")?;
    let mut kinds = keys.iter().filter(|(key, _)| !["meta", "$state"].contains(&key.as_str()));
    let (Some((kind, inner)), None) = (kinds.next(), kinds.next()) else {
        return Err("one of its filters is not one condition".to_owned());
    };
    let said = match kind.as_str() {
        "match_all" => return Ok(None),
        "query_string" => return query_string(inner),
        "bool" => joined(inner, depth),
        "exists" => inner
            .get("field")
            .and_then(loose::text)
            .map(|field| json!({ "exists": { "field": field } })),
        "terms" => of_field(inner, &["boost"]).and_then(|(field, values)| {
            values.is_array().then(|| json!({ "terms": { "field": field, "values": values } }))
        }),
        "term" => of_field(inner, &[]).and_then(|(field, json)| {
            let value = value(json, "value")?;
            Some(json!({ "term": { "field": field, "value": value } }))
        }),
        "match_phrase" => of_field(inner, &[]).and_then(|(field, json)| {
            let value = value(json, "query")?;
            Some(json!({ "phrase": { "field": field, "value": value } }))
        }),
        "match" => of_field(inner, &[]).and_then(matched),
        "range" => of_field(inner, &[]).and_then(range),
        "geo_bounding_box" => of_field(inner, GEO_KEYS).and_then(bounding_box),
        "geo_polygon" => of_field(inner, GEO_KEYS).and_then(polygon),
        _ => None,
    };
    match said {
        Some(Json::Null) => Ok(None),
        Some(filter) => Ok(Some(filter)),
        None => Err(format!("one of its filters, a `{kind}`, cannot be said in ours")),
    }
}

const GEO_KEYS: &[&str] = &["ignore_unmapped", "type", "validation_method", "boost"];

/// The only field in there, beside keys that are no fields.
fn of_field<'a>(json: &'a Json, beside: &[&str]) -> Option<(&'a str, &'a Json)> {
    let mut fields = json.as_object()?.iter().filter(|(key, _)| !beside.contains(&key.as_str()));
    let (field, inner) = fields.next()?;
    fields.next().is_none().then_some((field.as_str(), inner))
}

/// A value as itself or under a key, alone.
fn value<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    match json {
        Json::Object(keys) if keys.keys().all(|other| other == key || other == "boost") => {
            keys.get(key).filter(|value| !value.is_object() && !value.is_array())
        }
        Json::Object(_) | Json::Array(_) | Json::Null => None,
        plain => Some(plain),
    }
}

/// `match` finds any of its words: the same as a phrase where there is one word, or a phrase is asked for.
fn matched((field, json): (&str, &Json)) -> Option<Json> {
    let query = json.get("query").unwrap_or(json);
    let is_phrase = json.get("type").is_some_and(|kind| kind == "phrase");
    let known = ["query", "type", "boost"];
    let only_known =
        json.as_object().is_none_or(|keys| keys.keys().all(|key| known.contains(&key.as_str())));
    let one_word = query.as_str().is_none_or(|text| text.chars().all(char::is_alphanumeric));
    let plain = !query.is_object() && !query.is_array() && !query.is_null();
    (plain && only_known && (is_phrase || one_word))
        .then(|| json!({ "phrase": { "field": field, "value": query } }))
}

fn range((field, json): (&str, &Json)) -> Option<Json> {
    let mut range = Map::from_iter([("field".to_owned(), json!(field))]);
    for (key, bound) in json.as_object()? {
        match key.as_str() {
            _ if bound.is_null() => {}
            "gte" | "gt" | "lte" | "lt" if bound.is_number() || bound.is_string() => {
                range.insert(key.clone(), bound.clone());
            }
            // The formats that ours reads anyway.
            "format" if reads_anyway(bound) => {}
            "boost" => {}
            _ => return None,
        }
    }
    Some(json!({ "range": range }))
}

fn reads_anyway(format: &Json) -> bool {
    const KNOWN: [&str; 3] = ["epoch_millis", "strict_date_optional_time", "date_optional_time"];
    format.as_str().is_some_and(|text| text.split("||").all(|one| KNOWN.contains(&one)))
}

fn point(json: &Json) -> Option<[f64; 2]> {
    Some([json.get("lon").and_then(loose::number)?, json.get("lat").and_then(loose::number)?])
}

fn bounding_box((field, json): (&str, &Json)) -> Option<Json> {
    let [west, north] = point(json.get("top_left")?)?;
    let [east, south] = point(json.get("bottom_right")?)?;
    Some(json!({ "geo_box": { "field": field, "bounds": [west, south, east, north] } }))
}

fn polygon((field, json): (&str, &Json)) -> Option<Json> {
    let points: Option<Vec<[f64; 2]>> = json.get("points")?.as_array()?.iter().map(point).collect();
    Some(json!({ "geo_polygon": { "field": field, "points": points? } }))
}

/// Lucene's language over all fields.
fn query_string(json: &Json) -> Result<Option<Json>, String> {
    let text = json.get("query").and_then(Json::as_str).unwrap_or_default().trim();
    let is_known = |(key, json): (&String, &Json)| match key.as_str() {
        "query" | "analyze_wildcard" | "boost" | "lenient" => true,
        "default_field" => loose::is(json, "*"),
        "default_operator" => json.as_str().is_some_and(|word| word.eq_ignore_ascii_case("or")),
        _ => false,
    };
    if !json.as_object().is_some_and(|keys| keys.iter().all(is_known)) {
        return Err("one of its filters, a `query_string`, cannot be said in ours".to_owned());
    }
    if text.is_empty() || text == "*" {
        return Ok(None);
    }
    Ok(Some(json!({ "query": { "query": text, "language": "lucene" } })))
}

/// A `bool`; null where it lets everything through, nothing where it cannot be said.
fn joined(json: &Json, depth: usize) -> Option<Json> {
    let mut lists = Map::new();
    for (key, json) in json.as_object()? {
        let single = [json.clone()];
        let parts = json.as_array().map_or(&single[..], Vec::as_slice);
        let mut filters = Vec::new();
        match key.as_str() {
            _ if loose::is_nothing(json) => continue,
            "minimum_should_match" => {
                lists.insert(key.clone(), json!(loose::whole(json)?));
                continue;
            }
            "boost" | "adjust_pure_negative" => continue,
            "must" | "filter" => {
                for part in parts {
                    filters.extend(below(part, depth + 1).ok()?);
                }
            }
            // What lets everything through would have to be said here, too.
            "should" | "must_not" => {
                for part in parts {
                    filters.push(below(part, depth + 1).ok()??);
                }
            }
            _ => return None,
        }
        if !filters.is_empty() {
            lists.insert(key.clone(), Json::Array(filters));
        }
    }
    let says = ["must", "filter", "should", "must_not"].iter().any(|key| lists.contains_key(*key));
    Some(if says { json!({ "bool": lists }) } else { Json::Null })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match pill(&serde_json::from_str(text).unwrap()) {
            Ok(Some(filter)) => filter.to_string(),
            Ok(None) => "all".to_owned(),
            Err(words) => words,
        }
    }

    #[test]
    fn pills_become_ours() {
        for (pill, want) in [
            (
                r#"{"meta":{"negate":"true","alias":"not me","type":"phrase"},"query":{"match_phrase":{"user":"me"}},"$state":{"store":"globalState"}}"#,
                r#"{"phrase":{"field":"user","value":"me"},"negate":true,"pinned":true,"label":"not me"}"#,
            ),
            (
                r#"{"query":{"match":{"a":{"query":"two words","type":"phrase"}}}}"#,
                r#"{"phrase":{"field":"a","value":"two words"}}"#,
            ),
            (r#"{"exists":{"field":"a.b"},"meta":{}}"#, r#"{"exists":{"field":"a.b"}}"#),
            (
                r#"{"range":{"a":{"gte":1,"lt":"now","format":"epoch_millis"}}}"#,
                r#"{"range":{"field":"a","gte":1,"lt":"now"}}"#,
            ),
            (
                r#"{"query":{"bool":{"minimum_should_match":"1","should":[{"match_phrase":{"a":"x"}},{"term":{"a":{"value":2}}}],"must":[{"match_all":{}}]}}}"#,
                r#"{"bool":{"minimum_should_match":1,"should":[{"phrase":{"field":"a","value":"x"}},{"term":{"field":"a","value":2}}]}}"#,
            ),
            (
                r#"{"geo_bounding_box":{"ignore_unmapped":true,"p":{"top_left":{"lat":2,"lon":"1"},"bottom_right":{"lat":0,"lon":3}}}}"#,
                r#"{"geo_box":{"field":"p","bounds":[1.0,0.0,3.0,2.0]}}"#,
            ),
            (r#"{"query":{"query_string":{"query":"*","analyze_wildcard":true}}}"#, "all"),
            (r#"{"query":{"bool":{"must":[]}}}"#, "all"),
            (r#"{"meta":{"disabled":true},"script":{"script":"1"}}"#, "all"),
            (
                r#"{"meta":{},"script":{"script":"1"}}"#,
                "one of its filters, a `script`, cannot be said in ours",
            ),
            (
                r#"{"query":{"match":{"a":"two words"}}}"#,
                "one of its filters, a `match`, cannot be said in ours",
            ),
            (
                r#"{"meta":{"negate":true},"match_all":{}}"#,
                "one of its filters excludes everything",
            ),
            (r#"7"#, "one of its filters is not an object"),
        ] {
            assert_eq!(told(pill), want, "{pill}");
        }
    }
}
