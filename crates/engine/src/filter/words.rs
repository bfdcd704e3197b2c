//! Tests of words: of a keyword as a whole, of an address, or of the words that an analysed text consists of.

use core::net::IpAddr;

use hailstream_dql::{Bound, Part, Pattern, Value};
use regex::{Regex, RegexBuilder};
use unicode_segmentation::UnicodeSegmentation;

/// Largest compiled regular expression, bytes.
const REGEX_BYTES: usize = 1 << 20;

/// What must hold of a word.
#[derive(Clone, Debug)]
pub(super) enum WordTest {
    Never,
    Equals(String),
    Matches(Pattern),
    Regex(Regex),
    Between(Option<Bound>, Option<Bound>),
    /// One of these.
    Either(Vec<WordTest>),
    /// An analysed text has a word for which this holds.
    AnyToken(Box<WordTest>),
    /// An analysed text has these words in this order, one after the other.
    Sequence(Vec<String>),
    /// An address between these, both inside.
    Address(u128, u128),
}

/// The words of an analysed text, as OpenSearch's standard analyser finds them: by the rules of Unicode (UAX #29), in
/// small letters.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = String> {
    text.unicode_words().map(str::to_lowercase)
}

impl WordTest {
    /// A value of a keyword.
    pub(super) fn of_keyword(value: &Value) -> Self {
        match value {
            Value::Text(text) | Value::Phrase(text) => Self::Equals(text.clone()),
            Value::Wild(words) => Self::either(words.iter().map(matches)),
            Value::Regex(regex) => compiled(regex).map_or(Self::Never, Self::Regex),
        }
    }

    /// A value of an analysed text.
    pub(super) fn of_text(value: &Value) -> Self {
        let holds = match value {
            Value::Text(text) => Self::either(tokens(text).map(Self::Equals)),
            Value::Phrase(text) => {
                let sequence: Vec<String> = tokens(text).collect();
                return if sequence.is_empty() { Self::Never } else { Self::Sequence(sequence) };
            }
            Value::Wild(words) => {
                Self::either(words.iter().flat_map(|word| match word.as_plain() {
                    Some(plain) => tokens(plain).map(Self::Equals).collect(),
                    None => vec![matches(&word.map(str::to_lowercase))],
                }))
            }
            Value::Regex(regex) => compiled(regex).map_or(Self::Never, Self::Regex),
        };
        Self::AnyToken(Box::new(holds))
    }

    /// An address, or a block of them (`10.0.0.0/8`).
    pub(super) fn of_address(value: &Value) -> Self {
        match value {
            Value::Text(text) | Value::Phrase(text) => {
                block(text).map_or(Self::Never, |(first, last)| Self::Address(first, last))
            }
            Value::Wild(_) | Value::Regex(_) => Self::Never,
        }
    }

    /// A range of keywords, in the order of their bytes.
    pub(super) fn keywords(low: Option<&Bound>, high: Option<&Bound>) -> Self {
        Self::Between(low.cloned(), high.cloned())
    }

    /// A text with a word in a range.
    pub(super) fn text_between(low: Option<&Bound>, high: Option<&Bound>) -> Self {
        let lower = |bound: Option<&Bound>| {
            bound.map(|bound| Bound { value: bound.value.to_lowercase(), ..bound.clone() })
        };
        Self::AnyToken(Box::new(Self::Between(lower(low), lower(high))))
    }

    /// A range of addresses.
    pub(super) fn addresses(low: Option<&Bound>, high: Option<&Bound>) -> Self {
        let first = low.map_or(Some(0), |bound| {
            address(&bound.value)?.checked_add(u128::from(!bound.inclusive))
        });
        let last = high.map_or(Some(u128::MAX), |bound| {
            address(&bound.value)?.checked_sub(u128::from(!bound.inclusive))
        });
        match (first, last) {
            (Some(first), Some(last)) => Self::Address(first, last),
            _ => Self::Never,
        }
    }

    fn either(tests: impl Iterator<Item = Self>) -> Self {
        let mut tests: Vec<Self> = tests.collect();
        match tests.len() {
            0 => Self::Never,
            1 => tests.swap_remove(0),
            _ => Self::Either(tests),
        }
    }

    pub(super) fn holds(&self, word: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Equals(wanted) => wanted == word,
            Self::Matches(pattern) => pattern.matches(word),
            Self::Regex(regex) => regex.is_match(word),
            Self::Between(low, high) => {
                let above = low.as_ref().is_none_or(|bound| match bound.inclusive {
                    true => word >= bound.value.as_str(),
                    false => word > bound.value.as_str(),
                });
                let below = high.as_ref().is_none_or(|bound| match bound.inclusive {
                    true => word <= bound.value.as_str(),
                    false => word < bound.value.as_str(),
                });
                above && below
            }
            Self::Either(tests) => tests.iter().any(|test| test.holds(word)),
            Self::AnyToken(test) => tokens(word).any(|token| test.holds(&token)),
            Self::Sequence(wanted) => {
                let found: Vec<String> = tokens(word).collect();
                found.windows(wanted.len()).any(|window| window == wanted)
            }
            Self::Address(first, last) => {
                address(word).is_some_and(|address| (*first..=*last).contains(&address))
            }
        }
    }
}

fn matches(pattern: &Pattern) -> WordTest {
    if let Some(plain) = pattern.as_plain() {
        return WordTest::Equals(plain.to_owned());
    }
    // A pattern takes linear time as long as it has no `?`; a regular expression always does.
    if !pattern.parts().contains(&Part::One) {
        return WordTest::Matches(pattern.clone());
    }
    let part = |part: &Part| match part {
        Part::Text(text) => regex::escape(text),
        Part::Any => ".*".to_owned(),
        Part::One => ".".to_owned(),
    };
    whole(&pattern.parts().iter().map(part).collect::<String>())
        .map_or(WordTest::Never, WordTest::Regex)
}

/// A regular expression for a whole word.
fn whole(regex: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{regex})$"))
        .dot_matches_new_line(true)
        .size_limit(REGEX_BYTES)
        .build()
}

/// A regular expression of Lucene's syntax, which is anchored and has no signs for the ends.
///
/// # Errors
/// What is wrong with it. Lucene's own operators (complement, intersection, intervals, any string) are refused.
pub(super) fn compiled(lucene: &str) -> Result<Regex, String> {
    let mut translated = String::with_capacity(lucene.len());
    let (mut escaped, mut in_class) = (false, false);
    for c in lucene.chars() {
        if !escaped && !in_class {
            if matches!(c, '~' | '<' | '>' | '&' | '@' | '#' | '"') {
                return Err(format!(
                    "`{c}` is not understood in regular expressions; write `\\{c}`"
                ));
            }
            if matches!(c, '^' | '$') {
                translated.push('\\');
            }
        }
        // Escaped characters that mean nothing to the library would be faults there.
        if escaped && !c.is_ascii_punctuation() && !matches!(c, 'd' | 'D' | 's' | 'S' | 'w' | 'W') {
            translated.pop();
        }
        translated.push(c);
        in_class = match c {
            '[' if !escaped => true,
            ']' if !escaped => false,
            _ => in_class,
        };
        escaped = c == '\\' && !escaped;
    }
    whole(&translated).map_err(|error| {
        let words = error.to_string();
        words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })
}

/// An address as a number; addresses of the fourth version are mapped into the sixth.
fn address(text: &str) -> Option<u128> {
    let bits = match text.trim().parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    };
    Some(bits)
}

/// The first and the last address of a block, or one address twice.
pub(super) fn block(text: &str) -> Option<(u128, u128)> {
    let Some((start, length)) = text.split_once('/') else {
        return address(text).map(|address| (address, address));
    };
    let is_v4 = !start.contains(':');
    let length: u32 =
        length.parse().ok().filter(|length| *length <= if is_v4 { 32 } else { 128 })?;
    let free = if is_v4 { 32 - length } else { 128 - length };
    let mask = 1_u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
    let address = address(start)?;
    Some((address & !mask, address | mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_are_lucenes() {
        for (regex, text, want) in [
            ("jo(hn|an)", "john", true),
            ("jo(hn|an)", "johnny", false),
            ("a.c", "a\nc", true),
            ("^a", "^a", true),
            ("[a-c&]+", "a&b", true),
            (r"\d+\.\w", "12.x", true),
            (r"\e", "e", true),
        ] {
            assert_eq!(compiled(regex).unwrap().is_match(text), want, "{regex} on {text}");
        }
        assert!(compiled("a~b").unwrap_err().contains("`~` is not understood"));
        assert!(compiled("(").unwrap_err().contains("unclosed group"));
        assert!(compiled("(a{1000}){1000}").is_err());
    }

    #[test]
    fn addresses_and_blocks() {
        for (asked, address, want) in [
            ("10.1.2.3", "10.1.2.3", true),
            ("10.0.0.0/8", "10.200.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("::ffff:10.1.2.3", "10.1.2.3", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("nonsense", "nonsense", false),
        ] {
            let test = WordTest::of_address(&Value::Text(asked.to_owned()));
            assert_eq!(test.holds(address), want, "{asked} on {address}");
        }
    }
}
