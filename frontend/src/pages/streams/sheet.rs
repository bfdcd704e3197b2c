//! A card with a table: one renderer for all tables of the page, so that each costs its data and not its code. Cells are
//! patched in place when the figures move on, so that a selection survives.

use leptos::prelude::*;

/// A table with its heading.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) title: &'static str,
    pub(super) about: String,
    /// At the right of the heading.
    pub(super) aside: Option<AnyView>,
    pub(super) class: &'static str,
    /// Headings; those of numbers stand at the right.
    pub(super) head: Vec<(&'static str, Side)>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Sums; none where there is nothing to add up.
    pub(super) foot: Vec<Cell>,
}

/// Where a column's words stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A cell. What is empty is not there.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) words: String,
    pub(super) class: &'static str,
    /// A letter in front.
    pub(super) mark: &'static str,
    /// A word in a chip of its own.
    pub(super) tag: &'static str,
    pub(super) href: String,
}

/// Words at the left.
pub(super) fn words(words: String) -> Cell {
    Cell { words, ..Cell::default() }
}

/// The name of the row.
pub(super) fn strong(words: String) -> Cell {
    Cell { words, class: "strong", ..Cell::default() }
}

/// A number.
pub(super) fn right(words: String) -> Cell {
    Cell { words, class: "num", ..Cell::default() }
}

pub(super) fn sheet(sheet: Sheet) -> AnyView {
    let title = |(title, side): (&'static str, Side)| view! { <th class:num=side == Side::Right>{title}</th> };
    let head = sheet.head.into_iter().map(title).collect_view();
    let rows = sheet.rows.into_iter().map(row).collect_view();
    let foot =
        (!sheet.foot.is_empty()).then(|| view! { <tbody class="sums">{row(sheet.foot)}</tbody> });
    view! {
        <div class=sheet.class>
            <header><h2>{sheet.title}</h2><span class="sub clip">{sheet.about}</span>{sheet.aside}</header>
            <div class="scroll" role="region" aria-label=sheet.title tabindex="0">
                <table class="t"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>{foot}</table>
            </div>
        </div>
    }
    .into_any()
}

fn row(cells: Vec<Cell>) -> AnyView {
    let cells = cells.into_iter().map(cell).collect_view();
    view! { <tr>{cells}</tr> }.into_any()
}

fn cell(cell: Cell) -> AnyView {
    let mark = (!cell.mark.is_empty()).then(|| view! { <i class="ty">{cell.mark}</i> });
    let tag = (!cell.tag.is_empty()).then(|| view! { <span class="chip plain">{cell.tag}</span> });
    let href = (!cell.href.is_empty()).then_some(cell.href);
    let (plain, link) = match href {
        Some(href) => (String::new(), Some(view! { <a href=href>{cell.words}</a> })),
        None => (cell.words, None),
    };
    view! { <td class=cell.class>{mark}{plain}{link}{tag}</td> }.into_any()
}
