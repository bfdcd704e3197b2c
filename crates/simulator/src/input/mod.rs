//! Reading recorded data: CSV (`,` `;` tab) and NDJSON, gzip or not, recognised by content, into typed rows.
//!
//! This is the one place of the crate that opens files. What the rows become is [`crate::replay`]'s business.

mod rows;
mod typing;

pub use rows::Rows;
pub use typing::{FieldType, FieldTyping};

use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// One record of the input: its fields in order. Names occur once each; absent fields are not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Names and values.
    pub fields: Vec<(Arc<str>, Value)>,
}

impl Row {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// The value of a field, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.fields.iter_mut().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    /// Sets a field, at the end when it is new.
    pub fn set(&mut self, name: &Arc<str>, value: Value) {
        match self.get_mut(name) {
            Some(held) => *held = value,
            None => self.fields.push((Arc::clone(name), value)),
        }
    }
}

impl serde::Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.fields.iter().map(|(name, value)| (&**name, value)))
    }
}

/// Why input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file could not be opened or read.
    #[error("cannot read {file}: {why}")]
    File {
        /// Which.
        file: String,
        /// Why.
        why: io::Error,
    },
    /// One row is wrong; the rows after it can still be read.
    #[error("{file} line {line}: {what}")]
    Row {
        /// In which file.
        file: String,
        /// In which line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// Opens a file of rows.
pub fn open(file: &Path, typing: &FieldTyping) -> Result<Rows, InputError> {
    let name = file.display().to_string();
    let wrong = |why| InputError::File { file: name.clone(), why };
    read(&name, File::open(file).map_err(wrong)?, typing)
}

/// Reads rows from bytes; `name` is what errors call them.
pub fn read(
    name: &str,
    bytes: impl Read + Send + 'static,
    typing: &FieldTyping,
) -> Result<Rows, InputError> {
    let wrong = |why| InputError::File { file: name.to_owned(), why };
    let mut packed = BufReader::with_capacity(BUFFER, bytes);
    let is_gzip = packed.fill_buf().map_err(wrong)?.starts_with(&GZIP);
    let mut plain: Box<dyn BufRead + Send> = if is_gzip {
        Box::new(BufReader::with_capacity(BUFFER, flate2::bufread::MultiGzDecoder::new(packed)))
    } else {
        Box::new(packed)
    };
    if plain.fill_buf().map_err(wrong)?.starts_with(BYTE_ORDER_MARK) {
        plain.consume(BYTE_ORDER_MARK.len());
    }
    let start = plain.fill_buf().map_err(wrong)?;
    Ok(match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Rows::ndjson(name, plain),
        _ => {
            let delimiter = delimiter(start);
            Rows::csv(name, plain, delimiter, typing).map_err(wrong)?
        }
    })
}

const BUFFER: usize = 64 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The most frequent of the three delimiters in the first line, outside of quotes; a comma where there is none.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [0_usize; 3];
    let mut quoted = false;
    for &byte in start.iter().take_while(|byte| **byte != b'\n') {
        quoted ^= byte == b'"';
        if let Some(which) = DELIMITERS.iter().position(|&known| known == byte && !quoted) {
            counts[which] += 1;
        }
    }
    // Of equals the first is taken: `max_by_key` would take the last.
    let best = (0..DELIMITERS.len()).rev().max_by_key(|&which| counts[which]);
    best.map_or(b',', |which| DELIMITERS[which])
}

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn lines(bytes: &[u8], typing: &FieldTyping) -> Vec<String> {
        read("input", io::Cursor::new(bytes.to_vec()), typing)
            .unwrap()
            .map(|row| match row {
                Ok(row) => serde_json::to_string(&row).unwrap(),
                Err(error) => error.to_string(),
            })
            .collect()
    }

    fn plain(text: &str) -> Vec<String> {
        lines(text.as_bytes(), &FieldTyping::default())
    }

    #[test]
    fn delimiters_are_recognised() {
        for text in
            ["a,b\n1,x\n", "a;b\n1;x\n", "a\tb\n1\tx\n", "\u{feff}a,b\n1,x\n", "a,\"b\"\r\n1,x"]
        {
            assert_eq!(plain(text), [r#"{"a":1,"b":"x"}"#], "{text:?}");
        }
        assert_eq!(plain("\"a;b;c\",d\n1,2\n"), [r#"{"a;b;c":1,"d":2}"#]);
        assert_eq!(plain("a\n1\n"), [r#"{"a":1}"#]);
        assert_eq!(plain(""), [] as [&str; 0]);
    }

    #[test]
    fn gzip_is_recognised() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(b"a,b\n1,x\n").unwrap();
        assert_eq!(
            lines(&packer.finish().unwrap(), &FieldTyping::default()),
            [r#"{"a":1,"b":"x"}"#]
        );
    }

    #[test]
    fn json_lines_are_taken_as_they_are() {
        assert_eq!(
            plain("{\"a\":1.0,\"b\":[1,{\"c\":null}]}\n\n  {\"a\":\"007\"}"),
            [r#"{"a":1.0,"b":[1,{"c":null}]}"#, r#"{"a":"007"}"#]
        );
    }

    #[test]
    fn a_wrong_row_is_named_and_the_next_one_read() {
        assert_eq!(
            plain("{\"a\":1}\n{\"a\":\n{\"a\":2}"),
            [
                r#"{"a":1}"#,
                "input line 2: not a JSON object: EOF while parsing a value at line 1 column 5",
                r#"{"a":2}"#
            ]
        );
        assert_eq!(
            plain("a,b\n1\n2,3\n"),
            ["input line 2: 1 fields, the header has 2", r#"{"a":2,"b":3}"#]
        );
    }

    #[test]
    fn values_are_typed_as_declared_and_guessed_otherwise() {
        let typing = FieldTyping::from([
            ("id".to_owned(), FieldType::Text),
            ("flag".to_owned(), FieldType::Boolean),
            ("count".to_owned(), FieldType::Integer),
            ("share".to_owned(), FieldType::Double),
            ("ts".to_owned(), FieldType::Date),
        ]);
        let header = "id,flag,count,share,ts,guess";
        for (values, expected) in [
            (
                "007,1,12,3,1211353200,37.5",
                r#"{"id":"007","flag":true,"count":12,"share":3.0,"ts":1211353200,"guess":37.5}"#,
            ),
            (
                "7,false,x,abc,2008-05-21,1.50",
                r#"{"id":"7","flag":false,"count":"x","share":"abc","ts":"2008-05-21","guess":"1.50"}"#,
            ),
            (",0,,,,", r#"{"flag":false}"#),
            (
                "a,maybe,1.5,1e3,5.5,-0",
                r#"{"id":"a","flag":"maybe","count":"1.5","share":1000.0,"ts":5.5,"guess":"-0"}"#,
            ),
            (
                "NaN,True,1,NaN,NaN,true",
                r#"{"id":"NaN","flag":"True","count":1,"share":"NaN","ts":"NaN","guess":"true"}"#,
            ),
        ] {
            let text = format!("{header}\n{values}\n");
            assert_eq!(lines(text.as_bytes(), &typing), [expected]);
        }
    }
}
