//! The way from a panel to the records behind it: an address of the page of records that shows what the panel counts.

use serde_json::Value as Json;

use super::columns::columns_address;
use crate::filters::{Filters, Pill, Test};
use crate::time_range::TimeRange;

/// A word of an address's query and its value.
pub type Word = (&'static str, String);

/// The words after `/discover?` for a panel's query under a board's range and filters. What the panel itself leaves out comes
/// along: its time, its filters as pills, its query if it is DQL.
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
    let own =
        query.get("filters").and_then(Json::as_array).into_iter().flatten().map(Pill::of_saved);
    for mut pill in own.filter(|pill| !pill.disabled) {
        // What a pill says of itself is read more easily than the filter it was.
        if matches!(pill.test, Test::OneOf | Test::Exists) {
            pill.saved = None;
        }
        pills.push(pill);
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
    words.extend(columns(query).map(|columns| ("columns", columns)));
    words
}

/// The fields of a list of records, as addresses name columns.
fn columns(query: &Json) -> Option<String> {
    let fields = query.pointer("/hits/fields")?.as_array()?.iter();
    let names: Vec<String> = fields.filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    (!names.is_empty()).then(|| columns_address(&names))
}

/// An end of a time range as addresses have it.
fn end(time: &Json, key: &str) -> Option<String> {
    match time.get(key)? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
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
        let (before, pills) = address.split_once("&filter=").unwrap();
        assert_eq!(
            before,
            "stream=telemetry&from=now-30m&to=now&q=(speed > 30) and (status: hired or status: free)"
        );
        let words: Vec<&str> = pills.split("&filter=").collect();
        assert_eq!(words[..3], ["zone:Mission", "-occupied:true", "status:hired|free"]);
        let filters: Vec<Pill> = words.iter().filter_map(|word| Pill::parse(word)).collect();
        let fields: Vec<&str> = filters.iter().map(|pill| pill.field.as_str()).collect();
        assert_eq!(fields, ["zone", "occupied", "status", "engine_temp", "a b", "position"]);
    }

    #[test]
    fn the_columns_of_a_list_go_along() {
        let query = json!({"stream": "trips", "hits": {"size": 9, "fields": ["zone", "a,b"]}});
        let range = TimeRange { from: "now-5m".to_owned(), to: "now".to_owned() };
        let words = words(&query, &range, &Filters::default());
        assert_eq!(words.last(), Some(&("columns", "zone,a%2Cb".to_owned())));
    }

    #[test]
    fn a_panels_own_time_goes_along() {
        let query = json!({"stream": "trips", "time": {"from": "now-5m", "to": "now"}});
        assert_eq!(address(&query, &Filters::default()), "stream=trips&from=now-5m&to=now");
        let fixed = json!({"stream": "trips", "time": {"from": 1_000, "to": 2_000}});
        assert_eq!(address(&fixed, &Filters::default()), "stream=trips&from=1000&to=2000");
    }
}
