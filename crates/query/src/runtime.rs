//! Runtime fields: worked out of a record's other fields when they are asked for. Of a query or of a stream.
//!
//! A formula is arithmetic over numeric fields: `+ - * / %`, parentheses, numbers, and names, quoted where they are no
//! plain words: `"trip fare" * 1.2`. It has no value where one of its fields has none, or the result is no finite number.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize, Serializer};

use crate::error::QueryError;
use crate::model::Query;

/// Runtime fields of one query or stream at most.
const MAX_FIELDS: usize = 32;
/// Longest formula, in bytes, and how deep its parentheses go.
const MAX_LENGTH: usize = 1_000;
const MAX_DEPTH: usize = 32;

/// How a runtime field is worked out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuntimeField {
    /// 0 to 23.
    HourOfDay {
        /// A date field; the stream's event time where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// IANA name of the zone; the query's where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
    },
    /// 1 (Monday) to 7.
    DayOfWeek {
        /// A date field; the stream's event time where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// IANA name of the zone; the query's where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
    },
    /// Arithmetic.
    Formula {
        /// The formula.
        formula: Formula,
    },
}

impl RuntimeField {
    /// The zone that it names.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        match self {
            Self::HourOfDay { time_zone, .. } | Self::DayOfWeek { time_zone, .. } => {
                time_zone.as_deref()
            }
            Self::Formula { .. } => None,
        }
    }
}

/// Checks the runtime fields of a query.
pub(crate) fn check(query: &Query) -> Result<(), QueryError> {
    if query.runtime.len() > MAX_FIELDS {
        return Err(QueryError::invalid("runtime", format!("at most {MAX_FIELDS} fields")));
    }
    if !query.runtime.is_empty() && query.entities.is_some() {
        return Err(QueryError::not_yet("runtime", "runtime fields of entities"));
    }
    for (name, field) in &query.runtime {
        let at = format!("runtime.{name}");
        if name.is_empty() || name.starts_with('_') {
            return Err(QueryError::invalid(at, "a name is not empty and does not start with _"));
        }
        query
            .zone_of(field.time_zone())
            .map_err(|error| QueryError { at: format!("{at}.{}", error.at), ..error })?;
    }
    Ok(())
}

/// Runtime fields by name.
pub type RuntimeFields = BTreeMap<String, RuntimeField>;

/// Arithmetic over numeric fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
    /// What it says.
    pub expression: Expression,
}

/// See [`Formula`].
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// The first value of a numeric field; booleans count as 0 and 1.
    Field(String),
    /// The same with the other sign.
    Negated(Box<Expression>),
    /// Two numbers made one.
    Both(Operator, Box<(Expression, Expression)>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`: what a division leaves, with the sign of the dividend.
    Remainder,
}

impl Operator {
    /// The result.
    #[must_use]
    pub fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
        }
    }
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// Words that say where it cannot be understood, and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("a formula has at most {MAX_LENGTH} bytes"));
        }
        let mut reading = Reading { text, at: 0, depth: 0 };
        let expression = reading.sum()?;
        match reading.peek() {
            None => Ok(Self { text: text.to_owned(), expression }),
            Some(_) => Err(reading.expected("an operator")),
        }
    }
}

/// A formula being read by recursive descent.
struct Reading<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reading<'_> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn expected(&self, what: &str) -> String {
        let place = self.text[..self.at].chars().count() + 1;
        format!("\"{}\" at character {place}: expected {what}", self.text)
    }

    fn operator(&mut self, known: &[(char, Operator)]) -> Option<Operator> {
        let letter = self.peek()?;
        let (_, operator) = known.iter().find(|(sign, _)| *sign == letter)?;
        self.at += 1;
        Some(*operator)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&[('+', Operator::Add), ('-', Operator::Subtract)])
        {
            left = Expression::Both(operator, Box::new((left, self.product()?)));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        const SIGNS: [(char, Operator); 3] =
            [('*', Operator::Multiply), ('/', Operator::Divide), ('%', Operator::Remainder)];
        let mut left = self.factor()?;
        while let Some(operator) = self.operator(&SIGNS) {
            left = Expression::Both(operator, Box::new((left, self.factor()?)));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.expected(&format!("at most {MAX_DEPTH} levels")));
        }
        let factor = self.operand();
        self.depth -= 1;
        factor
    }

    fn operand(&mut self) -> Result<Expression, String> {
        match self.peek() {
            Some('-') => {
                self.at += 1;
                Ok(Expression::Negated(Box::new(self.factor()?)))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.sum()?;
                if self.peek() != Some(')') {
                    return Err(self.expected(")"));
                }
                self.at += 1;
                Ok(inner)
            }
            Some('"') => {
                let name = self.text[self.at + 1..].split('"').next().unwrap_or_default();
                let end = self.at + name.len() + 2;
                if name.is_empty() || end > self.text.len() {
                    return Err(self.expected("a name in quotes"));
                }
                self.at = end;
                Ok(Expression::Field(name.to_owned()))
            }
            Some(letter) if letter.is_ascii_digit() || letter == '.' => self.number(),
            Some(letter) if letter.is_alphabetic() || letter == '_' || letter == '@' => {
                let word = |letter: char| letter.is_alphanumeric() || "_.@".contains(letter);
                let rest = &self.text[self.at..];
                let name = &rest[..rest.find(|letter| !word(letter)).unwrap_or(rest.len())];
                self.at += name.len();
                Ok(Expression::Field(name.to_owned()))
            }
            _ => Err(self.expected("a number, a field or (")),
        }
    }

    fn number(&mut self) -> Result<Expression, String> {
        let rest = &self.text[self.at..];
        let digits = |text: &str| {
            text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len()
        };
        let mut length = digits(rest);
        if let Some(exponent) = rest[length..].strip_prefix(['e', 'E']) {
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let after = digits(&exponent[sign..]);
            length += if after > 0 { 1 + sign + after } else { 0 };
        }
        let number: f64 = rest[..length].parse().map_err(|_| self.expected("a number"))?;
        self.at += length;
        Ok(Expression::Number(number))
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Formula {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Formula".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX_LENGTH })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(expression: &Expression) -> String {
        match expression {
            Expression::Number(number) => number.to_string(),
            Expression::Field(name) => name.clone(),
            Expression::Negated(inner) => format!("-({})", written(inner)),
            Expression::Both(operator, both) => {
                format!("({} {operator:?} {})", written(&both.0), written(&both.1))
            }
        }
    }

    #[test]
    fn formulas_bind_as_in_arithmetic() {
        for (text, want) in [
            ("a + b * c", "(a Add (b Multiply c))"),
            ("a - b - c", "((a Subtract b) Subtract c)"),
            ("(a-b)/-geo.dest", "((a Subtract b) Divide -(geo.dest))"),
            ("1.5e3*\"trip fare\"", "(1500 Multiply trip fare)"),
            ("@ts % 2e", "error \"@ts % 2e\" at character 8: expected an operator"),
            ("a +", "error \"a +\" at character 4: expected a number, a field or ("),
            ("(a", "error \"(a\" at character 3: expected )"),
            ("a b", "error \"a b\" at character 3: expected an operator"),
            ("1.2.3", "error \"1.2.3\" at character 1: expected a number"),
            ("\"a", "error \"\"a\" at character 1: expected a name in quotes"),
            ("", "error \"\" at character 1: expected a number, a field or ("),
        ] {
            let got = Formula::parse(text);
            let got = got.map_or_else(|words| format!("error {words}"), |f| written(&f.expression));
            assert_eq!(got, want);
        }
        assert!(Formula::parse(&"(".repeat(999)).unwrap_err().ends_with("at most 32 levels"));
    }
}
