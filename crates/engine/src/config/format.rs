//! `format` of a stream file, and what belongs to it.

use serde::Deserialize;

use super::{FieldFile, File};

/// How records are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A JSON object each.
    Json,
    /// A line of separated values each.
    Csv(CsvConfig),
}

/// Which value of a line is which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CsvConfig {
    pub(crate) columns: Vec<String>,
    pub(crate) delimiter: u8,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CsvFile {
    columns: Option<Vec<String>>,
    delimiter: Option<String>,
}

impl Format {
    pub(super) fn of(file: &File) -> Result<Self, String> {
        match file.format.as_deref() {
            None | Some("json") if file.csv.is_some() => {
                Err("csv: goes with format: csv".to_owned())
            }
            None | Some("json") => Ok(Self::Json),
            Some("csv") => CsvConfig::of(file).map(Self::Csv),
            Some(format @ ("avro" | "protobuf")) => {
                Err(format!("format: {format} is not supported yet"))
            }
            Some(other) => {
                Err(format!("format: \"{other}\" is not a format; expected json or csv"))
            }
        }
    }
}

impl CsvConfig {
    /// The columns that are named, or the fields in the order of the file.
    fn of(file: &File) -> Result<Self, String> {
        let CsvFile { columns, delimiter } = file.csv.clone().unwrap_or_default();
        let delimiter = delimiter.as_deref().unwrap_or(",");
        let &[delimiter @ (b'\t' | b' '..=b'!' | b'#'..=b'~')] = delimiter.as_bytes() else {
            return Err(format!(
                "csv.delimiter: {delimiter:?} is not one character, such as \";\" or \"\\t\""
            ));
        };
        let is_column =
            |field: &FieldFile| !matches!(field, FieldFile::Long(long) if long.lat.is_some());
        let declared = file.fields.iter().filter(|(_, field)| is_column(field));
        let columns = columns.unwrap_or_else(|| declared.map(|(name, _)| name.clone()).collect());
        if let Some(time) = file.time.as_ref().filter(|time| !columns.contains(&time.field)) {
            return Err(format!(
                "csv.columns: the time field \"{}\" is not among them",
                time.field
            ));
        }
        if columns.is_empty() {
            return Err(
                "csv.columns: name the columns, here or as fields in their order".to_owned()
            );
        }
        for (place, name) in columns.iter().enumerate() {
            if columns[..place].contains(name) {
                return Err(format!("csv.columns: \"{name}\" is there twice"));
            }
        }
        Ok(Self { columns, delimiter })
    }
}
