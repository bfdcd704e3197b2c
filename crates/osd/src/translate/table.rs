//! `table`: rows on pages, sorted, with totals and shares; split into several.

use serde_json::{Value as Json, json};

use super::Halt;
use super::aggs::Asked;
use super::plain::{PAGE, columns_of, keys};
use super::rules;
use super::visualization::{Drawn, Saved, of_page};
use crate::loose;
use crate::weight::Weight::{Honoured, Nothing};
use crate::weight::{Rule, not_honoured};

/// A column of a sort or a width by its number, counted over what is shown: the split is not, the column of shares is.
type Shown = Vec<String>;

/// Places that may say how rows are sorted: the later ones win, and name their column's number differently.
const SORTS: [(&str, &str, &str); 3] = [
    ("params.sort", "/params/sort", "columnIndex"),
    ("uiState.vis.params.sort", "/ui/vis/params/sort", "columnIndex"),
    ("uiState.vis.sortColumn", "/ui/vis/sortColumn", "colIndex"),
];

pub(super) fn table(saved: &Saved, asked: &mut Asked) -> Result<Drawn, Halt> {
    let mut ignored = not_honoured("params", &saved.params, &[rules::ANY, rules::TABLE]);
    let known: &[Rule] = &[
        ("vis.sortColumn", Honoured),
        ("vis.params.sort", Honoured),
        ("vis.columnsWidth", Honoured),
        // Where the pages of older tables stood.
        ("vis.params.config", Nothing),
    ];
    ignored.extend(of_page(&saved.ui, &[PAGE, known].concat()));
    let mut notes = Vec::new();
    // Tables that stand beside each other come first.
    asked.buckets.sort_by_key(|bucket| bucket.schema != "split");
    let mut params = keys(json!({ "columns": columns_of(asked) }));
    // Said of the whole, by older ones of the bucket.
    let is_row = saved.params.get("row").and_then(loose::flag);
    let split =
        asked.of_schema("split").map(|bucket| (bucket.id.clone(), is_row.unwrap_or(bucket.is_row)));
    if let Some((split, is_row)) = &split {
        params.insert("split".to_owned(), json!(split));
        params
            .insert("split_direction".to_owned(), json!(if *is_row { "rows" } else { "columns" }));
    }
    if asked.buckets.iter().filter(|bucket| bucket.schema == "split").count() > 1 {
        ignored.extend(
            asked
                .buckets
                .iter()
                .skip(1)
                .filter(|other| other.schema == "split")
                .map(|other| other.at.clone()),
        );
        notes.push("tables are split once".to_owned());
    }
    let shares = shares(saved, asked);
    if let Some(id) = &shares {
        params.insert("percentage".to_owned(), json!(id));
    }
    let shown = shown(asked, split.as_ref().map(|(id, _)| id.as_str()), shares.as_deref());
    if let Some(page) = saved.params.get("perPage").and_then(loose::whole).filter(|page| *page > 0)
    {
        params.insert("per_page".to_owned(), json!(page));
    }
    if let Some(total) = total(saved, asked, &mut ignored) {
        params.insert("total".to_owned(), json!(total));
    }
    if let Some(sort) = sort(saved, &shown, &mut ignored) {
        params.insert("sort".to_owned(), sort);
    }
    widths(saved, &shown, &mut params, &mut ignored);
    Ok(Drawn { kind: "table", params, ignored, notes, ..Drawn::default() })
}

/// The column whose title is to have shares beside it; a title that no column has says nothing.
fn shares(saved: &Saved, asked: &Asked) -> Option<String> {
    let title = saved.params.get("percentageCol").and_then(loose::text)?;
    let mut columns = asked.metrics.iter().flat_map(|metric| &metric.columns);
    columns.find(|column| column.label == title).map(|column| column.id.clone())
}

fn shown(asked: &Asked, split: Option<&str>, shares: Option<&str>) -> Shown {
    let buckets =
        asked.buckets.iter().map(|bucket| &bucket.id).filter(|id| Some(id.as_str()) != split);
    let mut shown: Shown = buckets.cloned().collect();
    for column in asked.metrics.iter().flat_map(|metric| &metric.columns) {
        shown.push(column.id.clone());
        if Some(column.id.as_str()) == shares {
            shown.push(format!("{}-percents", column.id));
        }
    }
    shown
}

/// The number under each column, where it is shown.
fn total(saved: &Saved, asked: &Asked, ignored: &mut Vec<String>) -> Option<String> {
    if saved.params.get("showTotal").and_then(loose::flag) != Some(true) {
        return None;
    }
    let function = saved.params.get("totalFunc").and_then(loose::text).unwrap_or("sum");
    if !["sum", "avg", "min", "max", "count"].contains(&function) {
        ignored.push("params.totalFunc".to_owned());
        return None;
    }
    // OSD totals keys that are numbers or times, too, which says nothing; ours leaves them out.
    let is_totalled = |kind: &str| match kind {
        "histogram" => function != "count",
        "date_histogram" => ["min", "max"].contains(&function),
        _ => false,
    };
    if asked.buckets.iter().any(|bucket| bucket.schema != "split" && is_totalled(&bucket.kind)) {
        ignored.push("params.totalFunc".to_owned());
    }
    Some(function.to_owned())
}

fn sort(saved: &Saved, shown: &Shown, ignored: &mut Vec<String>) -> Option<Json> {
    let all = json!({ "params": saved.params, "ui": saved.ui });
    let mut found = None;
    for (at, pointer, number) in SORTS {
        let Some(said) = all.pointer(pointer).filter(|said| !loose::is_nothing(said)) else {
            continue;
        };
        let column = said.get(number).filter(|column| !loose::is_nothing(column));
        let order = said.get("direction").and_then(loose::text);
        let (Some(column), Some(order)) = (column, order) else { continue };
        let id = loose::whole(column).and_then(|column| shown.get(column as usize));
        match (id, order) {
            (Some(id), "asc" | "desc") => found = Some(json!({ "column": id, "order": order })),
            // A column that is there no more.
            _ => ignored.push(at.to_owned()),
        }
    }
    found
}

fn widths(
    saved: &Saved,
    shown: &Shown,
    params: &mut serde_json::Map<String, Json>,
    ignored: &mut Vec<String>,
) {
    let said = saved.ui.get("vis").and_then(|vis| vis.get("columnsWidth"));
    let Some(said) = said.filter(|said| !loose::is_nothing(said)) else { return };
    let columns = params.get_mut("columns").and_then(Json::as_array_mut);
    let (Some(said), Some(columns)) = (said.as_array(), columns) else {
        return ignored.push("uiState.vis.columnsWidth".to_owned());
    };
    for (place, one) in said.iter().enumerate() {
        let width = one.get("width").and_then(loose::number).filter(|width| *width >= 1.0);
        let id = one
            .get("colIndex")
            .and_then(loose::whole)
            .and_then(|column| shown.get(column as usize));
        let column = columns
            .iter_mut()
            .find(|column| column.get("id").and_then(Json::as_str) == id.map(String::as_str));
        match (column, width) {
            (Some(column), Some(width)) => column["width"] = json!(width.round() as u32),
            _ => ignored.push(format!("uiState.vis.columnsWidth[{place}]")),
        }
    }
}
