//! "Did you mean": near names for a misspelt one, and serde's errors in people's words.

/// The candidate nearest to `name`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.78)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, candidate)| candidate)
}

/// Serde's message, with a near name where it complains of an unknown field or variant.
///
/// JSON's words are ``unknown field `filds`, expected one of `fields`, `filters` ``. YAML's have the line before them, the
/// names without back quotes, and the text itself on further lines.
#[must_use]
pub fn explain_serde(message: &str) -> String {
    let (line, rest) = message.split_at(message.find('\n').unwrap_or(message.len()));
    let near = unknown(line).and_then(|(name, expected)| {
        let candidates = expected.split(", ").flat_map(|names| names.split(" or "));
        nearest(name, candidates.map(|candidate| candidate.trim_matches(['`', ' '])))
    });
    match near {
        Some(near) => format!("{line}; did you mean `{near}`?{rest}"),
        None => message.to_owned(),
    }
}

/// The unknown name, and the list of those expected.
fn unknown(line: &str) -> Option<(&str, &str)> {
    let (_, said) =
        line.split_once("unknown field `").or_else(|| line.split_once("unknown variant `"))?;
    let (name, said) = said.split_once('`')?;
    let (_, expected) = said.split_once("expected ")?;
    Some((name, expected.strip_prefix("one of ").unwrap_or(expected)))
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
        assert_eq!(
            explain_serde("line 3: unknown field `feld`, expected field or unit\n3 | feld: x"),
            "line 3: unknown field `feld`, expected field or unit; did you mean `field`?\n3 | feld: x"
        );
        assert_eq!(explain_serde("missing field `stream`"), "missing field `stream`");
    }
}
