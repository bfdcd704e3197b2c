//! Buckets and metrics: a card for each, with what its type takes.

use hailstream_client::editor::{
    BUCKET_TYPES, BucketRole, Kind, METRIC_TYPES, MetricCount, Stands, add_bucket, add_metric,
    bucket_fields, metric_fields, remove_part, set_bucket_type, set_metric_type,
};
use leptos::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::settings::{put, whole};
use super::{Editor, fields, text_at};
use crate::chrome::Icon;
use crate::live::live;

/// A part of the query that a card is about.
#[derive(Clone)]
struct Part {
    editor: Editor,
    /// `buckets` or `metrics`.
    list: &'static str,
    place: usize,
}

impl Part {
    fn text(&self, key: &'static str) -> Memo<String> {
        let at = format!("/query/{}/{}/{key}", self.list, self.place);
        self.editor.read(move |of| text_at(of, &at))
    }

    fn read<T: PartialEq + Send + Sync + 'static>(
        &self,
        read: impl Fn(&Json) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let at = format!("/query/{}/{}", self.list, self.place);
        self.editor.read(move |of| read(of.pointer(&at).unwrap_or(&Json::Null)))
    }

    fn change(&self, change: impl FnOnce(&mut Json, &hailstream_client::editor::Source)) {
        let at = format!("/query/{}/{}", self.list, self.place);
        self.editor.change(|of, source| {
            if let Some(part) = of.pointer_mut(&at) {
                change(part, source);
            }
        });
    }

    fn set(&self, key: &str, value: Option<Json>) {
        self.change(|part, _| put(part, &format!("/{key}"), value));
    }

    fn remove(&self) {
        self.editor.change(|of, _| {
            if let Some(query) = of.get_mut("query") {
                remove_part(query, self.list, self.place);
            }
        });
    }

    /// The fields that fit its type.
    fn field(
        &self,
        fitting: fn(&str, &[hailstream_client::editor::SourceField]) -> Vec<String>,
    ) -> AnyView {
        let (kind, source, part) = (self.text("type"), self.editor.0.source.clone(), self.clone());
        let options = Memo::new(move |_| {
            let names = source.with(|source| fitting(&kind.get(), &source.fields));
            names.into_iter().map(|name| (name.clone(), name)).collect::<Vec<_>>()
        });
        fields::choice("Field", self.text("field"), options, move |field| {
            part.set("field", Some(field.into()));
        })
    }
}

/// How many parts a list of the query has. Tracks.
fn count(editor: &Editor, list: &'static str) -> Memo<usize> {
    editor.read(move |of| {
        let parts = of.get("query").and_then(|query| query.get(list)).and_then(Json::as_array);
        parts.map_or(0, Vec::len)
    })
}

pub(super) fn buckets(editor: &Editor, kind: &'static Kind) -> Option<AnyView> {
    let first = kind.buckets.first()?;
    let (count, editor) = (count(editor, "buckets"), editor.clone());
    let cards = live(move || {
        let count = count.get();
        let roles = kind.roles(count);
        let card = |place: usize| {
            let role = roles.get(place).copied().unwrap_or(first);
            bucket(&Part { editor: editor.clone(), list: "buckets", place }, role)
        };
        // What splits is asked first and thought of last.
        let is_split =
            |place: &usize| roles.get(*place).is_some_and(|role| role.stands == Stands::Outer);
        let (last, first): (Vec<usize>, Vec<usize>) = (0..count).partition(is_split);
        let cards = first.into_iter().chain(last).map(card).collect_view();
        let more = kind.next_role(count).map(|role| add_button(&editor, role));
        view! { {cards}{more} }
    });
    Some(view! { <section class="group"><h3>"Grouped by"</h3>{cards}</section> }.into_any())
}

fn add_button(editor: &Editor, role: &'static BucketRole) -> AnyView {
    let editor = editor.clone();
    let add = move |_| {
        editor.change(|of, source| {
            add_bucket(of, role, &source.fields);
        });
    };
    view! { <button class="btn addpart" on:click=add><Icon name="plus" />{role.words}</button> }
        .into_any()
}

fn bucket(part: &Part, role: &'static BucketRole) -> AnyView {
    let types: Vec<(&str, &str)> = BUCKET_TYPES
        .iter()
        .filter(|kind| role.types.contains(&kind.id))
        .map(|kind| (kind.id, kind.words))
        .collect();
    let of_type = part.clone();
    let kind = fields::choice("By", part.text("type"), fields::fixed(&types), move |kind| {
        of_type.change(|bucket, source| set_bucket_type(bucket, &kind, &source.fields));
    });
    let removable = (role.stands != Stands::Needed).then(|| remove_button(part, role.words));
    let own = {
        let (part, kind) = (part.clone(), part.text("type"));
        live(move || match kind.get().as_str() {
            "date_histogram" => interval(&part),
            "terms" => terms(&part),
            "histogram" => {
                let of_step = part.clone();
                let step = fields::number("Step", part.text("interval"), "10", move |step| {
                    of_step.set("interval", step.filter(|step| *step > 0.0).map(whole));
                });
                view! { {part.field(grouped)}{step} }.into_any()
            }
            "range" => view! { {part.field(grouped)}{ranges(&part)} }.into_any(),
            "filters" => filters(&part),
            _ => view! { <p class="hint">"Its settings are in the text below."</p> }.into_any(),
        })
    };
    view! {
        <div class="part" role="group" aria-label=role.words>
            <header><h4>{role.words}</h4>{removable}</header>
            <div class="two">{kind}{own}</div>
        </div>
    }
    .into_any()
}

fn grouped(kind: &str, of: &[hailstream_client::editor::SourceField]) -> Vec<String> {
    bucket_fields(kind, of).into_iter().map(str::to_owned).collect()
}

fn measured(kind: &str, of: &[hailstream_client::editor::SourceField]) -> Vec<String> {
    metric_fields(kind, of).into_iter().map(str::to_owned).collect()
}

fn remove_button(part: &Part, words: &'static str) -> AnyView {
    let part = part.clone();
    view! {
        <button class="cross" aria-label=format!("Remove: {words}") on:click=move |_| part.remove()><Icon name="x" /></button>
    }
    .into_any()
}

fn interval(part: &Part) -> AnyView {
    const INTERVALS: [(&str, &str); 14] = [
        ("auto", "Automatic"),
        ("1s", "Second"),
        ("5s", "5 seconds"),
        ("10s", "10 seconds"),
        ("30s", "30 seconds"),
        ("1m", "Minute"),
        ("5m", "5 minutes"),
        ("15m", "15 minutes"),
        ("30m", "30 minutes"),
        ("1h", "Hour"),
        ("1d", "24 hours"),
        ("day", "Day"),
        ("week", "Week"),
        ("month", "Month"),
    ];
    let value = part.read(|bucket| {
        let text = |key: &str| bucket.get(key).and_then(Json::as_str).map(str::to_owned);
        text("fixed_interval")
            .or_else(|| text("calendar_interval"))
            .unwrap_or_else(|| "auto".to_owned())
    });
    let part = part.clone();
    fields::choice("Per", value, fields::fixed(&INTERVALS), move |interval| {
        part.change(|bucket, _| {
            let Some(bucket) = bucket.as_object_mut() else { return };
            for key in ["auto", "fixed_interval", "calendar_interval"] {
                bucket.remove(key);
            }
            let (key, value) = match interval.as_str() {
                "auto" => ("auto", json!(50)),
                "day" | "week" | "month" => ("calendar_interval", interval.into()),
                _ => ("fixed_interval", interval.into()),
            };
            bucket.insert(key.to_owned(), value);
        });
    })
}

fn terms(part: &Part) -> AnyView {
    let (of_size, of_other, of_order) = (part.clone(), part.clone(), part.clone());
    let size = fields::number("How many", part.text("size"), "10", move |size| {
        of_size.set("size", size.filter(|size| *size >= 1.0).map(|size| whole(size.trunc())));
    });
    let has_other = part.read(|bucket| bucket.get("other").and_then(Json::as_bool) == Some(true));
    let other = fields::switch("The rest as \"other\"", has_other, move |on| {
        of_other.set("other", on.then(|| on.into()));
    });
    let metrics = part.editor.read(|of| {
        let metrics =
            of.pointer("/query/metrics").and_then(Json::as_array).cloned().unwrap_or_default();
        metrics
            .iter()
            .map(|metric| {
                (text_at(metric, "/id"), hailstream_client::editor::describe_metric(metric))
            })
            .collect::<Vec<_>>()
    });
    let options = Memo::new(move |_| {
        let mut options = vec![("_count desc".to_owned(), "Most records first".to_owned())];
        for (id, words) in metrics.get() {
            options.push((format!("{id} desc"), format!("Largest: {words}")));
            options.push((format!("{id} asc"), format!("Smallest: {words}")));
        }
        options.push(("_key asc".to_owned(), "By value, A to Z".to_owned()));
        options.push(("_key desc".to_owned(), "By value, Z to A".to_owned()));
        options
    });
    let value = part.read(|bucket| {
        let by = bucket.pointer("/order/by").and_then(Json::as_str).unwrap_or("_count");
        let direction = bucket.pointer("/order/direction").and_then(Json::as_str).unwrap_or("desc");
        format!("{by} {direction}")
    });
    let order = fields::choice("Order", value, options, move |order| {
        let (by, direction) = order.split_once(' ').unwrap_or((&order, "desc"));
        of_order.set("order", Some(json!({ "by": by, "direction": direction })));
    });
    view! { {part.field(grouped)}{size}{order}{other} }.into_any()
}

/// `0-10, 10-20, 20-`
fn ranges(part: &Part) -> AnyView {
    let value = part.read(|bucket| {
        let ranges = bucket.get("ranges").and_then(Json::as_array).cloned().unwrap_or_default();
        let words = |range: &Json| format!("{}-{}", text_at(range, "/from"), text_at(range, "/to"));
        ranges.iter().map(words).collect::<Vec<_>>().join(", ")
    });
    let part = part.clone();
    fields::text("Ranges", value, "0-10, 10-20, 20-", move |text| {
        let range = |words: &str| {
            // A minus before a number belongs to it.
            let words = words.trim();
            let middle = words.char_indices().skip(1).find(|(_, c)| *c == '-').map(|(at, _)| at);
            let at = middle.or_else(|| words.find('-'))?;
            let mut range = Map::new();
            let number = |text: &str| text.trim().parse::<f64>().ok().map(whole);
            number(&words[..at]).map(|from| range.insert("from".to_owned(), from));
            number(&words[at + 1..]).map(|to| range.insert("to".to_owned(), to));
            (!range.is_empty()).then_some(Json::Object(range))
        };
        let ranges: Vec<Json> = text.split(',').filter_map(range).collect();
        if !ranges.is_empty() {
            part.set("ranges", Some(ranges.into()));
        }
    })
}

/// A line each: `label: query`.
fn filters(part: &Part) -> AnyView {
    let value = part.read(|bucket| {
        let filters = bucket.get("filters").and_then(Json::as_object).cloned().unwrap_or_default();
        let line = |(label, query): (&String, &Json)| {
            format!("{label}: {}", query.as_str().unwrap_or_default())
        };
        filters.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    let part = part.clone();
    fields::lines("A line each, label: DQL", "fast: speed > 60", value, move |text| {
        let mut filters = Map::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (label, query) = line.split_once(':').unwrap_or((line, line));
            filters.insert(label.trim().to_owned(), query.trim().into());
        }
        part.set("filters", Some(Json::Object(filters)));
    })
}

pub(super) fn metrics(editor: &Editor, kind: &'static Kind) -> Option<AnyView> {
    if kind.metrics == MetricCount::None {
        return None;
    }
    let (count, editor) = (count(editor, "metrics"), editor.clone());
    let cards =
        live(move || {
            let count = count.get();
            let card = |place: usize| {
                metric(&Part { editor: editor.clone(), list: "metrics", place }, count > 1)
            };
            let cards = (0..count).map(card).collect_view();
            let more = (kind.metrics == MetricCount::Many || count == 0).then(|| {
            let editor = editor.clone();
            let add = move |_| editor.change(|of, source| {
                if let Some(query) = of.get_mut("query") {
                    add_metric(query, &source.fields);
                }
            });
            view! { <button class="btn addpart" on:click=add><Icon name="plus" />"Metric"</button> }
        });
            view! { {cards}{more} }
        });
    Some(view! { <section class="group"><h3>"What is measured"</h3>{cards}</section> }.into_any())
}

fn metric(part: &Part, is_removable: bool) -> AnyView {
    let types: Vec<(&str, &str)> = METRIC_TYPES.iter().map(|kind| (kind.id, kind.words)).collect();
    let of_type = part.clone();
    let kind = fields::choice("Metric", part.text("type"), fields::fixed(&types), move |kind| {
        of_type.change(|metric, source| set_metric_type(metric, &kind, &source.fields));
    });
    let field = {
        let (part, kind) = (part.clone(), part.text("type"));
        live(move || (kind.get() != "count").then(|| part.field(measured)))
    };
    let removable = is_removable.then(|| remove_button(part, "metric"));
    view! { <div class="part" role="group" aria-label="Metric"><div class="two">{kind}{field}</div>{removable}</div> }.into_any()
}
