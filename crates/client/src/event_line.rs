//! One line about a record, from a template with fields in braces: `Cab {cab_id} {status}, {zone}`.
//!
//! Where a field is absent, the part of the line up to the next comma is left out.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// The subject of the line, set in a stronger weight: everything before the end of the first field.
    pub is_subject: bool,
}

/// Fills `template` with `value_of` each field.
#[must_use]
pub fn event_line(template: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Vec<Piece> {
    let parts: Vec<String> =
        template.split(',').filter_map(|part| fill(part.trim(), value_of)).collect();
    let line = parts.join(", ");
    let Some(first) = parts.first() else { return Vec::new() };
    let subject = subject_length(template, first, value_of);
    let (subject, rest) = line.split_at(subject.min(line.len()));
    [(subject, true), (rest, false)]
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, is_subject)| Piece { text: text.to_owned(), is_subject })
        .collect()
}

fn fill(part: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}')?;
        text += before;
        text += &value_of(field)?;
        rest = after;
    }
    text += rest;
    Some(text)
}

/// Bytes up to the end of the first field's value, where the line begins with the template's own beginning.
fn subject_length(template: &str, first: &str, value_of: &dyn Fn(&str) -> Option<String>) -> usize {
    let Some((before, after)) = template.split_once('{') else { return 0 };
    let Some(value) = after.split_once('}').and_then(|(field, _)| value_of(field)) else {
        return 0;
    };
    let subject = format!("{}{value}", before.trim_start());
    if first.starts_with(&subject) { subject.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, fields: &[(&str, &str)]) -> String {
        let value_of = |field: &str| {
            fields.iter().find(|(name, _)| *name == field).map(|(_, value)| (*value).to_owned())
        };
        event_line(template, &value_of)
            .iter()
            .map(
                |piece| {
                    if piece.is_subject { format!("[{}]", piece.text) } else { piece.text.clone() }
                },
            )
            .collect()
    }

    #[test]
    fn absent_fields_take_their_part_along() {
        let template = "Cab {cab_id} {status}, {zone}";
        let check = |fields: &[(&str, &str)]| check(template, fields);
        assert_eq!(
            check(&[("cab_id", "417"), ("status", "hired"), ("zone", "SoMa")]),
            "[Cab 417] hired, SoMa"
        );
        assert_eq!(check(&[("cab_id", "417"), ("status", "hired")]), "[Cab 417] hired");
        assert_eq!(check(&[("cab_id", "417"), ("zone", "SoMa")]), "SoMa");
        assert_eq!(check(&[]), "");
    }

    #[test]
    fn odd_templates_do_no_harm() {
        assert_eq!(check("no fields", &[]), "no fields");
        assert_eq!(check("{open", &[]), "");
        assert_eq!(check("", &[]), "");
    }
}
