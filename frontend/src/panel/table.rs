//! `table`: rows and columns as DOM, with rank, movement and bars. Rows are patched in place, so that nothing flickers and a
//! selection survives; only whole rows are shown.

use std::sync::Arc;

use crate::live::live;
use hailstream_chart::{Locale, Numbers};
use hailstream_client::ranking::{Move, Ranking, Way};
use hailstream_protocol::visualization::{TableColumn, TableParams};
use hailstream_protocol::{QueryResult, Row, Value};
use leptos::prelude::*;

use super::context::PanelContext;
use crate::{dom, session};

/// A row that moved is tinted for this long.
const MOVED_MS: i64 = 2_000;

/// A row as shown.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    rank: usize,
    /// Field and value it stands for.
    value: Option<(String, String)>,
    moved: Option<Move>,
    token: Option<&'static str>,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cell {
    words: String,
    is_number: bool,
    /// Share of the column's largest, 0…1, where the column has bars.
    bar: Option<f64>,
}

/// A table.
pub(super) fn table(context: PanelContext, params: TableParams) -> impl IntoView {
    let ranking = StoredValue::new(Ranking::default());
    let is_ranked = params.rank;
    let board = context.board.clone();
    let columns = {
        let (context, params) = (context.clone(), params.clone());
        Memo::new(move |_| {
            context.result().map(|result| columns(&params, &result)).unwrap_or_default()
        })
    };
    let lines = Memo::new(move |_| {
        let Some(result) = context.result() else { return Vec::new() };
        // Places that were held are let go by the clock, without a new result.
        session::pulse().track();
        let wanted = columns.get();
        let mut order = Vec::new();
        ranking.update_value(|ranking| order = ranking.update(&result, dom::now_ms()));
        ranking.with_value(|ranking| lines(&context, &wanted, &result, (ranking, &order)))
    });
    let head = move || {
        let headers = columns.get().into_iter().map(header);
        let rank = is_ranked.then(|| view! { <th class="rank"></th> });
        view! { <tr>{rank}{headers.collect_view()}</tr> }
    };
    let filters = board.filters.clone();
    let choose = Callback::new(move |(field, value, adds): (String, String, bool)| {
        filters.update(|filters| filters.click(&field, &value, adds));
    });
    let rows = move || {
        let now_ms = session::pulse().get();
        lines.get().into_iter().map(|line| row(line, is_ranked, now_ms, choose)).collect_view()
    };
    view! {
        <div class="table">
            <table class="t">
                <thead>{live(head)}</thead>
                <tbody>{live(rows)}</tbody>
            </table>
        </div>
    }
}

/// The columns to show: those asked for, or all of the result.
fn columns(params: &TableParams, result: &QueryResult) -> Vec<TableColumn> {
    if !params.columns.is_empty() {
        return params.columns.clone();
    }
    let all = result.columns.iter().filter(|id| !id.starts_with('_') || result.columns.len() < 2);
    all.map(|id| TableColumn { id: id.clone(), title: id.clone(), ..TableColumn::default() })
        .collect()
}

fn header(column: TableColumn) -> impl IntoView {
    let is_number =
        column.bar || column.format != hailstream_protocol::visualization::Format::default();
    let title = if column.title.is_empty() { column.id } else { column.title };
    let bar = column.bar.then(|| view! { <th class="bars"></th> });
    view! { <th class:num=is_number>{title}</th>{bar} }
}

fn lines(
    context: &PanelContext,
    columns: &[TableColumn],
    result: &Arc<QueryResult>,
    (ranking, order): (&Ranking, &[usize]),
) -> Vec<Line> {
    let places: Vec<Option<usize>> = columns
        .iter()
        .map(|column| result.columns.iter().position(|id| *id == column.id))
        .collect();
    let largest: Vec<f64> = places
        .iter()
        .map(|place| {
            let values = result.rows.iter().filter_map(|row| row.get((*place)?)?.as_f64());
            values.fold(0.0, f64::max)
        })
        .collect();
    let line = |(place, (index, row)): (usize, (usize, &Row))| {
        let key = row.first().unwrap_or(&Value::Null);
        let is_other = result.row_flags.get(index).is_some_and(|flags| flags.other);
        let cells = columns.iter().zip(&places).zip(&largest).map(|((column, place), largest)| {
            let value = place.and_then(|place| row.get(place)).unwrap_or(&Value::Null);
            let mut cell = cell(context, column, value, *largest, is_other);
            if cell.is_number && result.approximate.contains(&column.id) {
                cell.words.insert_str(0, "≈\u{a0}");
            }
            cell
        });
        let bucket = result.columns.first().map(String::as_str).unwrap_or_default();
        let is_bucket = context.spec.style.field(bucket) != bucket || result.columns.len() > 1;
        Line {
            rank: place + 1,
            value: (is_bucket && !is_other && !key.is_null())
                .then(|| (context.spec.style.field(bucket).to_owned(), key.to_string())),
            moved: ranking.last_move(key),
            token: (is_bucket && key.as_str().is_some())
                .then(|| color(context, bucket, key, is_other)),
            cells: cells.collect(),
        }
    };
    let rows = order.iter().filter_map(|&index| Some((index, result.rows.get(index)?)));
    rows.enumerate().map(line).collect()
}

fn color(context: &PanelContext, bucket: &str, key: &Value, is_other: bool) -> &'static str {
    if is_other {
        return "other";
    }
    let style = &context.spec.style;
    style.board().color(style.field(bucket), key).name()
}

fn cell(
    context: &PanelContext,
    column: &TableColumn,
    value: &Value,
    largest: f64,
    is_other: bool,
) -> Cell {
    let numbers = Numbers {
        format: &column.format,
        locale: Locale::default(),
        zone: &crate::zone::offset_ms,
    };
    let bar = value.as_f64().filter(|_| column.bar && largest > 0.0).map(|value| value / largest);
    let one = |value: &Value| match value {
        Value::Null if is_other => "Other".to_owned(),
        Value::Null => "–".to_owned(),
        Value::Int(_) | Value::Float(_) => {
            value.as_f64().map(|n| numbers.full(n)).unwrap_or_default()
        }
        _ => context.spec.style.words(&column.id, value),
    };
    let words = match value {
        Value::List(values) => values.iter().map(one).collect::<Vec<_>>().join(", "),
        _ => one(value),
    };
    Cell { words, is_number: value.as_f64().is_some(), bar }
}

fn row(
    line: Line,
    is_ranked: bool,
    now_ms: i64,
    choose: Callback<(String, String, bool)>,
) -> impl IntoView {
    let moved = line.moved.filter(|moved| is_ranked && now_ms - moved.at_ms < MOVED_MS);
    // Two names for one animation: a second move starts it again.
    let class = match moved {
        None => "",
        Some(moved) if moved.at_ms % 2 == 0 => "moved even",
        Some(_) => "moved odd",
    };
    let by = moved.map(|moved| (-moved.places).to_string());
    let rank = is_ranked.then(|| rank(&line, moved.is_some()));
    let value = line.value;
    let cell = |(index, cell): (usize, Cell)| {
        cell_view(
            cell,
            line.token.filter(|_| index == 0),
            value.clone().filter(|_| index == 0),
            choose,
        )
    };
    let cells = line.cells.into_iter().enumerate().map(cell).collect_view();
    view! { <tr class=class style=("--by", by)>{rank}{cells}</tr> }
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

fn cell_view(
    cell: Cell,
    token: Option<&'static str>,
    value: Option<(String, String)>,
    choose: Callback<(String, String, bool)>,
) -> impl IntoView {
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
    let content = match value {
        Some((field, value)) => {
            let click = move |event: web_sys::MouseEvent| {
                choose.run((field.clone(), value.clone(), event.ctrl_key() || event.meta_key()));
            };
            let title = format!("{words}: click to filter");
            view! { <button title=title on:click=click>{words}</button> }.into_any()
        }
        None => words.into_any(),
    };
    view! { <td class=class>{swatch}{content}</td>{bar} }
}
