//! Which records: the search source, and pills in the query DSL.

use hailstream_query::{Condition, Filter, FilterQuery, Language, Query, RangeCondition};
use serde_json::{Map, Value as Json, json};

/// The search source of a query, without its index; an error says what has no words there. Pills with a text in DQL, which OSD has not,
/// join the text of the query bar.
pub(super) fn search_source(query: &Query) -> Result<Json, String> {
    let (mut texts, mut pills) = (Vec::new(), Vec::new());
    for filter in &query.filters {
        match &filter.condition {
            Condition::Query { language: Language::Dql, .. } if filter.disabled => {}
            Condition::Query { query: text, language: Language::Dql }
                if query.language == Language::Dql =>
            {
                texts.push(if filter.negate { format!("not ({text})") } else { text.clone() });
            }
            _ => pills.push(pill(filter)?),
        }
    }
    if !query.query.trim().is_empty() {
        texts.push(query.query.clone());
    }
    let text = match texts.as_slice() {
        [only] => only.clone(),
        several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" and "),
    };
    let language = language(query.language);
    Ok(json!({ "query": { "query": text, "language": language }, "filter": pills }))
}

pub(super) fn language(language: Language) -> &'static str {
    match language {
        Language::Dql => "kuery",
        Language::Lucene => "lucene",
    }
}

fn pill(filter: &Filter) -> Result<Json, String> {
    let Filter { condition, negate, disabled, pinned, label } = filter;
    let dsl = condition_dsl(condition)?;
    let (kind, key, params) = match condition {
        Condition::Term { field, value } | Condition::Phrase { field, value } => {
            ("phrase", field.as_str(), json!({ "query": value }))
        }
        Condition::Phrases { field, values } => ("phrases", field.as_str(), json!(values)),
        Condition::Range(RangeCondition { field, .. }) => ("range", field.as_str(), json!(null)),
        Condition::Exists { field } => ("exists", field.as_str(), json!(null)),
        Condition::Terms { .. }
        | Condition::GeoBox { .. }
        | Condition::GeoDistance { .. }
        | Condition::GeoPolygon { .. }
        | Condition::Query { .. }
        | Condition::Bool(_) => ("custom", "query", json!(null)),
    };
    let mut meta =
        json!({ "alias": label, "disabled": disabled, "negate": negate, "type": kind, "key": key });
    if !params.is_null() {
        meta["params"] = params;
    }
    let store = if *pinned { "globalState" } else { "appState" };
    Ok(json!({ "$state": { "store": store }, "meta": meta, "query": dsl }))
}

/// A filter within a condition: as a condition itself; none where it is off.
fn dsl(filter: &Filter) -> Option<Result<Json, String>> {
    if filter.disabled {
        return None;
    }
    Some(
        condition_dsl(&filter.condition)
            .map(|dsl| if filter.negate { json!({ "bool": { "must_not": [dsl] } }) } else { dsl }),
    )
}

fn all_of(filters: &[Filter]) -> Result<Vec<Json>, String> {
    filters.iter().filter_map(dsl).collect()
}

fn under(field: &str, json: Json) -> Json {
    Json::Object(Map::from_iter([(field.to_owned(), json)]))
}

fn condition_dsl(condition: &Condition) -> Result<Json, String> {
    let point = |[lon, lat]: [f64; 2]| json!({ "lat": lat, "lon": lon });
    Ok(match condition {
        Condition::Term { field, value } => {
            json!({ "term": under(field, json!({ "value": value })) })
        }
        Condition::Terms { field, values } => json!({ "terms": under(field, json!(values)) }),
        Condition::Phrase { field, value } => {
            json!({ "match_phrase": under(field, value.clone()) })
        }
        Condition::Phrases { field, values } => {
            let one = |value: &Json| json!({ "match_phrase": under(field, value.clone()) });
            let should: Vec<Json> = values.iter().map(one).collect();
            json!({ "bool": { "should": should, "minimum_should_match": 1 } })
        }
        Condition::Range(RangeCondition { field, gte, gt, lte, lt }) => {
            let ends = [("gte", gte), ("gt", gt), ("lte", lte), ("lt", lt)];
            let said =
                ends.into_iter().filter_map(|(key, end)| Some((key.to_owned(), end.clone()?)));
            json!({ "range": under(field, Json::Object(said.collect())) })
        }
        Condition::Exists { field } => json!({ "exists": { "field": field } }),
        Condition::GeoBox { field, bounds: [west, south, east, north] } => {
            let (top_left, bottom_right) = (point([*west, *north]), point([*east, *south]));
            let corners = json!({ "top_left": top_left, "bottom_right": bottom_right });
            json!({ "geo_bounding_box": under(field, corners) })
        }
        Condition::GeoDistance { field, center, distance_m } => {
            let mut keys = under(field, point(*center));
            keys["distance"] = json!(format!("{distance_m}m"));
            json!({ "geo_distance": keys })
        }
        Condition::GeoPolygon { field, points } => {
            let points: Vec<Json> = points.iter().map(|at| point(*at)).collect();
            json!({ "geo_polygon": under(field, json!({ "points": points })) })
        }
        Condition::Query { query, language: Language::Lucene } => {
            json!({ "query_string": { "query": query, "analyze_wildcard": true } })
        }
        Condition::Query { language: Language::Dql, .. } => {
            return Err("a pill with a text in DQL".to_owned());
        }
        Condition::Bool(joined) => {
            let mut lists = Map::new();
            for (key, filters) in [
                ("must", &joined.must),
                ("filter", &joined.filter),
                ("should", &joined.should),
                ("must_not", &joined.must_not),
            ] {
                let filters = all_of(filters)?;
                if !filters.is_empty() {
                    lists.insert(key.to_owned(), Json::Array(filters));
                }
            }
            if let Some(least) = joined.minimum_should_match {
                lists.insert("minimum_should_match".to_owned(), json!(least));
            }
            json!({ "bool": lists })
        }
    })
}

/// What a labelled filter of a `filters` bucket puts in.
pub(super) fn input(filter: &FilterQuery) -> Result<Json, String> {
    let text = |text: &str, language: &str| json!({ "query": text, "language": language });
    Ok(match filter {
        FilterQuery::Text(words) => text(words, "kuery"),
        FilterQuery::One(Filter {
            condition: Condition::Query { query, language: of },
            negate: false,
            disabled: false,
            ..
        }) => text(query, language(*of)),
        FilterQuery::One(filter) => {
            json!({ "query": { "bool": { "filter": all_of(std::slice::from_ref(filter))? } } })
        }
        FilterQuery::All(filters) => json!({ "query": { "bool": { "filter": all_of(filters)? } } }),
    })
}
