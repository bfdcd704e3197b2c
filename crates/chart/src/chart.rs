//! A laid out chart: its scene, and what the page needs to know about it (legend, hover, tooltip, table, words).

use hailstream_protocol::visualization::Format;

use crate::forecast::Expected;
use crate::geometry::Rect;
use crate::panel::{Layer, Spans, Turn, Word};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::surface::Surface;
use crate::table::{SeriesKey, Table, XKind};
use crate::theme::Token;
use crate::view::View;

/// A laid out chart. All rectangles and scales are in CSS px.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What is painted.
    pub scene: Scene,
    /// Where the data is, without axes.
    pub plot: Rect,
    /// Pixels of x: epoch ms, numbers, or places of categories. Absent in a pie.
    pub x: Option<Scale>,
    /// Pixels of values at the left and right axis. Absent where a length is not a value.
    pub values: [Option<Scale>; 2],
    /// Its entries, in drawing order.
    pub legend: Vec<LegendEntry>,
    /// The data behind it.
    pub table: Table,
    pub(crate) kind: Kind,
    /// Per metric; the first is that of others, too.
    pub(crate) formats: Vec<Format>,
    pub(crate) x_format: Format,
    pub(crate) device_pixel_ratio: f64,
    /// Where each series stands in a column, for the points of the crosshair; CSS px.
    pub(crate) shape: Shape,
    /// What the open bucket is likely to hold.
    pub(crate) expected: Option<Expected>,
    /// Which way it stands.
    pub(crate) turn: Turn,
    /// How the series of each metric are drawn, where there are axes.
    pub(crate) layers: Vec<Layer>,
    /// Where their values stand.
    pub(crate) spans: Spans,
    /// Of a pie the ring of each series.
    pub(crate) levels: Vec<usize>,
    /// The ends of a scale that has no axis.
    pub(crate) ends: Option<(f64, f64)>,
    /// The steps of a heat map: colour and words, from the least.
    pub steps: Vec<(Token, String)>,
}

/// What sort of picture it is, for words and hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Line,
    Bars,
    Heatmap,
    Pie,
    Gauge,
    Cloud,
    Sparkline,
}

/// How a point of the canvas is read.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Columns side by side; series are told apart by marks or by height.
    Columns,
    /// Cells: rows from the top, edges in CSS px.
    Cells { row_edges: Vec<f64> },
    /// Slices in rings, from the innermost.
    Rings { center: (f64, f64), rings: Vec<RingShape> },
    /// A box for each series, CSS px.
    Boxes(Vec<Rect>),
    /// Words around the middle of the canvas.
    Words { middle: (f64, f64), words: Vec<Word> },
}

/// A ring: CSS px, and of each slice its series and the angles between which it lies, clockwise from noon.
#[derive(Clone, Debug)]
pub(crate) struct RingShape {
    pub inner: f64,
    pub outer: f64,
    pub ends: Vec<(usize, f64, f64)>,
}

/// A line of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// The series.
    pub key: SeriesKey,
    /// Its words.
    pub name: String,
    /// Its colour.
    pub token: Token,
    /// How its swatch looks.
    pub swatch: Swatch,
    /// Its newest value, in words; empty where it has none.
    pub newest: String,
    /// Whether it is drawn.
    pub is_shown: bool,
}

/// A legend's swatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// 8 × 8.
    Square,
    /// 12 × 2.
    Line,
}

impl Chart {
    /// A chart of `table` painted on `surface`, with nothing to point at yet.
    pub(crate) fn of(table: Table, surface: Surface, view: &View<'_>) -> Self {
        Self {
            scene: surface.finish(),
            plot: Rect { left: 0.0, top: 0.0, right: view.width, bottom: view.height },
            x: None,
            values: [None; 2],
            legend: Vec::new(),
            table,
            kind: Kind::Bars,
            formats: vec![Format::default()],
            x_format: Format::default(),
            device_pixel_ratio: view.device_pixel_ratio,
            shape: Shape::Columns,
            expected: None,
            turn: Turn::Upright,
            layers: Vec::new(),
            spans: Spans::default(),
            levels: Vec::new(),
            ends: None,
            steps: Vec::new(),
        }
    }

    /// Whether a stretch along x is one of time.
    #[must_use]
    pub fn is_over_time(&self) -> bool {
        self.table.x_kind == XKind::Time && self.x.is_some() && self.turn == Turn::Upright
    }

    /// Whether its columns lie below each other.
    #[must_use]
    pub fn is_lying(&self) -> bool {
        self.turn == Turn::Lying
    }

    /// Whether there is nothing to see: the page says why.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Where the words of a cloud stand, to be handed in again as [`View::words`].
    #[must_use]
    pub fn words(&self) -> &[Word] {
        match &self.shape {
            Shape::Words { words, .. } => words,
            _ => &[],
        }
    }

    /// The order series have now, to be handed in again as [`View::order`].
    #[must_use]
    pub fn series_order(&self) -> Vec<SeriesKey> {
        self.table.series.iter().map(|series| series.key.clone()).collect()
    }

    /// Whether some bucket may still change.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.table.columns.iter().any(|column| column.is_provisional)
    }

    /// The token of a series.
    #[must_use]
    pub fn token(&self, series: usize) -> Token {
        self.legend.get(series).map_or(Token::Measure, |entry| entry.token)
    }

    pub(crate) fn is_shown(&self, series: usize) -> bool {
        self.legend.get(series).is_some_and(|entry| entry.is_shown)
    }
}

/// The legend of a table's series.
pub(crate) fn legend(
    table: &Table,
    view: &View<'_>,
    format: &Format,
    swatch: Swatch,
) -> Vec<LegendEntry> {
    let numbers = view.numbers(format);
    let count = table.series.len();
    let entry = |(index, series): (usize, &crate::table::Series)| LegendEntry {
        key: series.key.clone(),
        name: series.name.clone(),
        token: crate::palette::series_color(&series.key, view.values, (index, count)),
        swatch,
        newest: series
            .values
            .iter()
            .rev()
            .find_map(|value| *value)
            .map(|value| numbers.full(value))
            .unwrap_or_default(),
        is_shown: view.is_shown(&series.key),
    };
    table.series.iter().enumerate().map(entry).collect()
}
