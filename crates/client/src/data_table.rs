//! A data table as a person reads it: a table per key of the bucket that splits, rows in the order that was chosen, cut into
//! pages, with shares and totals. How cells are written is the page's business.

use std::cmp::Ordering;

use hailstream_protocol::visualization::{
    Format, FormatKind, ListOrder, SplitDirection, TableColumn, TableParams, TableSort, Total,
};
use hailstream_protocol::{QueryResult, Row, Value};

use crate::ranking::Ranking;

/// What stands behind the id of a column in that of its shares.
const SHARE: &str = "-percents";

/// A column as shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownColumn {
    /// How it is shown. The id of a column of shares is its metric's with `-percents` behind it.
    pub column: TableColumn,
    /// Its place in the rows of the result; of shares that of their metric.
    pub place: Option<usize>,
    /// Whether it shows shares of the sum.
    pub is_share: bool,
    /// Whether its cells are keys of a bucket.
    pub is_bucket: bool,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// The key whose rows it has; absent where all are in one table.
    pub key: Option<Value>,
    /// Whether that is the rest beyond a size.
    pub is_other: bool,
    /// Its rows, as places in the result, in the order they are shown.
    pub rows: Vec<usize>,
    /// A number under each column; empty where there is no such row.
    pub totals: Vec<Option<f64>>,
    /// The sum of each column, which shares are of.
    pub sums: Vec<Option<f64>>,
}

/// What is to be shown of a result.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// As saved.
    pub params: &'a TableParams,
    /// What a person sorted by instead.
    pub sort: Option<&'a TableSort>,
    /// How many of the result's columns are buckets.
    pub buckets: usize,
}

impl Wanted<'_> {
    /// The columns to show: those asked for, or all of the result. The one that splits stands above its tables.
    #[must_use]
    pub fn columns(&self, result: &QueryResult) -> Vec<ShownColumn> {
        let place = |id: &str| result.columns.iter().position(|column| column == id);
        let mut columns = self.params.columns.clone();
        if columns.is_empty() {
            let is_alone = result.columns.len() < 2;
            let all = result.columns.iter().filter(|id| !id.starts_with('_') || is_alone);
            let plain = |id: &String| TableColumn {
                id: id.clone(),
                title: id.clone(),
                ..TableColumn::default()
            };
            columns = all.map(plain).collect();
        }
        let mut shown = Vec::new();
        for column in columns
            .into_iter()
            .filter(|column| column.id != self.params.split || column.id.is_empty())
        {
            let place = place(&column.id);
            let is_bucket = place.is_some_and(|place| place < self.buckets);
            let share = (column.id == self.params.percentage && !column.id.is_empty()).then(|| {
                ShownColumn {
                    column: TableColumn {
                        id: format!("{}{SHARE}", column.id),
                        title: format!("{} percentages", column.title),
                        format: Format {
                            kind: FormatKind::Percent,
                            decimals: Some(1),
                            ..Format::default()
                        },
                        ..TableColumn::default()
                    },
                    place,
                    is_share: true,
                    is_bucket: false,
                }
            });
            shown.push(ShownColumn { column, place, is_share: false, is_bucket });
            shown.extend(share);
        }
        shown
    }

    /// The order in force.
    #[must_use]
    pub fn sort(&self) -> Option<&TableSort> {
        self.sort.or(self.params.sort.as_ref())
    }

    /// The tables, their rows in the order that `ranking` lets them stand in.
    pub fn sections(
        &self,
        result: &QueryResult,
        columns: &[ShownColumn],
        ranking: &mut Ranking,
        now_ms: i64,
    ) -> Vec<Section> {
        let mut rows = self.split(result);
        if let Some(sort) = self.sort() {
            let by = columns.iter().find(|column| column.column.id == sort.column);
            if let Some(place) = by.and_then(|by| by.place) {
                let cell = |at: usize| result.rows.get(at).and_then(|row| row.get(place));
                for section in &mut rows {
                    section.rows.sort_by(|a, b| in_order(cell(*a), cell(*b), sort.order));
                }
            }
        }
        let wanted: Vec<usize> =
            rows.iter().flat_map(|section| section.rows.iter().copied()).collect();
        let keys: Vec<&[Value]> = wanted.iter().map(|at| self.key(&result.rows[*at])).collect();
        let order: Vec<usize> =
            ranking.update(&keys, now_ms).into_iter().map(|place| wanted[place]).collect();
        let mut sections = self.split_rows(result, &order);
        for section in &mut sections {
            section.sums = columns.iter().map(|column| sum(column, section, result)).collect();
            if let Some(of) = self.params.total {
                section.totals =
                    columns.iter().map(|column| total(of, column, section, result)).collect();
            }
        }
        sections
    }

    /// The cells that tell a row from others: those of its buckets, else the first.
    #[must_use]
    pub fn key<'a>(&self, row: &'a Row) -> &'a [Value] {
        row.get(..self.buckets.max(1)).unwrap_or(row)
    }

    fn split(&self, result: &QueryResult) -> Vec<Section> {
        let all: Vec<usize> = (0..result.rows.len()).collect();
        self.split_rows(result, &all)
    }

    /// Sections in the order in which their first rows come.
    fn split_rows(&self, result: &QueryResult, order: &[usize]) -> Vec<Section> {
        let split = result.columns.iter().position(|id| *id == self.params.split);
        let Some(split) = split else {
            return vec![Section { rows: order.to_vec(), ..Section::default() }];
        };
        let mut sections: Vec<Section> = Vec::new();
        for &at in order {
            let key = result.rows[at].get(split).unwrap_or(&Value::Null);
            let flagged = result.row_flags.get(at).is_some_and(|flags| flags.other);
            let is_other = key.is_null() && flagged;
            // Rows of a key mostly follow each other.
            let known = sections
                .iter()
                .rposition(|known| known.key.as_ref() == Some(key) && known.is_other == is_other);
            match known {
                Some(known) => sections[known].rows.push(at),
                None => sections.push(Section {
                    key: Some(key.clone()),
                    is_other,
                    rows: vec![at],
                    ..Section::default()
                }),
            }
        }
        sections
    }

    /// Whether tables stand beside each other.
    #[must_use]
    pub fn is_beside(&self) -> bool {
        !self.params.split.is_empty() && self.params.split_direction == SplitDirection::Columns
    }
}

impl Section {
    /// The page that is shown where page `page` (from 0) is wanted, and how many there are: as many as rows make, at least one.
    #[must_use]
    pub fn page(&self, page: usize, per_page: u32) -> (usize, usize) {
        let size = per_page as usize;
        let pages = if size == 0 { 1 } else { self.rows.len().div_ceil(size).max(1) };
        (page.min(pages - 1), pages)
    }

    /// Its rows on that page.
    #[must_use]
    pub fn rows_on(&self, page: usize, per_page: u32) -> &[usize] {
        if per_page == 0 {
            return &self.rows;
        }
        let from = page * per_page as usize;
        let to = (from + per_page as usize).min(self.rows.len());
        self.rows.get(from..to).unwrap_or_default()
    }

    /// The cell of a column in a row: a share of the column's sum, 0 where that is 0.
    #[must_use]
    pub fn cell(&self, column: usize, shown: &ShownColumn, row: &Row) -> Value {
        let value = shown.place.and_then(|place| row.get(place)).cloned().unwrap_or_default();
        if !shown.is_share {
            return value;
        }
        match (value.as_f64(), self.sums.get(column).copied().flatten()) {
            (Some(_), Some(0.0)) => Value::float(0.0),
            (Some(value), Some(sum)) => Value::float(value / sum),
            _ => Value::Null,
        }
    }
}

/// What is nothing comes last, whichever way.
fn in_order(a: Option<&Value>, b: Option<&Value>, order: ListOrder) -> Ordering {
    let (a, b) = (a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    let values = match order {
        ListOrder::Asc => a.cmp(b),
        ListOrder::Desc => b.cmp(a),
    };
    a.is_null().cmp(&b.is_null()).then(values)
}

/// A number of a column's rows. Sums and the like of keys mean nothing; how many rows there are stands under every column.
fn total(of: Total, column: &ShownColumn, section: &Section, result: &QueryResult) -> Option<f64> {
    let count = section.rows.len() as f64;
    match of {
        _ if column.is_share => return None,
        Total::Count => return Some(count),
        _ if column.is_bucket => return None,
        Total::Sum | Total::Avg | Total::Min | Total::Max => {}
    }
    let added = sum(column, section, result);
    match of {
        Total::Sum => added,
        Total::Avg => added.map(|sum| sum / count),
        Total::Min => folded(column, section, result, f64::min),
        Total::Max => folded(column, section, result, f64::max),
        Total::Count => Some(count),
    }
}

fn sum(column: &ShownColumn, section: &Section, result: &QueryResult) -> Option<f64> {
    folded(column, section, result, |sum, number| sum + number)
}

/// A column's numbers made one; none where it has none.
fn folded(
    column: &ShownColumn,
    section: &Section,
    result: &QueryResult,
    join: fn(f64, f64) -> f64,
) -> Option<f64> {
    let place = column.place?;
    let cells = section.rows.iter().filter_map(|at| result.rows.get(*at)?.get(place));
    cells.filter_map(Value::as_f64).reduce(join)
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::RowFlags;

    use super::*;

    fn result() -> QueryResult {
        let row = |host: &str, path: &str, count: i64| {
            vec![Value::text(host), Value::text(path), Value::Int(count)]
        };
        let mut other = row("b", "", 7);
        other[1] = Value::Null;
        QueryResult {
            columns: ["host", "path", "count"].map(str::to_owned).into(),
            rows: vec![row("a", "/x", 3), row("a", "/y", 1), row("b", "/z", 2), other],
            row_flags: [false, false, false, true].map(|other| RowFlags { other }).into(),
            ..QueryResult::default()
        }
    }

    fn column(id: &str) -> TableColumn {
        TableColumn { id: id.to_owned(), title: id.to_uppercase(), ..TableColumn::default() }
    }

    fn sections(
        params: &TableParams,
        sort: Option<&TableSort>,
    ) -> (Vec<ShownColumn>, Vec<Section>) {
        let wanted = Wanted { params, sort, buckets: 2 };
        let columns = wanted.columns(&result());
        let sections = wanted.sections(&result(), &columns, &mut Ranking::default(), 0);
        (columns, sections)
    }

    fn by(column: &str, order: ListOrder) -> Option<TableSort> {
        Some(TableSort { column: column.to_owned(), order })
    }

    #[test]
    fn rows_stand_as_saved_until_a_person_sorts() {
        let params = TableParams { sort: by("count", ListOrder::Asc), ..TableParams::default() };
        assert_eq!(sections(&params, None).1[0].rows, [1, 2, 0, 3]);
        let own = by("path", ListOrder::Desc);
        assert_eq!(
            sections(&params, own.as_ref()).1[0].rows,
            [2, 1, 0, 3],
            "what has no key is last"
        );
        let gone = by("gone", ListOrder::Desc);
        assert_eq!(sections(&params, gone.as_ref()).1[0].rows, [0, 1, 2, 3]);
    }

    #[test]
    fn a_split_makes_tables_with_shares_and_totals_of_their_own() {
        let params = TableParams {
            columns: vec![column("host"), column("path"), column("count")],
            split: "host".to_owned(),
            percentage: "count".to_owned(),
            total: Some(Total::Avg),
            ..TableParams::default()
        };
        let (columns, sections) = sections(&params, None);
        let titles: Vec<&str> = columns.iter().map(|column| column.column.title.as_str()).collect();
        assert_eq!(titles, ["PATH", "COUNT", "COUNT percentages"]);
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[0].key, Some(Value::text("a")));
        assert_eq!(sections[0].totals, [None, Some(2.0), None]);
        let result = result();
        assert_eq!(sections[0].cell(2, &columns[2], &result.rows[0]), Value::Float(0.75));
        assert_eq!(sections[1].cell(2, &columns[2], &result.rows[3]), Value::Float(7.0 / 9.0));
        let sorted = Wanted { params: &params, sort: None, buckets: 2 };
        assert!(!sorted.is_beside());
    }

    #[test]
    fn totals_are_of_all_rows() {
        let of = |total: Total| {
            let params = TableParams { total: Some(total), ..TableParams::default() };
            sections(&params, None).1[0].totals.clone()
        };
        assert_eq!(of(Total::Sum), [None, None, Some(13.0)]);
        assert_eq!(of(Total::Min), [None, None, Some(1.0)]);
        assert_eq!(of(Total::Max), [None, None, Some(7.0)]);
        assert_eq!(of(Total::Count), [Some(4.0); 3]);
    }

    #[test]
    fn a_page_stands_still_as_long_as_it_has_rows() {
        let section = |rows: usize| Section { rows: (0..rows).collect(), ..Section::default() };
        assert_eq!(section(25).page(2, 10), (2, 3));
        assert_eq!(section(25).rows_on(2, 10), [20, 21, 22, 23, 24]);
        assert_eq!(section(31).page(2, 10), (2, 4));
        assert_eq!(section(20).page(2, 10), (1, 2), "the last there is");
        assert_eq!(section(0).page(2, 10), (0, 1));
        assert_eq!(section(0).rows_on(0, 10), [0; 0]);
        assert_eq!(section(25).page(7, 0), (0, 1));
        assert_eq!(section(3).rows_on(0, 0), [0, 1, 2]);
    }
}
