//! The account: where every consumed record went, per partition, and that nothing is missing.

use hailstream_chart::Precision;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{count, counted, items, number, text};
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

pub(super) fn account(info: &Json) -> impl IntoView + use<> {
    let total = info.get("account").unwrap_or(&Json::Null);
    // Most streams have no deletions: then there is no column of them.
    let parts: Vec<(&str, &str)> = PARTS
        .into_iter()
        .filter(|(key, _)| *key != "tombstones" || count(total, key) > 0)
        .collect();
    let partitions = items(info, "partitions");
    let first_topic = partitions.first().map_or("", |of| text(of, "topic"));
    let one_topic = partitions.iter().all(|of| text(of, "topic") == first_topic);
    let about = if one_topic && !first_topic.is_empty() {
        format!("since the start, per partition of {first_topic}")
    } else {
        "since the start, per partition".to_owned()
    };
    let rows: Vec<_> = partitions.iter().map(|of| row(of, &parts, one_topic)).collect();
    let head: Vec<_> =
        parts.iter().map(|(_, title)| view! { <th class="num">{*title}</th> }).collect();
    let sums = cells(total, &parts);
    view! {
        <div class="card wide">
            <header><h2>"The account"</h2><span class="sub clip">{about}</span>{law(info, &parts)}</header>
            <div class="scroll">
                <table class="t acct">
                    <thead><tr>
                        <th>"Partition"</th><th class="num">"Offset applied"</th><th class="num">"Consumed"</th>
                        {head}<th class="num">"Newest event"</th><th class="num">"Lag, records"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot><tr>
                        <td>"All"</td><td></td><td class="num">{counted(count(total, "consumed"))}</td>
                        {sums}<td></td><td class="num">{counted(count(info, "lag"))}</td>
                    </tr></tfoot>
                </table>
            </div>
        </div>
    }
}

/// That it adds up, for all and for each partition; or what remains.
fn law(info: &Json, parts: &[(&str, &str)]) -> impl IntoView + use<> {
    let remainder = |account: &Json| {
        let sum: u64 = PARTS.iter().map(|(key, _)| count(account, key)).sum();
        count(account, "consumed").abs_diff(sum)
    };
    let partitions = items(info, "partitions").iter().filter_map(|of| of.get("account"));
    let missing: u64 = partitions.chain(info.get("account")).map(remainder).sum();
    let names: Vec<String> = parts.iter().map(|(_, title)| title.to_lowercase()).collect();
    let (class, icon, end) = match missing {
        0 => ("law", "check", "no remainder".to_owned()),
        missing => ("law wrong", "warn", format!("but {} are missing", counted(missing))),
    };
    let words = format!("consumed = {}, {end}", names.join(" + "));
    view! { <span class=class><Icon name=icon /><span class="clip">{words}</span></span> }
}

fn row(partition: &Json, parts: &[(&str, &str)], one_topic: bool) -> impl IntoView + use<> {
    let account = partition.get("account").unwrap_or(&Json::Null);
    let name = counted(count(partition, "partition"));
    let name = if one_topic { name } else { format!("{} {name}", text(partition, "topic")) };
    let next = count(partition, "next_offset");
    let lag = partition.get("end_offset").and_then(Json::as_u64);
    let lag = lag.map_or_else(|| "–".to_owned(), |end| counted(end.saturating_sub(next)));
    let newest = number(partition, "event_time_ms");
    let newest =
        newest.map_or_else(|| "–".to_owned(), |at| time_of_day(at as i64, Precision::Second));
    view! {
        <tr>
            <td class="strong">{name}</td><td class="num">{counted(next)}</td>
            <td class="num">{counted(count(account, "consumed"))}</td>
            {cells(account, parts)}<td class="num">{newest}</td><td class="num">{lag}</td>
        </tr>
    }
}

fn cells(account: &Json, parts: &[(&str, &str)]) -> impl IntoView + use<> {
    let cell = |(key, _): &(&str, &str)| {
        let value = count(account, key);
        let class = match *key {
            "applied" => "num strong",
            "dead_lettered" if value > 0 => "num wrong",
            _ => "num",
        };
        view! { <td class=class>{counted(value)}</td> }
    };
    parts.iter().map(cell).collect_view()
}
