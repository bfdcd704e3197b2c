//! Habits from other languages that DQL reads as plain text: not wrong, but seldom meant.

use crate::Span;
use crate::tree::{Expr, Node, Value};

/// A part of a query that probably means something else in DQL than its author thinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The condition.
    pub span: Span,
    /// What it is here, and what to write instead.
    pub message: String,
}

/// What to tell the author of a query that was read without errors.
#[must_use]
pub fn hints(node: &Node) -> Vec<Hint> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

fn collect(node: &Node, found: &mut Vec<Hint>) {
    let message = match &node.expr {
        Expr::Is { field: Some(field), .. } | Expr::Exists { field }
            if field.pattern.as_plain() == Some("_exists_") =>
        {
            Some("`_exists_` is Lucene's; write `field: *`".to_owned())
        }
        Expr::Is { value: Value::Text(text), field } => {
            habit(text).or_else(|| field.is_none().then(|| comparison(text)).flatten())
        }
        Expr::Is { value: Value::Wild(words), .. } => {
            let texts = words.iter().flat_map(crate::Pattern::parts);
            let mut texts = texts.filter_map(|part| match part {
                crate::Part::Text(text) => Some(text.as_str()),
                crate::Part::Any | crate::Part::One => None,
            });
            texts.find_map(habit)
        }
        _ => None,
    };
    found.extend(message.map(|message| Hint { span: node.span, message }));
    node.children().iter().for_each(|child| collect(child, found));
}

/// What a text would mean in Lucene's language.
fn habit(text: &str) -> Option<String> {
    let has = |word: &str| text.split_whitespace().any(|other| other == word);
    let starts = |sign: char| {
        text.strip_prefix(sign).is_some_and(|rest| rest.starts_with(char::is_alphabetic))
    };
    let suffixed = |sign: char| {
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        text.trim_end_matches(digits).strip_suffix(sign).is_some_and(|rest| !rest.is_empty())
    };
    let told = |sign: &str, instead: &str| Some(format!("`{sign}` is plain text here; {instead}"));
    match () {
        () if has("&&") => told("&&", "write `and`"),
        () if has("||") => told("||", "write `or`"),
        () if starts('-') => told("-", "write `not`"),
        () if starts('!') => told("!", "write `not`"),
        () if starts('+') => told("+", "write `and`"),
        () if text.starts_with('[') && has("TO") => {
            told("[… TO …]", "write `field >= 1 and field <= 5`")
        }
        () if text.len() > 2 && text.starts_with('/') && text.ends_with('/') => {
            told("/…/", "regular expressions are Lucene's")
        }
        () if suffixed('~') => told("~", "DQL has no fuzzy terms"),
        () if suffixed('^') => told("^", "DQL has no boosts"),
        () if text.contains('?') && !text.ends_with('?') => told("?", "the wildcard is `*`"),
        () => None,
    }
}

/// `speed = 3` is a text, not a comparison.
fn comparison(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [field, sign @ ("=" | "==" | "!="), value] = words[..] else { return None };
    let instead =
        if sign == "!=" { format!("not {field}: {value}") } else { format!("{field}: {value}") };
    Some(format!("`{sign}` is plain text here; write `{instead}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn habits_of_other_languages_are_told() {
        for (text, want) in [
            ("a && b", "0..6 `&&` is plain text here; write `and`"),
            ("x or a: b || c", "5..14 `||` is plain text here; write `or`"),
            ("-a", "0..2 `-` is plain text here; write `not`"),
            ("t: -5", ""),
            (
                "a: [1 TO 5]",
                "0..11 `[… TO …]` is plain text here; write `field >= 1 and field <= 5`",
            ),
            ("_exists_: a", "0..11 `_exists_` is Lucene's; write `field: *`"),
            ("a: /x.*/", ""),
            ("a: /x/", "0..6 `/…/` is plain text here; regular expressions are Lucene's"),
            ("roam~2", "0..6 `~` is plain text here; DQL has no fuzzy terms"),
            ("h?red*", "0..6 `?` is plain text here; the wildcard is `*`"),
            ("why?", ""),
            ("speed != 3", "0..10 `!=` is plain text here; write `not speed: 3`"),
            ("status: hired and speed > 3", ""),
        ] {
            let told: Vec<String> = hints(&parse(text).unwrap())
                .iter()
                .map(|hint| format!("{}..{} {}", hint.span.start, hint.span.end, hint.message))
                .collect();
            assert_eq!(told.join("; "), want, "{text}");
        }
    }
}
