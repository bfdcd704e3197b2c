//! The filters of a board: what a person clicked to see only some values of a field, as pills show them and as addresses
//! keep them.

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

/// The pills of a board, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pills(pub Vec<Pill>);

impl Pills {
    /// A click on a value: it is chosen; chosen alone, it is given up again; `adds` keeps the field's other values.
    pub fn click(&mut self, field: &str, value: &str, adds: bool) {
        let place = self.0.iter().position(|pill| pill.field == field && !pill.negate);
        let Some(place) = place else {
            self.0.push(Pill::of(field, value));
            return;
        };
        let pill = &mut self.0[place];
        let known = pill.values.iter().position(|of| of == value);
        let is_only = pill.values.len() == 1;
        match known {
            _ if pill.disabled => *pill = Pill::of(field, value),
            Some(_) if is_only => drop(self.0.remove(place)),
            Some(known) if adds => drop(pill.values.remove(known)),
            None if adds => pill.values.push(value.to_owned()),
            _ => *pill = Pill::of(field, value),
        }
    }

    /// The filters a stream's queries get: those on fields it has. `kind_of` answers a field's type.
    #[must_use]
    pub fn queries(&self, kind_of: &dyn Fn(&str) -> Option<String>) -> Vec<Json> {
        self.0.iter().filter_map(|pill| pill.query(&kind_of(&pill.field)?)).collect()
    }

    /// Fields of filters in force that a stream does not have, so that they leave its panels as they are.
    #[must_use]
    pub fn without_effect(&self, has_field: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let in_force = self.0.iter().filter(|pill| !pill.disabled && !has_field(&pill.field));
        in_force.map(|pill| pill.field.as_str()).collect()
    }
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

    fn words(pills: &Pills) -> Vec<String> {
        pills.0.iter().map(Pill::address).collect()
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
        let mut pills = Pills::default();
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
        let mut pills =
            Pills(vec![Pill::parse("-zone:Marina").unwrap(), Pill::parse("~zone:Castro").unwrap()]);
        pills.click("zone", "Castro", false);
        assert_eq!(words(&pills), ["-zone:Marina", "zone:Castro"]);
    }

    #[test]
    fn a_stream_gets_the_filters_on_fields_it_has() {
        let pills = Pills(vec![
            Pill::parse("-zone:Mission").unwrap(),
            Pill::parse("occupied:true").unwrap(),
            Pill::parse("~speed:3").unwrap(),
        ]);
        let kind_of = |field: &str| (field != "zone").then(|| "boolean".to_owned());
        let queries = serde_json::to_string(&pills.queries(&kind_of)).unwrap();
        assert_eq!(queries, r#"[{"terms":{"field":"occupied","values":[true]},"negate":false}]"#);
        assert_eq!(pills.without_effect(&|field| field != "zone"), ["zone"]);
    }
}
