//! What OpenSearch Dashboards exports: read, and written again: every object comes out as it came in, whatever was understood of
//! it. Nothing is stored here.

mod read;
mod report;
mod write;

pub use read::{Export, Form, MAX_BYTES, MAX_OBJECTS, RawObject, ReadError, Repeat, read};
pub use report::{ImportReport, ObjectReport, Outcome};
pub use write::write;
