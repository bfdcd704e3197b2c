//! Colours are named once, in the tokens (rule 21): a literal elsewhere would not follow the theme.

use crate::rust_code::{is_comment, shipped_lines};
use crate::{Finding, SourceFile, Workspace};

/// Where literals live: the tokens, and the table of them that the charts carry.
const TOKENS: &[&str] = &["assets/tokens.css", "crates/chart/src/theme/tokens.rs"];
const FUNCTIONS: &[&str] = &["rgb(", "rgba(", "hsl(", "hsla(", "oklch("];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let files = workspace
        .files()
        .iter()
        .filter(|file| !TOKENS.contains(&file.path.as_str()) && !file.is_tidy_itself());
    files.flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    let literal: Vec<usize> = match file.extension() {
        "css" => lines_where(file.lines(), has_css_colour),
        "rs" => lines_where(shipped_lines(file), has_rust_colour),
        _ => Vec::new(),
    };
    let message = "a colour literal: take it from the tokens (assets/tokens.css)";
    let finding =
        |line| Finding { path: file.path.clone(), line, rule: 21, message: message.into() };
    literal.into_iter().map(finding).collect()
}

fn lines_where<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    test: fn(&str) -> bool,
) -> Vec<usize> {
    lines.filter(|(_, text)| !is_comment(text) && test(text)).map(|(line, _)| line).collect()
}

/// In the value of a declaration: `#add` before the colon is a selector.
fn has_css_colour(text: &str) -> bool {
    let Some((_, value)) = text.split_once(':') else { return false };
    value.match_indices('#').any(|(at, _)| is_hex_colour(&value[at + 1..])) || has_function(value)
}

/// Inside a string.
fn has_rust_colour(text: &str) -> bool {
    let hex = text.match_indices("\"#").any(|(at, _)| {
        let rest = &text[at + 2..];
        is_hex_colour(rest) && rest.find('"').is_some_and(|end| matches!(end, 3 | 4 | 6 | 8))
    });
    hex || (text.contains('"') && has_function(text))
}

fn is_hex_colour(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let next = rest.as_bytes().get(digits);
    matches!(digits, 3 | 4 | 6 | 8)
        && !next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// `rgb(` followed by a number; `rgb(var(--x))` and `rgb({red}…)` build on values of the tokens.
fn has_function(text: &str) -> bool {
    FUNCTIONS.iter().any(|name| {
        let mut calls = text.match_indices(name);
        calls.any(|(at, _)| text[at + name.len()..].starts_with(|next: char| next.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let file = SourceFile { path: path.into(), text: text.into() };
        check(&Workspace::new(vec![file])).len()
    }

    #[test]
    fn colour_literals_are_found_outside_the_tokens() {
        assert_eq!(found("frontend/styles/a.css", ".a { color: #fff; }"), 1);
        assert_eq!(found("frontend/styles/a.css", ".a { color: rgb(1 2 3 / 50%); }"), 1);
        assert_eq!(found("assets/tokens.css", ".a { color: #fff; }"), 0);
        assert_eq!(found("crates/chart/src/a.rs", "let red = \"#ff0000\";"), 1);
    }

    #[test]
    fn names_and_derived_colours_are_not_literals() {
        assert_eq!(found("frontend/styles/a.css", "#add:hover { color: var(--fg); }"), 0);
        assert_eq!(found("frontend/styles/a.css", ".a { color: rgb(var(--fg) / 50%); }"), 0);
        assert_eq!(
            found("crates/chart/src/a.rs", "#[derive(Debug)] // rgb(1,2,3)\nlet raw = r#\"a\"#;"),
            0
        );
        assert_eq!(found("crates/chart/src/a.rs", "let id = \"#add-panel\";"), 0);
    }
}
