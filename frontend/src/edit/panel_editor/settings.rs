//! The settings of a type, as the registry lists them.

use hailstream_client::editor::{
    Choice, Input, Kind, Setting, add_control, control_fields, has_control, put, remove_control,
};
use hailstream_client::stream_fields::StreamFields;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::{Editor, fields, text_at};
use crate::live::live;

pub(super) fn settings(editor: &Editor, kind: &'static Kind) -> AnyView {
    let settings = kind.settings.iter().map(|setting| one(editor, setting)).collect_view();
    view! { <section class="group"><h3>"How it is shown"</h3>{settings}</section> }.into_any()
}

fn one(editor: &Editor, setting: &'static Setting) -> AnyView {
    let (at, words) = (setting.at, setting.words);
    let set = {
        let editor = editor.clone();
        move |value: Option<Json>| editor.change(|of, _| put(of, at, value))
    };
    match &setting.input {
        Input::Switch(usual) => {
            let value =
                editor.read(move |of| of.pointer(at).and_then(Json::as_bool).unwrap_or(*usual));
            fields::switch(words, value, move |on| set(Some(on.into())))
        }
        Input::Choice(choices) => {
            let first = choices.first().map_or("", |choice| choice.value);
            let value = editor.read(move |of| {
                Some(text_at(of, at)).filter(|text| !text.is_empty()).unwrap_or(first.to_owned())
            });
            let pairs: Vec<(&str, &str)> =
                choices.iter().map(|Choice { value, words }| (*value, *words)).collect();
            fields::choice(words, value, fields::fixed(&pairs), move |value| {
                set(Some(value.into()));
            })
        }
        Input::Text(placeholder) => {
            fields::text(words, editor.text(at), placeholder, move |text| {
                set(Some(text).filter(|text| !text.is_empty()).map(Json::from));
            })
        }
        Input::Number(placeholder) => {
            fields::number(words, editor.text(at), placeholder, move |number| {
                set(number.map(whole));
            })
        }
        Input::Lines => {
            fields::lines(words, "", editor.text(at), move |text| set(Some(text.into())))
        }
        Input::Field(types) => one_field(editor, setting, types),
        Input::Fields => {
            let all =
                |source: &StreamFields| source.fields.iter().map(|of| of.name.clone()).collect();
            let is_ticked = move |of: &Json, name: &str| {
                let names = of.pointer(at).and_then(Json::as_array);
                names.is_some_and(|names| names.iter().any(|of| of == name))
            };
            let tick =
                move |of: &mut Json, _: &StreamFields, name: &str, on| tick_field(of, at, name, on);
            list_of_fields(editor, words, all, (is_ticked, tick))
        }
        Input::Controls => {
            let all = |source: &StreamFields| {
                control_fields(source).into_iter().map(str::to_owned).collect()
            };
            list_of_fields(editor, words, all, (has_control, tick_control))
        }
        Input::Ranges => {
            let value = editor.read(move |of| bounds(of.pointer(at)));
            fields::text(words, value, "0, 50, 75, 100", move |text| set(ranges(&text)))
        }
    }
}

/// One of the fields of some types.
fn one_field(
    editor: &Editor,
    setting: &'static Setting,
    types: &'static [&'static str],
) -> AnyView {
    let (source, editor) = (editor.0.source.clone(), editor.clone());
    let options = Memo::new(move |_| {
        let mut options = vec![(String::new(), "none".to_owned())];
        source.with(|source| {
            let fields = source.fields.iter();
            let fitting = fields.filter(|field| types.contains(&field.kind.as_str()));
            options.extend(fitting.map(|field| (field.name.clone(), field.name.clone())));
        });
        options
    });
    fields::choice(setting.words, editor.text(setting.at), options, move |field| {
        let field = Some(field).filter(|field| !field.is_empty()).map(Json::from);
        editor.change(|of, _| put(of, setting.at, field));
    })
}

/// Puts a field behind the others, or takes it away.
fn tick_field(of: &mut Json, at: &str, name: &str, on: bool) {
    let mut names = of.pointer(at).and_then(Json::as_array).cloned().unwrap_or_default();
    names.retain(|of| *of != *name);
    if on {
        names.push(name.into());
    }
    put(of, at, Some(names.into()));
}

/// The bounds of neighbouring ranges: `0, 50, 100`.
fn bounds(ranges: Option<&Json>) -> String {
    let ranges = ranges.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let first = ranges.first().map(|range| text_at(range, "/from"));
    let ends = ranges.iter().map(|range| text_at(range, "/to"));
    first.into_iter().chain(ends).collect::<Vec<_>>().join(", ")
}

/// Neighbouring ranges between bounds; none where there are fewer than two.
fn ranges(bounds: &str) -> Option<Json> {
    let mut numbers: Vec<f64> =
        bounds.split([',', ' ', ';']).filter_map(|word| word.trim().parse().ok()).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let range = |pair: &[f64]| serde_json::json!({ "from": whole(pair[0]), "to": whole(pair[1]) });
    let ranges: Vec<Json> = numbers.windows(2).map(range).collect();
    (!ranges.is_empty()).then(|| ranges.into())
}

/// Gives a field a control, or takes it away.
fn tick_control(of: &mut Json, source: &StreamFields, name: &str, on: bool) {
    if on {
        add_control(of, source, name);
    } else {
        remove_control(of, name);
    }
}

/// Fields to tick, in the order of the stream.
fn list_of_fields(
    editor: &Editor,
    words: &'static str,
    all: impl Fn(&StreamFields) -> Vec<String> + Send + 'static,
    (is_ticked, tick): (
        impl Fn(&Json, &str) -> bool + Copy + Send + Sync + 'static,
        impl Fn(&mut Json, &StreamFields, &str, bool) + Copy + Send + Sync + 'static,
    ),
) -> AnyView {
    let source = editor.0.source.clone();
    let editor = editor.clone();
    let boxes = live(move || {
        let field = |name: String| {
            let (shown, of_box) = (name.clone(), editor.clone());
            let is_on = editor.read({
                let name = name.clone();
                move |of| is_ticked(of, &name)
            });
            let change = move |event| {
                let on = event_target_checked(&event);
                of_box.change(|of, source| tick(of, source, &name, on));
            };
            view! { <label class="check"><input type="checkbox" prop:checked=move || is_on.get() on:change=change />{shown}</label> }
        };
        source.with(&all).into_iter().map(field).collect_view()
    });
    view! { <fieldset class="field ticks"><legend>{words}</legend>{boxes}</fieldset> }.into_any()
}

/// A number as people write it: whole where it is whole.
pub(super) fn whole(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Json::from(number as i64)
    } else {
        Json::from(number)
    }
}
