//! Text with wildcards.

/// A text in which parts may stand for anything. Neighbouring texts are one part, as are neighbouring `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    parts: Vec<Part>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// These characters.
    Text(String),
    /// `*`: any characters, or none.
    Any,
    /// `?`: one character (Lucene only).
    One,
}

impl Pattern {
    /// A text without wildcards.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        [Part::Text(text.to_owned())].into_iter().collect()
    }

    /// Its parts.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its text, if it has no wildcards.
    #[must_use]
    pub fn as_plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it matches everything.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.parts == [Part::Any]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// This pattern, a dot, and another: the name of a field inside an object.
    #[must_use]
    pub fn within(&self, path: Option<&Self>) -> Self {
        let Some(path) = path else { return self.clone() };
        let dot = Part::Text(".".to_owned());
        path.parts.iter().cloned().chain([dot]).chain(self.parts.iter().cloned()).collect()
    }

    /// The same with its texts changed, e.g. to lower case.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        let changed = self.parts.iter().map(|part| match part {
            Part::Text(text) => Part::Text(change(text)),
            Part::Any => Part::Any,
            Part::One => Part::One,
        });
        changed.collect()
    }

    /// Whether the whole of a text matches. Linear in the text where the pattern has no `?`: each run of text between
    /// two `*` is looked for once, from left to right, and the leftmost place leaves most to the rest.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let mut runs = self.parts.split(|part| *part == Part::Any);
        // `split` gives at least one run.
        let first = runs.next().unwrap_or_default();
        let Some(mut rest) = strip(text, first) else { return false };
        let mut pending: Option<&[Part]> = None;
        for run in runs {
            if let Some(found) = pending.replace(run) {
                let Some(after) = find(rest, found) else { return false };
                rest = after;
            }
        }
        match pending {
            None => rest.is_empty(),
            Some(last) => ends_with(rest, last),
        }
    }
}

impl FromIterator<Part> for Pattern {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        let mut all: Vec<Part> = Vec::new();
        for part in parts {
            match (all.last_mut(), part) {
                (_, Part::Text(text)) if text.is_empty() => {}
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (Some(Part::Any), Part::Any) => {}
                (_, part) => all.push(part),
            }
        }
        Self { parts: all }
    }
}

/// What is left of a text after a run of parts without `*` at its start.
fn strip<'t>(text: &'t str, run: &[Part]) -> Option<&'t str> {
    run.iter().try_fold(text, |rest, part| match part {
        Part::Text(wanted) => rest.strip_prefix(wanted.as_str()),
        Part::One => {
            let mut chars = rest.chars();
            chars.next().map(|_| chars.as_str())
        }
        Part::Any => Some(rest),
    })
}

/// What is left after the leftmost place of a run.
fn find<'t>(text: &'t str, run: &[Part]) -> Option<&'t str> {
    if let [Part::Text(wanted)] = run {
        return text.find(wanted.as_str()).map(|at| &text[at + wanted.len()..]);
    }
    text.char_indices().find_map(|(at, _)| strip(&text[at..], run))
}

fn ends_with(text: &str, run: &[Part]) -> bool {
    let length: usize = run
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.chars().count(),
            Part::One => 1,
            Part::Any => 0,
        })
        .sum();
    let Some(last) = length.checked_sub(1) else { return true };
    let from = text.char_indices().rev().nth(last);
    from.is_some_and(|(at, _)| strip(&text[at..], run).is_some_and(str::is_empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        let part = |c: char| match c {
            '*' => Part::Any,
            '?' => Part::One,
            c => Part::Text(c.to_string()),
        };
        text.chars().map(part).collect()
    }

    #[test]
    fn wildcards_stand_for_any_characters_or_none() {
        for (wild, text, want) in [
            ("a*", "a", true),
            ("a*", "ab", true),
            ("a*", "ba", false),
            ("*a", "bca", true),
            ("*a", "ab", false),
            ("a*b*c", "a--b--b--c", true),
            ("a*b*c", "a--c--b", false),
            ("*ab*", "xxaab", true),
            ("ab*ba", "aba", false),
            ("**", "", true),
            ("?", "", false),
            ("?", "é", true),
            ("*?é", "xyé", true),
            ("*?é", "é", false),
            ("a?*c", "abc", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(pattern(wild).matches(text), want, "{wild} on {text}");
        }
    }

    #[test]
    fn many_wildcards_take_linear_time() {
        let text = "a".repeat(100_000);
        assert!(!pattern(&"a*".repeat(4_000).replace("a*", "aa*")).matches(&text[..7_999]));
        assert!(!pattern(&format!("{}b", "a*".repeat(4_000))).matches(&text));
    }
}
