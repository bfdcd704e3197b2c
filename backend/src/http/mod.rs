//! The HTTP side.

pub(crate) mod problem;
