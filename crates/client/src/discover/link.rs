//! The way from a panel to the records behind it: an address of the page of records that shows what the panel counts.

use hailstream_dql::{field_text, value_text};
use serde_json::Value as Json;

use crate::filters::{Filters, Pill};
use crate::time_range::TimeRange;

/// A word of an address's query and its value.
pub type Word = (&'static str, String);

/// The words after `/discover?` for a panel's query under a board's range and filters. What the panel itself leaves out comes
/// along: its time, its query, and those of its filters that pills or DQL can say.
#[must_use]
pub fn words(query: &Json, range: &TimeRange, filters: &Filters) -> Vec<Word> {
    let text = |json: &Json, key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let mut words = vec![("stream", text(query, "stream").unwrap_or_default())];
    let own = query.get("time").and_then(|time| Some((end(time, "from")?, end(time, "to")?)));
    let (from, to) = own.unwrap_or_else(|| (range.from.clone(), range.to.clone()));
    words.extend([("from", from), ("to", to)]);
    let is_dql = text(query, "language").is_none_or(|language| language != "lucene");
    let asked = text(query, "query").filter(|_| is_dql);
    let mut parts: Vec<String> =
        [Some(filters.query.clone()), asked].into_iter().flatten().collect();
    let mut pills = filters.pills.clone();
    for filter in query.get("filters").and_then(Json::as_array).into_iter().flatten() {
        match said(filter) {
            Some(Said::Pill(pill)) => pills.push(pill),
            Some(Said::Dql(part)) => parts.push(part),
            None => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    let joined = match parts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            Some(several.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" and "))
        }
    };
    words.extend(joined.map(|query| ("q", query)));
    words.extend(pills.iter().map(|pill| ("filter", pill.address())));
    words
}

enum Said {
    Pill(Pill),
    Dql(String),
}

/// An end of a time range as addresses have it.
fn end(time: &Json, key: &str) -> Option<String> {
    match time.get(key)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A filter of a query as a pill or as DQL; `None` where neither can say it, or it is off.
fn said(filter: &Json) -> Option<Said> {
    let flag = |key: &str| filter.get(key).and_then(Json::as_bool).unwrap_or(false);
    if flag("disabled") {
        return None;
    }
    let negate = flag("negate");
    let under = |key: &str| filter.get(key).filter(|json| json.is_object());
    let field = |json: &Json| json.get("field").and_then(Json::as_str).map(str::to_owned);
    if let Some(term) = under("term").or_else(|| under("terms")) {
        let one = term.get("value").and_then(scalar).into_iter();
        let several = term.get("values").and_then(Json::as_array).into_iter().flatten();
        let values: Vec<String> = one.chain(several.filter_map(scalar)).collect();
        let (field, disabled) = (field(term)?, false);
        return (!values.is_empty()).then_some(Said::Pill(Pill {
            field,
            values,
            negate,
            disabled,
        }));
    }
    let part = match (under("exists"), under("range"), under("query")) {
        (Some(exists), ..) => format!("{}: *", field_text(&field(exists)?)),
        (_, Some(range), _) => bounds(range, &field(range)?)?,
        (.., Some(query)) => {
            let is_dql = query
                .get("language")
                .and_then(Json::as_str)
                .is_none_or(|of| of == "dql" || of == "kuery");
            query.get("query").and_then(Json::as_str).filter(|_| is_dql)?.to_owned()
        }
        _ => return None,
    };
    Some(Said::Dql(if negate { format!("not ({part})") } else { part }))
}

fn bounds(range: &Json, field: &str) -> Option<String> {
    let signs = [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")];
    let bound = |(key, sign): (&str, &str)| {
        let value = range.get(key).and_then(scalar)?;
        Some(format!("{} {sign} {}", field_text(field), value_text(&value)))
    };
    let bounds: Vec<String> = signs.into_iter().filter_map(bound).collect();
    (!bounds.is_empty()).then(|| bounds.join(" and "))
}

fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(json.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn address(query: &Json, filters: &Filters) -> String {
        let words = words(query, &TimeRange::until_now("now-30m"), filters);
        words.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn a_panel_leads_to_what_it_counts() {
        let board =
            Filters { query: "speed > 30".into(), pills: vec![Pill::of("zone", "Mission")] };
        let query = json!({
            "stream": "telemetry", "query": "status: hired or status: free",
            "filters": [
                {"term": {"field": "occupied", "value": true}, "negate": true},
                {"terms": {"field": "status", "values": ["hired", "free"]}},
                {"range": {"field": "engine_temp", "gte": 105}},
                {"exists": {"field": "a b"}, "negate": true},
                {"term": {"field": "off", "value": 1}, "disabled": true},
                {"geo_box": {"field": "position", "bounds": [0, 0, 1, 1]}},
            ],
        });
        let address = address(&query, &board);
        assert_eq!(
            address,
            "stream=telemetry&from=now-30m&to=now&q=(speed > 30) and (status: hired or status: free) and (engine_temp >= 105) \
             and (not (a b: *))&filter=zone:Mission&filter=-occupied:true&filter=status:hired|free"
        );
        let asked =
            address.split("&q=").nth(1).and_then(|rest| rest.split("&filter").next()).unwrap();
        assert!(hailstream_dql::parse(asked).is_ok(), "{asked}");
    }

    #[test]
    fn a_panels_own_time_goes_along() {
        let query = json!({"stream": "trips", "time": {"from": "now-5m", "to": "now"}});
        assert_eq!(address(&query, &Filters::default()), "stream=trips&from=now-5m&to=now");
        let fixed = json!({"stream": "trips", "time": {"from": 1_000, "to": 2_000}});
        assert_eq!(address(&fixed, &Filters::default()), "stream=trips&from=1000&to=2000");
    }
}
