//! Which parameters change a picture, and whether ours shows them: a stated list per type, and nothing is exact by accident.
//!
//! A parameter that is on no list counts as not honoured, unless it says nothing (null, empty). Ornaments (where the legend
//! stands, how thick a line is, grid lines, letters' sizes) are house style as long as they stand at what OSD gives every new
//! visualization: nobody chose them. Once somebody did, they count like any other. What moves marks, values, scales, colours or words
//! is never an ornament.

use serde_json::Value as Json;

use crate::loose;

/// What a parameter weighs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weight {
    /// What it says is in the translation, or what is not is told where it is translated.
    Honoured,
    /// Changes no picture, or only together with another that is told itself.
    Nothing,
    /// Ours is drawn as if it had one of these values.
    At(&'static [&'static str]),
}

/// The path of a parameter (`valueAxes[*].scale.type`) and its weight; a path speaks for all below it.
pub(crate) type Rule = (&'static str, Weight);

/// The paths in `json` that are not honoured, each with `at` before it.
pub(crate) fn not_honoured(at: &str, json: &Json, rules: &[&[Rule]]) -> Vec<String> {
    let mut found = Vec::new();
    walk(at, "", json, rules, &mut found);
    found
}

fn walk(shown: &str, path: &str, json: &Json, rules: &[&[Rule]], found: &mut Vec<String>) {
    if loose::is_nothing(json) {
        return;
    }
    let mut all = rules.iter().copied().flatten();
    match all.clone().find(|(of, _)| *of == path).map(|(_, weight)| *weight) {
        Some(Weight::Honoured | Weight::Nothing) => return,
        Some(Weight::At(values)) if values.iter().any(|value| loose::is(json, value)) => return,
        Some(Weight::At(_)) => return found.push(shown.to_owned()),
        None => {}
    }
    let has_more = path.is_empty()
        || all
            .any(|(of, _)| of.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '['])));
    match json {
        Json::Object(keys) if has_more => {
            for (key, json) in keys {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(&format!("{shown}.{key}"), &below, json, rules, found);
            }
        }
        Json::Array(items) if has_more => {
            for (index, json) in items.iter().enumerate() {
                walk(&format!("{shown}[{index}]"), &format!("{path}[*]"), json, rules, found);
            }
        }
        _ => found.push(shown.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_on_no_list_is_not_honoured() {
        let rules: &[Rule] = &[
            ("show", Weight::Honoured),
            ("legend", Weight::At(&["right"])),
            ("axes[*].width", Weight::At(&["2"])),
            ("axes[*].id", Weight::Nothing),
        ];
        let params = json!({
            "show": {"deep": 1}, "legend": "left", "axes": [{"id": "a", "width": "2"}, {"width": 3, "seperate_axis": 1}],
            "new": {"deep": [1]}, "nothing": null, "empty": [],
        });
        assert_eq!(
            not_honoured("params", &params, &[rules]),
            ["params.legend", "params.axes[1].width", "params.axes[1].seperate_axis", "params.new"]
        );
        assert_eq!(not_honoured("params", &json!(3), &[rules]), ["params"]);
    }
}
