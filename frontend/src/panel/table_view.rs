//! The data of a chart as a table: what the picture shows, in words. Its rows are patched in place.

use crate::live::live;
use hailstream_chart::TableView;
use leptos::prelude::*;

/// The table. It scrolls within the panel.
#[component]
pub(super) fn TableOf(table: RwSignal<TableView>) -> impl IntoView {
    let head = move || {
        let cell = |(place, words): (usize, String)| view! { <th scope="col" class:num=place != 0>{words}</th> };
        table.get().header.into_iter().enumerate().map(cell).collect_view()
    };
    let rows = move || {
        let row = |row: Vec<String>| {
            let cell =
                |(place, words): (usize, String)| view! { <td class:num=place != 0>{words}</td> };
            view! { <tr>{row.into_iter().enumerate().map(cell).collect_view()}</tr> }
        };
        table.get().rows.into_iter().map(row).collect_view()
    };
    view! {
        <div class="astable" tabindex="0" role="region" aria-label="Table">
            <table class="t"><thead><tr>{live(head)}</tr></thead><tbody>{live(rows)}</tbody></table>
        </div>
    }
}
