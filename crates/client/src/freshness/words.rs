//! Ages and counts as chips say them: short, and the same everywhere.

/// An age as chips say it: `< 0.1 s`, `0.4 s`, `12 s`, `4 min`, `2 h`.
#[must_use]
pub fn age_words(age_ms: i64) -> String {
    match age_ms.max(0) {
        0..100 => "< 0.1 s".to_owned(),
        age @ 100..10_000 => format!("{}.{} s", age / 1_000, age % 1_000 / 100),
        age @ 10_000..100_000 => format!("{} s", age / 1_000),
        age @ 100_000..6_000_000 => format!("{} min", age / 60_000),
        age @ 6_000_000..172_800_000 => format!("{} h", age / 3_600_000),
        age => format!("{} d", age / 86_400_000),
    }
}

/// A count with its thousands apart: `48,211`.
#[must_use]
pub fn count_words(count: u64) -> String {
    let digits = count.to_string();
    let mut words = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_short() {
        let words: Vec<String> = [0, 449, 9_999, 12_400, 250_000, 7_300_000, 200_000_000]
            .into_iter()
            .map(age_words)
            .collect();
        assert_eq!(words, ["< 0.1 s", "0.4 s", "9.9 s", "12 s", "4 min", "2 h", "2 d"]);
    }

    #[test]
    fn thousands_are_apart() {
        let words = [0, 999, 1_000, 48_211, 1_000_000].map(count_words);
        assert_eq!(words, ["0", "999", "1,000", "48,211", "1,000,000"]);
    }
}
