//! `input_control_vis`: lists and ranges to choose from. What they offer is asked live; what is chosen becomes pills of the board
//! (`hailstream_client::controls`).

use std::sync::Arc;

use crate::live::{live, live_flag, live_text, live_value};
use hailstream_client::controls::{Form, containing};
use hailstream_client::filters::Filters;
use hailstream_protocol::Value;
use hailstream_protocol::visualization::{Control, ControlKind, ControlsParams};
use leptos::html;
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::context::PanelContext;
use crate::chrome::{Icon, arrows, close_itself};
use crate::session::AnswerSignal;
use crate::{session, zone};

/// What all controls of a panel share.
#[derive(Clone)]
struct Panel(Arc<Parts>);

struct Parts {
    context: PanelContext,
    params: ControlsParams,
    form: RwSignal<Form>,
}

/// The controls, and the buttons below them.
pub(super) fn controls(context: PanelContext, params: ControlsParams) -> impl IntoView {
    let panel = Panel(Arc::new(Parts { context, params, form: RwSignal::new(Form::default()) }));
    let each = panel.0.params.controls.iter().map(|control| match control.kind {
        ControlKind::List => list(panel.clone(), control.clone()),
        ControlKind::Range => range(panel.clone(), control.clone()),
    });
    let each = each.collect_view();
    let buttons = (!panel.0.params.update_filters_on_change).then(|| buttons(panel));
    view! {
        <form class="controls" on:submit=|event| event.prevent_default()>
            <div class="fields">{each}</div>
            {buttons}
        </form>
    }
}

impl Panel {
    fn filters(&self) -> Filters {
        self.0.context.board.filters.get()
    }

    fn shown(&self, control: &Control) -> Vec<String> {
        let filters = self.filters();
        self.0.form.with(|form| form.shown(control, &filters))
    }

    /// Chooses; where that is in force at once, applies it.
    fn choose(&self, control: &Control, values: Vec<String>) {
        self.0.form.update(|form| form.stage(control, values));
        if self.0.params.update_filters_on_change {
            self.apply();
        }
    }

    fn apply(&self) {
        let mut filters = untrack(|| self.filters());
        let mut form = self.0.form.get_untracked();
        form.apply(&self.0.params, &mut filters);
        self.0.form.set(form);
        self.0.context.board.filters.set(filters);
    }

    /// The control that has to be set before this one offers anything.
    fn awaited(&self, control: &Control) -> Option<String> {
        let filters = self.filters();
        self.0.form.with(|form| {
            form.awaited(&self.0.params, control, &filters).map(|above| words(above).to_owned())
        })
    }

    /// What a control offers, asked as long as it is there: under the controls above it, and of a list for what is `searched`.
    fn offer(&self, control: &Control, searched: RwSignal<String>) -> AnswerSignal {
        let Some((_, answer)) = self.0.context.extra(&control.id) else {
            return AnswerSignal::default();
        };
        let (panel, control, signal) = (self.clone(), control.clone(), answer.clone());
        let kept = StoredValue::new_local(None);
        let asked = Memo::new(move |_| panel.query(&control, &searched.get()));
        Effect::new(move |_| {
            kept.set_value(asked.get().map(|query| session::follow(query, &signal)));
        });
        answer.clone()
    }

    fn query(&self, control: &Control, searched: &str) -> Option<serde_json::Value> {
        if self.awaited(control).is_some() {
            return None;
        }
        let board = &self.0.context.board;
        let (question, _) = self.0.context.extra(&control.id)?;
        let filters = self.filters();
        let above = self.0.form.with(|form| form.above(&self.0.params, control, &filters));
        let above = match above.is_empty() {
            true => Vec::new(),
            false => board.schemas.with(|schemas| schemas.filters(question.stream(), &above)),
        };
        let mut query = question.under(&board.range.get(), &above, &zone::name());
        if control.dynamic_options && !searched.is_empty() {
            let bucket =
                query.pointer_mut("/buckets/0").and_then(serde_json::Value::as_object_mut)?;
            bucket.insert("include".to_owned(), json!(containing(searched)));
        }
        Some(query)
    }
}

fn words(control: &Control) -> &str {
    if control.label.is_empty() { &control.field } else { &control.label }
}

fn buttons(panel: Panel) -> AnyView {
    let params = Arc::clone(&panel.0);
    let changed = Memo::new(move |_| {
        let filters = params.context.board.filters.get();
        params.form.with(|form| {
            (form.is_changed(&params.params, &filters), !form.is_empty(&params.params, &filters))
        })
    });
    let (apply, cancel, clear) = (panel.clone(), panel.clone(), panel);
    // Not `disabled`: a button that was just used keeps the focus.
    let off = move |is_on: fn((bool, bool)) -> bool| {
        live_value(move || (!is_on(changed.get())).to_string())
    };
    view! {
        <div class="act">
            <button class="btn" type="button" aria-disabled=off(|state| state.1)
                on:click=move |_| clear.0.form.update(|form| form.clear(&clear.0.params))>"Clear form"</button>
            <button class="btn" type="button" aria-disabled=off(|state| state.0)
                on:click=move |_| cancel.0.form.update(Form::cancel)>"Cancel changes"</button>
            <button class="btn primary" type="button" aria-disabled=off(|state| state.0)
                on:click=move |_| apply.apply()>"Apply changes"</button>
        </div>
    }
    .into_any()
}

/// A list: a button with what is chosen, and what can be chosen under it.
fn list(panel: Panel, control: Control) -> AnyView {
    let open = RwSignal::new(false);
    let searched = RwSignal::new(String::new());
    let answer = panel.offer(&control, searched);
    let name = words(&control).to_owned();
    let style = panel.0.context.spec.style.clone();
    let field = control.field.clone();
    let label = move |value: &str| {
        style.board().label(&field, &Value::text(value)).unwrap_or_else(|| value.to_owned())
    };
    let chosen = {
        let (panel, control, label, answer) =
            (panel.clone(), control.clone(), label.clone(), answer.clone());
        move || chosen_words(&panel, &control, &label, &answer, searched)
    };
    let is_chosen = {
        let (panel, control) = (panel.clone(), control.clone());
        move || !panel.shown(&control).is_empty()
    };
    let is_open = {
        let (panel, control) = (panel.clone(), control.clone());
        Memo::new(move |_| open.get() && panel.awaited(&control).is_none())
    };
    let menu = {
        let (panel, control) = (panel.clone(), control.clone());
        move || {
            is_open.get().then(|| {
                options(panel.clone(), control.clone(), &answer, label.clone(), (open, searched))
            })
        }
    };
    // What waits for another choice has nothing to open.
    let toggle = {
        let (panel, control) = (panel.clone(), control.clone());
        move |_| open.update(|open| *open = !*open && untrack(|| panel.awaited(&control)).is_none())
    };
    let id = format!("control-{}-{}", panel.0.context.spec.id, control.id);
    let named = format!("{id}-name {id}");
    view! {
        <div class="field anchor">
            <span id=format!("{id}-name")>{name}</span>
            <button
                type="button"
                class="input choice"
                id=id.clone()
                class:set=live_flag(is_chosen)
                aria-haspopup="listbox"
                aria-labelledby=named
                aria-expanded=live_value(move || is_open.get().to_string())
                on:click=toggle
            >
                <span class="clip grow">{live_text(chosen)}</span><Icon name="chev" />
            </button>
            {live(menu)}
        </div>
    }
    .into_any()
}

/// What is chosen of a list; where nothing is, whether something could be.
fn chosen_words(
    panel: &Panel,
    control: &Control,
    label: &impl Fn(&str) -> String,
    answer: &AnswerSignal,
    searched: RwSignal<String>,
) -> String {
    let values: Vec<String> = panel.shown(control).iter().map(|value| label(value)).collect();
    if !values.is_empty() {
        return values.join(", ");
    }
    if let Some(above) = panel.awaited(control) {
        return format!("Choose {above} first");
    }
    let is_empty = searched.with(String::is_empty)
        && answer
            .with(|answer| answer.result.as_ref().is_some_and(|result| result.rows.is_empty()));
    if is_empty { "No values".to_owned() } else { "Select…".to_owned() }
}

/// Values with how many records have them. What is chosen and not offered stays there.
fn offered(
    panel: &Panel,
    control: &Control,
    label: &impl Fn(&str) -> String,
    answer: &AnswerSignal,
    searched: &str,
) -> Vec<(String, String)> {
    let text = searched.to_ascii_lowercase();
    let mut offered: Vec<(String, String)> = answer.with(|answer| {
        let rows = answer.result.iter().flat_map(|result| &result.rows);
        let row = |row: &Vec<Value>| {
            let value = row.first().filter(|value| !value.is_null())?.to_string();
            Some((value, row.get(1).map(Value::to_string).unwrap_or_default()))
        };
        rows.filter_map(row).collect()
    });
    for chosen in panel.shown(control) {
        if !offered.iter().any(|(value, _)| *value == chosen) {
            offered.push((chosen, String::new()));
        }
    }
    offered.retain(|(value, _)| {
        text.is_empty()
            || label(value).to_ascii_lowercase().contains(&text)
            || (control.dynamic_options && value.to_ascii_lowercase().contains(&text))
    });
    offered
}

/// What a list offers: a search, then the values.
fn options(
    panel: Panel,
    control: Control,
    answer: &AnswerSignal,
    label: impl Fn(&str) -> String + Clone + Send + Sync + 'static,
    (open, searched): (RwSignal<bool>, RwSignal<String>),
) -> AnyView {
    let menu = NodeRef::<html::Div>::new();
    close_itself(menu, open);
    searched.set(String::new());
    let search = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(search) = search.get() {
            let _unfocused = search.focus();
        }
    });
    let name = words(&control).to_owned();
    let is_single = control.single;
    let answer = answer.clone();
    let offered = {
        let (panel, control, label) = (panel.clone(), control.clone(), label.clone());
        Memo::new(move |_| searched.with(|text| offered(&panel, &control, &label, &answer, text)))
    };
    let list = move || {
        let chosen = panel.shown(&control);
        let option = |(value, count): (String, String)| {
            let is_chosen = chosen.contains(&value);
            let words = label(&value);
            let (panel, control) = (panel.clone(), control.clone());
            let toggle = move |_| toggle(&panel, &control, &value, open);
            option(words, count, is_chosen, toggle)
        };
        let offered = offered.get();
        if offered.is_empty() {
            return view! { <p class="none">"No such value"</p> }.into_any();
        }
        offered.into_iter().map(option).collect_view().into_any()
    };
    let typed = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        searched.set(input.map(|input| input.value()).unwrap_or_default());
    };
    view! {
        <div class="pop menu options" node_ref=menu on:keydown=move |event: KeyboardEvent| arrows(menu, &event)>
            <input class="input" type="search" placeholder="Search" aria-label=format!("Search {name}")
                autocomplete="off" node_ref=search on:input=typed />
            <div role="listbox" aria-label=name aria-multiselectable=(!is_single).to_string()>{live(list)}</div>
        </div>
    }
    .into_any()
}

/// Chooses a value, or no more. Where one is all there can be, that is all.
fn toggle(panel: &Panel, control: &Control, value: &str, open: RwSignal<bool>) {
    let mut values = untrack(|| panel.shown(control));
    match values.iter().position(|of| of == value) {
        Some(at) => drop(values.remove(at)),
        None if control.single => values = vec![value.to_owned()],
        None => values.push(value.to_owned()),
    }
    panel.choose(control, values);
    if control.single {
        open.set(false);
    }
}

fn option(
    words: String,
    count: String,
    is_chosen: bool,
    toggle: impl Fn(web_sys::MouseEvent) + 'static,
) -> AnyView {
    view! {
        <button type="button" role="option" aria-selected=is_chosen.to_string() on:click=toggle>
            <span class="tick">{is_chosen.then(|| view! { <Icon name="check" /> })}</span>
            <span class="clip grow">{words}</span><small>{count}</small>
        </button>
    }
    .into_any()
}

/// Chooses an end of a range, 0 or 1; the lesser is the first.
fn set_end(panel: &Panel, control: &Control, end: usize, text: String) {
    let mut ends = untrack(|| panel.shown(control));
    ends.resize(2, String::new());
    ends[end] = text;
    let number = |end: usize| ends[end].parse::<f64>().ok();
    if number(0).zip(number(1)).is_some_and(|(from, to)| from > to) {
        ends.swap(0, 1);
    }
    panel.choose(control, ends);
}

/// The last multiple of a step that is not above, without the dust of binary fractions.
fn below(value: f64, step: f64) -> f64 {
    multiple((value / step).floor(), step)
}

/// The first multiple of a step that is not below.
fn above(value: f64, step: f64) -> f64 {
    multiple((value / step).ceil(), step)
}

fn multiple(count: f64, step: f64) -> f64 {
    const DUST: f64 = 1e9;
    (count * step * DUST).round() / DUST
}

/// A range: two sliders on one track and two numbers, between the least and the most there is.
fn range(panel: Panel, control: Control) -> AnyView {
    let answer = panel.offer(&control, RwSignal::new(String::new()));
    let bounds = Memo::new(move |_| {
        answer.with(|answer| {
            let row = answer.result.as_ref()?.rows.first()?.clone();
            Some((row.first()?.as_f64()?, row.get(1)?.as_f64()?))
        })
    });
    let name = words(&control).to_owned();
    let step = control.step.filter(|step| *step > 0.0).unwrap_or(1.0);
    let ends = [(0, "from"), (1, "to")].map(|(end, word)| {
        let value = {
            let (panel, control) = (panel.clone(), control.clone());
            move || panel.shown(&control).get(end).cloned().unwrap_or_default()
        };
        let bound = move || {
            bounds.get().map(|(least, most)| if end == 0 { below(least, step) } else { above(most, step) })
        };
        let bound_words = move || bound().map(|bound| bound.to_string()).unwrap_or_default();
        let limits = move |place: usize| {
            live_value(move || {
                let (least, most) = bounds.get().unwrap_or((0.0, 1.0));
                [below(least, step), above(most, step)][place].to_string()
            })
        };
        let slid = {
            let value = value.clone();
            move || if value().is_empty() { bound_words() } else { value() }
        };
        let changed = {
            let (panel, control) = (panel.clone(), control.clone());
            move |event: web_sys::Event| {
                let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                let Some(input) = input else { return };
                set_end(&panel, &control, end, input.value());
            }
        };
        let slides = changed.clone();
        let label = format!("{name} {word}");
        let slider = view! {
            <input type="range" class="slide" aria-label=label.clone() step=step.to_string()
                min=limits(0) max=limits(1) prop:value=live_value(slid) on:change=slides />
        };
        let number = view! {
            <input type="number" class="input" aria-label=label step="any"
                placeholder=live_value(bound_words) prop:value=live_value(value) on:change=changed />
        };
        (slider.into_any(), number.into_any())
    });
    let [(from_slider, from), (to_slider, to)] = ends;
    let has_none = move || bounds.get().is_none();
    view! {
        <fieldset class="field range" class:off=live_flag(has_none)>
            <legend>{words(&control).to_owned()}</legend>
            <div class="ends">{from}<span class="track">{from_slider}{to_slider}</span>{to}</div>
        </fieldset>
    }
    .into_any()
}
