//! The text of the query bar: read with errors that say where they are, brought into one form, its unknown fields found.

use hailstream_dql::{self as dql, Node, Span};

use crate::error::QueryError;
use crate::model::Language;
use crate::near::nearest;

impl Language {
    /// Reads a text.
    ///
    /// # Errors
    /// Where it is not of this language, with its place.
    pub fn parse(self, text: &str) -> Result<Node, dql::Error> {
        match self {
            Self::Dql => dql::parse(text),
            Self::Lucene => dql::lucene::parse(text),
        }
    }

    /// The fields that a text names, without those that it names by wildcards; none where it cannot be read.
    #[must_use]
    pub fn fields(self, text: &str) -> Vec<String> {
        let names = self.parse(text).map(|node| node.fields()).unwrap_or_default();
        let plain = names.iter().filter_map(|name| name.pattern.as_plain());
        plain.map(ToOwned::to_owned).collect()
    }

    fn print(self, node: &Node) -> String {
        match self {
            Self::Dql => dql::print(node),
            Self::Lucene => dql::lucene::print(node),
        }
    }
}

/// Reads the text at a place of a query.
pub(crate) fn read(at: &str, language: Language, text: &str) -> Result<Node, QueryError> {
    language.parse(text).map_err(|error| {
        let character = text[..error.span.start].chars().count() + 1;
        let suggestion = error.suggestion.map_or_else(String::new, |words| format!("; {words}"));
        let message = error.message;
        QueryError::invalid(at, format!("{message} (character {character}){suggestion}"))
    })
}

/// The same question in one form. That has blanks and parentheses of its own: where it goes beyond the limits of the
/// language, the text stays as it is.
pub(crate) fn normal(language: Language, text: &str) -> String {
    let printed = language.parse(text).map(|node| language.print(&dql::normal(node)));
    let printed = printed.ok().filter(|printed| language.parse(printed).is_ok());
    printed.unwrap_or_else(|| text.trim().to_owned())
}

/// A field that a text asks for and that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// A known name that is near.
    pub near: Option<String>,
}

/// The fields of a text that are not among the known ones: a warning, not an error, since a field may come later, and as
/// in OpenSearch a condition on one that is not there matches nothing.
#[must_use]
pub fn unknown_fields(node: &Node, known: &[&str]) -> Vec<UnknownField> {
    let names = node.fields().into_iter();
    let unknown = names.filter(|name| {
        let is_object = |field: &str, name: &str| {
            field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        };
        !known.iter().any(|field| match name.pattern.as_plain() {
            Some(plain) => {
                let plain = plain.strip_suffix(".keyword").unwrap_or(plain);
                *field == plain || is_object(field, plain)
            }
            None => name.pattern.matches(field),
        })
    });
    let described = unknown.map(|field| {
        let name = field.pattern.as_plain().unwrap_or("*").to_owned();
        let near = nearest(&name, known.iter().copied()).map(ToOwned::to_owned);
        UnknownField { name, span: field.span, near }
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_come_with_near_names() {
        let text = "sped > 3 and status.keyword: x and geo: * and nowhere: 1 and st*: 1 and q*: 1";
        let unknown = unknown_fields(&dql::parse(text).unwrap(), &["speed", "status", "geo.lat"]);
        let told: Vec<String> = unknown
            .iter()
            .map(|field| format!("{} {:?} at {}", field.name, field.near, field.span.start))
            .collect();
        assert_eq!(told, ["sped Some(\"speed\") at 0", "nowhere None at 46", "* None at 72"]);
    }
}
