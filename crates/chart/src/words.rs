//! A chart in words: tooltip, summary for screen readers, and the table behind it.

use hailstream_protocol::visualization::{Format, FormatKind, SeriesMark};

use crate::chart::{Chart, Kind};
use crate::civil::Precision;
use crate::order::sort_stable;
use crate::panel::Layer;
use crate::table::{Column, SeriesKey, XKind};
use crate::theme::Token;
use crate::view::View;

/// What a tooltip says about a bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tooltip {
    /// The bucket: `18:37:30 to 18:38:00`.
    pub title: String,
    /// Sum of its rows, where a sum means something.
    pub total: String,
    /// Whether it may still change: "so far".
    pub is_provisional: bool,
    /// Series, in drawing order.
    pub rows: Vec<TooltipRow>,
    /// What the open bucket is likely to hold when it closes; empty where nothing is expected.
    pub expected: String,
}

/// One series in a tooltip.
#[derive(Clone, Debug, PartialEq)]
pub struct TooltipRow {
    /// Which.
    pub key: SeriesKey,
    /// Its words.
    pub name: String,
    /// Its colour.
    pub token: Token,
    /// Its value.
    pub value: String,
    /// Its share of the total; empty where there is none.
    pub share: String,
}

/// The data as rows and columns of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableView {
    /// Column names: the bucket, then the series.
    pub header: Vec<String>,
    /// A row per bucket; a pie's are its slices.
    pub rows: Vec<Vec<String>>,
}

impl Chart {
    /// A value of a series in its format; "≈" before estimates, "–" for none.
    #[must_use]
    pub fn value_text(&self, series: usize, value: Option<f64>, view: &View<'_>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        let text = view.numbers(self.format(series)).full(value);
        if self.table.is_approximate { format!("≈\u{a0}{text}") } else { text }
    }

    /// The format of a series.
    fn format(&self, series: usize) -> &Format {
        const PLAIN: &Format =
            &Format { kind: FormatKind::Number, unit: String::new(), decimals: None, scale: None };
        let metric = self.table.series.get(series).map_or(0, |series| series.metric);
        self.formats.get(metric).or(self.formats.first()).unwrap_or(PLAIN)
    }

    /// The bounds of a column in words.
    #[must_use]
    pub fn column_text(&self, column: &Column, view: &View<'_>) -> String {
        match self.table.x_kind {
            XKind::Time => time_bounds(column, view),
            XKind::Number => {
                let numbers = view.numbers(&self.x_format);
                format!("{} to {}", numbers.full(column.start), numbers.full(column.end))
            }
            XKind::Category if column.is_other => "Other".to_owned(),
            XKind::Category if self.table.x_id.is_empty() => "All".to_owned(),
            XKind::Category => view.value_name(&self.table.x_id, &column.key),
        }
    }

    /// What a tooltip says about a column; `series` narrows a heat map or pie to one.
    #[must_use]
    pub fn tooltip(
        &self,
        column: usize,
        series: Option<usize>,
        view: &View<'_>,
    ) -> Option<Tooltip> {
        let at = self.table.columns.get(column)?;
        let title = match self.kind {
            Kind::Pie | Kind::Gauge | Kind::Cloud => String::new(),
            _ => self.column_text(at, view),
        };
        let adds_up = self.table.adds_up();
        let shown = |index: &usize| self.is_shown(*index);
        let is_inner = |index: &usize| self.levels.get(*index).is_none_or(|ring| *ring == 0);
        let total: f64 = (0..self.table.series.len())
            .filter(|index| shown(index) && is_inner(index))
            .filter_map(|index| self.table.series[index].values[column])
            .sum();
        let is_narrow = matches!(self.kind, Kind::Heatmap | Kind::Pie | Kind::Gauge | Kind::Cloud);
        let narrowed = series.filter(|_| is_narrow);
        let rows = (0..self.table.series.len())
            .filter(shown)
            .filter(|index| narrowed.is_none_or(|only| only == *index))
            .map(|index| self.tooltip_row(index, column, total, view))
            .collect();
        let is_sum = adds_up && matches!(self.kind, Kind::Bars | Kind::Pie | Kind::Line);
        let total = if is_sum { self.value_text(0, Some(total), view) } else { String::new() };
        let expected = self.expected.filter(|expected| expected.column == column);
        let expected = expected.map(|expected| {
            // An estimate has no decimals to show.
            let format = Format { decimals: Some(0), ..self.format(0).clone() };
            format!("≈\u{a0}{}", view.numbers(&format).full(expected.total))
        });
        let expected = expected.unwrap_or_default();
        Some(Tooltip { title, total, is_provisional: at.is_provisional, rows, expected })
    }

    fn tooltip_row(&self, index: usize, column: usize, total: f64, view: &View<'_>) -> TooltipRow {
        let series = &self.table.series[index];
        let value = series.values[column];
        let has_share =
            total > 0.0 && matches!(self.kind, Kind::Bars | Kind::Pie) && self.table.adds_up();
        let share = value.filter(|_| has_share).map(|value| percent(value / total));
        TooltipRow {
            key: series.key.clone(),
            name: series.name.clone(),
            token: self.token(index),
            value: self.value_text(index, value, view),
            share: share.unwrap_or_default(),
        }
    }

    /// The data as rows and columns of words.
    #[must_use]
    pub fn table_view(&self, view: &View<'_>) -> TableView {
        if self.kind == Kind::Gauge || self.kind == Kind::Cloud {
            let row = |at: usize| {
                let series = &self.table.series[at];
                let value = series.values.first().copied().flatten();
                vec![series.name.clone(), self.value_text(at, value, view)]
            };
            let header = ["", "Value"].map(str::to_owned).to_vec();
            return TableView { header, rows: (0..self.table.series.len()).map(row).collect() };
        }
        if self.kind == Kind::Pie {
            let total = self.whole();
            let row = |series: &crate::table::Series| {
                let value = series.values.first().copied().flatten();
                let share = value.filter(|_| total > 0.0).map(|value| percent(value / total));
                vec![
                    series.name.clone(),
                    self.value_text(0, value, view),
                    share.unwrap_or_default(),
                ]
            };
            let header = ["", "Value", "Share"].map(str::to_owned).to_vec();
            return TableView { header, rows: self.table.series.iter().map(row).collect() };
        }
        let first = if self.table.x_kind == XKind::Time { "Time" } else { "" };
        let mut header = vec![first.to_owned()];
        header.extend(self.table.series.iter().map(|series| series.name.clone()));
        let row = |(index, column): (usize, &Column)| {
            let mut bucket = self.column_text(column, view);
            if column.is_provisional {
                bucket.push_str(", so far");
            }
            let values = (0..self.table.series.len())
                .map(|at| self.value_text(at, self.table.series[at].values[index], view));
            std::iter::once(bucket).chain(values).collect()
        };
        TableView { header, rows: self.table.columns.iter().enumerate().map(row).collect() }
    }

    /// The chart in a sentence, for those who do not see it.
    #[must_use]
    pub fn summary(&self, title: &str, view: &View<'_>) -> String {
        if self.is_empty() {
            return format!("{title}: no data");
        }
        match self.kind {
            Kind::Pie => self.pie_summary(title, view),
            Kind::Gauge => self.gauge_summary(title, view),
            Kind::Cloud => self.cloud_summary(title, view),
            Kind::Heatmap => self.heatmap_summary(title, view),
            Kind::Line if self.table.series.len() > 1 => self.lines_summary(title, view),
            Kind::Line | Kind::Bars | Kind::Sparkline => self.columns_summary(title, view),
        }
    }

    fn columns_summary(&self, title: &str, view: &View<'_>) -> String {
        let totals: Vec<(usize, f64)> = (0..self.table.columns.len())
            .filter_map(|column| Some((column, self.table.total(column)?)))
            .collect();
        let count = self.table.columns.len();
        let buckets = plural(count, "bucket");
        // The first of equals, as one reads.
        let highest = totals.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(highest), Some(newest)) = (highest, totals.last()) else {
            return format!("{title}: {buckets}, no values");
        };
        let at = self.column_start(highest.0, view);
        let highest = self.value_text(0, Some(highest.1), view);
        let preposition = if self.table.x_kind == XKind::Category { "for" } else { "at" };
        let mut summary = format!("{title}: {buckets}, highest {highest} {preposition} {at}");
        if self.table.x_kind == XKind::Time {
            let so_far = if self.table.columns[newest.0].is_provisional { " so far" } else { "" };
            summary += &format!(", newest {}{so_far}", self.value_text(0, Some(newest.1), view));
        }
        summary
    }

    fn lines_summary(&self, title: &str, view: &View<'_>) -> String {
        let newest = |at: usize| {
            let series = &self.table.series[at];
            let value = series.values.iter().rev().find_map(|value| *value);
            format!("{} {}", series.name, self.value_text(at, value, view))
        };
        let series: Vec<String> = (0..self.table.series.len()).map(newest).collect();
        let (count, columns) = (series.len(), self.table.columns.len());
        let buckets = plural(columns, "bucket");
        let is_line = |layer: &Layer| layer.mark == SeriesMark::Line;
        let what = if self.layers.iter().all(is_line) { "lines" } else { "series" };
        format!("{title}: {count} {what} over {buckets}, newest {}", series.join(", "))
    }

    fn heatmap_summary(&self, title: &str, view: &View<'_>) -> String {
        let mut highest: Option<(usize, usize, f64)> = None;
        for (row, series) in self.table.series.iter().enumerate() {
            for (column, value) in series.values.iter().enumerate() {
                let Some(value) = value else { continue };
                if highest.is_none_or(|(.., before)| *value > before) {
                    highest = Some((row, column, *value));
                }
            }
        }
        let (rows, columns) = (self.table.series.len(), self.table.columns.len());
        let (rows, columns) = (plural(rows, "row"), plural(columns, "bucket"));
        let mut summary = format!("{title}: {rows} of {columns}");
        if let Some((row, column, value)) = highest {
            let (name, at) = (&self.table.series[row].name, self.column_start(column, view));
            summary +=
                &format!(", highest {} in {name} at {at}", self.value_text(0, Some(value), view));
        }
        summary
    }

    /// Of a pie: the sum of its innermost ring.
    fn whole(&self) -> f64 {
        let is_inner = |at: &usize| self.levels.get(*at).is_none_or(|ring| *ring == 0);
        let inner = (0..self.table.series.len()).filter(is_inner);
        inner.filter_map(|at| self.table.series[at].values.first().copied()?).sum()
    }

    fn gauge_summary(&self, title: &str, view: &View<'_>) -> String {
        let one = |at: usize| {
            let series = &self.table.series[at];
            let value = series.values.first().copied().flatten();
            format!("{} {}", series.name, self.value_text(at, value, view))
        };
        let all: Vec<String> = (0..self.table.series.len()).map(one).collect();
        let (low, high) = self.ends.unwrap_or((0.0, 100.0));
        let end = |value: f64| view.numbers(self.format(0)).full(value);
        format!("{title}: {}, on a scale from {} to {}", all.join(", "), end(low), end(high))
    }

    fn cloud_summary(&self, title: &str, view: &View<'_>) -> String {
        let mut greatest: Vec<usize> = (0..self.table.series.len()).collect();
        let value = |at: usize| self.table.series[at].values.first().copied().flatten();
        let sized = |at: usize| value(at).unwrap_or(f64::NEG_INFINITY);
        sort_stable(&mut greatest, &|a, b| sized(*b).total_cmp(&sized(*a)));
        let one = |at: &usize| {
            let name = &self.table.series[*at].name;
            format!("{name} {}", self.value_text(*at, value(*at), view))
        };
        let most: Vec<String> = greatest.iter().take(5).map(one).collect();
        let words = plural(self.table.series.len(), "word");
        format!("{title}: {words}, the greatest {}", most.join(", "))
    }

    fn pie_summary(&self, title: &str, view: &View<'_>) -> String {
        let total = self.whole();
        let part = |series: &crate::table::Series| {
            let value = series.values.first().copied().flatten().unwrap_or(0.0);
            format!("{} {}", series.name, percent(if total > 0.0 { value / total } else { 0.0 }))
        };
        let is_inner = |at: &usize| self.levels.get(*at).is_none_or(|ring| *ring == 0);
        let inner = (0..self.table.series.len()).filter(is_inner);
        let parts: Vec<String> = inner.map(|at| part(&self.table.series[at])).collect();
        format!("{title}: {} in all, {}", self.value_text(0, Some(total), view), parts.join(", "))
    }

    fn column_start(&self, column: usize, view: &View<'_>) -> String {
        let at = &self.table.columns[column];
        match self.table.x_kind {
            XKind::Time => {
                let length = (at.end - at.start) as i64;
                view.civil(at.start).write(Precision::for_step(length).min(Precision::Second))
            }
            XKind::Number => view.numbers(&self.x_format).full(at.start),
            XKind::Category => self.column_text(at, view),
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Whole percents; something that is not nothing is at least "< 1 %".
pub(crate) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    if rounded == 0.0 && share > 0.0 {
        "<\u{a0}1\u{a0}%".to_owned()
    } else {
        format!("{rounded}\u{a0}%")
    }
}

/// `18:37:30 to 18:38:00`, `21 May 18:00 to 19:00`, `21 May` for a day.
fn time_bounds(column: &Column, view: &View<'_>) -> String {
    const DAY: f64 = 86_400_000.0;
    let (start, end) = (view.civil(column.start), view.civil(column.end));
    let length = column.end - column.start;
    if length >= 28.0 * DAY {
        return start.write(Precision::for_step(length as i64));
    }
    if length >= DAY - 3_600_000.0 {
        let last = view.civil(column.end - 1.0);
        let is_one = last.is_same_day(start);
        return if is_one {
            start.day_name()
        } else {
            format!("{} to {}", start.day_name(), last.day_name())
        };
    }
    let precision = Precision::for_step(length as i64);
    // A bucket of 90 s starts on seconds too.
    let precision =
        if length % 60_000.0 == 0.0 { precision } else { precision.max(Precision::Second) };
    let day = if start.is_same_day(view.civil(view.now_ms as f64)) {
        String::new()
    } else {
        start.day_name() + " "
    };
    format!("{day}{} to {}", start.write(precision), end.write(precision))
}
