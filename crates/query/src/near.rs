//! "Did you mean": near names for a misspelt one, and serde's errors in people's words.

/// The candidate nearest to `name`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.78)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, candidate)| candidate)
}

/// Serde's message, with a near name where it complains of an unknown field or variant.
///
/// Serde writes ``unknown field `filds`, expected one of `fields`, `filters` ``: the names are between back quotes.
#[must_use]
pub fn explain_serde(message: &str) -> String {
    let is_unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(unknown) = names.next().filter(|_| is_unknown) else {
        return message.to_owned();
    };
    match nearest(unknown, names) {
        Some(near) => format!("{message}; did you mean `{near}`?"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered() {
        assert_eq!(nearest("sped", ["status", "speed", "zone"]), Some("speed"));
        assert_eq!(nearest("xyz", ["status", "speed"]), None);
        assert_eq!(
            explain_serde("unknown field `filds`, expected one of `fields`, `size`"),
            "unknown field `filds`, expected one of `fields`, `size`; did you mean `fields`?"
        );
    }
}
