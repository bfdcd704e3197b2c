//! Exports as OSD writes them: an object a line, then the summary.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::read::RawObject;

/// Whether the last line tells of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// How many there are, and which references lead nowhere.
    Told,
    /// There is no such line.
    LeftOut,
}

/// The objects as NDJSON with its summary line. Each comes out as it came in: keys in their order, parts that were not
/// understood included.
#[must_use]
pub fn write<'a>(
    objects: impl IntoIterator<Item = &'a RawObject> + Clone,
    details: Details,
) -> String {
    let listed = objects.clone().into_iter();
    let known: BTreeSet<(&str, &str)> = listed.map(|object| (object.kind(), object.id())).collect();
    let (mut text, mut count) = (String::new(), 0_u64);
    let mut missing = BTreeSet::new();
    for object in objects {
        line(&mut text, &Json::Object(object.json().clone()));
        count += 1;
        let named = object.references().iter();
        let named = named.map(|reference| (reference.kind.as_str(), reference.id.as_str()));
        missing.extend(named.filter(|target| !known.contains(target)));
    }
    if details == Details::LeftOut {
        return text;
    }
    let references: Vec<Json> =
        missing.iter().map(|(kind, id)| json!({ "type": kind, "id": id })).collect();
    let summary = json!({
        "exportedCount": count,
        "missingRefCount": references.len(),
        "missingReferences": references,
    });
    line(&mut text, &summary);
    text
}

fn line(text: &mut String, json: &Json) {
    text.push_str(&json.to_string());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::Details;
    use crate::read::read;

    #[test]
    fn the_summary_tells_what_is_missing() {
        let text = r#"{"id":"d","type":"dashboard","odd":1.50,"attributes":{"b":1,"a":2},"references":[{"name":"panel_0","type":"visualization","id":"v"}]}"#;
        let export = read(text.as_bytes()).unwrap();
        let written = super::write(&export.objects, Details::Told);
        let want = r#"{"id":"d","type":"dashboard","odd":1.5,"attributes":{"b":1,"a":2},"references":[{"name":"panel_0","type":"visualization","id":"v"}]}
{"exportedCount":1,"missingRefCount":1,"missingReferences":[{"type":"visualization","id":"v"}]}
"#;
        assert_eq!(written, want);
        assert_eq!(read(written.as_bytes()).unwrap().objects, export.objects);
    }
}
