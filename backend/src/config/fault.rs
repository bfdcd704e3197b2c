//! What is wrong in a file, where, and how it is told.

use std::fmt;
use std::path::Path;

use hailstream_query::{explain_serde, nearest};
use serde::de::DeserializeOwned;

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The file, as it was named.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong, and what was expected.
    pub detail: String,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// A line, from 1.
    Line(u64),
    /// A key, e.g. `panels[2].visualization.query`.
    Key(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Key(key) => f.write_str(key),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Whole => write!(f, "{}: {}", self.file, self.detail),
            Place::Line(line) => write!(f, "{}:{line}: {}", self.file, self.detail),
            Place::Key(key) => write!(f, "{}: {key}: {}", self.file, self.detail),
        }
    }
}

impl Fault {
    /// A fault of a file as a whole.
    #[must_use]
    pub fn whole(file: &str, detail: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Place::Whole, detail: detail.into() }
    }

    /// A fault of a key.
    #[must_use]
    pub fn key(file: &str, key: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Place::Key(key.into()), detail: detail.into() }
    }
}

/// Several faults as one error: a file is read to its end, so that all is told at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String, Fault> {
    std::fs::read_to_string(path)
        .map_err(|error| Fault::whole(&path.display().to_string(), error.to_string()))
}

/// Reads YAML, or JSON where the file's name says so.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, Fault> {
    if Path::new(file).extension().is_some_and(|extension| extension == "json") {
        return serde_json::from_str(text).map_err(|error| from_json(file, &error));
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| from_yaml(file, &error))
}

fn from_json(file: &str, error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let place = Place::Line(error.line() as u64);
    Fault { file: file.to_owned(), place, detail: explain_serde(message) }
}

fn from_yaml(file: &str, error: &serde_saphyr::Error) -> Fault {
    let place = error.location().map_or(Place::Whole, |at| Place::Line(at.line()));
    Fault { file: file.to_owned(), place, detail: in_words(error.without_snippet()) }
}

fn in_words(error: &serde_saphyr::Error) -> String {
    let unknown = |what: &str, name: &str, expected: &[&str]| {
        let near = nearest(name, expected.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        format!("unknown {what} `{name}`, expected one of {}{near}", expected.join(", "))
    };
    match error {
        serde_saphyr::Error::SerdeUnknownField { field, expected, .. } => {
            unknown("key", field, expected)
        }
        serde_saphyr::Error::SerdeUnknownVariant { variant, expected, .. } => {
            unknown("value", variant, expected)
        }
        other => {
            // The place is told in front; the message repeats it.
            let message = other.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            explain_serde(message.trim_end_matches([':', ' ']))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its errors matter")]
        listen: String,
        #[expect(dead_code, reason = "only its errors matter")]
        #[serde(default)]
        count: u32,
    }

    fn words(text: &str, file: &str) -> String {
        parse::<Sample>(text, file).map_or_else(|fault| fault.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn faults_name_file_line_and_near_names() {
        for (text, file, want) in [
            ("listen: x\n", "a.yaml", "fine"),
            ("listen: 8700\n", "a.yaml", "fine"),
            (
                "listen: x\nlissten: y\n",
                "a.yaml",
                "a.yaml:2: unknown key `lissten`, expected one of listen, count; did you mean `listen`?",
            ),
            ("count: 3\n", "a.yaml", "a.yaml:1: missing field `listen`"),
            ("listen: x\ncount: many\n", "a.yaml", "a.yaml:2: invalid u32"),
            ("listen: [x\n", "a.yaml", ""),
            (
                "{\"listen\": \"x\",\n \"cuont\": 1}",
                "a.json",
                "a.json:2: unknown field `cuont`, expected `listen` or `count`; did you mean `count`?",
            ),
            ("{\"listen\": ", "a.json", "a.json:1: EOF while parsing a value"),
        ] {
            let got = words(text, file);
            if want.is_empty() {
                assert!(got.starts_with("a.yaml:"), "{got}");
            } else {
                assert_eq!(got, want);
            }
        }
    }
}
