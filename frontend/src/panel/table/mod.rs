//! `table`: rows and columns as DOM, ranked, sorted, on pages. Rows are patched in place, so that nothing flickers and a
//! selection survives; the focus follows the row it is on. Which rows stand where is `hailstream_client::data_table`'s.

mod cells;
mod view;

use std::sync::Arc;

use crate::live::live;
use hailstream_client::data_table::{Section, ShownColumn, Wanted};
use hailstream_client::ranking::Ranking;
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{ListOrder, TableParams, TableSort};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::context::PanelContext;
use crate::{dom, session, zone};
use cells::{Cells, Line};

/// One of its tables, in words.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sheet {
    lines: Vec<Line>,
    totals: Vec<String>,
    /// The page shown, how many there are, and the rows before it, on it and in all.
    page: usize,
    pages: usize,
    before: usize,
    rows: usize,
}

/// All of them, with the words above.
type Sheets = Vec<(String, Sheet)>;

/// What the parts of a table share.
#[derive(Clone)]
struct Table(Arc<Parts>);

struct Parts {
    context: PanelContext,
    params: TableParams,
    /// What a person sorted by.
    sort: RwSignal<Option<TableSort>>,
    /// Pages that were turned to, by the words over their table.
    pages: RwSignal<Vec<(String, usize)>>,
    columns: Memo<Vec<ShownColumn>>,
    /// Which columns stand to the right, as numbers do.
    numeric: Memo<Vec<bool>>,
    ranking: StoredValue<Ranking>,
}

/// A table, or several.
pub(super) fn table(context: PanelContext, params: TableParams) -> impl IntoView {
    let table = Table::new(context, params);
    let csv = table.clone();
    table.0.context.answer_csv(move || csv.rows_as_words());
    let updated = table.clone();
    // One pass for all tables: their rows keep places together.
    let sheets = Memo::new(move |_| updated.sheets());
    let titles = Memo::new(move |_| {
        sheets.with(|sheets| sheets.iter().map(|(title, _)| title.clone()).collect::<Vec<_>>())
    });
    let is_ranked = table.0.params.rank;
    let is_beside = table.wanted(None).is_beside();
    let body = NodeRef::<html::Div>::new();
    keep_focus(body, sheets);
    let all = move || {
        let sheet =
            |(place, title): (usize, String)| view::sheet(table.clone(), sheets, place, title);
        titles.get().into_iter().enumerate().map(sheet).collect_view()
    };
    view! {
        <div class="tables" class:ranked=is_ranked class:beside=is_beside node_ref=body>{live(all)}</div>
    }
}

/// The focus stays on the row it is on when rows change places. Rows are patched, so it would stay on the place.
fn keep_focus(body: NodeRef<html::Div>, sheets: Memo<Sheets>) {
    let held = StoredValue::new(None::<String>);
    let focused = move || {
        let body = body.try_get_untracked().flatten()?;
        let active = dom::document()?.active_element()?;
        let row = active.closest("tr[data-key]").ok().flatten()?;
        body.contains(Some(&row)).then_some(row)
    };
    Effect::new(move |_| {
        let Some(body) = body.get() else { return };
        let chosen = dom::Listener::new(&body, "focusin", move |_| {
            let key = focused().and_then(|row| row.get_attribute("data-key"));
            held.try_set_value(key);
        });
        StoredValue::new_local(chosen);
    });
    Effect::new(move |_| {
        sheets.track();
        // In the next frame: by then rows are patched.
        request_animation_frame(move || {
            let (Some(row), Some(key)) = (focused(), held.try_get_value().flatten()) else {
                return;
            };
            if row.get_attribute("data-key").as_ref() != Some(&key) {
                let there =
                    body.try_get_untracked().flatten().is_some_and(|body| focus(&body, &key));
                if !there {
                    held.try_set_value(row.get_attribute("data-key"));
                }
            }
        });
    });
}

/// Puts the focus on the row with this key; whether there is one.
fn focus(body: &web_sys::Element, key: &str) -> bool {
    let Ok(rows) = body.query_selector_all("tr[data-key]") else { return false };
    let rows =
        (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<web_sys::Element>().ok());
    let mut found = rows.filter(|row| row.get_attribute("data-key").as_deref() == Some(key));
    let button = found.next().and_then(|row| row.query_selector("button").ok().flatten());
    let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
    else {
        return false;
    };
    button.focus().is_ok()
}

impl Table {
    fn new(context: PanelContext, params: TableParams) -> Self {
        let columns = {
            let (context, params) = (context.clone(), params.clone());
            Memo::new(move |_| {
                let Some(result) = context.result() else { return Vec::new() };
                let buckets = context.spec.main.bucket_count();
                Wanted { params: &params, sort: None, buckets }.columns(&result)
            })
        };
        let numeric = {
            let context = context.clone();
            Memo::new(move |_| {
                let result = context.result();
                let is_numeric =
                    |column: &ShownColumn| cells::is_numeric(column, result.as_deref());
                columns.with(|columns| columns.iter().map(is_numeric).collect::<Vec<_>>())
            })
        };
        Self(Arc::new(Parts {
            context,
            params,
            sort: RwSignal::new(None),
            pages: RwSignal::new(Vec::new()),
            columns,
            numeric,
            ranking: StoredValue::new(Ranking::default()),
        }))
    }

    fn wanted<'a>(&'a self, sort: Option<&'a TableSort>) -> Wanted<'a> {
        Wanted { params: &self.0.params, sort, buckets: self.0.context.spec.main.bucket_count() }
    }

    fn sections(&self, result: &QueryResult) -> Vec<Section> {
        let sort = self.0.sort.get();
        self.0.columns.with(|columns| {
            let mut sections = Vec::new();
            let wanted = self.wanted(sort.as_ref());
            self.0.ranking.update_value(|ranking| {
                sections = wanted.sections(result, columns, ranking, dom::now_ms());
            });
            sections
        })
    }

    /// The newest result in words, page by page. Tracks.
    fn sheets(&self) -> Sheets {
        let Some(result) = self.0.context.result() else { return Vec::new() };
        // Places that were held are let go by the clock, without a new result.
        session::pulse().track();
        zone::chosen().track();
        let sections = self.sections(&result);
        self.0.columns.with(|columns| {
            let cells = Cells::new(&self.0.context, columns, &result);
            let one = |section: &Section| {
                let title = self.title(section);
                let sheet = self.sheet(section, &title, &cells);
                (title, sheet)
            };
            sections.iter().map(one).collect()
        })
    }

    fn sheet(&self, section: &Section, title: &str, cells: &Cells<'_>) -> Sheet {
        let per_page = self.0.params.per_page;
        let turned = self
            .0
            .pages
            .with(|pages| pages.iter().find(|(of, _)| of == title).map(|(_, page)| *page));
        let (page, pages) = section.page(turned.unwrap_or(0), per_page);
        let before = page * per_page as usize;
        let wanted = self.wanted(None);
        let shown = section.rows_on(page, per_page);
        let key = |at: usize| wanted.key(&cells.result.rows[at]);
        let lines = self.0.ranking.with_value(|ranking| {
            let line = |(place, at): (usize, &usize)| {
                cells.line(section, before + place + 1, *at, key(*at), ranking.last_move(key(*at)))
            };
            shown.iter().enumerate().map(line).collect()
        });
        Sheet {
            lines,
            totals: cells.totals(section),
            page,
            pages,
            before,
            rows: section.rows.len(),
        }
    }

    /// `css: Extension`: the key of a split and what it is one of.
    fn title(&self, section: &Section) -> String {
        let Some(key) = &section.key else { return String::new() };
        let split = &self.0.params.split;
        let column = self.0.params.columns.iter().find(|column| column.id == *split);
        let name = column.map_or("", |column| column.title.as_str());
        let value = match section.is_other {
            true => "Other".to_owned(),
            false => self.0.context.spec.style.words(split, key),
        };
        if name.is_empty() { value } else { format!("{value}: {name}") }
    }

    /// All rows of all pages in the order shown, under their headers; numbers and times as they are.
    fn rows_as_words(&self) -> Vec<Vec<String>> {
        let Some(result) = self.0.context.result() else { return Vec::new() };
        let sections = self.sections(&result);
        self.0.columns.with(|columns| {
            let cells = Cells::new(&self.0.context, columns, &result);
            let is_split = sections.iter().any(|section| section.key.is_some());
            let first = |words: String| is_split.then_some(words).into_iter();
            let titles = columns.iter().map(|column| cells::title(column).to_owned());
            let mut rows = vec![first(String::new()).chain(titles).collect::<Vec<_>>()];
            for section in &sections {
                let title = self.title(section);
                let row = |at: &usize| {
                    first(title.clone()).chain(cells.plain(section, *at)).collect::<Vec<_>>()
                };
                rows.extend(section.rows.iter().map(row));
            }
            rows
        })
    }

    fn turn(&self, title: &str, page: usize) {
        self.0.pages.update(|pages| {
            pages.retain(|(of, _)| of != title);
            pages.push((title.to_owned(), page));
        });
    }

    /// A click on a header: the order most people want of such a column, then the other way round, then as it was saved.
    fn sort_by(&self, column: &str, is_number: bool) {
        let first = if is_number { ListOrder::Desc } else { ListOrder::Asc };
        let now =
            self.0.sort.get_untracked().filter(|sort| sort.column == column).map(|sort| sort.order);
        let next = match now {
            None => Some(first),
            Some(order) if order == first => {
                Some(if is_number { ListOrder::Asc } else { ListOrder::Desc })
            }
            Some(_) => None,
        };
        self.0.ranking.update_value(Ranking::forget);
        self.0.sort.set(next.map(|order| TableSort { column: column.to_owned(), order }));
    }
}
