//! The form of a filter: field, what of it, values, words of its own. Values that the field has are offered.

use hailstream_client::filters::{Pill, Test};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Icon;
use super::field_values::values_of;
use super::pill_form;
use super::popover::{PopButton, close_itself};
use crate::board::Schemas;
use crate::form_fields as fields;
use crate::lazy::lazily;
use crate::live::{live, live_value};
use crate::panel::BoardContext;

/// What can be asked of a field: word, whether it is negated, the test.
const OPERATORS: [(&str, &str); 8] = [
    ("is", "is"),
    ("is_not", "is not"),
    ("one_of", "is one of"),
    ("not_one_of", "is not one of"),
    ("between", "is between"),
    ("not_between", "is not between"),
    ("exists", "exists"),
    ("not_exists", "does not exist"),
];

/// Values of a field that are offered.
const OFFERED: u32 = 50;

/// The button that adds a filter.
#[component]
pub(super) fn AddFilter(board: BoardContext) -> impl IntoView {
    let form = move |open| lazily(pill_form(board.clone(), None, open));
    view! {
        <PopButton class="pill addfilter" popup="dialog" content=form>
            <Icon name="plus" />"Filter"
        </PopButton>
    }
}

/// What is typed and chosen.
#[derive(Clone, Copy)]
struct Typed {
    field: RwSignal<String>,
    operator: RwSignal<String>,
    values: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    label: RwSignal<String>,
}

/// The form; of the filter at `place`, else of a new one.
#[component]
pub(super) fn PillForm(
    board: BoardContext,
    place: Option<usize>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    let before = board.filters.with_untracked(|filters| filters.pills.get(place?).cloned());
    let before = before.unwrap_or_default();
    let known = board.schemas.with_untracked(Schemas::fields);
    let first = known.iter().find(|field| field.kind == "keyword").or(known.first());
    let typed = Typed::of(&before, first.map_or("", |field| &field.name));
    let names: Vec<(String, String)> =
        known.iter().map(|field| (field.name.clone(), field.name.clone())).collect();
    let offered = offered(&board, typed.field);
    let list = live(move || {
        let option = |value: String| view! { <option value=value></option> };
        offered.get().into_iter().map(option).collect_view()
    });
    let filters = board.filters.clone();
    let apply = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(made) = typed.made(&before) else { return };
        open.set(false);
        filters.update(|filters| match place.and_then(|place| filters.pills.get_mut(place)) {
            Some(held) => *held = made,
            None => filters.pills.push(made),
        });
    };
    let title = if place.is_some() { "Edit the filter" } else { "Add a filter" };
    let names = Memo::new(move |_| names.clone());
    view! {
        <div class="pop pillform" role="dialog" aria-label=title node_ref=menu>
            <form on:submit=apply>
                <div class="two">
                    {fields::choice("Field", of(typed.field), names, move |name| typed.field.set(name))}
                    {fields::choice("What of it", of(typed.operator), fields::fixed(&OPERATORS), move |word| typed.operator.set(word))}
                </div>
                {typed.inputs()}
                <datalist id="filter-values">{list}</datalist>
                {fields::text("Words of its own", of(typed.label), "none", move |text| typed.label.set(text))}
                <div class="row">
                    <span class="grow"></span>
                    <button type="button" class="btn" on:click=move |_| open.set(false)>"Cancel"</button>
                    <button class="btn primary">{if place.is_some() { "Apply" } else { "Add" }}</button>
                </div>
            </form>
        </div>
    }
}

fn of(signal: RwSignal<String>) -> Memo<String> {
    Memo::new(move |_| signal.get())
}

impl Typed {
    fn of(pill: &Pill, first_field: &str) -> Self {
        let field = if pill.field.is_empty() { first_field } else { &pill.field };
        let (from, to) = match (pill.test, pill.values.as_slice()) {
            (Test::Between, [from, to]) => (from.clone(), to.clone()),
            _ => (String::new(), String::new()),
        };
        Self {
            field: RwSignal::new(field.to_owned()),
            operator: RwSignal::new(operator_of(pill).to_owned()),
            values: RwSignal::new(pill.values.join(", ")),
            from: RwSignal::new(from),
            to: RwSignal::new(to),
            label: RwSignal::new(pill.label.clone()),
        }
    }

    /// What the operator asks for.
    fn inputs(self) -> AnyView {
        let Self { values, from, to, .. } = self;
        live(move || {
            match self.operator.get().as_str() {
            "exists" | "not_exists" => ().into_any(),
            "between" | "not_between" => view! {
                <div class="two">
                    {fields::text("From", of(from), "no lower end", move |text| from.set(text))}
                    {fields::text("To, not included", of(to), "no upper end", move |text| to.set(text))}
                </div>
            }
            .into_any(),
            word => {
                let is_list = word.ends_with("one_of");
                let label = if is_list { "Values, with commas between" } else { "Value" };
                view! {
                    <label class="field">
                        <span>{label}</span>
                        <input
                            class="input" autocomplete="off" list="filter-values"
                            prop:value=live_value(move || values.get())
                            on:input=move |event| values.set(event_target_value(&event))
                        />
                    </label>
                }
                .into_any()
            }
        }
        })
    }

    /// The filter that the form says, with the marks of the one it was; `None` while something is missing.
    fn made(self, before: &Pill) -> Option<Pill> {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (field, operator) = (text(self.field), self.operator.get_untracked());
        let (values, from, to) = (text(self.values), text(self.from), text(self.to));
        let made = match operator.as_str() {
            "exists" | "not_exists" => {
                Pill { field: field.clone(), test: Test::Exists, ..Pill::default() }
            }
            "between" | "not_between" if !(from.is_empty() && to.is_empty()) => {
                Pill::between(&field, &from, &to)
            }
            "is" | "is_not" if !values.is_empty() => Pill::of(&field, &values),
            "one_of" | "not_one_of" if !values.is_empty() => {
                let values = values.split(',').map(str::trim).filter(|value| !value.is_empty());
                Pill::one_of(&field, values.map(str::to_owned).collect())
            }
            _ => return None,
        };
        let Pill { disabled, pinned, .. } = *before;
        let negate = operator == "is_not" || operator.starts_with("not_");
        (!field.is_empty()).then_some(Pill {
            negate,
            disabled,
            pinned,
            label: text(self.label),
            ..made
        })
    }
}

fn operator_of(pill: &Pill) -> &'static str {
    match (pill.test, pill.negate, pill.values.len()) {
        (Test::Exists, false, _) => "exists",
        (Test::Exists, true, _) => "not_exists",
        (Test::Between, false, _) => "between",
        (Test::Between, true, _) => "not_between",
        (_, false, 0 | 1) => "is",
        (_, true, 0 | 1) => "is_not",
        (_, false, _) => "one_of",
        (_, true, _) => "not_one_of",
    }
}

/// The most frequent values of the chosen field, in the board's range.
fn offered(board: &BoardContext, field: RwSignal<String>) -> RwSignal<Vec<String>> {
    let offered = RwSignal::new(Vec::new());
    let (schemas, range) = (board.schemas.clone(), board.range.clone());
    Effect::new(move |_| {
        let name = field.get();
        offered.set(Vec::new());
        let known = schemas.with_untracked(Schemas::fields);
        let found = known.into_iter().find(|field| field.name == name);
        let Some(asked) =
            found.and_then(|field| values_of(&field, &range.get_untracked(), OFFERED))
        else {
            return;
        };
        spawn_local(async move {
            let values = asked.await;
            if field.try_get_untracked() == Some(name) {
                offered.try_set(values);
            }
        });
    });
    offered
}
