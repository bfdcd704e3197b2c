//! The account: where every consumed record went, per partition, and that nothing is missing.

use hailstream_chart::Precision;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{count, counted, items, number, or_dash, text};
use super::sheet::{Cell, Sheet, Side, right, sheet, strong, words};
use crate::chrome::Icon;
use crate::local_time::time_of_day;

/// Where records go: key and heading. They add up to `consumed`.
const PARTS: [(&str, &str); 6] = [
    ("applied", "Applied"),
    ("filtered", "Filtered"),
    ("duplicate", "Duplicate"),
    ("late_dropped", "Late"),
    ("dead_lettered", "Dead-lettered"),
    ("tombstones", "Deletions"),
];

pub(super) fn account(info: &Json) -> AnyView {
    let total = info.get("account").unwrap_or(&Json::Null);
    // Most streams have no deletions: then there is no column of them.
    let parts: Vec<(&'static str, &'static str)> = PARTS
        .into_iter()
        .filter(|(key, _)| *key != "tombstones" || count(total, key) > 0)
        .collect();
    let partitions = items(info, "partitions");
    let first_topic = partitions.first().map_or("", |of| text(of, "topic"));
    let one_topic = partitions.iter().all(|of| text(of, "topic") == first_topic);
    let of_topic = if one_topic { first_topic } else { "each topic" };
    let mut head =
        vec![("Partition", Side::Left), ("Offset applied", Side::Right), ("Consumed", Side::Right)];
    head.extend(parts.iter().map(|(_, title)| (*title, Side::Right)));
    head.extend([("Newest event", Side::Right), ("Lag, records", Side::Right)]);
    let consumed = right(counted(count(total, "consumed")));
    let mut foot = vec![words("All".to_owned()), Cell::default(), consumed];
    foot.extend(cells(total, &parts));
    foot.extend([Cell::default(), right(counted(count(info, "lag")))]);
    sheet(Sheet {
        title: "The account",
        about: format!("since the start, per partition of {of_topic}"),
        aside: Some(law(info, &parts)),
        class: "card wide acct",
        head,
        rows: partitions.iter().map(|of| row(of, &parts, one_topic)).collect(),
        foot,
    })
}

/// That it adds up, for all and for each partition; or what remains.
fn law(info: &Json, parts: &[(&str, &str)]) -> AnyView {
    let remainder = |account: &Json| {
        let sum: u64 = PARTS.iter().map(|(key, _)| count(account, key)).sum();
        count(account, "consumed").abs_diff(sum)
    };
    let partitions = items(info, "partitions").iter().filter_map(|of| of.get("account"));
    // What is missing in a partition is missing in the total as well.
    let missing = info.get("account").map_or(0, remainder).max(partitions.map(remainder).sum());
    let names: Vec<String> = parts.iter().map(|(_, title)| title.to_lowercase()).collect();
    let (class, icon, end) = match missing {
        0 => ("law", "check", "no remainder".to_owned()),
        missing => ("law wrong", "warn", format!("but {} are missing", counted(missing))),
    };
    let told = format!("consumed = {}, {end}", names.join(" + "));
    view! { <span class=class><Icon name=icon /><span class="clip">{told}</span></span> }.into_any()
}

fn row(partition: &Json, parts: &[(&str, &str)], one_topic: bool) -> Vec<Cell> {
    let account = partition.get("account").unwrap_or(&Json::Null);
    let name = counted(count(partition, "partition"));
    let name = if one_topic { name } else { format!("{} {name}", text(partition, "topic")) };
    let next = count(partition, "next_offset");
    let lag = partition.get("end_offset").and_then(Json::as_u64);
    let newest = number(partition, "event_time_ms");
    let newest = newest.map(|at| time_of_day(at as i64, Precision::Second));
    let mut row =
        vec![strong(name), right(counted(next)), right(counted(count(account, "consumed")))];
    row.extend(cells(account, parts));
    row.push(right(or_dash(newest)));
    row.push(right(or_dash(lag.map(|end| counted(end.saturating_sub(next))))));
    row
}

fn cells(account: &Json, parts: &[(&str, &str)]) -> Vec<Cell> {
    let cell = |(key, _): &(&str, &str)| {
        let value = count(account, key);
        let class = match *key {
            "applied" => "num strong",
            "dead_lettered" if value > 0 => "num wrong",
            _ => "num",
        };
        Cell { class, ..words(counted(value)) }
    };
    parts.iter().map(cell).collect()
}
