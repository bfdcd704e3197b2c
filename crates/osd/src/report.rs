//! What became of each object: for people, for the API, and as a table of text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The report of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportReport {
    /// An entry per object, in the order of the export.
    pub objects: Vec<ObjectReport>,
}

/// What became of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectReport {
    /// Its id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id under which it is there, where that is another: a copy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_id: Option<String>,
    /// Its title; empty where it has none.
    pub title: String,
    /// Of visualizations, OSD's type.
    pub visualization_type: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What changes its picture and is not honoured: `params.…`, `aggs.…`; empty exactly where it is exact or not drawn at all.
    pub ignored: Vec<String>,
    /// One sentence for people; empty where it is exact.
    pub why: String,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that changes its picture is honoured.
    Exact,
    /// Drawn, without what is named.
    Approximate,
    /// Kept as it came, not drawn.
    Kept,
    /// Not imported.
    Refused,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exact => "exact",
            Self::Approximate => "approximate",
            Self::Kept => "kept",
            Self::Refused => "refused",
        })
    }
}

/// A table: outcome, type, title; under what is not exact why, and what is not honoured. The last line counts.
impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for object in &self.objects {
            let kind = object.visualization_type.as_ref().unwrap_or(&object.kind);
            // What people wrote keeps to its line.
            let title = one_line(if object.title.is_empty() { &object.id } else { &object.title });
            writeln!(f, "{:<11}  {:<17}  {title}", object.outcome, one_line(kind))?;
            if !object.why.is_empty() {
                writeln!(f, "             {}", one_line(&object.why))?;
            }
            if !object.ignored.is_empty() {
                writeln!(f, "             not honoured: {}", one_line(&object.ignored.join(", ")))?;
            }
        }
        let count =
            |outcome| self.objects.iter().filter(|object| object.outcome == outcome).count();
        let all = [Outcome::Exact, Outcome::Approximate, Outcome::Kept, Outcome::Refused];
        let counts = all.map(|outcome| format!("{} {outcome}", count(outcome)));
        writeln!(f, "{} objects: {}", self.objects.len(), counts.join(", "))
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_the_one_that_is_written_down() {
        let object = ObjectReport {
            id: "v".to_owned(),
            kind: "visualization".to_owned(),
            destination_id: None,
            title: "Bytes\nby host".to_owned(),
            visualization_type: Some("pie".to_owned()),
            outcome: Outcome::Approximate,
            ignored: vec!["params.labels.show".to_owned()],
            why: "slices are named in the legend".to_owned(),
        };
        let report = ImportReport { objects: vec![object] };
        assert_eq!(
            serde_json::to_string(&report).unwrap(),
            r#"{"objects":[{"id":"v","type":"visualization","title":"Bytes\nby host","visualization_type":"pie","outcome":"approximate","ignored":["params.labels.show"],"why":"slices are named in the legend"}]}"#
        );
        insta::assert_snapshot!(report, @r"
        approximate  pie                Bytes by host
                     slices are named in the legend
                     not honoured: params.labels.show
        1 objects: 0 exact, 1 approximate, 0 kept, 0 refused
        ");
    }
}
