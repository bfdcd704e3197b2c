//! Row by row out of CSV or NDJSON: [`Rows`].

use super::typing::{self, FieldType, FieldTyping};
use super::{InputError, Row};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::io::{self, BufRead};
use std::sync::Arc;

/// The longest line of NDJSON that is read; a longer one ends the input with an error.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The rows of one input. A wrong row is an error; the iterator then goes on with the next.
pub struct Rows {
    file: String,
    format: Format,
}

enum Format {
    Csv {
        reader: csv::Reader<Box<dyn BufRead + Send>>,
        columns: Vec<Column>,
        record: csv::StringRecord,
    },
    Ndjson {
        lines: Box<dyn BufRead + Send>,
        line: u64,
        names: HashMap<String, Arc<str>>,
    },
    Ended,
}

struct Column {
    name: Arc<str>,
    declared: Option<FieldType>,
}

impl Rows {
    pub(super) fn csv(
        file: &str,
        bytes: Box<dyn BufRead + Send>,
        delimiter: u8,
        typing: &FieldTyping,
    ) -> io::Result<Self> {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
        let column = |name: &str| Column { name: name.into(), declared: typing.get(name).copied() };
        let columns = reader.headers()?.iter().map(column).collect();
        let format = Format::Csv { reader, columns, record: csv::StringRecord::new() };
        Ok(Self { file: file.to_owned(), format })
    }

    pub(super) fn ndjson(file: &str, lines: Box<dyn BufRead + Send>) -> Self {
        let format = Format::Ndjson { lines, line: 0, names: HashMap::new() };
        Self { file: file.to_owned(), format }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match &mut self.format {
            Format::Csv { reader, columns, record } => next_csv(reader, columns, record),
            Format::Ndjson { lines, line, names } => next_json(lines, line, names),
            Format::Ended => return None,
        };
        let file = self.file.clone();
        match result {
            Ok(row) => row.map(Ok),
            Err(Wrong::Row { line, what }) => Some(Err(InputError::Row { file, line, what })),
            Err(Wrong::File(why)) => {
                self.format = Format::Ended;
                Some(Err(InputError::File { file, why }))
            }
        }
    }
}

enum Wrong {
    Row { line: u64, what: String },
    File(io::Error),
}

impl From<csv::Error> for Wrong {
    fn from(error: csv::Error) -> Self {
        let line = error.position().map_or(0, csv::Position::line);
        let what = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::File(error),
            _ => Self::Row { line, what },
        }
    }
}

fn next_csv(
    reader: &mut csv::Reader<Box<dyn BufRead + Send>>,
    columns: &[Column],
    record: &mut csv::StringRecord,
) -> Result<Option<Row>, Wrong> {
    if !reader.read_record(record)? {
        return Ok(None);
    }
    if record.len() != columns.len() {
        let line = record.position().map_or(0, csv::Position::line);
        let what = format!("{} fields, the header has {}", record.len(), columns.len());
        return Err(Wrong::Row { line, what });
    }
    // Rows are kept by the hundred thousand: no room is left over.
    let mut fields = Vec::with_capacity(columns.len());
    for (column, text) in columns.iter().zip(record.iter()) {
        let value = typing::value(text, column.declared);
        fields.extend(value.map(|value| (Arc::clone(&column.name), value)));
    }
    Ok(Some(Row { fields }))
}

fn next_json(
    lines: &mut dyn BufRead,
    line: &mut u64,
    names: &mut HashMap<String, Arc<str>>,
) -> Result<Option<Row>, Wrong> {
    let mut text = Vec::new();
    while text.iter().all(u8::is_ascii_whitespace) {
        text.clear();
        *line += 1;
        let read = io::Read::take(&mut *lines, MAX_LINE).read_until(b'\n', &mut text);
        match read.map_err(Wrong::File)? {
            0 => return Ok(None),
            length if length as u64 == MAX_LINE => {
                let what = format!("line {line} is longer than {MAX_LINE} bytes");
                return Err(Wrong::File(io::Error::new(io::ErrorKind::InvalidData, what)));
            }
            _ => {}
        }
    }
    let object: Map<String, Value> = serde_json::from_slice(text.trim_ascii())
        .map_err(|error| Wrong::Row { line: *line, what: format!("not a JSON object: {error}") })?;
    let fields = object.into_iter().map(|(name, value)| {
        let known = names.entry(name).or_insert_with_key(|name| Arc::from(name.as_str()));
        (Arc::clone(known), value)
    });
    Ok(Some(Row { fields: fields.collect() }))
}
