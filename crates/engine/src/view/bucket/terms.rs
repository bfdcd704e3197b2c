//! Which keys of a `terms` bucket are wanted, and how they are ordered.

use core::net::IpAddr;
use std::collections::BTreeSet;

use hailstream_protocol::Value;
use hailstream_query::{Keys, Terms, address_number};
use regex::Regex;

use crate::config::FieldType;
use crate::decode::time::iso_ms;

/// A `terms` bucket, ready to be applied.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) missing: Option<Value>,
    include: Option<Test>,
    exclude: Option<Test>,
    /// Keys are addresses, and ordered as such.
    addresses: bool,
}

#[derive(Clone, Debug)]
enum Test {
    List { values: BTreeSet<Value>, written: BTreeSet<String> },
    Pattern(Regex),
    Never,
}

impl Wanted {
    pub(super) fn of(terms: &Terms, kind: Option<FieldType>) -> Self {
        let test = |keys: &Option<Keys>| keys.as_ref().map(|keys| Test::of(keys, kind));
        Self {
            missing: terms.missing.as_ref().map(json_value),
            include: test(&terms.include),
            exclude: test(&terms.exclude),
            addresses: kind == Some(FieldType::Ip),
        }
    }

    /// Whether keys have to be looked at at all.
    pub(super) fn chooses(&self) -> bool {
        self.include.is_some() || self.exclude.is_some()
    }

    pub(super) fn admits(&self, key: &Value) -> bool {
        self.include.as_ref().is_none_or(|test| test.holds(key))
            && !self.exclude.as_ref().is_some_and(|test| test.holds(key))
    }

    /// What stands for a key where keys are ordered.
    pub(super) fn rank(&self, key: Value) -> Value {
        let address = key.as_str().filter(|_| self.addresses).and_then(|text| text.parse().ok());
        match address {
            Some(address) => Value::text(&format!("{:032x}", address_number(address))),
            None => key,
        }
    }
}

impl Test {
    fn of(keys: &Keys, kind: Option<FieldType>) -> Self {
        match (keys, keys.regex()) {
            (_, Ok(Some(regex))) => Self::Pattern(regex),
            (Keys::List(list), _) => {
                let mut values: BTreeSet<Value> = list.iter().map(json_value).collect();
                let texts = list.iter().filter_map(serde_json::Value::as_str);
                let mut written: BTreeSet<String> = texts.clone().map(str::to_owned).collect();
                match kind {
                    Some(FieldType::Date) => values.extend(
                        texts
                            .filter_map(|text| iso_ms(text, &jiff::tz::TimeZone::UTC))
                            .map(Value::Int),
                    ),
                    Some(FieldType::Ip) => written.extend(
                        texts
                            .filter_map(|text| text.parse::<IpAddr>().ok())
                            .map(|address| address.to_canonical().to_string()),
                    ),
                    _ => {}
                }
                Self::List { values, written }
            }
            // A query with an expression that cannot be read is refused before it comes here.
            (Keys::Pattern(_), _) => Self::Never,
        }
    }

    fn holds(&self, key: &Value) -> bool {
        match (self, key) {
            (Self::Never, _) => false,
            (Self::List { values, written }, Value::Text(text)) => {
                written.contains(text.as_ref()) || values.contains(key)
            }
            (Self::List { values, written }, _) => {
                values.contains(key) || written.contains(&key.to_string())
            }
            (Self::Pattern(regex), Value::Text(text)) => regex.is_match(text),
            (Self::Pattern(regex), _) => regex.is_match(&key.to_string()),
        }
    }
}

fn json_value(json: &serde_json::Value) -> Value {
    serde_json::from_value(json.clone()).unwrap_or_default()
}
