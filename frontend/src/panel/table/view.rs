//! A table as DOM: head, rows, totals, pages.

use crate::chrome::Icon;
use crate::live::{live, live_text, live_value};
use hailstream_client::data_table::ShownColumn;
use hailstream_client::ranking::Way;
use hailstream_protocol::visualization::ListOrder;
use leptos::prelude::*;

use super::cells::{self, Cell, Line};
use super::{Sheet, Sheets, Table};
use crate::panel::drilldown::{self, Clicked};
use crate::session;

/// A row that moved is tinted for this long.
const MOVED_MS: i64 = 2_000;

/// A click on a value: field, value, and whether it is added to those chosen.
type Choose = Callback<(String, String, bool)>;

/// The table at a place, with the words above it where there are several.
pub(super) fn sheet(table: Table, sheets: Memo<Sheets>, place: usize, title: String) -> AnyView {
    let with = move |read: &dyn Fn(&Sheet) -> AnyView| {
        sheets.with(|sheets| sheets.get(place).map(|(_, sheet)| read(sheet)))
    };
    let context = table.0.context.clone();
    let choose: Choose = Callback::new(move |(field, value, adds): (String, String, bool)| {
        let values = vec![(field, value)];
        drilldown::click(&context, Clicked { values, adds, at: (0.0, 0.0) });
    });
    let is_ranked = table.0.params.rank;
    let rows = move || {
        let now_ms = if is_ranked { session::pulse().get() } else { 0 };
        with(&|sheet| {
            let row = |line: &Line| row(line.clone(), is_ranked, now_ms, choose);
            sheet.lines.iter().map(row).collect_view().into_any()
        })
    };
    let foot = move || with(&|sheet| totals(&sheet.totals, is_ranked));
    let pager = pager(table.clone(), sheets, place, title.clone());
    let heading = (!title.is_empty()).then(|| view! { <h3>{title.clone()}</h3> });
    view! {
        <div class="sheet">
            {heading}
            <div class="table">
                <table class="t">
                    <thead>{head(table)}</thead>
                    <tbody>{live(rows)}</tbody>
                    {live(foot)}
                </table>
            </div>
            {pager}
        </div>
    }
    .into_any()
}

fn head(table: Table) -> AnyView {
    live(move || {
        let numeric = table.0.numeric.get();
        let columns = table.0.columns.get().into_iter().zip(numeric);
        let headers = columns.map(|(column, is_number)| header(&table, column, is_number));
        let rank = table.0.params.rank.then(|| view! { <th class="rank"></th> });
        view! { <tr>{rank}{headers.collect_view()}</tr> }
    })
}

/// A column's words; a click sorts by it.
fn header(table: &Table, column: ShownColumn, is_number: bool) -> AnyView {
    let id = column.column.id.clone();
    let words = cells::title(&column).to_owned();
    let bar = column.column.bar.then(|| view! { <th class="bars"></th> });
    let width = column.column.width.map(|px| format!("{px}px"));
    let order = {
        let (table, id) = (table.clone(), id.clone());
        move || {
            let own = table.0.sort.get();
            let wanted = table.wanted(own.as_ref());
            wanted.sort().filter(|sort| sort.column == id).map(|sort| sort.order)
        }
    };
    let sorted = order.clone();
    let says = move || {
        let said = match sorted() {
            Some(ListOrder::Asc) => "ascending",
            Some(ListOrder::Desc) => "descending",
            None => "none",
        };
        said.to_owned()
    };
    let mark = move || {
        let mark = match order() {
            Some(ListOrder::Asc) => "▲",
            Some(ListOrder::Desc) => "▼",
            None => "",
        };
        mark.to_owned()
    };
    let table = table.clone();
    let sort = move |_: web_sys::MouseEvent| table.sort_by(&id, is_number);
    let hover = format!("{words}: click to sort");
    view! {
        <th
            scope="col"
            class:num=is_number
            aria-sort=live_value(says)
            style=("width", width.clone())
            style=("min-width", width.clone())
            style=("max-width", width)
        >
            <button title=hover on:click=sort>
                <span class="clip">{words}</span>
                <small aria-hidden="true">{live_text(mark)}</small>
            </button>
        </th>
        {bar}
    }
    .into_any()
}

fn row(line: Line, is_ranked: bool, now_ms: i64, choose: Choose) -> AnyView {
    let moved = line.moved.filter(|moved| is_ranked && now_ms - moved.at_ms < MOVED_MS);
    // Two names for one animation: a second move starts it again.
    let class = match moved {
        None => "",
        Some(moved) if moved.at_ms % 2 == 0 => "moved even",
        Some(_) => "moved odd",
    };
    let by = moved.map(|moved| (-moved.places).to_string());
    let rank = is_ranked.then(|| rank(&line, moved.is_some()));
    let token = line.token;
    let cell = |(index, cell): (usize, Cell)| cell_view(cell, token.filter(|_| index == 0), choose);
    let cells = line.cells.into_iter().enumerate().map(cell).collect_view();
    view! { <tr class=class data-key=line.key style=("--by", by)>{rank}{cells}</tr> }.into_any()
}

fn rank(line: &Line, is_moved: bool) -> impl IntoView + use<> {
    let way = line.moved.filter(|_| is_moved).map(|moved| moved.way);
    let (class, mark) = match way {
        Some(Way::Up | Way::In) => ("rk up", "▲"),
        Some(Way::Down) => ("rk dn", "▼"),
        None => ("rk", ""),
    };
    view! { <td class="rank"><span class=class>{line.rank}<small>{mark}</small></span></td> }
}

fn cell_view(cell: Cell, token: Option<&'static str>, choose: Choose) -> AnyView {
    let swatch = token.map(|token| {
        view! { <i class="sw" style=("background", format!("var(--{token})"))></i> }
    });
    let bar = cell.bar.map(|share| {
        view! {
            <td class="bars">
                <div class="bar-in"><i style=("width", format!("{:.1}%", share * 100.0))></i></div>
            </td>
        }
    });
    let class = match (cell.is_number, token) {
        (true, _) => "strong num",
        (false, Some(_)) => "strong name",
        (false, None) => "strong",
    };
    let words = cell.words;
    let content = match cell.value {
        Some((field, value)) => {
            let click = move |event: web_sys::MouseEvent| {
                choose.run((field.clone(), value.clone(), event.ctrl_key() || event.meta_key()));
            };
            let title = format!("{words}: click to filter");
            view! { <button title=title on:click=click>{words}</button> }.into_any()
        }
        None => words.into_any(),
    };
    view! { <td class=class>{swatch}{content}</td>{bar} }.into_any()
}

/// The row of totals; none where nothing is to be totalled.
fn totals(totals: &[String], is_ranked: bool) -> AnyView {
    if totals.is_empty() {
        return ().into_any();
    }
    let rank = is_ranked.then(|| view! { <td class="rank"></td> });
    let cells = totals.iter().map(|total| view! { <td class="strong num">{total.clone()}</td> });
    view! { <tfoot><tr>{rank}{cells.collect_view()}</tr></tfoot> }.into_any()
}

/// Which rows of how many, and the ways to the pages before and behind.
fn pager(table: Table, sheets: Memo<Sheets>, place: usize, title: String) -> AnyView {
    let state = Memo::new(move |_| {
        sheets.with(|sheets| {
            let (_, sheet) = sheets.get(place)?;
            let last = sheet.before + sheet.lines.len();
            (sheet.pages > 1).then_some((sheet.page, sheet.pages, sheet.before, last, sheet.rows))
        })
    });
    let is_shown = Memo::new(move |_| state.get().is_some());
    live(move || {
        if !is_shown.get() {
            return ().into_any();
        }
        let words = move || {
            let (_, _, before, last, rows) = state.get().unwrap_or_default();
            format!("{}–{last} of {rows}", before + 1)
        };
        let [back, next] = [-1_isize, 1].map(|step| {
            let (table, title) = (table.clone(), title.clone());
            let to = move || {
                let (page, pages, ..) = state.get().unwrap_or_default();
                page.checked_add_signed(step).filter(|page| *page < pages)
            };
            let turn = move |_: web_sys::MouseEvent| {
                if let Some(page) = untrack(to) {
                    table.turn(&title, page);
                }
            };
            let label = if step < 0 { "Page before" } else { "Next page" };
            // Not `disabled`: who turned to the last page keeps the focus.
            let ends = move || to().is_none().to_string();
            view! {
                <button class="turn" class:back=step.is_negative() title=label aria-label=label
                    aria-disabled=live_value(ends) on:click=turn>
                    <Icon name="chev" />
                </button>
            }
            .into_any()
        });
        view! {
            <div class="pager" role="group" aria-label="Pages">
                {back}<span>{live_text(words)}</span>{next}
            </div>
        }
        .into_any()
    })
}
