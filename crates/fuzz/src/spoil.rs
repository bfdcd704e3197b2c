//! Good inputs, spoilt: bytes, and trees of JSON.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value as Json, json};

/// An edit of bytes.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Cut(Index),
    Move(Index, Index, usize),
}

/// One of the seeds after some edits; `pieces` are what means something in its language.
pub fn bytes(seeds: Vec<Vec<u8>>, pieces: &[&str]) -> BoxedStrategy<Vec<u8>> {
    let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
    let piece = prop_oneof![
        4 => prop::sample::select(pieces),
        1 => prop::collection::vec(any::<u8>(), 1..6),
    ];
    let (at, short) = (any::<Index>, 1_usize..12);
    let edit = prop_oneof![
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        5 => (at(), piece).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        3 => (at(), short.clone()).prop_map(|(at, count)| Edit::Remove(at, count)),
        1 => (at(), short.clone(), 1_usize..40).prop_map(|(at, count, times)| Edit::Repeat(at, count, times)),
        1 => at().prop_map(Edit::Cut),
        2 => (at(), at(), short).prop_map(|(from, to, count)| Edit::Move(from, to, count)),
    ];
    (prop::sample::select(seeds), prop::collection::vec(edit, 0..6))
        .prop_map(|(mut bytes, edits)| {
            edits.into_iter().for_each(|edit| edit.apply(&mut bytes));
            bytes
        })
        .boxed()
}

/// As [`bytes()`], of text; what is no longer UTF-8 becomes replacement characters.
pub fn text(seeds: &[&str], pieces: &[&str]) -> BoxedStrategy<String> {
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    bytes(seeds, pieces).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).boxed()
}

impl Edit {
    fn apply(self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        // An index of nothing there is not: one place more than there are bytes.
        let place = |at: Index| at.index(length + 1);
        let stretch = |at: Index, count: usize| place(at)..(place(at) + count).min(length);
        match self {
            Self::Set(at, byte) => {
                if let Some(old) = bytes.get_mut(place(at)) {
                    *old = byte;
                }
            }
            Self::Insert(at, piece) => {
                let at = place(at);
                bytes.splice(at..at, piece);
            }
            Self::Remove(at, count) => {
                bytes.drain(stretch(at, count));
            }
            Self::Repeat(at, count, times) => {
                let stretch = stretch(at, count);
                let again = bytes[stretch.clone()].repeat(times);
                bytes.splice(stretch.end..stretch.end, again);
            }
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::Move(from, to, count) => {
                let (piece, to) = (bytes[stretch(from, count)].to_vec(), place(to));
                bytes.splice(to..to, piece);
            }
        }
    }
}

/// A change of a tree.
#[derive(Clone, Debug)]
enum Change {
    /// This in place of a node.
    Set(Index, Json),
    /// A node of another seed in place of a node.
    Graft(Index, Json, Index),
    /// A node is gone.
    Remove(Index),
    /// A key has another name.
    Rename(Index, String),
    /// A further member, or item.
    Insert(Index, String, Json),
    /// A node inside so many lists.
    Wrap(Index, usize),
}

/// One of the seeds after some changes. Nodes are exchanged between seeds, and set to what seldom was thought of.
pub fn json(seeds: Vec<Json>) -> BoxedStrategy<Json> {
    let (at, odd) = (any::<Index>, || prop::sample::select(odd_values()));
    let seed = prop::sample::select(seeds);
    let name = || prop::sample::select(ODD_NAMES.to_vec()).prop_map(str::to_owned);
    let change = prop_oneof![
        5 => (at(), odd()).prop_map(|(at, value)| Change::Set(at, value)),
        1 => (at(), any::<i64>()).prop_map(|(at, value)| Change::Set(at, json!(value))),
        1 => (at(), any::<f64>()).prop_map(|(at, value)| Change::Set(at, json!(value))),
        1 => (at(), any::<String>()).prop_map(|(at, value)| Change::Set(at, json!(value))),
        6 => (at(), seed.clone(), at()).prop_map(|(at, other, of)| Change::Graft(at, other, of)),
        3 => at().prop_map(Change::Remove),
        1 => (at(), name()).prop_map(|(at, name)| Change::Rename(at, name)),
        1 => (at(), name(), odd()).prop_map(|(at, name, value)| Change::Insert(at, name, value)),
        1 => (at(), 1_usize..100).prop_map(|(at, depth)| Change::Wrap(at, depth)),
    ];
    (seed, prop::collection::vec(change, 0..5))
        .prop_map(|(mut json, changes)| {
            changes.into_iter().for_each(|change| change.apply(&mut json));
            json
        })
        .boxed()
}

const ODD_NAMES: &[&str] = &["__proto__", "", "a.b", "field", "id", "type", "constructor", "\u{0}"];

const ODD_WORDS: &[&str] = &[
    "",
    " ",
    "now",
    "now-1y/y",
    "now-99999999999y",
    "now+292000000y",
    "0ms",
    "1ms",
    "-1d",
    "1M",
    "9223372036854775807d",
    "9223372036854775807",
    "-9223372036854775808",
    "-1e400",
    "NaN",
    "2023-02-29",
    "-262144-01-01",
    "9999-12-31T23:59:60Z",
    "UTC",
    "Pacific/Apia",
    "+99:99",
    "_count",
    "_key",
    "_id",
    ".keyword",
    "a.b.c.d",
    "__proto__",
    "\u{0}",
    "ü\u{301}",
    "10.0.0.0/33",
    "::/0",
    "a*b*c*d*e*f*g*h",
    "other",
    "asc",
];

fn odd_values() -> Vec<Json> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u32::MAX),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(-0.0),
        json!(0.1),
        json!([]),
        json!({}),
        json!([null]),
        json!([0, 1e308]),
        json!("a".repeat(9_000)),
        json!("("),
        json!("(a+)+$"),
        json!("a{1000}{1000}"),
        json!("*"),
        json!("not "),
        json!("x: {y: z}"),
    ];
    values.extend(ODD_WORDS.iter().copied().map(Json::from));
    values
}

impl Change {
    fn apply(self, tree: &mut Json) {
        let paths = paths(tree);
        let path = |at: Index| &paths[at.index(paths.len())];
        match self {
            Self::Set(at, value) => set(tree, path(at), &value),
            Self::Graft(at, other, of) => {
                let others = self::paths(&other);
                if let Some(value) = other.pointer(&others[of.index(others.len())]) {
                    set(tree, path(at), value);
                }
            }
            Self::Wrap(at, depth) => {
                if let Some(node) = tree.pointer_mut(path(at)) {
                    *node = (0..depth).fold(node.take(), |inner, _| json!([inner]));
                }
            }
            Self::Remove(at) | Self::Rename(at, _) | Self::Insert(at, ..) => {
                let Some((parent, key)) = path(at).rsplit_once('/') else { return };
                if let Some(parent) = tree.pointer_mut(parent) {
                    self.apply_to(parent, key);
                }
            }
        }
    }

    /// A change of a list or an object, at one of its keys.
    fn apply_to(&self, parent: &mut Json, key: &str) {
        let written = key.replace("~1", "/").replace("~0", "~");
        match (parent, self) {
            (Json::Object(members), Self::Remove(_)) => {
                members.shift_remove(&written);
            }
            (Json::Object(members), Self::Rename(_, name)) => {
                if let Some(value) = members.shift_remove(&written) {
                    members.insert(name.clone(), value);
                }
            }
            (Json::Object(members), Self::Insert(_, name, value)) => {
                members.insert(name.clone(), value.clone());
            }
            (Json::Array(items), Self::Remove(_)) => {
                if let Ok(index) = key.parse() {
                    items.remove(index);
                }
            }
            (Json::Array(items), Self::Insert(_, _, value)) => items.push(value.clone()),
            _ => {}
        }
    }
}

fn set(tree: &mut Json, path: &str, value: &Json) {
    if let Some(node) = tree.pointer_mut(path) {
        *node = value.clone();
    }
}

/// The JSON pointers of all nodes, the root's first.
fn paths(tree: &Json) -> Vec<String> {
    let mut paths = vec![String::new()];
    let mut next = 0;
    while let Some(path) = paths.get(next).cloned() {
        next += 1;
        match tree.pointer(&path) {
            Some(Json::Object(members)) => {
                let escaped = |name: &String| name.replace('~', "~0").replace('/', "~1");
                paths.extend(members.keys().map(|name| format!("{path}/{}", escaped(name))));
            }
            Some(Json::Array(items)) => {
                paths.extend((0..items.len()).map(|index| format!("{path}/{index}")));
            }
            _ => {}
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Plan, holds};

    #[test]
    fn every_node_has_its_path() {
        let tree = json!({"a/b": [1, {"~": 2}], "": 3});
        assert_eq!(paths(&tree), ["", "/a~1b", "/", "/a~1b/0", "/a~1b/1", "/a~1b/1/~0"]);
    }

    #[test]
    fn whatever_the_edits_something_comes_out() {
        let seeds = vec![json!({"a": [1, 2, {"b": null}]}), json!([]), json!(3)];
        let plan = Plan::from_environment("FUZZ", 500);
        let made = || (json(seeds.clone()), bytes(vec![Vec::new(), b"{}".to_vec()], &["[", "]"]));
        holds("spoilt seeds", &plan, made, |(tree, bytes)| {
            prop_assert!(!paths(&tree).is_empty() && bytes.len() < 10_000);
            Ok(())
        });
    }
}
