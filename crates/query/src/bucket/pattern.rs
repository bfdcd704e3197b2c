//! `include` and `exclude` of keys: a list, or a regular expression as Lucene writes it, run in linear time.
//!
//! Lucene's expressions match whole keys and know neither `^` nor `$`. Its optional operators `~ & < > @ #` are refused
//! with their name rather than read as something else. Source: Lucene's `RegExp`, which OpenSearch hands them to.

use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest expression that is read, and the memory that one may take, in bytes.
const MAX_LENGTH: usize = 1_000;
const MAX_PROGRAM: usize = 1 << 20;

/// Which keys are meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Keys {
    /// These.
    List(Vec<serde_json::Value>),
    /// Those that match as a whole; keys that are not words match by how they are written.
    Pattern(String),
}

impl Keys {
    /// The expression, ready to run; none for a list.
    ///
    /// # Errors
    /// Words that say what is wrong with it.
    pub fn regex(&self) -> Result<Option<Regex>, String> {
        match self {
            Self::List(_) => Ok(None),
            Self::Pattern(pattern) => compiled(pattern).map(Some),
        }
    }
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > MAX_LENGTH {
        return Err(format!("an expression has at most {MAX_LENGTH} bytes"));
    }
    let translated = translated(pattern)?;
    RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
        .dot_matches_new_line(true)
        .size_limit(MAX_PROGRAM)
        .build()
        .map_err(|error| {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default();
            format!("/{pattern}/ cannot be read: {}", last.trim_start_matches("error: "))
        })
}

fn translated(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(class @ ('d' | 'D' | 's' | 'S' | 'w' | 'W')) => out.extend(['\\', class]),
                Some(literal) => out.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4]))),
                None => return Err(format!("/{pattern}/ ends in the middle of an escape")),
            },
            '[' | ']' => {
                in_class = letter == '[';
                out.push(letter);
            }
            _ if in_class => out.push(letter),
            '"' => loop {
                match letters.next() {
                    Some('"') => break,
                    Some(literal) => out.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4]))),
                    None => return Err(format!("/{pattern}/ has a quote without its end")),
                }
            },
            '~' | '&' | '<' | '>' | '@' | '#' => {
                return Err(format!(
                    "the operator {letter} is not supported; \\{letter} is the letter"
                ));
            }
            '^' | '$' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(pattern: &str, keys: &[&str]) -> Result<String, String> {
        let regex = Keys::Pattern(pattern.to_owned()).regex()?.unwrap();
        Ok(keys.iter().filter(|key| regex.is_match(key)).copied().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn expressions_match_whole_keys_as_in_lucene() {
        let keys = ["a", "ab", "abc", "b", "a.c", "^a", "a$", "7", "77"];
        for (pattern, want) in [
            ("a", "a"),
            ("a.*", "a ab abc a.c a$"),
            ("a|b", "a b"),
            ("a\\.c", "a.c"),
            ("\"a.c\"", "a.c"),
            ("^a", "^a"),
            ("a$", "a$"),
            ("[a-b]b?", "a ab b"),
            ("[^a]", "b 7"),
            ("\\d{1,2}", "7 77"),
            (".{3}", "abc a.c"),
            ("", ""),
        ] {
            assert_eq!(matching(pattern, &keys).as_deref(), Ok(want), "{pattern}");
        }
    }

    #[test]
    fn what_cannot_be_run_says_why() {
        for (pattern, want) in [
            ("a(", "/a(/ cannot be read: unclosed group"),
            ("~a", "the operator ~ is not supported; \\~ is the letter"),
            ("a\\", "/a\\/ ends in the middle of an escape"),
            ("\"a", "/\"a/ has a quote without its end"),
            (
                "((a{100}){100}){100}",
                "/((a{100}){100}){100}/ cannot be read: Compiled regex exceeds size limit of 1048576 bytes.",
            ),
        ] {
            assert_eq!(matching(pattern, &[]).unwrap_err(), want, "{pattern}");
        }
    }
}
