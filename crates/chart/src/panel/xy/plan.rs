//! Which metric is drawn how: what its series say, else the type.

use hailstream_protocol::visualization::{
    AxisSide, Format, Interpolate, SeriesMark, SeriesMode, SeriesParams, XyParams,
};

use crate::chart::Kind;
use crate::geometry::Rect;
use crate::shape::{BucketKind, BucketShape, LayoutError, QueryShape, Roles};
use crate::table::Table;

/// How the series of a metric are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layer {
    pub mark: SeriesMark,
    pub mode: SeriesMode,
    pub side: AxisSide,
    /// Whether points are joined; else each is drawn.
    pub is_joined: bool,
    pub interpolate: Interpolate,
    /// In widths of a usual line.
    pub width: f64,
}

impl Layer {
    pub(crate) const LINE: Self = Self {
        mark: SeriesMark::Line,
        mode: SeriesMode::Normal,
        side: AxisSide::Left,
        is_joined: true,
        interpolate: Interpolate::Linear,
        width: 1.0,
    };

    fn of(params: &SeriesParams, usual: Self) -> Self {
        /// The width of new lines in OSD; ours stands for it.
        const USUAL_WIDTH: f64 = 2.0;
        Self {
            mark: params.kind.unwrap_or(usual.mark),
            mode: params.mode.unwrap_or(usual.mode),
            side: params.axis,
            is_joined: params.draw_lines_between_points,
            interpolate: params.interpolate,
            width: (params.line_width / USUAL_WIDTH).clamp(0.0, 10.0),
        }
    }

    /// Whether its series stand on each other.
    pub(crate) fn is_stacked(self) -> bool {
        self.mode != SeriesMode::Normal
    }
}

/// Which way a chart stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Values rise.
    Upright,
    /// Values go to the right.
    Lying,
}

impl Turn {
    /// A point by where it is along the categories, and its value's pixel.
    pub(crate) fn point(self, (along, value): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Upright => (along, value),
            Self::Lying => (value, along),
        }
    }

    pub(crate) fn rect(self, along: (f64, f64), value: (f64, f64)) -> Rect {
        let ((left, right), (top, bottom)) = match self {
            Self::Upright => (along, value),
            Self::Lying => (value, along),
        };
        Rect {
            left: left.min(right),
            right: left.max(right),
            top: top.min(bottom),
            bottom: top.max(bottom),
        }
    }
}

/// What a type draws where nothing is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usual {
    layer: Layer,
    turn: Turn,
    /// Each metric is a series; else the first one alone is drawn.
    has_all_metrics: bool,
}

impl Usual {
    pub(super) const LINE: Self =
        Self { layer: Layer::LINE, turn: Turn::Upright, has_all_metrics: true };
    pub(super) const AREA: Self = Self {
        layer: Layer { mark: SeriesMark::Area, mode: SeriesMode::Stacked, ..Layer::LINE },
        ..Self::HISTOGRAM
    };
    pub(super) const HISTOGRAM: Self = Self {
        layer: Layer { mark: SeriesMark::Histogram, mode: SeriesMode::Stacked, ..Layer::LINE },
        turn: Turn::Upright,
        has_all_metrics: false,
    };
    pub(super) const HORIZONTAL_BAR: Self = Self {
        layer: Layer { mark: SeriesMark::Histogram, ..Layer::LINE },
        turn: Turn::Lying,
        has_all_metrics: false,
    };
}

/// Which columns of the result become what, and how each metric is drawn.
pub(super) struct Plan {
    pub roles: Roles,
    /// Per metric of `roles`.
    pub layers: Vec<Layer>,
    /// The same.
    pub formats: Vec<Format>,
    pub turn: Turn,
}

impl Plan {
    pub(super) fn of(
        shape: &QueryShape,
        params: &XyParams,
        usual: Usual,
    ) -> Result<Self, LayoutError> {
        let (x, series) = buckets(shape, params)?;
        let layer = Layer { mode: params.mode.unwrap_or(usual.layer.mode), ..usual.layer };
        let mut metrics = Vec::new();
        let mut layers = Vec::new();
        for of in &params.series_params {
            metrics.push(shape.metric(&of.metric)?.clone());
            layers.push(Layer::of(of, layer));
        }
        if metrics.is_empty() {
            let all = usual.has_all_metrics && params.metric.is_empty() && series.is_none();
            metrics = match all {
                true if shape.metrics.is_empty() => return Err(LayoutError::NoMetric),
                true => shape.metrics.clone(),
                false => vec![shape.metric(&params.metric)?.clone()],
            };
            layers = vec![layer; metrics.len()];
        }
        let format = |id: &String| params.formats.get(id).unwrap_or(&params.format).clone();
        let series_first = match (series, x) {
            (Some(series), Some(x)) => shape.is_before(&series.id, &x.id),
            (series, _) => series.is_some(),
        };
        Ok(Self {
            formats: metrics.iter().map(|metric| format(&metric.id)).collect(),
            roles: Roles { x: x.cloned(), series: series.cloned(), metrics, series_first },
            layers,
            turn: usual.turn,
        })
    }

    /// What sort of picture it is, for words.
    pub(super) fn kind(&self, table: &Table) -> Kind {
        let has_bars = self.layers.iter().any(|layer| layer.mark == SeriesMark::Histogram);
        let is_whole = table.adds_up() && self.layers.iter().all(|layer| layer.is_stacked());
        match (has_bars, is_whole) {
            (_, true) => Kind::Bars,
            (true, false) if self.layers.len() == 1 => Kind::Bars,
            _ => Kind::Line,
        }
    }
}

type Buckets<'a> = (Option<&'a BucketShape>, Option<&'a BucketShape>);

/// The bucket along x and the one that splits. There need be none along x: all is one column then.
fn buckets<'a>(shape: &'a QueryShape, params: &XyParams) -> Result<Buckets<'a>, LayoutError> {
    let over_time = |bucket: &&BucketShape| matches!(bucket.kind, BucketKind::DateHistogram { .. });
    let free = |bucket: &&BucketShape| bucket.id != params.series && bucket.id != params.split;
    let x = match params.x.as_str() {
        "" => {
            let mut candidates = shape.buckets.iter().filter(free);
            candidates.clone().find(over_time).or_else(|| candidates.next())
        }
        id => Some(shape.bucket(id)?),
    };
    let x_id = x.map_or("", |x| x.id.as_str());
    let series = match params.series.as_str() {
        "" => shape.buckets.iter().filter(free).find(|bucket| bucket.id != x_id),
        id => Some(shape.bucket(id)?),
    };
    Ok((x, series))
}
