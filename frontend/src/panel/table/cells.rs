//! The cells of a table in words, and what a click on them chooses.

use hailstream_chart::{Civil, Locale, Numbers};
use hailstream_client::data_table::{Section, ShownColumn};
use hailstream_client::ranking::Move;
use hailstream_protocol::visualization::{Format, FormatKind, Params, Total};
use hailstream_protocol::{QueryResult, Row, Value};

use crate::local_time::iso;
use crate::panel::PanelContext;
use crate::zone;

/// A row as shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) rank: usize,
    /// What tells it from others.
    pub(super) key: String,
    /// How it last changed its place.
    pub(super) moved: Option<Move>,
    /// Colour of what it stands for.
    pub(super) token: Option<&'static str>,
    pub(super) cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) words: String,
    pub(super) is_number: bool,
    /// Share of the column's largest, 0…1, where the column has bars.
    pub(super) bar: Option<f64>,
    /// Field and value that a click filters by.
    pub(super) value: Option<(String, String)>,
}

/// The words over a column.
pub(super) fn title(column: &ShownColumn) -> &str {
    let column = &column.column;
    if column.title.is_empty() { &column.id } else { &column.title }
}

/// Whether a column stands to the right, as numbers do.
pub(super) fn is_numeric(column: &ShownColumn, result: Option<&QueryResult>) -> bool {
    let values = || result.into_iter().flat_map(|result| &result.rows);
    let first = || values().find_map(|row| row.get(column.place?).filter(|value| !value.is_null()));
    let has_format = column.column.bar || column.column.format != Format::default();
    has_format && !column.is_bucket
        || column.is_share
        || first().is_some_and(|value| value.as_f64().is_some())
}

/// What is needed to write the cells of a result.
pub(super) struct Cells<'a> {
    context: &'a PanelContext,
    columns: &'a [ShownColumn],
    pub(super) result: &'a QueryResult,
    /// Of each column with bars its largest value.
    largest: Vec<f64>,
    formats: Vec<Format>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(
        context: &'a PanelContext,
        columns: &'a [ShownColumn],
        result: &'a QueryResult,
    ) -> Self {
        let values = |column: &ShownColumn| {
            let place = column.place;
            result.rows.iter().filter_map(move |row| row.get(place?)?.as_f64())
        };
        let largest = |column: &ShownColumn| match column.column.bar {
            true => values(column).fold(0.0, f64::max),
            false => 0.0,
        };
        let format = |column: &ShownColumn| {
            let mut format = column.column.format.clone();
            if format.kind == FormatKind::Date && format.decimals.is_none() {
                // As much of the time of day as the column needs, the same in all its rows.
                let detail =
                    values(column).map(|at| Civil::at(at as i64, &zone::offset_ms).detail());
                format.decimals = detail.max();
            }
            format
        };
        Self {
            context,
            columns,
            result,
            largest: columns.iter().map(largest).collect(),
            formats: columns.iter().map(format).collect(),
        }
    }

    pub(super) fn line(
        &self,
        section: &Section,
        rank: usize,
        at: usize,
        key: &[Value],
        moved: Option<Move>,
    ) -> Line {
        let row = &self.result.rows[at];
        let cells = (0..self.columns.len()).map(|place| self.cell(section, place, at, row));
        let cells: Vec<Cell> = cells.collect();
        let key: Vec<String> = key.iter().map(ToString::to_string).collect();
        Line { rank, key: key.join("\u{1f}"), moved, token: self.token(at, row), cells }
    }

    /// The colour of the first column's value, where it is a word.
    fn token(&self, at: usize, row: &Row) -> Option<&'static str> {
        let first = self.columns.first()?;
        let value = row.get(first.place?)?;
        self.field(first)?;
        if self.is_rest(at, value) {
            return Some("other");
        }
        let style = &self.context.spec.style;
        value.as_str()?;
        Some(style.board().color(style.field(&first.column.id), value).name())
    }

    /// The field whose values a column has. Of lists only the first column's stand for the row.
    fn field<'b>(&'b self, column: &'b ShownColumn) -> Option<&'b str> {
        let is_named = column.is_bucket || column.place == Some(0);
        self.context.spec.main.values_of(&column.column.id).filter(|_| is_named)
    }

    fn is_rest(&self, at: usize, value: &Value) -> bool {
        value.is_null() && self.result.row_flags.get(at).is_some_and(|flags| flags.other)
    }

    fn cell(&self, section: &Section, place: usize, at: usize, row: &Row) -> Cell {
        let column = &self.columns[place];
        let value = section.cell(place, column, row);
        let is_rest = column.is_bucket && self.is_rest(at, &value);
        let mut words = self.words(place, &value, is_rest);
        let is_number = value.as_f64().is_some();
        if is_number && self.result.approximate.contains(&column.column.id) {
            words.insert_str(0, "≈\u{a0}");
        }
        let largest = self.largest[place];
        let bar = value.as_f64().filter(|_| largest > 0.0).map(|value| value / largest);
        let field = self.field(column).filter(|_| !value.is_null());
        let value = field.map(|field| (field.to_owned(), value.to_string()));
        Cell { words, is_number, bar, value }
    }

    fn words(&self, place: usize, value: &Value, is_rest: bool) -> String {
        match value {
            Value::List(values) => {
                let words = values.iter().map(|value| self.words(place, value, false));
                words.collect::<Vec<_>>().join(", ")
            }
            Value::Null if is_rest => "Other".to_owned(),
            Value::Null => "–".to_owned(),
            Value::Int(_) | Value::Float(_) => {
                value.as_f64().map(|number| self.number(place, number)).unwrap_or_default()
            }
            _ => self.context.spec.style.words(&self.columns[place].column.id, value),
        }
    }

    fn number(&self, place: usize, number: f64) -> String {
        let format = &self.formats[place];
        Numbers { format, locale: Locale::default(), zone: &zone::offset_ms }.full(number)
    }

    /// What stands under each column; nothing where there is no such row.
    pub(super) fn totals(&self, section: &Section) -> Vec<String> {
        let counts = self.totals_count();
        let words = |(place, total): (usize, &Option<f64>)| match total {
            None => String::new(),
            Some(total) if counts => {
                let format = Format::default();
                Numbers { format: &format, locale: Locale::default(), zone: &zone::offset_ms }
                    .full(*total)
            }
            Some(total) => self.number(place, *total),
        };
        section.totals.iter().enumerate().map(words).collect()
    }

    /// Whether totals are numbers of rows, which have no column's format.
    fn totals_count(&self) -> bool {
        matches!(&self.context.spec.params, Ok(Params::Table(params)) if params.total == Some(Total::Count))
    }

    /// The cells of a row as a file has them: numbers as they are, times in ISO 8601.
    pub(super) fn plain(&self, section: &Section, at: usize) -> Vec<String> {
        let row = &self.result.rows[at];
        let plain = |(place, column): (usize, &ShownColumn)| {
            let value = section.cell(place, column, row);
            let is_time = matches!(column.column.format.kind, FormatKind::Date | FormatKind::Time);
            match &value {
                Value::Int(at_ms) if is_time => iso(*at_ms),
                Value::Int(_) | Value::Float(_) => value.to_string(),
                Value::Null if !(column.is_bucket && self.is_rest(at, &value)) => String::new(),
                _ => self.words(place, &value, self.is_rest(at, &value)),
            }
        };
        self.columns.iter().enumerate().map(plain).collect()
    }
}
