//! What OpenSearch Dashboards exports: read, translated to our saved objects with an honest report, and written again.
//!
//! [`read`] gives the objects as they came, [`translate`] what of them we can show, [`write`](write()) the file again: every object comes
//! out as it came in, whatever was understood of it. Nothing is stored or asked for here: which stream an index pattern means is a
//! function of the caller ([`Import::stream_of`]; [`stream_by_name`] is the plain rule).

mod compose;
mod copies;
mod embedded;
mod loose;
mod own;
mod read;
mod report;
mod translate;
mod weight;
mod write;

pub use compose::{TimeFieldOf, compose_dashboard, compose_visualization};
pub use copies::copied;
pub use embedded::EmbeddedError;
pub use read::{Export, Form, MAX_BYTES, MAX_OBJECTS, RawObject, ReadError, Repeat, read};
pub use report::{ImportReport, ObjectReport, Outcome};
pub use translate::{Import, Ours, Translated, Translation, stream_by_name, translate};
pub use write::{Details, write};
