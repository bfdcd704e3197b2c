//! The filters of a board: what a person wrote into the query bar, and what was clicked to see only some values of a field, as
//! pills show it and addresses keep it.

use hailstream_dql as dql;
use serde_json::{Value as Json, json};

/// One pill: a field is one of some values, or is none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pill {
    /// Field.
    pub field: String,
    /// Values, in the order they were chosen; never empty.
    pub values: Vec<String>,
    /// None of the values, instead of one of them.
    pub negate: bool,
    /// Kept, but without effect.
    pub disabled: bool,
}

impl Pill {
    /// A filter for one value.
    #[must_use]
    pub fn of(field: &str, value: &str) -> Self {
        let values = vec![value.to_owned()];
        Self { field: field.to_owned(), values, negate: false, disabled: false }
    }

    /// As addresses have it: `zone:Mission`, `-zone:Mission|Marina`, with `~` before one that is disabled. `%`, `|` and, in the
    /// field, `:` are percent-encoded.
    #[must_use]
    pub fn address(&self) -> String {
        let disabled = if self.disabled { "~" } else { "" };
        let negate = if self.negate { "-" } else { "" };
        let mut field = encode(&self.field, &['%', ':', '|']);
        // A name that begins with a mark of ours.
        if field.starts_with('-') {
            field.replace_range(..1, "%2D");
        } else if field.starts_with('~') {
            field.replace_range(..1, "%7E");
        }
        let values: Vec<String> =
            self.values.iter().map(|value| encode(value, &['%', '|'])).collect();
        format!("{disabled}{negate}{field}:{}", values.join("|"))
    }

    /// Reads an address's word; `None` where it is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let (disabled, word) = strip(word, '~');
        let (negate, word) = strip(word, '-');
        let (field, values) = word.split_once(':')?;
        if field.is_empty() {
            return None;
        }
        let values = values.split('|').map(decode).collect();
        Some(Self { field: decode(field), values, negate, disabled })
    }

    /// As queries have it; `None` while it is disabled. Values are compared as `kind`, the type of the stream's field, has
    /// them; a value that is none of that type never matches.
    #[must_use]
    pub fn query(&self, kind: &str) -> Option<Json> {
        let values: Vec<Json> = self.values.iter().map(|value| typed(value, kind)).collect();
        let filter =
            json!({"terms": {"field": self.field, "values": values}, "negate": self.negate});
        (!self.disabled).then_some(filter)
    }
}

/// What narrows a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// DQL, as it was written; empty for none.
    pub query: String,
    /// The pills, in the order they came.
    pub pills: Vec<Pill>,
}

impl Filters {
    /// Filters that are clicked, without a query.
    #[must_use]
    pub fn of_pills(pills: Vec<Pill>) -> Self {
        Self { query: String::new(), pills }
    }

    /// Whether all is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.query.is_empty() && self.pills.is_empty()
    }

    /// A click on a value: it is chosen; chosen alone, it is given up again; `adds` keeps the field's other values.
    pub fn click(&mut self, field: &str, value: &str, adds: bool) {
        let place = self.pills.iter().position(|pill| pill.field == field && !pill.negate);
        let Some(place) = place else {
            self.pills.push(Pill::of(field, value));
            return;
        };
        let pill = &mut self.pills[place];
        let known = pill.values.iter().position(|of| of == value);
        let is_only = pill.values.len() == 1;
        match known {
            _ if pill.disabled => *pill = Pill::of(field, value),
            Some(_) if is_only => drop(self.pills.remove(place)),
            Some(known) if adds => drop(pill.values.remove(known)),
            None if adds => pill.values.push(value.to_owned()),
            _ => *pill = Pill::of(field, value),
        }
    }

    /// The filters a stream's queries get: those on fields it has. `kind_of` answers a field's type.
    #[must_use]
    pub fn queries(&self, kind_of: &dyn Fn(&str) -> Option<String>) -> Vec<Json> {
        let pills = self.pills.iter().filter_map(|pill| pill.query(&kind_of(&pill.field)?));
        let has_all =
            |query: &&String| asked_fields(query).iter().all(|field| kind_of(field).is_some());
        let query = Some(&self.query).filter(|query| !query.is_empty()).filter(has_all);
        let query = query.map(|query| json!({"query": {"query": query, "language": "dql"}}));
        pills.chain(query).collect()
    }

    /// Fields of filters in force that a stream does not have, so that they leave its panels as they are.
    #[must_use]
    pub fn without_effect(&self, has_field: &dyn Fn(&str) -> bool) -> Vec<String> {
        let in_force = self.pills.iter().filter(|pill| !pill.disabled);
        let fields = in_force.map(|pill| pill.field.clone()).chain(asked_fields(&self.query));
        fields.filter(|field| !has_field(field)).collect()
    }
}

/// Fields that a query names; not those it names with wildcards, for which any stream may have some.
fn asked_fields(query: &str) -> Vec<String> {
    let names = dql::parse(query).map(|tree| tree.fields()).unwrap_or_default();
    names.iter().filter_map(|name| name.pattern.as_plain().map(str::to_owned)).collect()
}

fn strip(word: &str, mark: char) -> (bool, &str) {
    word.strip_prefix(mark).map_or((false, word), |rest| (true, rest))
}

fn encode(text: &str, special: &[char]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' if special.contains(&c) => encoded.push_str("%25"),
            ':' if special.contains(&c) => encoded.push_str("%3A"),
            '|' if special.contains(&c) => encoded.push_str("%7C"),
            _ => encoded.push(c),
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let marks = [("%7C", "|"), ("%3A", ":"), ("%2D", "-"), ("%7E", "~"), ("%25", "%")];
    marks.iter().fold(text.to_owned(), |text, (code, mark)| text.replace(code, mark))
}

fn typed(value: &str, kind: &str) -> Json {
    let parsed = match kind {
        "long" | "date" | "double" | "boolean" => serde_json::from_str(value).ok(),
        _ => None,
    };
    let is_scalar = |json: &Json| json.is_number() || json.is_boolean();
    parsed.filter(is_scalar).unwrap_or_else(|| Json::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pills: &Filters) -> Vec<String> {
        pills.pills.iter().map(Pill::address).collect()
    }

    #[test]
    fn an_address_keeps_a_pill() {
        for word in [
            "zone:Mission",
            "-zone:Mission|Marina",
            "~zone:Castro/Upper Market",
            "~-a%3Ab:c:d%7Ce%25",
            "-%2Dfield:value",
        ] {
            let pill = Pill::parse(word).unwrap();
            assert_eq!(pill.address(), word);
        }
        assert_eq!(Pill::parse("~-a%3Ab:c:d%7Ce%25").unwrap().field, "a:b");
        assert_eq!(Pill::parse("~-a%3Ab:c:d%7Ce%25").unwrap().values, ["c:d|e%"]);
        assert_eq!(Pill::parse("no colon"), None);
        assert_eq!(Pill::parse(":value"), None);
    }

    #[test]
    fn a_click_chooses_and_a_second_one_gives_up() {
        let mut pills = Filters::default();
        pills.click("zone", "Mission", false);
        assert_eq!(words(&pills), ["zone:Mission"]);
        pills.click("zone", "Marina", false);
        assert_eq!(words(&pills), ["zone:Marina"]);
        pills.click("zone", "Mission", true);
        pills.click("status", "free", false);
        assert_eq!(words(&pills), ["zone:Marina|Mission", "status:free"]);
        pills.click("zone", "Marina", true);
        assert_eq!(words(&pills), ["zone:Mission", "status:free"]);
        pills.click("zone", "Mission", false);
        assert_eq!(words(&pills), ["status:free"]);
    }

    #[test]
    fn a_click_leaves_excluding_pills_alone_and_wakes_disabled_ones() {
        let mut pills = Filters::of_pills(vec![
            Pill::parse("-zone:Marina").unwrap(),
            Pill::parse("~zone:Castro").unwrap(),
        ]);
        pills.click("zone", "Castro", false);
        assert_eq!(words(&pills), ["-zone:Marina", "zone:Castro"]);
    }

    #[test]
    fn a_stream_gets_the_filters_on_fields_it_has() {
        let pills = Filters::of_pills(vec![
            Pill::parse("-zone:Mission").unwrap(),
            Pill::parse("occupied:true").unwrap(),
            Pill::parse("~speed:3").unwrap(),
        ]);
        let kind_of = |field: &str| (field != "zone").then(|| "boolean".to_owned());
        let queries = serde_json::to_string(&pills.queries(&kind_of)).unwrap();
        assert_eq!(queries, r#"[{"terms":{"field":"occupied","values":[true]},"negate":false}]"#);
        assert_eq!(pills.without_effect(&|field| field != "zone"), ["zone"]);
    }

    #[test]
    fn a_query_is_put_to_streams_that_have_all_its_fields() {
        let query = |text: &str| Filters { query: text.to_owned(), ..Filters::default() };
        let kind_of = |field: &str| (field == "zone").then(|| "keyword".to_owned());
        let asked = |text: &str| query(text).queries(&kind_of).len();
        assert_eq!(asked("zone: Mission"), 1);
        assert_eq!(asked("zone: Mission and speed > 30"), 0);
        assert_eq!(asked("Mission"), 1);
        assert_eq!(asked("zo*: Mission"), 1);
        assert_eq!(asked(""), 0);
        let missing =
            query("zone: Mission and speed > 30").without_effect(&|field| field == "zone");
        assert_eq!(missing, ["speed"]);
    }
}
