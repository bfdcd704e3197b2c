//! The fields of the stream: those in the table, the others, and those that records have though the stream file does not name
//! them. A click shows what values a field has; its button puts it into the table or takes it out.

use hailstream_client::stream_fields::StreamField;
use leptos::prelude::*;

use super::{Discover, values};
use crate::chrome::Icon;
use crate::live::{live, live_value};

/// The list. On narrow screens it is behind a button.
pub(super) fn list(discover: Discover, is_open: RwSignal<bool>) -> impl IntoView {
    let find = RwSignal::new(String::new());
    // Whose values are looked at.
    let opened: RwSignal<Option<String>> = RwSignal::new(None);
    let groups = move || {
        let wanted = find.get().to_lowercase();
        let stream = discover.stream.get();
        let columns = discover.columns.get();
        let is_found = |field: &&StreamField| field.name.to_lowercase().contains(&wanted);
        let found = || stream.fields.iter().filter(is_found);
        let in_table = columns.iter().filter_map(|name| found().find(|field| field.name == *name));
        let is_other = |field: &&StreamField| !columns.contains(&field.name);
        let groups = [
            ("In the table", in_table.collect::<Vec<_>>()),
            ("Other fields", found().filter(is_other).filter(|field| field.is_declared).collect()),
            (
                "Seen, not in the stream file",
                found().filter(is_other).filter(|field| !field.is_declared).collect(),
            ),
        ];
        let group = |(title, fields): (&'static str, Vec<&StreamField>)| {
            (!fields.is_empty()).then(|| group(&discover, title, &fields, opened))
        };
        groups.map(group).into_iter().collect_view()
    };
    let toggle = move |_| is_open.update(|is_open| *is_open = !*is_open);
    view! {
        <aside class="fl" aria-label="Fields">
            <button class="btn fieldsbtn" aria-expanded=live_value(move || is_open.get().to_string()) on:click=toggle>
                <Icon name="list" />"Fields"<Icon name="chev" />
            </button>
            <div class="flist">
                <label class="find">
                    <Icon name="search" />
                    <input
                        type="text" placeholder="Find a field" aria-label="Find a field" autocomplete="off" spellcheck="false"
                        prop:value=move || find.get() on:input=move |event| find.set(event_target_value(&event))
                    />
                </label>
                {live(groups)}
            </div>
        </aside>
    }
}

fn group(
    discover: &Discover,
    title: &'static str,
    fields: &[&StreamField],
    opened: RwSignal<Option<String>>,
) -> AnyView {
    let row = |field: &&StreamField| row(discover, (*field).clone(), opened);
    let rows = fields.iter().map(row).collect_view();
    view! { <h3><span>{title}</span><span>{fields.len()}</span></h3><ul>{rows}</ul> }.into_any()
}

fn row(discover: &Discover, field: StreamField, opened: RwSignal<Option<String>>) -> AnyView {
    let name = field.name.clone();
    let is_open = {
        let name = name.clone();
        Memo::new(move |_| opened.with(|opened| opened.as_deref() == Some(name.as_str())))
    };
    let toggle = {
        let name = name.clone();
        move |_| opened.set((!is_open.get_untracked()).then(|| name.clone()))
    };
    let is_column = discover.columns.with_untracked(|columns| columns.contains(&name));
    let switch = {
        let (discover, name) = (discover.clone(), name.clone());
        move |_| switch_column(&discover, &name)
    };
    let (icon, words) = match is_column {
        true => ("minus", format!("Take {name} out of the table")),
        false => ("plus", format!("Put {name} into the table")),
    };
    let detail = match (field.is_declared, field.share) {
        (false, Some(share)) => format!("in {:.0} %", (share * 100.0).max(1.0)),
        _ => field.unit.clone(),
    };
    let mark = field.mark();
    let looked_at = {
        let discover = discover.clone();
        move || is_open.get().then(|| values::values(&discover, &field))
    };
    view! {
        <li>
            <div class="f">
                <button class="fname" aria-expanded=live_value(move || is_open.get().to_string()) on:click=toggle>
                    <i class="ty" aria-hidden="true">{mark}</i>
                    <span class="clip">{name}</span>
                    <span class="c">{detail}</span>
                </button>
                <button class="pm" title=words.clone() aria-label=words on:click=switch><Icon name=icon /></button>
            </div>
            {live(looked_at)}
        </li>
    }
    .into_any()
}

/// Puts a field at the end of the table, or takes it out.
pub(super) fn switch_column(discover: &Discover, name: &str) {
    let mut columns = discover.columns.get_untracked();
    match columns.iter().position(|column| column == name) {
        Some(place) => drop(columns.remove(place)),
        None => columns.push(name.to_owned()),
    }
    discover.address.choose_columns(&columns);
}
