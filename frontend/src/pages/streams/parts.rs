//! The fields of a stream, its bad records, and its views with what they cost.

use hailstream_client::stream_fields::type_mark;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::figures::{bytes, count, counted, items, number, or_dash, percent, text, whole};
use super::sheet::{Cell, Sheet, Side, right, sheet, strong, words};

/// Views shown, the most costly first.
const MAX_VIEWS: usize = 40;

pub(super) fn fields(info: &Json) -> AnyView {
    let fields = items(info, "fields");
    let guessed = fields.iter().filter(|field| !is_declared(field)).count();
    let roles = [("time field", text(info, "time_field")), ("entity", text(info, "entity"))];
    sheet(Sheet {
        title: "Fields",
        about: format!("{} declared, {guessed} found in the records", fields.len() - guessed),
        class: "card",
        head: vec![
            ("Field", Side::Left),
            ("Type", Side::Left),
            ("In", Side::Right),
            ("Example", Side::Left),
            ("", Side::Right),
        ],
        rows: fields.iter().map(|field| field_row(field, roles)).collect(),
        ..Sheet::default()
    })
}

fn is_declared(field: &Json) -> bool {
    field.get("declared").and_then(Json::as_bool).unwrap_or(true)
}

fn field_row(field: &Json, roles: [(&'static str, &str); 2]) -> Vec<Cell> {
    let name = text(field, "name").to_owned();
    let kind = text(field, "type");
    let mark = type_mark(kind);
    let kind = match text(field, "unit") {
        "" => kind.to_owned(),
        unit => format!("{kind}, {unit}"),
    };
    let example = match items(field, "samples").first() {
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let role = roles.into_iter().find(|(_, of)| *of == name).map_or("", |(role, _)| role);
    let tag = if role.is_empty() && !is_declared(field) { "guessed" } else { role };
    vec![
        Cell { mark, ..strong(name) },
        words(kind),
        right(or_dash(number(field, "share").map(percent))),
        Cell { class: "mono example", ..words(example) },
        Cell { tag, ..right(String::new()) },
    ]
}

pub(super) fn bad_records(info: &Json) -> AnyView {
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
    .into_any()
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
            <div class="raw">{before}<i>{fault}</i>{after}</div>
        </div>
    }
}

pub(super) fn views(info: &Json) -> AnyView {
    let costs = items(info, "view_costs");
    let followed = costs.iter().filter(|view| count(view, "watchers") > 0).count();
    let memory = bytes(count(info, "retained_bytes") as f64);
    sheet(Sheet {
        title: "Views and cost",
        about: format!(
            "{} views, {followed} followed now; {} records kept in {memory} of memory",
            costs.len(),
            counted(count(info, "retained_records")),
        ),
        class: "card wide",
        head: vec![
            ("View", Side::Left),
            ("Asked by", Side::Left),
            ("Watchers", Side::Right),
            ("Records", Side::Right),
            ("Updates", Side::Right),
            ("Sent", Side::Right),
            ("CPU", Side::Right),
        ],
        rows: costs.iter().take(MAX_VIEWS).map(view_row).collect(),
        ..Sheet::default()
    })
}

fn view_row(cost: &Json) -> Vec<Cell> {
    let panels = items(cost, "panels");
    let asked = panels.first().map_or_else(Cell::default, |panel| {
        let (board, title) = (text(panel, "dashboard_title"), text(panel, "panel_title"));
        let others = match panels.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let href = format!("/d/{}", js_sys::encode_uri_component(text(panel, "dashboard")));
        Cell { href, ..words(format!("{board} › {title}{others}")) }
    });
    let per_second = |words: String| right(format!("{words}/s"));
    let cpu_ms = count(cost, "cpu_us_s") as f64 / 1_000.0;
    vec![
        strong(text(cost, "question").to_owned()),
        asked,
        right(counted(count(cost, "watchers"))),
        right(or_dash(cost.get("records").and_then(Json::as_u64).map(counted))),
        per_second(whole(count(cost, "milli_updates_s") as f64 / 1_000.0)),
        per_second(bytes(count(cost, "bytes_s") as f64)),
        Cell { class: "num strong", ..per_second(format!("{} ms", whole(cpu_ms))) },
    ]
}
