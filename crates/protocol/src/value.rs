//! One cell of a result: the JSON value kinds that a result can hold, in a form that both codecs can carry.
//!
//! In JSON a value is simply itself; in postcard, which does not describe itself, it is a tagged enum.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// Lists and objects in one another; JSON's reader goes no deeper either.
const MAX_DEPTH: u8 = 127;
/// Names of the kinds, in the order of the wire format.
const KINDS: [&str; 7] = ["null", "bool", "int", "float", "text", "list", "object"];

/// A cell. Numbers are never NaN or infinite: those are [`Value::Null`] (see [`Value::float`]).
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite floating point number.
    Float(f64),
    /// Text; shared, because keys repeat from result to result.
    Text(Arc<str>),
    /// Values in order, e.g. percentiles.
    List(Vec<Value>),
    /// Named values, e.g. one document of `top_hits`.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// A number, or [`Value::Null`] where `number` is NaN or infinite.
    #[must_use]
    pub fn float(number: f64) -> Self {
        if number.is_finite() { Self::Float(number) } else { Self::Null }
    }

    /// Text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// The number in this cell, if it holds one. Booleans are not numbers here.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The whole number in this cell, if it holds one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The text in this cell, if it holds text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this cell holds nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Float(_) => 2,
            Self::Text(_) => 3,
            Self::List(_) => 4,
            Self::Object(_) => 5,
        }
    }
}

/// Exact order of a whole number against a finite float, without rounding the whole number.
fn compare_int_with_float(int: i64, float: f64) -> Ordering {
    // Beyond ±2^63 the float decides alone; within, its whole part fits an i64 exactly.
    if float >= 9_223_372_036_854_775_808.0 {
        return Ordering::Less;
    }
    if float < -9_223_372_036_854_775_808.0 {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    int.cmp(&(whole as i64)).then_with(|| 0.0_f64.total_cmp(&(float - whole)))
}

impl Ord for Value {
    /// Total order: null < booleans < numbers < text < lists < objects. Ties in results are broken by it.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::Int(a), Self::Float(b)) => compare_int_with_float(*a, *b),
            (Self::Float(a), Self::Int(b)) => compare_int_with_float(*b, *a).reverse(),
            // Keys are shared from result to result: most need no look at their letters.
            (Self::Text(a), Self::Text(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            // Equal numbers hash alike whatever their kind.
            Self::Int(value) => (*value as f64).to_bits().hash(state),
            Self::Float(value) => (value + 0.0).to_bits().hash(state),
            Self::Text(value) => value.hash(state),
            Self::List(value) => value.hash(state),
            Self::Object(value) => value.hash(state),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::List(_) | Self::Object(_) => {
                f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
            }
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::text(value)
    }
}

/// The postcard form. Order of variants is part of the wire format.
#[derive(Serialize)]
enum Tagged<'v> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'v str),
    List(&'v [Value]),
    Object(&'v BTreeMap<String, Value>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            let tagged = match self {
                Self::Null => Tagged::Null,
                Self::Bool(value) => Tagged::Bool(*value),
                Self::Int(value) => Tagged::Int(*value),
                Self::Float(value) => Tagged::Float(*value),
                Self::Text(value) => Tagged::Text(value),
                Self::List(value) => Tagged::List(value),
                Self::Object(value) => Tagged::Object(value),
            };
            return tagged.serialize(serializer);
        }
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(value) => value.serialize(serializer),
            Self::Object(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(JsonVisitor);
        }
        Below(MAX_DEPTH).deserialize(deserializer)
    }
}

/// A value of the postcard form with so many levels of lists and objects below it. Each level takes stack, and two bytes
/// make one: without a limit a frame of some hundred KiB would end the program.
#[derive(Clone, Copy)]
struct Below(u8);

/// The items of a list, the members of an object.
struct ItemsBelow(u8);
struct MembersBelow(u8);

impl Below {
    /// What is inside a list or an object.
    fn inside<E: Error>(self) -> Result<u8, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))
    }
}

impl<'de> DeserializeSeed<'de> for Below {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_enum("Value", &KINDS, self)
    }
}

impl<'de> DeserializeSeed<'de> for ItemsBelow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_seq(Below(self.0))
    }
}

impl<'de> DeserializeSeed<'de> for MembersBelow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(Below(self.0))
    }
}

impl<'de> Visitor<'de> for Below {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (kind, content) = access.variant::<u32>()?;
        Ok(match kind {
            0 => {
                content.unit_variant()?;
                Value::Null
            }
            1 => Value::Bool(content.newtype_variant()?),
            2 => Value::Int(content.newtype_variant()?),
            3 => Value::float(content.newtype_variant()?),
            4 => Value::Text(Arc::from(content.newtype_variant::<String>()?)),
            5 => content.newtype_variant_seed(ItemsBelow(self.inside()?))?,
            6 => content.newtype_variant_seed(MembersBelow(self.inside()?))?,
            other => return Err(A::Error::custom(format!("{other} is no kind of value"))),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = BTreeMap::new();
        while let Some(name) = members.next_key()? {
            object.insert(name, members.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry()? {
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

impl JsonSchema for Value {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "any JSON value; numbers are finite" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_exactly_across_kinds() {
        let big = 9_007_199_254_740_993_i64; // 2^53 + 1: not a double
        assert!(Value::Int(big) > Value::Float(9_007_199_254_740_992.0));
        assert_eq!(Value::Int(2), Value::Float(2.0));
        assert!(Value::Int(-3) > Value::Float(-3.5));
        assert!(Value::Int(i64::MAX) < Value::Float(1e300));
        assert!(Value::Int(i64::MIN) > Value::Float(-1e300));
        assert_eq!(Value::Float(0.0), Value::Float(-0.0));
    }

    #[test]
    fn not_finite_is_null() {
        assert!(Value::float(f64::NAN).is_null());
        assert!(Value::float(f64::INFINITY).is_null());
    }

    #[test]
    fn both_codecs_carry_every_kind() {
        let json = r#"[null,true,-3,2.5,"text",[1,[]],{"a":{"b":null}}]"#;
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        let bytes = postcard::to_stdvec(&value).unwrap();
        assert_eq!(postcard::from_bytes::<Value>(&bytes).unwrap(), value);
    }

    #[test]
    fn what_is_nested_too_deeply_is_an_error_and_takes_no_stack() {
        let nested = |depth: usize| [[5, 1].repeat(depth), vec![0]].concat();
        let deepest: Value = postcard::from_bytes(&nested(127)).unwrap();
        let text = serde_json::to_string(&deepest).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), deepest);
        for depth in [128, 1_000_000] {
            assert!(postcard::from_bytes::<Value>(&nested(depth)).is_err());
        }
    }
}
