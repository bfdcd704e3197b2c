//! Saved objects: what people make and keep. Files of a folder are read-only; everything else is in the [`store`]. The
//! [`Library`] is both together as readers see them.

mod import;
mod library;
mod store;

pub(crate) use library::{Edit, Library, LibraryError};
pub(crate) use store::{Store, StoreError};
