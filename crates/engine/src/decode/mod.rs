//! Bytes to cells: a record is read into scratch cells, without a tree of values in between. Only when the record is judged
//! good do the cells go into columns. [`decoder`] is the registry of formats: a line there and a file.

mod csv;
mod flat;
mod json;
mod key_order;
pub(crate) mod position;
pub(crate) mod time;

pub(crate) use json::Scratch;

use std::borrow::Cow;

use crate::config::{FieldType, Format};
use crate::fields::{FieldId, Fields};

/// A scalar as the record has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
}

/// Reads the records of one format.
pub(crate) trait Decoder: Send {
    /// Reads one record into `scratch`; what that held before is gone. Fields that are new become known.
    ///
    /// # Errors
    /// Why the bytes are no record of the format.
    fn read<'a>(
        &mut self,
        bytes: &'a [u8],
        fields: &mut Fields,
        scratch: &mut Scratch<'a>,
    ) -> Result<(), Refusal>;
}

/// What reads the records of a stream.
pub(crate) fn decoder(format: &Format, fields: &Fields) -> Box<dyn Decoder> {
    match format {
        Format::Json => Box::new(json::Json::default()),
        Format::Csv(config) => Box::new(csv::Csv::new(config, fields)),
    }
}

impl Cell<'_> {
    /// The type of a field that is found by this value; none for null.
    fn kind(&self) -> Option<FieldType> {
        match self {
            Self::Null => None,
            Self::Bool(_) => Some(FieldType::Boolean),
            Self::Int(_) => Some(FieldType::Long),
            Self::Float(_) => Some(FieldType::Double),
            Self::Text(_) => Some(FieldType::Keyword),
        }
    }
}

/// Why a record was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
    pub(crate) place: Place,
}

/// Where in the record the fault is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere in particular.
    #[default]
    Whole,
    /// In the value of this field.
    Field(String),
    /// At this line and column, both from 1, of the text.
    Text(usize, usize),
}

impl Refusal {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), place: Place::Whole }
    }

    /// The same, with the field whose value is at fault.
    pub(crate) fn of_field(self, name: &str) -> Self {
        Self { place: Place::Field(name.to_owned()), ..self }
    }
}
