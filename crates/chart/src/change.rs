//! How a number differs from an earlier one, in words: `+12 %`, `−0.8 min`, `+3 points`.

use hailstream_protocol::visualization::{Change, ChangeKind, Format, FormatKind, Good};

use crate::number::Numbers;

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The way it should go.
    Better,
    /// The other way.
    Worse,
    /// Neither, or no difference.
    Neutral,
}

/// The difference of `now` to `before` in words, and what it means; `None` where percents of nothing would be told.
#[must_use]
pub fn change_words(
    change: &Change,
    (before, now): (f64, f64),
    numbers: &Numbers<'_>,
) -> Option<(String, Meaning)> {
    let difference = now - before;
    let size = match (change.kind, numbers.format.kind) {
        (ChangeKind::Percent, _) if before == 0.0 => return None,
        (ChangeKind::Percent, _) => percent(difference.abs() / before.abs()),
        (ChangeKind::Difference, FormatKind::Percent) => {
            let points = plain(difference.abs() * 100.0, 0, numbers);
            format!("{points} point{}", if points == "1" { "" } else { "s" })
        }
        (ChangeKind::Difference, _) => numbers.full(difference.abs()),
    };
    // What is written as nothing has no direction.
    let is_none = !size.contains(|c: char| ('1'..='9').contains(&c));
    let sign = match (is_none, difference > 0.0) {
        (true, _) => "±",
        (false, true) => "+",
        (false, false) => "−",
    };
    let meaning = match (is_none, change.good, difference > 0.0) {
        (true, ..) | (_, Good::Neither, _) => Meaning::Neutral,
        (_, Good::Up, true) | (_, Good::Down, false) => Meaning::Better,
        (_, Good::Up, false) | (_, Good::Down, true) => Meaning::Worse,
    };
    Some((format!("{sign}{size}"), meaning))
}

/// Whole percents, one decimal below ten.
fn percent(share: f64) -> String {
    let percents = share * 100.0;
    let tenths = (percents * 10.0).round();
    if tenths < 100.0 && tenths % 10.0 != 0.0 {
        format!("{}.{}\u{a0}%", (tenths / 10.0).floor() as i64, (tenths % 10.0) as i64)
    } else {
        format!("{}\u{a0}%", percents.round() as i64)
    }
}

fn plain(value: f64, decimals: u8, numbers: &Numbers<'_>) -> String {
    let format = Format { decimals: Some(decimals), ..Format::default() };
    Numbers { format: &format, ..*numbers }.full(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Locale;

    fn check(change: &Change, format: &Format, before: f64, now: f64) -> String {
        let numbers = Numbers { format, locale: Locale::default(), zone: &|_| 0 };
        match change_words(change, (before, now), &numbers) {
            Some((words, meaning)) => format!("{} {meaning:?}", words.replace('\u{a0}', " ")),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn percents_have_a_sign_and_a_meaning() {
        let check = |before, now| check(&Change::default(), &Format::default(), before, now);
        assert_eq!(check(100.0, 112.0), "+12 % Better");
        assert_eq!(check(100.0, 99.2), "−0.8 % Worse");
        assert_eq!(check(-50.0, -25.0), "+50 % Better");
        assert_eq!(check(100.0, 100.01), "±0 % Neutral");
        assert_eq!(check(0.0, 5.0), "nothing");
    }

    #[test]
    fn differences_are_in_the_numbers_own_format() {
        let less = Change { kind: ChangeKind::Difference, good: Good::Down, ..Change::default() };
        let share = Format { kind: FormatKind::Percent, ..Format::default() };
        assert_eq!(check(&less, &share, 0.55, 0.58), "+3 points Worse");
        assert_eq!(check(&less, &share, 0.55, 0.5401), "−1 point Better");
        let dollars = Format { kind: FormatKind::Usd, decimals: Some(2), ..Format::default() };
        assert_eq!(check(&less, &dollars, 9.0, 9.5), "+$0.50 Worse");
        assert_eq!(check(&less, &dollars, 9.0, 9.001), "±$0.00 Neutral");
    }
}
