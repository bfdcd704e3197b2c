//! What the query bar offers while one types: fields, operators, values, `and` and `or`.

use hailstream_dql::{self as dql, Expected, What};

/// At most so many are offered.
const MOST: usize = 8;

/// A field of the streams that a query is put to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Type, as OpenSearch calls it.
    pub kind: String,
    /// The first stream that has it.
    pub stream: String,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is offered.
    pub words: String,
    /// What that is: the type of a field, the meaning of an operator.
    pub detail: String,
    /// What is written for it.
    pub text: String,
    /// The bytes of the query that it replaces.
    pub span: (usize, usize),
}

impl Suggestion {
    /// The query with it, and where the cursor is then, in bytes.
    #[must_use]
    pub fn taken(&self, query: &str) -> (String, usize) {
        let (start, end) = self.span;
        let before = query.get(..start).unwrap_or(query);
        let behind = query.get(end..).unwrap_or_default().trim_start();
        let taken = format!("{before}{}", self.text);
        let cursor = taken.len();
        (taken + behind, cursor)
    }
}

/// What is offered at a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// The field whose values would be offered, were they known.
    pub wanted: Option<Field>,
}

/// What could be typed at byte `cursor`. `values` answers the values of a field, as far as they are known.
#[must_use]
pub fn suggest(
    query: &str,
    cursor: usize,
    fields: &[Field],
    values: &dyn Fn(&str) -> Option<Vec<String>>,
) -> Offer {
    let mut offer = Offer::default();
    for expected in dql::complete(query, cursor) {
        match &expected.what {
            What::Field { within } => offer.fields(&expected, within, fields),
            What::Operator { field } => offer.operators(&expected, field, fields),
            What::Value { field, .. } => match values(field) {
                Some(values) => offer.values(&expected, &values),
                None => offer.wanted = fields.iter().find(|known| known.name == *field).cloned(),
            },
            What::Conjunction => {
                offer.list(&expected, &[("and", "both"), ("or", "either or both")]);
            }
        }
    }
    offer.suggestions.truncate(MOST);
    offer
}

fn is_numeric(kind: &str) -> bool {
    matches!(kind, "double" | "long" | "date" | "float" | "integer")
}

impl Offer {
    fn push(&mut self, expected: &Expected, words: &str, detail: &str, text: String) {
        let (words, detail) = (words.to_owned(), detail.to_owned());
        let span = (expected.span.start, expected.span.end);
        self.suggestions.push(Suggestion { words, detail, text, span });
    }

    fn fields(&mut self, expected: &Expected, within: &str, fields: &[Field]) {
        let path = if within.is_empty() { String::new() } else { format!("{within}.") };
        let typed = expected.prefix.to_lowercase();
        let mut found: Vec<(bool, &str, &Field)> = fields
            .iter()
            .filter_map(|field| Some((field.name.strip_prefix(&path)?, field)))
            .map(|(name, field)| (name, name.to_lowercase().find(&typed), field))
            .filter_map(|(name, at, field)| Some((at? > 0, name, field)))
            .collect();
        // Names that begin so come before those that contain it.
        found.sort_by_key(|(is_within, ..)| *is_within);
        for (_, name, field) in found {
            self.push(expected, name, &field.kind, dql::field_text(name));
        }
    }

    fn operators(&mut self, expected: &Expected, field: &str, fields: &[Field]) {
        let kind = fields.iter().find(|known| known.name == field).map(|field| field.kind.as_str());
        self.list(expected, &[(":", "is")]);
        if kind.is_some_and(is_numeric) {
            let compare =
                [(">", "more than"), (">=", "at least"), ("<", "less than"), ("<=", "at most")];
            self.list(expected, &compare);
        }
        self.push(expected, ": *", "is there at all", ": * ".to_owned());
    }

    fn list(&mut self, expected: &Expected, words: &[(&str, &str)]) {
        for (word, detail) in words.iter().filter(|(word, _)| word.starts_with(&expected.prefix)) {
            self.push(expected, word, detail, format!("{word} "));
        }
    }

    fn values(&mut self, expected: &Expected, values: &[String]) {
        let typed = expected.prefix.to_lowercase();
        for value in values.iter().filter(|value| value.to_lowercase().starts_with(&typed)) {
            self.push(expected, value, "", dql::value_text(value) + " ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        [("status", "keyword"), ("speed", "double"), ("top speed", "double"), ("zone", "keyword")]
            .map(|(name, kind)| Field { name: name.into(), kind: kind.into(), stream: "s".into() })
            .to_vec()
    }

    fn offered(query: &str) -> Vec<String> {
        let values = |field: &str| {
            (field == "status").then(|| vec!["hired".to_owned(), "off duty".to_owned()])
        };
        let offer = suggest(query, query.len(), &fields(), &values);
        offer.suggestions.iter().map(|one| one.taken(query).0).collect()
    }

    #[test]
    fn fields_by_what_is_typed_of_them() {
        assert_eq!(offered("sp"), ["speed", "top speed"]);
        assert_eq!(offered("status: hired and zo"), ["status: hired and zone"]);
    }

    #[test]
    fn operators_by_the_type_of_the_field() {
        assert_eq!(offered("zone ")[..2], ["zone : ", "zone : * "]);
        assert!(offered("speed ").contains(&"speed >= ".to_owned()));
    }

    #[test]
    fn values_are_quoted_where_they_need_to_be() {
        assert_eq!(offered("status: of"), ["status: \"off duty\" "]);
        assert_eq!(offered("status: \"of"), ["status: \"off duty\" "]);
    }

    #[test]
    fn values_that_are_not_known_are_wanted() {
        let offer = suggest("zone: ", 6, &fields(), &|_| None);
        assert_eq!(offer.wanted.map(|field| field.name).as_deref(), Some("zone"));
    }

    #[test]
    fn a_choice_replaces_what_is_typed_of_it() {
        let query = "sta: hired";
        let offer = suggest(query, 3, &fields(), &|_| None);
        assert_eq!(offer.suggestions[0].taken(query), ("status: hired".to_owned(), 6));
    }
}
