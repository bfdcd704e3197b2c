//! A map in words, for those who do not see it.

/// "450 cabs: 198 Hired, 217 Free, 21 Off duty, 14 Silent; 367 in view". `classes` are words and counts in the order of the
/// legend; a class without vehicles is left out.
#[must_use]
pub fn summary(noun: &str, total: usize, classes: &[(String, usize)], in_view: usize) -> String {
    let mut words = format!("{total} {noun}");
    let mut sign = ": ";
    for (class, count) in classes.iter().filter(|(_, count)| *count > 0) {
        words.push_str(sign);
        words.push_str(&format!("{count} {class}"));
        sign = ", ";
    }
    words.push_str(&format!("; {in_view} in view"));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_add_up() {
        let classes = [("Hired", 2), ("Off duty", 0), ("Silent", 1)];
        let classes = classes.map(|(words, count)| (words.to_owned(), count));
        assert_eq!(summary("cabs", 3, &classes, 1), "3 cabs: 2 Hired, 1 Silent; 1 in view");
        assert_eq!(summary("cabs", 0, &[], 0), "0 cabs; 0 in view");
    }
}
