//! JSON to cells, field by field, in one pass.
//!
//! Objects flatten to dotted names; arrays give each of their scalars. Keys are matched in the order in which the last
//! record had them, so that a steady stream hardly hashes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::key_order::KeyOrder;
use super::{Cell, Decoder, Place, Refusal, flat};
use crate::fields::{FieldId, Fields};

const MAX_DEPTH: u8 = 32;

/// The cells of the record at hand.
#[derive(Debug, Default)]
pub(crate) struct Scratch<'a> {
    /// In the record's order; a field may come several times.
    pub(crate) cells: Vec<(FieldId, Cell<'a>)>,
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

/// Reads records of JSON.
#[derive(Default)]
pub(super) struct Json {
    order: KeyOrder,
}

impl Decoder for Json {
    fn read<'a>(
        &mut self,
        bytes: &'a [u8],
        fields: &mut Fields,
        scratch: &mut Scratch<'a>,
    ) -> Result<(), Refusal> {
        read(bytes, fields, &mut self.order, scratch)
    }
}

fn read<'a>(
    bytes: &'a [u8],
    fields: &mut Fields,
    order: &mut KeyOrder,
    scratch: &mut Scratch<'a>,
) -> Result<(), Refusal> {
    if order.hopes_for_flat() {
        order.next = 0;
        scratch.cells.clear();
        let found = flat::read(bytes, fields, order, &mut scratch.cells);
        order.note_flat(found.is_some());
        if found.is_some() {
            return Ok(());
        }
    }
    read_any(bytes, fields, order, scratch)
}

/// The long way, for whatever JSON there is.
fn read_any<'a>(
    bytes: &'a [u8],
    fields: &mut Fields,
    order: &mut KeyOrder,
    scratch: &mut Scratch<'a>,
) -> Result<(), Refusal> {
    order.next = 0;
    scratch.cells.clear();
    let mut reading = Reading { fields, order, cells: &mut scratch.cells, is_object: true };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = deserializer.deserialize_any(Top(&mut reading)).and_then(|()| deserializer.end());
    if !reading.is_object {
        return Err(Refusal::new("not_object", "a record is a JSON object"));
    }
    outcome.map_err(|error| {
        let place = Place::Text(error.line(), error.column());
        Refusal { place, ..Refusal::new("not_json", error.to_string()) }
    })
}

struct Reading<'r, 'a> {
    fields: &'r mut Fields,
    order: &'r mut KeyOrder,
    cells: &'r mut Vec<(FieldId, Cell<'a>)>,
    is_object: bool,
}

struct Top<'x, 'r, 'a>(&'x mut Reading<'r, 'a>);

impl<'a> Visitor<'a> for Top<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            let guessed = self.0.order.guess(|expected| expected == key);
            let known = guessed.map(|(_, id)| id).or_else(|| {
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
        let Some(kind) = cell.kind() else { return };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::StreamConfig;

    fn fields() -> Fields {
        let yaml = "{stream: s, topics: [t], time: {field: ts}, fields: {cab: keyword, fare: double, n: long}}";
        Fields::declared(&StreamConfig::from_yaml(yaml, "s.yaml").unwrap())
    }

    type Way =
        for<'a> fn(&'a [u8], &mut Fields, &mut KeyOrder, &mut Scratch<'a>) -> Result<(), Refusal>;

    /// What a way makes of records, one after the other: their cells with their fields' names and types.
    fn told(records: &[Vec<u8>], way: Way) -> Vec<String> {
        let (mut fields, mut order) = (fields(), KeyOrder::default());
        let tell = |record: &Vec<u8>| {
            let mut scratch = Scratch::default();
            let outcome = way(record, &mut fields, &mut order, &mut scratch);
            let known = fields.len();
            let cells = scratch.cells.iter().map(|(id, cell)| {
                let field = fields.get(*id);
                let bits = if let Cell::Float(number) = cell { number.to_bits() } else { 0 };
                format!("{} {:?} {cell:?} {bits}", field.name, field.kind)
            });
            match outcome {
                Ok(()) => format!("{:?} {known}", cells.collect::<Vec<_>>()),
                Err(refusal) => format!("{refusal:?} {known}"),
            }
        };
        records.iter().map(tell).collect()
    }

    fn is_flat(record: &str) -> bool {
        let mut cells = Vec::new();
        flat::read(record.as_bytes(), &mut fields(), &mut KeyOrder::default(), &mut cells).is_some()
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => any::<i64>().prop_map(|number| number.to_string()),
            4 => (any::<i32>(), 0_u32..12).prop_map(|(number, places)| {
                format!("{:.*}", places as usize, f64::from(number) / 10_f64.powi(places as i32))
            }),
            2 => any::<f64>().prop_map(|number| format!("{number:?}")),
            4 => "[ -~é€]{0,12}".prop_map(|text| serde_json::to_string(&text).unwrap()),
            1 => prop::sample::select(vec![
                "true", "false", "null", "-0", "0", "01", "-", "1.", ".5", "1e3", "-0.0", "9007199254740993.0",
                "18446744073709551615", "123456789012345678901234567890", "{}", "[1,2]", "{\"a\":1}", "tru", "NaN", "\"\\ud800\"",
            ])
            .prop_map(ToOwned::to_owned),
        ]
    }

    fn record() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            "ts",
            "cab",
            "fare",
            "n",
            "new",
            "née",
            "a\\nb",
            "__proto__",
            "",
        ]);
        let blank = || prop::sample::select(vec!["", "", "", " ", "\n\t"]);
        let pair = (blank(), key, blank(), value(), blank())
            .prop_map(|(a, key, b, value, c)| format!("{a}\"{key}\"{b}:{c}{value}{a}"));
        (prop::collection::vec(pair, 0..6), blank())
            .prop_map(|(pairs, blank)| format!("{blank}{{{}}}{blank}", pairs.join(",")))
    }

    proptest! {
        #[test]
        fn the_short_way_and_the_long_one_agree(
            records in prop::collection::vec((record(), any::<Option<(prop::sample::Index, u8)>>()), 1..8),
        ) {
            let records: Vec<Vec<u8>> = records
                .into_iter()
                .map(|(record, change)| {
                    let mut bytes = record.into_bytes();
                    if let Some((place, byte)) = change.filter(|(_, byte)| byte % 4 == 0) {
                        let place = place.index(bytes.len());
                        bytes[place] = byte;
                    }
                    bytes
                })
                .collect();
            prop_assert_eq!(told(&records, read), told(&records, read_any));
        }
    }

    #[test]
    fn keys_with_escapes_are_never_expected_as_they_are_written() {
        for (good, bad) in [
            (r#"{"ts":1,"a\"b":1}"#, r#"{"ts":1,"a"b":1}"#),
            (r#"{"ts":1,"a\\b":1}"#, r#"{"ts":1,"a\b":1}"#),
            (r#"{"ts":1,"a\nb":1}"#, "{\"ts\":1,\"a\nb\":1}"),
        ] {
            // The short way is tried again after as many as it was in vain for.
            let goods = std::iter::repeat_n(good.as_bytes().to_vec(), 3);
            let plain = std::iter::repeat_n(b"{\"ts\":1}".to_vec(), 20);
            let records: Vec<_> = goods.chain(plain).chain([bad.as_bytes().to_vec()]).collect();
            assert_eq!(told(&records, read), told(&records, read_any), "{bad}");
        }
    }

    #[test]
    fn plain_records_go_the_short_way() {
        assert!(is_flat(
            r#"{"ts":1700000000000,"cab":"c1","fare":12.50,"n":-7,"on":true,"off":null}"#
        ));
        assert!(is_flat(" { \"née\" : \"é\" , \"x\" : -0.25 }\n"));
        assert!(is_flat("{}"));
        for long in [
            r#"{"a":"\n"}"#,
            r#"{"a":[1]}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-0}"#,
            r#"{"a":1}}"#,
            "[]",
            "{",
            "",
        ] {
            assert!(!is_flat(long), "{long}");
        }
    }

    #[test]
    fn streams_that_are_never_flat_are_not_read_twice() {
        let mut order = KeyOrder::default();
        let mut tries = 0;
        for _ in 0..1_000 {
            if order.hopes_for_flat() {
                tries += 1;
                order.note_flat(false);
            }
        }
        assert!((5..20).contains(&tries), "{tries}");
    }

    #[test]
    fn keys_that_are_absent_or_new_do_not_spoil_the_order() {
        let (mut fields, mut order, mut scratch) =
            (fields(), KeyOrder::default(), Scratch::default());
        for record in [
            r#"{"ts":1,"cab":"a","n":1}"#,
            r#"{"ts":1,"n":1}"#,
            r#"{"ts":1,"cab":"a","fare":1.5,"n":1}"#,
        ] {
            read(record.as_bytes(), &mut fields, &mut order, &mut scratch).unwrap();
        }
        let keys: Vec<&str> = order.keys.iter().map(|(key, _)| key.as_ref()).collect();
        assert_eq!(keys, ["ts", "cab", "fare", "n"]);
    }
}
