//! The tree of a query.

use crate::{Pattern, Span};

/// A condition and its place. Nodes are equal where they ask the same: places do not count.
#[derive(Clone, Debug)]
pub struct Node {
    /// What is asked.
    pub expr: Expr,
    /// Where it is written.
    pub span: Span,
}

/// What is asked of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Nothing: every record matches.
    All,
    /// All of these, two at least.
    And(Vec<Node>),
    /// At least one of these, two at least.
    Or(Vec<Node>),
    /// Not this; a record without the field matches.
    Not(Box<Node>),
    /// This, of the fields inside an object.
    Nested {
        /// Name of the object.
        path: Name,
        /// What is asked of its fields.
        inner: Box<Node>,
    },
    /// The field has a value.
    Exists {
        /// Field.
        field: Name,
    },
    /// The field has this value; any field where none is named.
    Is {
        /// Field.
        field: Option<Name>,
        /// Value.
        value: Value,
    },
    /// The field lies between bounds, of which one at least is there.
    Range {
        /// Field.
        field: Name,
        /// Lower bound.
        low: Option<Bound>,
        /// Upper bound.
        high: Option<Bound>,
    },
}

/// The name of a field, possibly with wildcards. Places do not count for equality.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub pattern: Pattern,
    /// Where it is written.
    pub span: Span,
}

/// A value as it was written; the type of the field says what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One literal, which may have several words: the whole of a keyword, any of its words in an analysed text.
    Text(String),
    /// Quoted: the whole of a keyword, its words in this order in an analysed text.
    Phrase(String),
    /// Words with wildcards, one of which must match.
    Wild(Vec<Pattern>),
    /// A regular expression for the whole of a keyword or of a word of an analysed text (Lucene only).
    Regex(String),
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// As it was written.
    pub value: String,
    /// Whether the value itself is inside.
    pub inclusive: bool,
}

impl Node {
    /// A condition at a place.
    #[must_use]
    pub fn new(expr: Expr, span: Span) -> Self {
        Self { expr, span }
    }

    /// The nodes below, from left to right.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.expr {
            Expr::And(nodes) | Expr::Or(nodes) => nodes,
            Expr::Not(inner) | Expr::Nested { inner, .. } => std::slice::from_ref(&**inner),
            Expr::All | Expr::Exists { .. } | Expr::Is { .. } | Expr::Range { .. } => &[],
        }
    }

    /// The names of fields that are asked for, with the paths of the objects they are in.
    #[must_use]
    pub fn fields(&self) -> Vec<Name> {
        let mut names = Vec::new();
        self.collect_fields(None, &mut names);
        names
    }

    fn collect_fields(&self, path: Option<&Pattern>, names: &mut Vec<Name>) {
        match &self.expr {
            Expr::Exists { field }
            | Expr::Is { field: Some(field), .. }
            | Expr::Range { field, .. } => {
                names.push(Name { pattern: field.pattern.within(path), span: field.span });
            }
            Expr::Nested { path: inner_path, inner } => {
                inner.collect_fields(Some(&inner_path.pattern.within(path)), names);
            }
            _ => self.children().iter().for_each(|child| child.collect_fields(path, names)),
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}
