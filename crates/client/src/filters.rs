//! The filters of a board: what a person wrote into the query bar, and what was clicked to see only some values of a field, as
//! pills show it and addresses keep it. A pill that came with the board is put to queries as it was saved.

use hailstream_dql as dql;
use serde_json::{Value as Json, json};

/// One pill: a condition on a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pill {
    /// Field; of a condition on none or several empty.
    pub field: String,
    /// What of it.
    pub test: Test,
    /// Of [`Test::OneOf`] the values, in the order they were chosen, never empty; of [`Test::Between`] its two ends, empty where it
    /// is open.
    pub values: Vec<String>,
    /// What does not pass, instead of what does.
    pub negate: bool,
    /// Kept, but without effect.
    pub disabled: bool,
    /// It goes along wherever one goes.
    pub pinned: bool,
    /// Words of its own; empty where field and values speak.
    pub label: String,
    /// The condition as it was saved, until its values are chosen anew; of [`Test::Other`] always there.
    pub saved: Option<Json>,
}

/// What a pill tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Test {
    /// The field is one of some values.
    #[default]
    OneOf,
    /// It has a value.
    Exists,
    /// It lies from the first of two ends to before the second.
    Between,
    /// Anything else that a query's filter can say.
    Other,
}

/// What a filter's condition tests, where a pill can show it: the test and its values.
fn test_of(kind: &str, inner: &Json) -> Option<(Test, Vec<String>)> {
    let value = |key: &str| inner.get(key).map(written);
    let end = |either: &str, or: &str| value(either).or_else(|| value(or)).unwrap_or_default();
    match kind {
        "term" | "phrase" => Some((Test::OneOf, vec![value("value")?])),
        "terms" | "phrases" => {
            let values = inner.get("values")?.as_array()?;
            (!values.is_empty()).then(|| (Test::OneOf, values.iter().map(written).collect()))
        }
        "exists" => Some((Test::Exists, Vec::new())),
        "range" => Some((Test::Between, vec![end("gte", "gt"), end("lt", "lte")])),
        _ => None,
    }
}

impl Pill {
    /// A filter for one value.
    #[must_use]
    pub fn of(field: &str, value: &str) -> Self {
        Self::one_of(field, vec![value.to_owned()])
    }

    /// A filter for any of some values.
    #[must_use]
    pub fn one_of(field: &str, values: Vec<String>) -> Self {
        Self { field: field.to_owned(), values, ..Self::default() }
    }

    /// A filter for a range; an end that is empty is open.
    #[must_use]
    pub fn between(field: &str, from: &str, to: &str) -> Self {
        let values = vec![from.to_owned(), to.to_owned()];
        Self { field: field.to_owned(), test: Test::Between, values, ..Self::default() }
    }

    /// A filter as queries and saved boards have it.
    #[must_use]
    pub fn of_saved(filter: &Json) -> Self {
        let flag = |key: &str| filter.get(key).and_then(Json::as_bool).unwrap_or(false);
        let text = |json: &Json, key: &str| {
            json.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        let mut pill = Self {
            negate: flag("negate"),
            disabled: flag("disabled"),
            pinned: flag("pinned"),
            label: text(filter, "label"),
            test: Test::Other,
            ..Self::default()
        };
        let mut condition = filter.clone();
        if let Some(keys) = condition.as_object_mut() {
            keys.retain(|key, _| !MARKS.contains(&key.as_str()));
            if let Some((kind, inner)) = keys.iter().next() {
                pill.field = text(inner, "field");
                if let Some((test, values)) = test_of(kind, inner) {
                    (pill.test, pill.values) = (test, values);
                }
            }
        }
        pill.saved = Some(condition);
        pill
    }

    /// As addresses have it: `zone:Mission`, `-zone:Mission|Marina`, `zone:*` where it has any value, `speed:10..30` in a range;
    /// with `~` before one that is disabled. `%`, `|`, the `*` of a value and in the field `:` are percent-encoded. One that says
    /// more is written as queries have it.
    #[must_use]
    pub fn address(&self) -> String {
        if self.saved.is_some() || self.pinned || !self.label.is_empty() {
            return self.written_out().to_string();
        }
        let disabled = if self.disabled { "~" } else { "" };
        let negate = if self.negate { "-" } else { "" };
        let mut field = encode(&self.field, &['%', ':', '|']);
        // A name that begins with a mark of ours.
        if field.starts_with('-') {
            field.replace_range(..1, "%2D");
        } else if field.starts_with('~') {
            field.replace_range(..1, "%7E");
        } else if field.starts_with('{') {
            field.replace_range(..1, "%7B");
        }
        let value = |value: &String| {
            let value = encode(value, &['%', '|', '*']);
            value.replace("..", "%2E%2E")
        };
        let values: Vec<String> = self.values.iter().map(value).collect();
        let values = match self.test {
            Test::Exists => "*".to_owned(),
            Test::Between => values.join(".."),
            Test::OneOf | Test::Other => values.join("|"),
        };
        format!("{disabled}{negate}{field}:{values}")
    }

    /// Reads an address's word; `None` where it is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word.starts_with('{') {
            return serde_json::from_str(word).ok().map(|filter: Json| Self::of_saved(&filter));
        }
        let (disabled, word) = strip(word, '~');
        let (negate, word) = strip(word, '-');
        let (field, values) = word.split_once(':')?;
        if field.is_empty() {
            return None;
        }
        let pill = match values.split_once("..") {
            _ if values == "*" => Self { test: Test::Exists, ..Self::default() },
            Some((from, to)) => Self::between("", &decode(from), &decode(to)),
            None => Self::one_of("", values.split('|').map(decode).collect()),
        };
        Some(Self { field: decode(field), negate, disabled, ..pill })
    }

    /// As queries have it; `None` while it is disabled. Values are compared as `kind`, the type of the stream's field, has
    /// them; a value that is none of that type never matches.
    #[must_use]
    pub fn query(&self, kind: &str) -> Option<Json> {
        let mut filter = self.saved.clone().unwrap_or_else(|| self.condition(kind));
        if let Some(keys) = filter.as_object_mut() {
            keys.insert("negate".to_owned(), self.negate.into());
        }
        (!self.disabled).then_some(filter)
    }

    fn condition(&self, kind: &str) -> Json {
        let field = &self.field;
        match self.test {
            Test::Exists => json!({"exists": {"field": field}}),
            Test::Between => {
                let mut range = json!({ "field": field });
                for (end, value) in ["gte", "lt"].into_iter().zip(&self.values) {
                    if let Some(keys) = range.as_object_mut().filter(|_| !value.is_empty()) {
                        keys.insert(end.to_owned(), typed(value, kind));
                    }
                }
                json!({ "range": range })
            }
            Test::OneOf | Test::Other => {
                let values: Vec<Json> =
                    self.values.iter().map(|value| typed(value, kind)).collect();
                json!({"terms": {"field": field, "values": values}})
            }
        }
    }

    /// All of it, as boards are saved with it.
    #[must_use]
    pub fn written_out(&self) -> Json {
        let mut filter = self.saved.clone().unwrap_or_else(|| self.condition(""));
        if let Some(keys) = filter.as_object_mut() {
            let marks = [self.negate, self.disabled, self.pinned];
            for (mark, _) in MARKS.into_iter().zip(marks).filter(|(_, on)| *on) {
                keys.insert(mark.to_owned(), true.into());
            }
            if !self.label.is_empty() {
                keys.insert("label".to_owned(), self.label.clone().into());
            }
        }
        filter
    }

    /// What it shows beside the field: values in the words that `label` has for them.
    #[must_use]
    pub fn words(&self, label: &dyn Fn(&str) -> String) -> String {
        match self.test {
            Test::OneOf => {
                self.values.iter().map(|value| label(value)).collect::<Vec<_>>().join(", ")
            }
            Test::Exists => "exists".to_owned(),
            Test::Between => match (
                self.values.first().map_or("", String::as_str),
                self.values.get(1).map_or("", String::as_str),
            ) {
                (from, "") => format!("from {from}"),
                ("", to) => format!("up to {to}"),
                (from, to) => format!("{from} to {to}"),
            },
            Test::Other => self.saved.as_ref().map(written).unwrap_or_default(),
        }
    }

    /// The fields it is about.
    fn fields(&self) -> Vec<String> {
        match &self.saved {
            Some(saved) if self.test == Test::Other => {
                let mut fields = Vec::new();
                push_fields(saved, &mut fields);
                fields
            }
            _ => vec![self.field.clone()],
        }
    }
}

/// What is said of a filter beside its condition.
const MARKS: [&str; 4] = ["negate", "disabled", "pinned", "label"];

fn written(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The fields of conditions within conditions.
fn push_fields(filter: &Json, fields: &mut Vec<String>) {
    match filter {
        Json::Object(keys) => {
            if keys.get("language").is_some_and(|language| language == "dql") {
                fields.extend(asked_fields(
                    keys.get("query").and_then(Json::as_str).unwrap_or_default(),
                ));
            }
            fields.extend(keys.get("field").and_then(Json::as_str).map(str::to_owned));
            keys.values().for_each(|inner| push_fields(inner, fields));
        }
        Json::Array(items) => items.iter().for_each(|inner| push_fields(inner, fields)),
        _ => {}
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

    /// Chooses a value alone, whether or not it was chosen before.
    pub fn choose(&mut self, field: &str, value: &str) {
        let is_of =
            |pill: &&mut Pill| pill.field == field && pill.test == Test::OneOf && !pill.negate;
        match self.pills.iter_mut().find(is_of) {
            Some(pill) => *pill = Pill::of(field, value),
            None => self.pills.push(Pill::of(field, value)),
        }
    }

    /// A click on a value: it is chosen; chosen alone, it is given up again; `adds` keeps the field's other values.
    pub fn click(&mut self, field: &str, value: &str, adds: bool) {
        let is_of = |pill: &Pill| pill.field == field && pill.test == Test::OneOf && !pill.negate;
        let place = self.pills.iter().position(is_of);
        let Some(place) = place else {
            self.pills.push(Pill::of(field, value));
            return;
        };
        let pill = &mut self.pills[place];
        pill.saved = None;
        pill.label.clear();
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
        let has_all_of = |pill: &&Pill| pill.fields().iter().all(|field| kind_of(field).is_some());
        let pills = self.pills.iter().filter(has_all_of);
        let pills = pills.filter_map(|pill| pill.query(&kind_of(&pill.field).unwrap_or_default()));
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
        let fields = in_force.flat_map(Pill::fields).chain(asked_fields(&self.query));
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
            '*' if special.contains(&c) => encoded.push_str("%2A"),
            _ => encoded.push(c),
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let marks = [
        ("%7C", "|"),
        ("%3A", ":"),
        ("%2D", "-"),
        ("%7E", "~"),
        ("%7B", "{"),
        ("%2A", "*"),
        ("%2E", "."),
        ("%25", "%"),
    ];
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
mod tests;
