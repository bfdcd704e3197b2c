//! What is wrong with a text, where, and what to write instead.

use thiserror::Error;

use crate::Span;

/// A text that asks nothing that can be answered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct Error {
    /// What kind of fault.
    pub fault: Fault,
    /// Where; inside the text, empty at its end where something is missing.
    pub span: Span,
    /// What is wrong and what was expected.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not the language.
    Syntax,
    /// The language, but not understood here.
    Unsupported,
    /// Longer than [`MAX_BYTES`](crate::MAX_BYTES).
    TooLong,
    /// Deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
    /// More than [`MAX_NODES`](crate::MAX_NODES) nodes.
    TooMany,
}

impl Error {
    pub(crate) fn syntax(span: Span, message: impl Into<String>) -> Self {
        Self { fault: Fault::Syntax, span, message: message.into(), suggestion: None }
    }

    pub(crate) fn of(fault: Fault, span: Span, message: impl Into<String>) -> Self {
        Self { fault, ..Self::syntax(span, message) }
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}
