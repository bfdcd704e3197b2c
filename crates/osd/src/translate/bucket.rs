//! Buckets: to ours. Interval, order and ranges in all the ways in which OSD saved them over the years.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::{Agg, Asked};
use super::index_pattern::Pattern;
use super::metric;
use super::rules::bucket_rules;
use crate::loose;
use crate::weight::not_honoured;

/// Bars that OSD aims for where it chooses the interval (`histogram:barTarget`).
const BAR_TARGET: u32 = 50;

/// A bucket of a query.
pub(crate) struct BucketPart {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) kind: String,
    /// What it is in the picture: `segment`, `group`, `split`, `bucket`.
    pub(crate) schema: String,
    pub(crate) json: Json,
    pub(crate) label: String,
    pub(crate) custom_label: Option<String>,
    /// Whether its keys are times.
    pub(crate) is_date: bool,
    /// Of a split: whether its parts stand under each other.
    pub(crate) is_row: bool,
}

impl BucketPart {
    /// The words at an axis: its own, else the field; times speak for themselves.
    pub(crate) fn words(&self) -> Option<&str> {
        let field = || self.json.get("field").and_then(Json::as_str);
        let is_time = self.kind == "date_histogram";
        self.custom_label.as_deref().or_else(|| field().filter(|_| !is_time))
    }
}

pub(crate) fn part(
    agg: &Agg<'_>,
    all: &[Agg<'_>],
    pattern: &Pattern,
    asked: &mut Asked,
) -> Result<BucketPart, Halt> {
    asked.ignored.extend(not_honoured(&agg.at_params(), agg.params, &[bucket_rules(agg.kind)]));
    let field = agg.text("field").unwrap_or_default();
    if pattern.formatted.contains(field) {
        asked.ignored.push(format!("fieldFormatMap.{field}"));
    }
    let is_date =
        agg.kind == "date_histogram" || (agg.kind == "terms" && pattern.dates.contains(field));
    let order = if agg.kind == "terms" { Some(order(agg, all, pattern, asked)?) } else { None };
    let json = json(agg, pattern, order)?;
    let custom_label = agg.text("customLabel").map(str::trim).filter(|label| !label.is_empty());
    let label = match (custom_label, agg.kind) {
        (Some(label), _) => label.to_owned(),
        (None, "terms") => {
            let is_up = agg.text("order") == Some("asc");
            format!("{field}: {}", if is_up { "Ascending" } else { "Descending" })
        }
        (None, "filters") => "filters".to_owned(),
        (None, "range" | "ip_range") => format!("{field} ranges"),
        (None, "date_range") => format!("{field} date ranges"),
        (None, _) => field.to_owned(),
    };
    Ok(BucketPart {
        id: agg.id.clone(),
        at: agg.at(),
        kind: agg.kind.to_owned(),
        schema: agg.schema.to_owned(),
        json,
        label,
        custom_label: custom_label.map(ToOwned::to_owned),
        is_date,
        is_row: agg.flag("row"),
    })
}

/// A bucket as ours has it.
pub(crate) fn json(agg: &Agg<'_>, pattern: &Pattern, order: Option<Json>) -> Result<Json, Halt> {
    let mut keys = Map::new();
    keys.insert("id".to_owned(), json!(agg.id));
    keys.insert("type".to_owned(), json!(agg.kind));
    if agg.kind != "filters" {
        let field = agg.field(pattern)?;
        // The time of a pattern is the stream's event time, whatever its field is called.
        let is_event_time =
            agg.kind.starts_with("date_") && pattern.time_field.as_deref() == Some(field);
        if !is_event_time {
            keys.insert("field".to_owned(), json!(field));
        }
    }
    match agg.kind {
        "terms" => terms(agg, pattern, order, &mut keys),
        "date_histogram" => date_histogram(agg, &mut keys)?,
        "histogram" => histogram(agg, &mut keys)?,
        "range" => {
            keys.insert("ranges".to_owned(), listed(agg, "ranges", &number_range)?);
        }
        "date_range" => {
            keys.insert("ranges".to_owned(), listed(agg, "ranges", &|json| Some(ends(json)))?);
            zone(agg, &mut keys);
        }
        "ip_range" => {
            let name = agg.text("ipRangeType").unwrap_or("fromTo");
            let ranges = agg.params.pointer(&format!("/ranges/{name}")).and_then(Json::as_array);
            let ranges: Vec<Json> = ranges.into_iter().flatten().map(ends).collect();
            keys.insert("ranges".to_owned(), json!(ranges));
        }
        "filters" => {
            keys.insert("filters".to_owned(), filters(agg)?);
        }
        "geohash_grid" | "geotile_grid" => {
            if let Some(precision) = agg.param("precision").and_then(loose::whole) {
                keys.insert("precision".to_owned(), json!(precision));
            }
        }
        kind => return Err(Halt::Kept(format!("the aggregation `{kind}` is not supported yet"))),
    }
    Ok(Json::Object(keys))
}

fn terms(agg: &Agg<'_>, pattern: &Pattern, order: Option<Json>, keys: &mut Map<String, Json>) {
    let size = agg.param("size").and_then(loose::whole).unwrap_or(5);
    keys.insert("size".to_owned(), json!(size));
    if let Some(order) = order {
        keys.insert("order".to_owned(), order);
    }
    if agg.flag("otherBucket") {
        keys.insert("other".to_owned(), json!(true));
    }
    // As in OSD, only of text.
    let is_text = !agg.text("field").is_some_and(|field| pattern.not_text.contains(field));
    if agg.flag("missingBucket") && is_text {
        let label = agg.text("missingBucketLabel").unwrap_or("Missing");
        keys.insert("missing".to_owned(), json!(label));
    }
    for name in ["include", "exclude"] {
        let Some(wanted) = agg.param(name) else { continue };
        let wanted = wanted.get("pattern").unwrap_or(wanted);
        keys.insert(name.to_owned(), wanted.clone());
    }
}

/// The order of keys; a metric that only orders is asked for and not shown.
fn order(
    agg: &Agg<'_>,
    all: &[Agg<'_>],
    pattern: &Pattern,
    asked: &mut Asked,
) -> Result<Json, Halt> {
    let direction = match agg.param("order") {
        Some(Json::Object(order)) => order.get("val").or(order.get("value")),
        order => order,
    };
    let direction = direction.and_then(Json::as_str).unwrap_or("desc");
    let by = match agg.text("orderBy") {
        None => "_count".to_owned(),
        Some("_key" | "_term") => "_key".to_owned(),
        Some("custom") => {
            let inner = agg.param("orderAgg").ok_or_else(|| {
                Halt::Kept(format!("its aggregation {} is ordered by nothing", agg.id))
            })?;
            let id = format!("{}-order", agg.id);
            let inner = Agg::within(inner, &id);
            if inner.kind == "count" {
                "_count".to_owned()
            } else {
                let part = metric::part(&inner, all, pattern, asked)?;
                let column = part.columns.first().map(|column| column.id.clone());
                asked.hidden.extend(part.json);
                column.unwrap_or(id)
            }
        }
        Some(by) => match all.iter().find(|other| other.id == by) {
            Some(other) if other.kind == "count" => "_count".to_owned(),
            _ => by.to_owned(),
        },
    };
    Ok(json!({ "by": by, "direction": direction }))
}

fn zone(agg: &Agg<'_>, keys: &mut Map<String, Json>) {
    if let Some(zone) = agg.text("time_zone") {
        keys.insert("time_zone".to_owned(), json!(zone));
    }
}

fn date_histogram(agg: &Agg<'_>, keys: &mut Map<String, Json>) -> Result<(), Halt> {
    let said = match chosen_interval(agg) {
        Some("custom") => agg.text("customInterval").or(agg.text("custom")),
        said => said,
    };
    let said = said.unwrap_or("auto");
    let (key, value) = interval(said)
        .ok_or_else(|| Halt::Kept(format!("its interval `{said}` is not supported yet")))?;
    keys.insert(key.to_owned(), value);
    zone(agg, keys);
    let least = agg.param("min_doc_count").and_then(loose::whole).unwrap_or(1);
    keys.insert("min_doc_count".to_owned(), json!(least));
    bounds(agg, keys);
    Ok(())
}

fn chosen_interval<'a>(agg: &Agg<'a>) -> Option<&'a str> {
    let json = agg.param("interval")?;
    json.as_str().or_else(|| json.get("val")?.as_str())
}

/// Key and value of an interval: `auto`, a unit (`h`, `hour`) or a number of them (`90m`). One minute, hour, day is one of the
/// calendar, several are of fixed length, as in OSD.
fn interval(said: &str) -> Option<(&'static str, Json)> {
    if said == "auto" {
        return Some(("auto", json!(BAR_TARGET)));
    }
    let digits = said.len() - said.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = said.split_at(digits);
    let number: u32 = if number.is_empty() { 1 } else { number.parse().ok()? };
    let (unit, calendar) = match unit {
        "ms" | "millisecond" => ("ms", None),
        "s" | "second" => ("s", None),
        "m" | "minute" => ("m", Some("minute")),
        "h" | "hour" => ("h", Some("hour")),
        "d" | "day" => ("d", Some("day")),
        "w" | "week" => ("w", Some("week")),
        "M" | "month" => ("M", Some("month")),
        "q" | "quarter" => ("q", Some("quarter")),
        "y" | "year" => ("y", Some("year")),
        _ => return None,
    };
    match (number, calendar) {
        (0, _) => None,
        (1, Some(calendar)) => Some(("calendar_interval", json!(calendar))),
        (_, _) if ["w", "M", "q", "y"].contains(&unit) => None,
        _ => Some(("fixed_interval", json!(format!("{number}{unit}")))),
    }
}

fn histogram(agg: &Agg<'_>, keys: &mut Map<String, Json>) -> Result<(), Halt> {
    let interval = agg.param("interval").and_then(loose::number).ok_or_else(|| {
        Halt::Kept("its interval follows the values, which is not supported yet".to_owned())
    })?;
    keys.insert("interval".to_owned(), json!(interval));
    // "Show empty buckets".
    let shows_empty = match agg.param("min_doc_count") {
        Some(Json::Number(least)) => least.as_u64() == Some(0),
        Some(json) => loose::flag(json).unwrap_or(false),
        None => false,
    };
    keys.insert("min_doc_count".to_owned(), json!(u32::from(!shows_empty)));
    if agg.flag("has_extended_bounds") {
        bounds(agg, keys);
    }
    Ok(())
}

fn bounds(agg: &Agg<'_>, keys: &mut Map<String, Json>) {
    let Some(Json::Object(bounds)) = agg.param("extended_bounds") else { return };
    let said = bounds
        .iter()
        .filter(|(key, json)| ["min", "max"].contains(&key.as_str()) && !loose::is_nothing(json));
    let is_date = agg.kind == "date_histogram";
    let said: Map<String, Json> = said
        .map(|(key, json)| match loose::number(json) {
            Some(number) if !is_date => (key.clone(), json!(number)),
            _ => (key.clone(), json.clone()),
        })
        .collect();
    if !said.is_empty() {
        keys.insert("extended_bounds".to_owned(), Json::Object(said));
    }
}

fn listed(agg: &Agg<'_>, name: &str, one: &dyn Fn(&Json) -> Option<Json>) -> Result<Json, Halt> {
    let listed = agg.param(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let ranges: Option<Vec<Json>> = listed.iter().map(one).collect();
    let wrong = || Halt::Kept(format!("its aggregation {} has ranges that are none", agg.id));
    Ok(Json::Array(ranges.ok_or_else(wrong)?))
}

/// A range of numbers under the words that OSD puts on it.
fn number_range(json: &Json) -> Option<Json> {
    let end = |name: &str| match json.get(name) {
        Some(end) if !loose::is_nothing(end) => loose::number(end).map(Some),
        _ => Some(None),
    };
    let (from, to) = (end("from")?, end("to")?);
    let said = |end: Option<f64>, open: &str| end.map_or(open.to_owned(), |end| end.to_string());
    let label = json.get("label").and_then(loose::text).map_or_else(
        || format!("≥ {} and < {}", said(from, "-∞"), said(to, "+∞")),
        ToOwned::to_owned,
    );
    let mut range = Map::from_iter([("key".to_owned(), json!(label))]);
    range.extend(from.map(|from| ("from".to_owned(), json!(from))));
    range.extend(to.map(|to| ("to".to_owned(), json!(to))));
    Some(Json::Object(range))
}

/// The ends of a range of times or addresses that are there, or its mask.
fn ends(json: &Json) -> Json {
    let keys = json.as_object().into_iter().flatten();
    let said = keys.filter(|(key, json)| {
        ["from", "to", "mask"].contains(&key.as_str()) && !loose::is_nothing(json)
    });
    Json::Object(said.map(|(key, json)| (key.clone(), json.clone())).collect())
}

fn filters(agg: &Agg<'_>) -> Result<Json, Halt> {
    let mut filters = Map::new();
    for one in agg.param("filters").and_then(Json::as_array).into_iter().flatten() {
        let input = one.get("input").unwrap_or(&Json::Null);
        let query = input.get("query").unwrap_or(&Json::Null);
        let text = query.as_str().or_else(|| query.pointer("/query_string/query")?.as_str());
        let said = match (text, query) {
            (Some(text), _) => {
                let language = input.get("language").and_then(Json::as_str).unwrap_or("lucene");
                let language = if language == "kuery" { "dql" } else { language };
                let text = if text.trim() == "*" { "" } else { text };
                json!({ "query": { "query": text, "language": language } })
            }
            (None, Json::Null) => json!(""),
            (None, dsl) => super::filter::condition(dsl).map_err(Halt::Kept)?.unwrap_or(json!("")),
        };
        let label = one.get("label").and_then(loose::text).or(text.filter(|text| !text.is_empty()));
        filters.insert(label.unwrap_or("*").to_owned(), said);
    }
    Ok(Json::Object(filters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(agg: &str) -> String {
        let agg: Json = serde_json::from_str(agg).unwrap();
        let pattern = Pattern { time_field: Some("ts".to_owned()), ..Pattern::default() };
        match json(&Agg::within(&agg, "2"), &pattern, None) {
            Ok(json) => json.to_string(),
            Err(halt) => format!("{halt:?}"),
        }
    }

    #[test]
    fn intervals_in_all_their_spellings() {
        for (said, want) in [
            ("auto", Some(("auto", json!(50)))),
            ("h", Some(("calendar_interval", json!("hour")))),
            ("1d", Some(("calendar_interval", json!("day")))),
            ("month", Some(("calendar_interval", json!("month")))),
            ("90m", Some(("fixed_interval", json!("90m")))),
            ("s", Some(("fixed_interval", json!("1s")))),
            ("500ms", Some(("fixed_interval", json!("500ms")))),
            ("2w", None),
            ("0m", None),
            ("fortnight", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(interval(said), want, "{said}");
        }
    }

    #[test]
    fn buckets_become_ours() {
        for (agg, want) in [
            (
                r#"{"type":"date_histogram","params":{"field":"ts","interval":"custom","customInterval":"2h","time_zone":"America/New_York","min_doc_count":"0","extended_bounds":{}}}"#,
                r#"{"id":"2","type":"date_histogram","fixed_interval":"2h","time_zone":"America/New_York","min_doc_count":0}"#,
            ),
            (
                r#"{"type":"histogram","params":{"field":"n","interval":"30","min_doc_count":true,"has_extended_bounds":true,"extended_bounds":{"min":"0","max":90}}}"#,
                r#"{"id":"2","type":"histogram","field":"n","interval":30.0,"min_doc_count":0,"extended_bounds":{"min":0.0,"max":90.0}}"#,
            ),
            (
                r#"{"type":"range","params":{"field":"n","ranges":[{"from":"0","to":10},{"from":10,"to":null}]}}"#,
                r#"{"id":"2","type":"range","field":"n","ranges":[{"key":"≥ 0 and < 10","from":0.0,"to":10.0},{"key":"≥ 10 and < +∞","from":10.0}]}"#,
            ),
            (
                r#"{"type":"date_range","params":{"field":"at","ranges":[{"from":"now-1w/w","to":"now"}]}}"#,
                r#"{"id":"2","type":"date_range","field":"at","ranges":[{"from":"now-1w/w","to":"now"}]}"#,
            ),
            (
                r#"{"type":"ip_range","params":{"field":"ip","ipRangeType":"mask","ranges":{"fromTo":[{"from":"1.1.1.1"}],"mask":[{"mask":"10.0.0.0/8"}]}}}"#,
                r#"{"id":"2","type":"ip_range","field":"ip","ranges":[{"mask":"10.0.0.0/8"}]}"#,
            ),
            (
                r#"{"type":"filters","params":{"filters":[{"input":{"query":"a: 1","language":"kuery"},"label":"A"},{"input":{"query":{"query_string":{"query":"*"}}}}]}}"#,
                r#"{"id":"2","type":"filters","filters":{"A":{"query":{"query":"a: 1","language":"dql"}},"*":{"query":{"query":"","language":"lucene"}}}}"#,
            ),
            (
                r#"{"type":"terms","params":{"field":"f","size":"7","otherBucket":"true","missingBucket":true,"missingBucketLabel":"none","exclude":"a.*","include":""}}"#,
                r#"{"id":"2","type":"terms","field":"f","size":7,"other":true,"missing":"none","exclude":"a.*"}"#,
            ),
            (
                r#"{"type":"significant_terms","params":{"field":"f"}}"#,
                r#"Kept("the aggregation `significant_terms` is not supported yet")"#,
            ),
            (r#"{"type":"terms","params":{}}"#, r#"Kept("its aggregation 2 names no field")"#),
        ] {
            assert_eq!(bucket(agg), want, "{agg}");
        }
    }
}
