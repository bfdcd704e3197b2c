//! `histogram`: vertical bars over time, numbers or categories; split ones stacked or side by side.
//!
//! Edges lie on whole device pixels, so bars and gaps are crisp. Open buckets are hatched under a solid top edge. More
//! bars than pixels become the highest of each pixel column.

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{BarMode, HistogramParams};

use crate::axis::{ValueAxis, XTicks, category_labels, draw_x, x_labels, x_span};
use crate::chart::{Chart, Kind, LegendEntry, Shape, Swatch, legend};
use crate::color::Color;
use crate::forecast::{Expected, expected};
use crate::geometry::Rect;
use crate::scale::Scale;
use crate::shape::{BucketKind, LayoutError, QueryShape, Roles};
use crate::surface::Surface;
use crate::table::{Table, XKind};
use crate::theme::Token;
use crate::view::View;

/// Lays out bars, with a dashed outline where the open bucket is likely to end.
///
/// # Errors
/// Where the query has no bucket or no metric.
pub fn histogram(
    result: &QueryResult,
    shape: &QueryShape,
    params: &HistogramParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let table = Table::read(result, &roles(shape, params)?, view);
    let legend = legend(&table, view, &params.format, Swatch::Square);
    let numbers = view.numbers(&params.format);
    // The outline is of the whole stack.
    let is_whole = params.mode == BarMode::Stacked && view.shown.is_empty();
    let expected = expected(&table, view.now_ms).filter(|_| is_whole);
    let axis =
        ValueAxis::new(extent(&table, &legend, params.mode, expected), &numbers, view.y_before);
    let plot_css = axis.plot(view);
    let plot = plot_css.scaled(view.device_pixel_ratio);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    let (from, to) = x_span(&table, result.range);
    let x = Scale { low: from, high: to, from_px: plot.left, to_px: plot.right };
    let y = axis.scale(plot);

    surface.begin(view.color(Token::Surface1));
    axis.draw(&surface, view, plot, y);
    if table.x_kind == XKind::Category {
        let names: Vec<String> =
            table.columns.iter().map(|column| column_name(column, &table, view)).collect();
        let slot = plot_css.width() / names.len().max(1) as f64;
        let middle = |index: usize| x.px(index as f64 + 0.5);
        draw_x(&surface, view, plot, &category_labels(&names, middle, slot, view), XTicks::None);
    } else {
        let labels = x_labels(&table, x, &view.numbers(&params.x_format), view);
        draw_x(&surface, view, plot, &labels, XTicks::Drawn);
    }
    let colors =
        legend.iter().map(|entry| entry.is_shown.then(|| view.mark(entry.token))).collect();
    let edge = view.mark(Token::Text1);
    let bars = Bars { surface: &surface, table: &table, colors, edge, x, y };
    match params.mode {
        _ if bars.slot_px() < 1.0 => bars.draw_highest(),
        BarMode::Stacked => bars.draw_stacked(),
        BarMode::Grouped => bars.draw_grouped(),
    }
    if let Some(expected) = expected {
        bars.draw_expected(expected, view.mark(Token::Provisional));
    }
    let ratio = view.device_pixel_ratio;
    Ok(Chart {
        scene: surface.finish(),
        plot: plot_css,
        x: Some(x.scaled(1.0 / ratio)),
        y: Some(y.scaled(1.0 / ratio)),
        legend,
        table,
        kind: Kind::Bars,
        format: params.format.clone(),
        x_format: params.x_format.clone(),
        device_pixel_ratio: ratio,
        shape: Shape::Columns,
        expected,
    })
}

fn column_name(column: &crate::table::Column, table: &Table, view: &View<'_>) -> String {
    if column.is_other { "Other".to_owned() } else { view.value_name(&table.x_id, &column.key) }
}

fn roles(shape: &QueryShape, params: &HistogramParams) -> Result<Roles, LayoutError> {
    let over_time =
        shape.buckets.iter().find(|bucket| matches!(bucket.kind, BucketKind::DateHistogram { .. }));
    let x = match params.x.as_str() {
        "" => over_time.or(shape.buckets.first()).ok_or(LayoutError::NoBucket {
            axis: "x axis",
            wanted: "a date_histogram, histogram or terms",
        })?,
        id => shape.bucket(id)?,
    };
    let series = shape.other_bucket(&params.series, &x.id)?;
    Ok(Roles {
        series_first: series.is_some_and(|series| shape.is_before(&series.id, &x.id)),
        x: Some(x.clone()),
        series: series.cloned(),
        metrics: vec![shape.metric(&params.metric)?.clone()],
    })
}

/// The range of heights with zero in it, and whether all are whole.
fn extent(
    table: &Table,
    legend: &[LegendEntry],
    mode: BarMode,
    expected: Option<Expected>,
) -> (f64, f64, bool) {
    let (mut low, mut high, mut whole) = (0.0_f64, 0.0_f64, true);
    for column in 0..table.columns.len() {
        let (mut up, mut down) = (0.0_f64, 0.0_f64);
        let shown = table.series.iter().zip(legend).filter(|(_, entry)| entry.is_shown);
        for value in shown.filter_map(|(series, _)| series.values[column]) {
            whole &= value.fract() == 0.0;
            match mode {
                BarMode::Stacked => {
                    up += value.max(0.0);
                    down += value.min(0.0);
                }
                BarMode::Grouped => {
                    up = up.max(value);
                    down = down.min(value);
                }
            }
        }
        low = low.min(down);
        high = high.max(up);
    }
    if let Some(expected) = expected {
        high = high.max(expected.total);
    }
    (low, high, whole)
}

/// A stacked segment without the seam to the one nearer to zero, where it is higher than that.
fn with_seam(mut rect: Rect, value: f64, seam: f64) -> Rect {
    if rect.height() > seam && value < 0.0 {
        rect.top += seam;
    } else if rect.height() > seam {
        rect.bottom -= seam;
    }
    rect
}

/// Draws the bars; all lengths in device pixels.
struct Bars<'a> {
    surface: &'a Surface,
    table: &'a Table,
    /// Per series; absent where it is not shown.
    colors: Vec<Option<Color>>,
    edge: Color,
    x: Scale,
    y: Scale,
}

impl Bars<'_> {
    /// The narrowest column.
    fn slot_px(&self) -> f64 {
        let width = |column: &crate::table::Column| self.x.px(column.end) - self.x.px(column.start);
        self.table.columns.iter().map(width).fold(f64::INFINITY, f64::min)
    }

    /// Left and right edge of a column's bars: 2 CSS px between neighbours, less where that would leave too little.
    fn edges(&self, column: usize) -> (f64, f64) {
        let column = &self.table.columns[column];
        let (start, end) = (self.x.px(column.start), self.x.px(column.end));
        let slot = end - start;
        let gap = self.surface.snap(2.0).max(1.0).min((slot / 3.0).floor());
        let left = (start + gap / 2.0).round();
        (left, (end + gap / 2.0).round().max(left + gap + 1.0) - gap)
    }

    fn values(&self, column: usize) -> impl Iterator<Item = (usize, f64, Color)> {
        self.table.series.iter().zip(&self.colors).enumerate().filter_map(
            move |(index, (series, color))| Some((index, series.values[column]?, (*color)?)),
        )
    }

    fn draw_stacked(&self) {
        let seam = self.surface.hairline();
        for column in 0..self.table.columns.len() {
            let (left, right) = self.edges(column);
            let (mut up, mut down) = (0.0, 0.0);
            let zero = self.y.px(0.0).round();
            let mut floor = zero;
            for (series, value, color) in self.values(column) {
                let base = if value < 0.0 { &mut down } else { &mut up };
                let (from, to) = (*base, *base + value);
                *base = to;
                let (a, b) = (self.y.px(from).round(), self.y.px(to).round());
                let mut rect = Rect { left, right, top: a.min(b), bottom: a.max(b) };
                if rect.height() == 0.0 && value != 0.0 && from == 0.0 {
                    rect.top -= 1.0;
                }
                if from != 0.0 {
                    rect = with_seam(rect, value, seam);
                }
                floor = floor.min(rect.top);
                self.bar(column, series, rect, color);
            }
            if self.table.columns[column].is_provisional && floor < zero {
                self.top_edge(Rect { left, right, top: floor, bottom: zero });
            }
        }
    }

    fn draw_grouped(&self) {
        let shown: Vec<usize> =
            (0..self.colors.len()).filter(|index| self.colors[*index].is_some()).collect();
        let count = shown.len().max(1) as f64;
        let zero = self.y.px(0.0).round();
        for column in 0..self.table.columns.len() {
            let (left, right) = self.edges(column);
            let width = (right - left) / count;
            let seam = if width >= 3.0 { self.surface.hairline() } else { 0.0 };
            for (series, value, color) in self.values(column) {
                let place = shown.iter().position(|index| *index == series).unwrap_or(0) as f64;
                let at = self.y.px(value).round();
                let rect = Rect {
                    left: (left + place * width).round(),
                    right: (left + (place + 1.0) * width - seam).round(),
                    top: at.min(zero),
                    bottom: at.max(zero),
                };
                self.bar(column, series, rect, color);
                if self.table.columns[column].is_provisional && rect.height() > 0.0 {
                    self.top_edge(rect);
                }
            }
        }
    }

    /// More columns than pixels: of those that share one, the highest is drawn.
    fn draw_highest(&self) {
        let pixel = |column: &usize| self.x.px(self.table.columns[*column].start).floor();
        let height = |column: &usize| self.values(*column).map(|(_, value, _)| value).sum::<f64>();
        let columns: Vec<usize> = (0..self.table.columns.len()).collect();
        for same in columns.chunk_by(|a, b| pixel(a) == pixel(b)) {
            let Some(&column) = same.iter().max_by(|a, b| height(a).total_cmp(&height(b))) else {
                continue;
            };
            let left = pixel(&column);
            let mut sum = 0.0;
            for (_, value, color) in self.values(column) {
                let (bottom, top) = (self.y.px(sum).round(), self.y.px(sum + value).round());
                sum += value;
                let rect =
                    Rect { left, right: left + 1.0, top: top.min(bottom), bottom: bottom.max(top) };
                self.surface.rect(rect, color);
            }
        }
    }

    fn bar(&self, column: usize, series: usize, rect: Rect, color: Color) {
        let id = (column * self.table.series.len() + series) as u32;
        self.surface.marked(id, || {
            if self.table.columns[column].is_provisional && rect.height() > 0.0 {
                self.surface.hatched(&rect.corners(), color);
            } else {
                self.surface.rect(rect, color);
            }
        });
    }

    fn top_edge(&self, bar: Rect) {
        let thickness = self.surface.snap(1.5).max(1.0);
        self.surface.rect(Rect { bottom: bar.top + thickness, ..bar }, self.edge);
    }

    fn draw_expected(&self, expected: Expected, color: Color) {
        let (left, right) = self.edges(expected.column);
        let half = self.surface.hairline() / 2.0;
        let reached = self.table.total(expected.column).unwrap_or(0.0).max(0.0);
        let (top, bottom) = (self.y.px(expected.total).round() + half, self.y.px(reached).round());
        if bottom - top > 2.0 {
            let rect = Rect { left: left + half, right: right - half, top, bottom };
            self.surface.dashed((2.0, 2.0), || self.surface.outline(rect, color, half * 2.0));
        }
    }
}
