//! A line of separated values (RFC 4180) to cells: values belong to the stream's columns in their order. An empty value
//! is none; all others are texts, and become what the type of their field makes of them.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Cell, Decoder, FieldId, Refusal, Scratch};
use crate::config::CsvConfig;
use crate::fields::Fields;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// See the module's words.
pub(super) struct Csv {
    /// None where there are more fields than a stream may have.
    columns: Vec<Option<FieldId>>,
    delimiter: u8,
    reader: Reader,
}

impl Csv {
    pub(super) fn new(config: &CsvConfig, fields: &Fields) -> Self {
        Self {
            columns: config.columns.iter().map(|name| fields.id(name)).collect(),
            delimiter: config.delimiter,
            reader: ReaderBuilder::new().delimiter(config.delimiter).build(),
        }
    }

    fn put<'a>(
        &self,
        values: impl Iterator<Item = Cow<'a, str>>,
        scratch: &mut Scratch<'a>,
    ) -> Result<(), Refusal> {
        let mut count = 0;
        for value in values {
            if let Some(Some(id)) = self.columns.get(count)
                && !value.is_empty()
            {
                scratch.cells.push((*id, Cell::Text(value)));
            }
            count += 1;
        }
        let columns = self.columns.len();
        if count == columns {
            return Ok(());
        }
        Err(Refusal::new(
            "not_csv",
            format!("{count} values, but the stream has {columns} columns"),
        ))
    }

    /// The values of a line in which some are quoted.
    fn unquoted(&mut self, line: &[u8]) -> Result<Vec<String>, Refusal> {
        let (mut text, mut ends) = (vec![0; line.len() + 1], vec![0; line.len() + 2]);
        self.reader.reset();
        let (_, taken, mut written, mut ended) =
            self.reader.read_record(line, &mut text, &mut ends);
        let (result, _, more, further) =
            self.reader.read_record(&line[taken..], &mut text[written..], &mut ends[ended..]);
        written += more;
        ended += further;
        if !matches!(result, ReadRecordResult::Record | ReadRecordResult::End) {
            return Err(Refusal::new("not_csv", "a line of values expected"));
        }
        let mut from = 0;
        let value = |end: &usize| {
            let value = std::str::from_utf8(text[..written].get(from..*end).unwrap_or_default());
            from = *end;
            value.map(ToOwned::to_owned).map_err(|_| not_utf8())
        };
        ends[..ended].iter().map(value).collect()
    }
}

fn not_utf8() -> Refusal {
    Refusal::new("not_csv", "not UTF-8")
}

impl Decoder for Csv {
    fn read<'a>(
        &mut self,
        bytes: &'a [u8],
        _: &mut Fields,
        scratch: &mut Scratch<'a>,
    ) -> Result<(), Refusal> {
        scratch.cells.clear();
        let line = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.contains(&b'\n') || line.contains(&b'\r') {
            return Err(Refusal::new("not_csv", "one line expected"));
        }
        if line.contains(&b'"') {
            let values = self.unquoted(line)?;
            return self.put(values.into_iter().map(Cow::Owned), scratch);
        }
        let line = std::str::from_utf8(line).map_err(|_| not_utf8())?;
        self.put(line.split(char::from(self.delimiter)).map(Cow::Borrowed), scratch)
    }
}
