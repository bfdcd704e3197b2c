//! Where a drill-down of a panel leads: the range in force, query and filters go along, and what was clicked.

use hailstream_protocol::visualization::Drilldown;
use serde_json::Value as Json;

use crate::discover::link::{Word, words as discover_words};
use crate::filters::Filters;
use crate::time_range::TimeRange;

/// A place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A page of this server: path and words of its query.
    Inside(String, Vec<Word>),
    /// An address of somebody else.
    Elsewhere(String),
}

/// What somebody sees where they click.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The panel's main query.
    pub query: &'a Json,
    /// The range in force.
    pub range: &'a TimeRange,
    /// Query and filters in force.
    pub filters: &'a Filters,
    /// Fields and values that were clicked, the outer first.
    pub clicked: &'a [(String, String)],
}

/// The way of a drill-down; `escape` makes a text a part of an address. `None` where it leads nowhere, or somewhere unsafe.
#[must_use]
pub fn way(drilldown: &Drilldown, seen: Seen<'_>, escape: &dyn Fn(&str) -> String) -> Option<Way> {
    let mut filters = seen.filters.clone();
    for (field, value) in seen.clicked {
        filters.choose(field, value);
    }
    if let Some(id) = &drilldown.dashboard {
        let TimeRange { from, to } = seen.range.clone();
        let mut words = vec![("from", from), ("to", to)];
        words.extend((!filters.query.is_empty()).then(|| ("q", filters.query.clone())));
        words.extend(filters.pills.iter().map(|pill| ("filter", pill.address())));
        return Some(Way::Inside(format!("/d/{}", escape(id)), words));
    }
    if drilldown.discover {
        let words = discover_words(seen.query, seen.range, &filters);
        return Some(Way::Inside("/discover".to_owned(), words));
    }
    let template = drilldown.url.as_deref().filter(|_| drilldown.is_safe())?;
    let (field, value) = seen.clicked.last().map_or(("", ""), |(field, value)| (field, value));
    let known =
        [("field", field), ("value", value), ("from", &seen.range.from), ("to", &seen.range.to)];
    Some(Way::Elsewhere(filled(template, &known, escape)))
}

/// Replaces `{{name}}` in one pass: what is put in is never looked at again. An unknown name stays as it is.
fn filled(template: &str, known: &[(&str, &str)], escape: &dyn Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled += before;
        let Some((name, after)) = after.split_once("}}") else {
            return filled + "{{" + after;
        };
        match known.iter().find(|(of, _)| *of == name.trim()) {
            Some((_, value)) => filled += &escape(value),
            None => filled += &format!("{{{{{name}}}}}"),
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::filters::Pill;

    fn escape(text: &str) -> String {
        text.replace('/', "%2F").replace(' ', "%20")
    }

    fn to(drilldown: Json) -> Option<Way> {
        let clicked = [("zone".to_owned(), "Downtown/Civic Center".to_owned())];
        // What is clicked may be what the board is filtered by.
        let pills = vec![Pill::of("zone", "Downtown/Civic Center")];
        let filters = Filters { query: "speed > 3".to_owned(), pills };
        let range = TimeRange { from: "now-1h".to_owned(), to: "now".to_owned() };
        let query = json!({"stream": "trips", "query": "fare > 5"});
        let seen = Seen { query: &query, range: &range, filters: &filters, clicked: &clicked };
        way(&serde_json::from_value(drilldown).unwrap(), seen, &escape)
    }

    #[test]
    fn range_query_filters_and_what_was_clicked_go_along() {
        let filter = ("filter", "zone:Downtown/Civic Center".to_owned());
        let time = [("from", "now-1h".to_owned()), ("to", "now".to_owned())];
        let [from, until] = time;
        let words =
            vec![from.clone(), until.clone(), ("q", "speed > 3".to_owned()), filter.clone()];
        let there = to(json!({"title": "Cabs", "dashboard": "a b"}));
        assert_eq!(there, Some(Way::Inside("/d/a%20b".to_owned(), words)));
        let stream = ("stream", "trips".to_owned());
        let words =
            vec![stream, from, until, ("q", "(speed > 3) and (fare > 5)".to_owned()), filter];
        let there = to(json!({"title": "Records", "discover": true}));
        assert_eq!(there, Some(Way::Inside("/discover".to_owned(), words)));
    }

    #[test]
    fn an_address_is_filled_with_escaped_words_once() {
        let elsewhere = |url: &str| to(json!({"title": "Wiki", "url": url}));
        let address = "https://wiki.example/{{field}}/{{ value }}?since={{from}}&x={{other}}&{{";
        let filled =
            "https://wiki.example/zone/Downtown%2FCivic%20Center?since=now-1h&x={{other}}&{{";
        assert_eq!(elsewhere(address), Some(Way::Elsewhere(filled.to_owned())));
        assert_eq!(elsewhere("javascript:alert('{{value}}')"), None);
    }
}
