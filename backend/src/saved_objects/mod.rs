//! Saved objects: what people make and keep. Files of a folder are read-only; everything else is in the [`store`]. The
//! [`Library`] is both together as readers see them.

mod export;
mod import;
mod library;
mod patterns;
mod store;
mod summaries;

pub(crate) use export::{Named, References, Wanted};
pub(crate) use import::ImportWish;
pub(crate) use library::{Edit, Library, LibraryError};
pub(crate) use patterns::PatternInfo;
pub(crate) use store::{Patterns, Store, StoreError};
