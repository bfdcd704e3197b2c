//! The fields of a stream, its bad records, and its views with what they cost.

use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{bytes, count, counted, duration, items, number, percent, text, whole};

/// Views shown, the most costly first.
const MAX_VIEWS: usize = 40;

pub(super) fn fields(info: &Json) -> impl IntoView + use<> {
    let fields = items(info, "fields");
    let guessed = fields.iter().filter(|field| !is_declared(field)).count();
    let about = format!("{} declared, {guessed} found in the records", fields.len() - guessed);
    let roles = [("time field", text(info, "time_field")), ("entity", text(info, "entity"))];
    let rows: Vec<_> = fields.iter().map(|field| field_row(field, roles)).collect();
    view! {
        <div class="card">
            <header><h2>"Fields"</h2><span class="sub clip">{about}</span></header>
            <div class="scroll">
                <table class="t">
                    <thead><tr><th>"Field"</th><th>"Type"</th><th class="num">"In"</th><th>"Example"</th><th></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

fn is_declared(field: &Json) -> bool {
    field.get("declared").and_then(Json::as_bool).unwrap_or(true)
}

fn field_row(field: &Json, roles: [(&'static str, &str); 2]) -> impl IntoView + use<> {
    let name = text(field, "name").to_owned();
    let kind = text(field, "type");
    let mark = match kind {
        "keyword" | "text" => "k",
        "date" => "d",
        "geo_point" => "g",
        "boolean" => "b",
        "ip" => "ip",
        _ => "#",
    };
    let kind = match text(field, "unit") {
        "" => kind.to_owned(),
        unit => format!("{kind}, {unit}"),
    };
    let share = number(field, "share").map_or_else(|| "–".to_owned(), percent);
    let example = match items(field, "samples").first() {
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let role = roles.into_iter().find(|(_, of)| *of == name).map(|(role, _)| role);
    let role = role.or((!is_declared(field)).then_some("guessed"));
    view! {
        <tr>
            <td class="strong"><i class="ty">{mark}</i>{name}</td><td>{kind}</td><td class="num">{share}</td>
            <td class="mono example">{example}</td>
            <td class="num">{role.map(|role| view! { <span class="chip plain">{role}</span> })}</td>
        </tr>
    }
}

pub(super) fn bad_records(info: &Json) -> impl IntoView + use<> {
    let reasons = items(info, "bad_records");
    let all: u64 = reasons.iter().map(|reason| count(reason, "count")).sum();
    let about = match reasons.len() {
        0 => String::new(),
        1 => format!("{} of one kind", counted(all)),
        kinds => format!("{} of {kinds} kinds", counted(all)),
    };
    let rows: Vec<_> = reasons.iter().map(bad_record).collect();
    let kept = match text(info, "dead_letter") {
        "" => "The stream file names no dead_letter topic: bad records are counted and the newest shown here."
            .to_owned(),
        topic => format!("Kept in {topic} with topic, partition, offset and reason as a header."),
    };
    let none = reasons.is_empty().then(|| {
        view! { <p class="none">"No record was refused since the start."</p> }
    });
    view! {
        <div class="card">
            <header><h2>"Bad records"</h2><span class="sub clip">{about}</span></header>
            {rows}
            {none}
            <p class="kept">{kept}</p>
        </div>
    }
}

fn bad_record(reason: &Json) -> impl IntoView + use<> {
    let newest = reason.get("newest").unwrap_or(&Json::Null);
    let title = match text(reason, "reason") {
        "not_json" => "Not JSON",
        "not_object" => "Not an object",
        "no_time" => "No event time",
        "no_key" => "No key",
        "wrong_type" => "Wrong type",
        "future" => "From the future",
        "off_globe" => "Not on the globe",
        other => other,
    }
    .to_owned();
    let place = format!(
        "partition {}, offset {} · {} of these",
        counted(count(newest, "partition")),
        counted(count(newest, "offset")),
        counted(count(reason, "count")),
    );
    let sample: Vec<char> = text(newest, "sample").chars().collect();
    let end = |key| newest.get("mark").map_or(sample.len(), |mark| count(mark, key) as usize);
    let (from, to) = (end("from").min(sample.len()), end("to").min(sample.len()));
    // Control characters would not be seen.
    let part = |part: &[char]| {
        part.iter().map(|c| if c.is_control() { '·' } else { *c }).collect::<String>()
    };
    let (before, fault, after) = match newest.get("mark").is_some_and(Json::is_object) {
        true => (
            part(&sample[..from]),
            part(&sample[from..to.max(from)]),
            part(&sample[to.max(from)..]),
        ),
        false => (part(&sample), String::new(), String::new()),
    };
    view! {
        <div class="badrec">
            <div class="l"><i class="sw bad"></i><b>{title}</b><span class="clip">{text(newest, "detail").to_owned()}</span></div>
            <div class="l muted">{place}</div>
            <pre>{before}<em>{fault}</em>{after}</pre>
        </div>
    }
}

pub(super) fn views(info: &Json) -> impl IntoView + use<> {
    let costs = items(info, "view_costs");
    let watchers: u64 = costs.iter().map(|view| count(view, "watchers")).sum();
    let memory = bytes(count(info, "retained_bytes") as f64);
    let about = format!(
        "{} views, {} followed now; {} records in {memory} of memory",
        costs.len(),
        counted(watchers),
        counted(count(info, "retained_records")),
    );
    let rows: Vec<_> = costs.iter().take(MAX_VIEWS).map(view_row).collect();
    view! {
        <div class="card wide">
            <header><h2>"Views and cost"</h2><span class="sub clip">{about}</span></header>
            <div class="scroll">
                <table class="t">
                    <thead><tr>
                        <th>"View"</th><th>"Asked by"</th><th class="num">"Watchers"</th><th class="num">"Records"</th>
                        <th class="num">"Updates"</th><th class="num">"Sent"</th><th class="num">"CPU"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
}

fn view_row(cost: &Json) -> impl IntoView + use<> {
    let panels = items(cost, "panels");
    let panel = panels.first().map(|panel| {
        let others = match panels.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let words =
            format!("{} › {}{others}", text(panel, "dashboard_title"), text(panel, "panel_title"));
        let href = format!("/d/{}", js_sys::encode_uri_component(text(panel, "dashboard")));
        view! { <a href=href>{words}</a> }
    });
    let records = cost.get("records").and_then(Json::as_u64);
    let records = records.map_or_else(|| "–".to_owned(), counted);
    let updates = count(cost, "milli_updates_s") as f64 / 1_000.0;
    let cpu_s = count(cost, "cpu_us_s") as f64 / 1_000.0;
    view! {
        <tr>
            <td class="strong">{text(cost, "question").to_owned()}</td><td>{panel}</td>
            <td class="num">{counted(count(cost, "watchers"))}</td><td class="num">{records}</td>
            <td class="num">{whole(updates)}"/s"</td>
            <td class="num">{bytes(count(cost, "bytes_s") as f64)}"/s"</td>
            <td class="num strong">{duration(cpu_s)}"/s"</td>
        </tr>
    }
}
