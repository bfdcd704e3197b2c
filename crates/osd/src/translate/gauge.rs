//! `gauge` and `goal`, and words in a `tagcloud`.

use serde_json::{Map, Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::plain::{COLORS, PAGE, colored, keys, only_metric};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::not_honoured;

/// Numbers on a scale: one for each metric of each key.
pub(super) fn gauge(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let is_goal = saved.kind == "goal";
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::GAUGE]);
    ignored.extend(of_page(&saved.ui, &[PAGE, COLORS].concat()));
    let keep = asked.of_schema("group").map(|bucket| bucket.id.clone());
    asked.leave_out(&|bucket| Some(&bucket.id) != keep.as_ref());
    if asked.metrics.iter().any(|metric| !metric.is_number) {
        return Err(Halt::Kept("metrics that are no numbers have no place on a scale".to_owned()));
    }
    let columns = asked.metrics.iter().flat_map(|metric| &metric.columns);
    let ids: Vec<&str> = columns.clone().map(|column| column.id.as_str()).collect();
    let names: Map<String, Json> =
        columns.map(|column| (column.id.clone(), json!(column.label))).collect();
    let mut params = keys(json!({ "metrics": ids, "names": names }));
    let of = saved.params.get("gauge").unwrap_or(&Json::Null);
    let is = |pointer: &str| of.pointer(pointer).and_then(loose::flag);
    if of.get("gaugeType").and_then(loose::text) == Some("Circle") {
        params.insert("shape".to_owned(), json!("circle"));
    }
    params.extend(colored(of, ("gauge", "gaugeColorMode", "labels"), &mut ignored));
    let is_percent = is("/percentageMode").unwrap_or(is_goal);
    if is_percent != is_goal {
        params.insert("percentage_mode".to_owned(), json!(is_percent));
    }
    if is("/extendRange") == Some(true) {
        params.insert("extend_range".to_owned(), json!(true));
    }
    for (there, here) in [("/labels/show", "show_labels"), ("/scale/show", "show_scale")] {
        if is(there) == Some(false) {
            params.insert(here.to_owned(), json!(false));
        }
    }
    if let Some(words) = of.pointer("/style/subText").and_then(loose::text) {
        params.insert("sub_text".to_owned(), json!(words));
    }
    let kind = if is_goal { "goal" } else { "gauge" };
    Ok(Drawn { kind, params, ignored, ..Drawn::default() })
}

/// Words, larger for more.
pub(super) fn tagcloud(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::TAGCLOUD]);
    ignored.extend(of_page(&saved.ui, PAGE));
    let words = asked.of_schema("segment");
    let words = words.ok_or_else(|| Halt::Kept("a cloud of no words is not drawn".to_owned()))?;
    let (id, label) = (words.id.clone(), words.label.clone());
    asked.leave_out(&|bucket| bucket.id != id);
    let metric = only_metric(asked, &mut ignored)?;
    let mut params = keys(json!({ "metric": metric }));
    for (there, here) in [("minFontSize", "min_font_size"), ("maxFontSize", "max_font_size")] {
        let size = saved.params.get(there).and_then(loose::number);
        params.extend(size.map(|size| (here.to_owned(), json!(size))));
    }
    let said = |name: &str| saved.params.get(name).and_then(loose::text);
    match said("scale") {
        Some("log") => drop(params.insert("scale".to_owned(), json!("log"))),
        Some("square root") => drop(params.insert("scale".to_owned(), json!("square_root"))),
        _ => {}
    }
    match said("orientation") {
        Some("right angled") => {
            params.insert("orientation".to_owned(), json!("right_angled"));
        }
        Some("multiple") => drop(params.insert("orientation".to_owned(), json!("multiple"))),
        _ => {}
    }
    if saved.params.get("showLabel").and_then(loose::flag).unwrap_or(true) {
        let of = asked.metrics.first().and_then(|metric| metric.columns.first());
        let of = of.map_or("", |column| column.label.as_str());
        params.insert("label".to_owned(), json!(format!("{label} - {of}")));
    }
    Ok(Drawn { kind: "tagcloud", params, ignored, ..Drawn::default() })
}
