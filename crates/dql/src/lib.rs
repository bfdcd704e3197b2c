//! DQL, the language of the query bar (OpenSearch Dashboards' and Kibana's `kuery`), and the part of Lucene's query
//! language that old boards use. Both become one tree.
//!
//! One parser gives the tree with its places ([`parse`]), canonical text ([`print`]), errors with a place and a
//! suggestion ([`Error`]), what could be typed at a cursor ([`complete`]), and what is probably not meant ([`hints`]). Nothing is evaluated here: that is
//! `hailstream-engine`. The page links this crate, so it depends on nothing heavy. Every function takes time linear in
//! its text.
//!
//! Grammar after `kuery.peg` of OpenSearch Dashboards; where it differs, docs/dql.md says so.

mod complete;
mod error;
mod hint;
mod literal;
pub mod lucene;
mod normal;
mod parse;
mod pattern;
mod print;
mod span;
mod tree;

pub use complete::{Expected, What, complete};
pub use error::{Error, Fault};
pub use hint::{Hint, hints};
pub use normal::normal;
pub use parse::parse;
pub use pattern::{Part, Pattern};
pub use print::{field_text, print, value_text};
pub use span::Span;
pub use tree::{Bound, Expr, Name, Node, Value};

/// Longest text, bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// Deepest nesting of parentheses, braces and `not`.
pub const MAX_DEPTH: usize = 32;
/// Most nodes of a tree.
pub const MAX_NODES: usize = 256;
