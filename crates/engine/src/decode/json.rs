//! JSON to cells, field by field, in one pass.
//!
//! Objects flatten to dotted names; arrays give each of their scalars. Keys are matched in the order in which the last
//! record had them, so that a steady stream hardly hashes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Cell, Place, Refusal};
use crate::config::FieldType;
use crate::fields::{FieldId, Fields};

const MAX_DEPTH: u8 = 32;

/// The cells of the record at hand.
#[derive(Debug, Default)]
pub(crate) struct Scratch<'a> {
    /// In the record's order; a field may come several times.
    pub(crate) cells: Vec<(FieldId, Cell<'a>)>,
}

/// Keys of the last record at the top level, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyOrder {
    keys: Vec<(Box<str>, FieldId)>,
    next: usize,
}

impl<'a> Scratch<'a> {
    /// The last cell of a field: of duplicate keys the last counts.
    pub(crate) fn get(&self, field: FieldId) -> Option<&Cell<'a>> {
        self.cells
            .iter()
            .rev()
            .find(|(id, cell)| *id == field && *cell != Cell::Null)
            .map(|(_, cell)| cell)
    }

    pub(crate) fn all(&self, field: FieldId) -> impl Iterator<Item = &Cell<'a>> {
        self.cells.iter().filter(move |(id, _)| *id == field).map(|(_, cell)| cell)
    }
}

/// Reads one record.
pub(crate) fn read<'a>(
    bytes: &'a [u8],
    fields: &mut Fields,
    order: &mut KeyOrder,
) -> Result<Scratch<'a>, Refusal> {
    order.next = 0;
    let mut reading = Reading { fields, order, cells: Vec::with_capacity(24), is_object: true };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = deserializer.deserialize_any(Top(&mut reading)).and_then(|()| deserializer.end());
    if !reading.is_object {
        return Err(Refusal::new("not_object", "a record is a JSON object"));
    }
    let cells = reading.cells;
    outcome.map_err(|error| {
        let place = Place::Text(error.line(), error.column());
        Refusal { place, ..Refusal::new("not_json", error.to_string()) }
    })?;
    Ok(Scratch { cells })
}

struct Reading<'r, 'a> {
    fields: &'r mut Fields,
    order: &'r mut KeyOrder,
    cells: Vec<(FieldId, Cell<'a>)>,
    is_object: bool,
}

impl KeyOrder {
    fn guess(&mut self, key: &str) -> Option<FieldId> {
        let (expected, id) = self.keys.get(self.next)?;
        (expected.as_ref() == key).then(|| {
            self.next += 1;
            *id
        })
    }

    fn learn(&mut self, key: &str, id: FieldId) {
        self.keys.truncate(self.next);
        self.keys.push((key.into(), id));
        self.next += 1;
    }
}

struct Top<'x, 'r, 'a>(&'x mut Reading<'r, 'a>);

impl<'a> Visitor<'a> for Top<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let known = self.0.order.guess(&key).or_else(|| {
                let id = self.0.fields.id(&key)?;
                self.0.order.learn(&key, id);
                Some(id)
            });
            map.next_value_seed(Node { reading: self.0, name: &key, known, depth: 0 })?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.is_object = false;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.is_object = false;
        while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

struct Key;

impl<'a> DeserializeSeed<'a> for Key {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cow<'a, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Key {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// A value under a name.
struct Node<'x, 'r, 'a> {
    reading: &'x mut Reading<'r, 'a>,
    name: &'x str,
    known: Option<FieldId>,
    depth: u8,
}

impl<'a> Node<'_, '_, 'a> {
    fn put(self, cell: Cell<'a>) {
        let kind = match cell {
            Cell::Null => return,
            Cell::Bool(_) => FieldType::Boolean,
            Cell::Int(_) => FieldType::Long,
            Cell::Float(_) => FieldType::Double,
            Cell::Text(_) => FieldType::Keyword,
        };
        let id = self.known.or_else(|| self.reading.fields.found(self.name, kind));
        if let Some(id) = id {
            self.reading.cells.push((id, cell));
        }
    }
}

impl<'a> DeserializeSeed<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Node<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(Cell::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(Cell::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(Cell::Int(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(i64::try_from(value).map_or(Cell::Float(value as f64), Cell::Int));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put(if value.is_finite() { Cell::Float(value) } else { Cell::Null });
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'a str) -> Result<(), E> {
        self.put(Cell::Text(Cow::Borrowed(value)));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put(Cell::Text(Cow::Owned(value.to_owned())));
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        if self.depth >= MAX_DEPTH {
            return Err(A::Error::custom("nested too deeply"));
        }
        while let Some(key) = map.next_key_seed(Key)? {
            let name = format!("{}.{key}", self.name);
            let known = self.reading.fields.id(&name);
            map.next_value_seed(Node {
                reading: self.reading,
                name: &name,
                known,
                depth: self.depth + 1,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        if self.depth >= MAX_DEPTH {
            return Err(A::Error::custom("nested too deeply"));
        }
        let (name, known, depth) = (self.name, self.known, self.depth + 1);
        let reading = self.reading;
        while items
            .next_element_seed(Node { reading: &mut *reading, name, known, depth })?
            .is_some()
        {}
        Ok(())
    }
}
