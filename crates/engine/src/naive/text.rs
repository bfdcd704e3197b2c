//! The text of the query bar over one record, value by value.

use core::net::IpAddr;

use hailstream_dql::{Bound, Expr, Node, Part, Pattern, Value as Asked};
use hailstream_protocol::Value;
use hailstream_query::{Edge, resolve_date};
use unicode_segmentation::UnicodeSegmentation;

use super::Record;
use super::filter::Asker;
use crate::config::FieldType;

impl Asker<'_> {
    pub(super) fn node(&self, node: &Node, path: Option<&Pattern>, record: &Record) -> bool {
        let holds = |node: &Node| self.node(node, path, record);
        match &node.expr {
            Expr::All => true,
            Expr::And(nodes) => nodes.iter().all(holds),
            Expr::Or(nodes) => nodes.iter().any(holds),
            Expr::Not(inner) => !holds(inner),
            Expr::Nested { path: name, inner } => {
                self.node(inner, Some(&name.pattern.within(path)), record)
            }
            Expr::Exists { field } => {
                let name = field.pattern.within(path);
                let inside = |field: &str| {
                    let object = name.as_plain().map(|name| format!("{name}."));
                    like(&name, field) || object.is_some_and(|object| field.starts_with(&object))
                };
                let named = name.as_plain().is_some_and(|name| !values(record, name).is_empty());
                named || record.values.iter().any(|(field, some)| inside(field) && !some.is_empty())
            }
            Expr::Is { field, value } => {
                let every: Pattern = [Part::Any].into_iter().collect();
                let name = field.as_ref().map_or(every, |field| field.pattern.clone());
                self.any(&name.within(path), record, |field, found| self.is(field, value, found))
            }
            Expr::Range { field, low, high } => {
                let name = field.pattern.within(path);
                self.any(&name, record, |field, found| {
                    self.between(field, low.as_ref(), high.as_ref(), found)
                })
            }
        }
    }

    fn any(&self, name: &Pattern, record: &Record, holds: impl Fn(&str, &Value) -> bool) -> bool {
        if let Some(field) = name.as_plain() {
            return values(record, field).iter().any(|value| holds(field, value));
        }
        let fields = record.values.iter().filter(|(field, _)| like(name, field));
        fields.into_iter().any(|(field, values)| values.iter().any(|value| holds(field, value)))
    }

    fn kind(&self, field: &str, value: &Value) -> FieldType {
        let told = self.facts.types.get(field).copied();
        told.unwrap_or(match value {
            Value::Bool(_) => FieldType::Boolean,
            Value::Int(_) => FieldType::Long,
            Value::Float(_) => FieldType::Double,
            Value::List(_) => FieldType::GeoPoint,
            Value::Text(_) | Value::Null | Value::Object(_) => FieldType::Keyword,
        })
    }

    /// Whether a value is what is asked for.
    pub(super) fn is(&self, field: &str, asked: &Asked, value: &Value) -> bool {
        let kind = self.kind(field, value);
        let found = value.as_str().unwrap_or_default();
        match (asked, kind) {
            (Asked::Text(asked) | Asked::Phrase(asked), FieldType::Keyword) => asked == found,
            (Asked::Wild(words), FieldType::Keyword) => words.iter().any(|word| like(word, found)),
            (Asked::Regex(regex), FieldType::Keyword) => whole(regex, found),
            (Asked::Text(asked), FieldType::Text) => {
                tokens(asked).iter().any(|asked| tokens(found).contains(asked))
            }
            (Asked::Phrase(asked), FieldType::Text) => {
                let (asked, found) = (tokens(asked), tokens(found));
                let starts = 0..=found.len().saturating_sub(asked.len());
                !asked.is_empty() && starts.into_iter().any(|s| found[s..].starts_with(&asked))
            }
            (Asked::Wild(words), FieldType::Text) => {
                words.iter().any(|word| match word.as_plain() {
                    Some(plain) => tokens(plain).iter().any(|asked| tokens(found).contains(asked)),
                    None => tokens(found).iter().any(|t| like(&word.map(str::to_lowercase), t)),
                })
            }
            (Asked::Regex(regex), FieldType::Text) => {
                tokens(found).iter().any(|token| whole(regex, token))
            }
            (Asked::Text(asked) | Asked::Phrase(asked), FieldType::Ip) => {
                let (asked, bits) = match asked.split_once('/') {
                    Some((start, bits)) => (start, bits.parse().unwrap_or(200)),
                    None => (asked.as_str(), 128),
                };
                same_start(asked, found, bits)
            }
            (Asked::Text(asked) | Asked::Phrase(asked), _) => {
                let bound = Bound { value: asked.clone(), inclusive: true };
                self.between(field, Some(&bound), Some(&bound), value)
            }
            (Asked::Wild(_) | Asked::Regex(_), _) => false,
        }
    }

    /// Whether a value lies between bounds.
    pub(super) fn between(
        &self,
        field: &str,
        low: Option<&Bound>,
        high: Option<&Bound>,
        value: &Value,
    ) -> bool {
        let text = |value: &str| Some(Value::text(value));
        let within = |read: &dyn Fn(&str) -> Option<Value>, found: Option<Value>| {
            found.is_some_and(|found| {
                let above = low.is_none_or(|bound| {
                    read(&bound.value)
                        .is_some_and(|asked| found > asked || (bound.inclusive && found == asked))
                });
                let below = high.is_none_or(|bound| {
                    read(&bound.value)
                        .is_some_and(|asked| found < asked || (bound.inclusive && found == asked))
                });
                above && below
            })
        };
        let found = value.as_str().unwrap_or_default();
        match self.kind(field, value) {
            FieldType::Keyword => within(&text, text(found)),
            FieldType::Text => {
                let lower = |value: &str| text(&value.to_lowercase());
                tokens(found).iter().any(|token| within(&lower, text(token)))
            }
            FieldType::Long => within(&|text| number(text, false), Some(value.clone())),
            FieldType::Double => within(&|text| number(text, true), Some(value.clone())),
            FieldType::Boolean => {
                within(&|text| text.parse().ok().map(Value::Bool), Some(value.clone()))
            }
            FieldType::Ip => within(&address, address(found)),
            FieldType::Date => {
                let edge =
                    |text: &str, edge: Edge| resolve_date(text, self.now_ms, &self.zone, edge).ok();
                let Some(at) = value.as_i64() else { return false };
                // A day is outside as a whole, or inside as a whole.
                let above = low.is_none_or(|bound| match bound.inclusive {
                    true => edge(&bound.value, Edge::First).is_some_and(|first| at >= first),
                    false => edge(&bound.value, Edge::Last).is_some_and(|last| at > last),
                });
                let below = high.is_none_or(|bound| match bound.inclusive {
                    true => edge(&bound.value, Edge::Last).is_some_and(|last| at <= last),
                    false => edge(&bound.value, Edge::First).is_some_and(|first| at < first),
                });
                above && below
            }
            FieldType::GeoPoint => false,
        }
    }
}

/// The values of a field; `name.keyword` is `name` where there is no such field, taken as a keyword.
pub(super) fn values<'r>(record: &'r Record, field: &str) -> &'r [Value] {
    let base = || record.values.get(field.strip_suffix(".keyword")?);
    record.values.get(field).or_else(base).map_or(&[], Vec::as_slice)
}

/// A number; a double's reading of it where it is compared with one.
fn number(text: &str, as_double: bool) -> Option<Value> {
    let double = || text.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(Value::Float);
    if as_double { double() } else { text.trim().parse().ok().map(Value::Int).or_else(double) }
}

fn tokens(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

/// Character by character: a `*` takes none, or one and goes on.
fn like(pattern: &Pattern, text: &str) -> bool {
    fn matches(parts: &[Part], text: &[char]) -> bool {
        match (parts, text) {
            ([], text) => text.is_empty(),
            ([Part::Any, rest @ ..], _) => {
                matches(rest, text) || (!text.is_empty() && matches(parts, &text[1..]))
            }
            ([Part::One, rest @ ..], [_, text @ ..]) => matches(rest, text),
            ([Part::One, ..], []) => false,
            ([Part::Text(wanted), rest @ ..], text) => {
                let wanted: Vec<char> = wanted.chars().collect();
                text.starts_with(&wanted) && matches(rest, &text[wanted.len()..])
            }
        }
    }
    matches(pattern.parts(), &text.chars().collect::<Vec<char>>())
}

/// A regular expression over a whole text, which may not use Lucene's own operators here.
fn whole(regex: &str, text: &str) -> bool {
    regex::Regex::new(&format!("(?s)^(?:{regex})$")).is_ok_and(|regex| regex.is_match(text))
}

fn bits(text: &str) -> Option<Vec<bool>> {
    let octets = match text.trim().parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.octets().to_vec(),
            None => address.octets().to_vec(),
        },
    };
    Some(
        octets
            .iter()
            .flat_map(|octet| (0..8).map(move |bit| octet >> (7 - bit) & 1 == 1))
            .collect(),
    )
}

/// Whether two addresses of one kind begin with the same bits.
fn same_start(asked: &str, found: &str, count: usize) -> bool {
    let (Some(asked), Some(found)) = (bits(asked), bits(found)) else { return false };
    let count = if count == 128 { asked.len() } else { count };
    asked.len() == found.len() && count <= asked.len() && asked[..count] == found[..count]
}

/// An address as a text that orders as addresses do: the fourth version's lie at `::ffff:0:0` in the sixth's.
fn address(text: &str) -> Option<Value> {
    let address = match text.trim().parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    let hex: String = address.octets().iter().map(|octet| format!("{octet:02x}")).collect();
    Some(Value::text(&hex))
}
