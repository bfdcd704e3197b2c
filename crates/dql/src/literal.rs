//! Literals of DQL: which characters mean something, and writing a text so that it reads back as itself.

use std::ops::Range;

use crate::pattern::{Part, Pattern};

/// Characters that must be escaped outside quotes.
pub(crate) fn is_special(c: char) -> bool {
    matches!(c, '\\' | '(' | ')' | ':' | '<' | '>' | '"' | '*' | '{' | '}')
}

/// The keyword that a word is, in any case.
pub(crate) fn keyword(word: &str) -> Option<&'static str> {
    ["and", "or", "not"].into_iter().find(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// The character that `\` and this letter stand for.
pub(crate) fn escaped_space(letter: char) -> Option<char> {
    match letter {
        't' => Some('\t'),
        'r' => Some('\r'),
        'n' => Some('\n'),
        _ => None,
    }
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A pattern without quotes.
pub(crate) fn unquoted(pattern: &Pattern) -> String {
    let mut out = String::new();
    let (first, last) = (0, pattern.parts().len().saturating_sub(1));
    for (index, part) in pattern.parts().iter().enumerate() {
        match part {
            Part::Text(text) => {
                let leading = if index == first { text.len() - text.trim_start().len() } else { 0 };
                let trailing = if index == last { text.trim_end().len() } else { text.len() };
                escape(text, leading..trailing, index == first, &mut out);
            }
            Part::Any => out.push('*'),
            Part::One => out.push('?'),
        }
    }
    out
}

/// Writes a text of an unquoted literal. White space at the literal's ends, outside `inner`, is escaped, since it would
/// be trimmed; keywords are escaped where they would be read as such.
fn escape(text: &str, inner: Range<usize>, starts: bool, out: &mut String) {
    let mut at_word = starts;
    for (at, c) in text.char_indices() {
        let is_edge = !inner.contains(&at);
        if c.is_whitespace() {
            let letter = match c {
                '\t' => 't',
                '\r' => 'r',
                '\n' => 'n',
                _ => ' ',
            };
            let escapes = is_edge && letter != ' ';
            if escapes {
                out.extend(['\\', letter]);
            } else {
                out.push(c);
            }
            at_word = !escapes;
            continue;
        }
        let word = text[at..].split(|c: char| c.is_whitespace() || is_special(c)).next();
        if is_special(c) || (at_word && word.and_then(keyword).is_some()) {
            out.push('\\');
        }
        out.push(c);
        at_word = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_written_so_that_it_reads_back() {
        for (text, want) in [
            ("off duty", "off duty"),
            ("a:b", r"a\:b"),
            ("rock and roll", r"rock \and roll"),
            ("sand or", r"sand \or"),
            ("\ta\tb\n", "\\ta\tb\\n"),
            (r#"say "hi" *"#, r#"say \"hi\" \*"#),
        ] {
            assert_eq!(unquoted(&Pattern::plain(text)), want);
        }
        assert_eq!(quoted(r#"say "hi" \ *"#), r#""say \"hi\" \\ *""#);
    }
}
