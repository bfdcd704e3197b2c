//! `tagcloud`: words, larger for more, none over another.
//!
//! A cloud is looked at while it lives: a word that was there stays where it was as long as nothing greater takes its place, and
//! a new one goes where there is room, nearest to the middle. The same input gives the same cloud.

use std::f64::consts::TAU;

use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::{Orientation, ScaleKind, TagcloudParams};

use crate::axis::{fit_label, lettering, margin};
use crate::chart::{Chart, Kind, Shape, Swatch, legend};
use crate::color::Color;
use crate::geometry::Rect;
use crate::order::sort_stable;
use crate::scale::Scale;
use crate::shape::{LayoutError, QueryShape, Roles};
use crate::surface::{Align, Lettering, Surface};
use crate::table::{SeriesKey, Table};
use crate::text::text_width;
use crate::theme::Token;
use crate::view::View;

const WEIGHT: u16 = 560;
/// Words are at least this far apart, CSS px.
const GAP: f64 = 2.0;
/// Shares of the wanted size that are tried, one after the other, until all words have a place.
const SHRINK: [f64; 8] = [1.0, 0.85, 0.72, 0.6, 0.5, 0.42, 0.35, 0.28];
/// No word is smaller, CSS px.
const LEAST: f64 = 8.0;
/// Places that are tried for a word.
const TRIES: usize = 700;

/// Where a word stands. Lengths are CSS px.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Which.
    pub key: SeriesKey,
    /// Index into [`Table::series`].
    pub(crate) series: usize,
    text: String,
    /// From the middle of the canvas.
    center: (f64, f64),
    size: f64,
    /// Degrees clockwise.
    turn: f64,
    half: (f64, f64),
}

impl Word {
    /// Whether a point lies on it; `middle` is that of the canvas.
    pub(crate) fn contains(&self, middle: (f64, f64), (x, y): (f64, f64)) -> bool {
        let (dx, dy) = (x - middle.0 - self.center.0, y - middle.1 - self.center.1);
        let (sin, cos) = self.turn.to_radians().sin_cos();
        (dx * cos + dy * sin).abs() <= self.half.0 && (dy * cos - dx * sin).abs() <= self.half.1
    }

    /// Its middle on the canvas whose middle is given.
    pub(crate) fn place(&self, middle: (f64, f64)) -> (f64, f64) {
        (middle.0 + self.center.0, middle.1 + self.center.1)
    }

    /// The box around it.
    pub(crate) fn bounds(&self, middle: (f64, f64)) -> Rect {
        let (x, y) = self.place(middle);
        let (width, height) = self.reach();
        Rect { left: x - width, right: x + width, top: y - height, bottom: y + height }
    }

    fn reach(&self) -> (f64, f64) {
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let ((sin, cos), (x, y)) = ((sin.abs(), cos.abs()), self.half);
        (x * cos + y * sin, x * sin + y * cos)
    }

    /// Whether two words come too near each other: of two turned boxes, some side of one tells them apart, or none does.
    fn touches(&self, other: &Self) -> bool {
        let apart = (other.center.0 - self.center.0, other.center.1 - self.center.1);
        let axes = [self.turn, self.turn + 90.0, other.turn, other.turn + 90.0];
        axes.into_iter().all(|axis| {
            let (sin, cos) = axis.to_radians().sin_cos();
            let reach = |word: &Self| {
                let (wsin, wcos) = (word.turn - axis).to_radians().sin_cos();
                word.half.0 * wcos.abs() + word.half.1 * wsin.abs()
            };
            (apart.0 * cos + apart.1 * sin).abs() < reach(self) + reach(other) + GAP
        })
    }
}

/// Lays out a cloud.
///
/// # Errors
/// Where the query has no bucket or no metric.
pub fn tagcloud(
    result: &QueryResult,
    shape: &QueryShape,
    params: &TagcloudParams,
    view: &View<'_>,
) -> Result<Chart, LayoutError> {
    let keys =
        shape.buckets.first().ok_or(LayoutError::NoBucket { axis: "words", wanted: "a terms" })?;
    let roles = Roles {
        x: None,
        series: Some(keys.clone()),
        metrics: vec![shape.metric(&params.metric)?.clone()],
        series_first: true,
    };
    let table = Table::read(result, &roles, view);
    let surface = Surface::new(view.width, view.height, view.device_pixel_ratio);
    surface.begin(view.color(Token::Surface1));
    let foot = if params.label.is_empty() { 0.0 } else { margin(view, 16.0) };
    let words = cloud(&table, params, (view.width, (view.height - foot).max(1.0)), view);
    let middle = (view.width / 2.0, (view.height - foot).max(1.0) / 2.0);
    let entries = legend(&table, view, &params.format, Swatch::Square);
    for word in &words {
        let Some(entry) = entries.get(word.series) else { continue };
        let text =
            Lettering { size: word.size, weight: WEIGHT, color: ink(word.size, entry.token, view) };
        // The baseline lies below the middle, across the way the word runs.
        let (sin, cos) = word.turn.to_radians().sin_cos();
        let (x, y) = word.place(middle);
        let drop = word.size * 0.36;
        let anchor = (surface.px(x - drop * sin), surface.px(y + drop * cos));
        surface.turned(word.turn, || surface.text(&word.text, anchor, Align::Middle, text));
    }
    if foot > 0.0 {
        let anchor = (surface.px(view.width / 2.0), surface.snap(view.height - margin(view, 4.0)));
        let words = fit_label(&params.label, view.width, view);
        surface.text(&words, anchor, Align::Middle, lettering(view, Token::Text3));
    }
    Ok(Chart {
        legend: entries,
        kind: Kind::Cloud,
        formats: vec![params.format.clone()],
        shape: Shape::Words { middle, words },
        ..Chart::of(table, surface, view)
    })
}

/// Small words are read as text is, and so are nearer to its colour.
fn ink(size: f64, token: Token, view: &View<'_>) -> Color {
    const LARGE: f64 = 18.0;
    let color = view.mark(token);
    if size < LARGE { color.with_opacity(0.6).over(view.color(Token::Text1)) } else { color }
}

/// All words at the largest size at which each has a place; those that have none even at the least are left out.
fn cloud(table: &Table, params: &TagcloudParams, room: (f64, f64), view: &View<'_>) -> Vec<Word> {
    let mut best = Vec::new();
    for share in SHRINK {
        let (placed, all) = placed(table, params, (room, share), view);
        if placed.len() > best.len() || best.is_empty() {
            best = placed;
        }
        if best.len() == all {
            break;
        }
    }
    best
}

/// The words that found a place, and how many looked for one.
fn placed(
    table: &Table,
    params: &TagcloudParams,
    (room, share): ((f64, f64), f64),
    view: &View<'_>,
) -> (Vec<Word>, usize) {
    let mut words = sized(table, params, share);
    let count = words.len();
    let before = |word: &Word| view.words.iter().find(|before| before.key == word.key);
    // The great ones first; of the same size those that were there.
    sort_stable(&mut words, &|a, b| {
        let was = |word: &Word| before(word).is_none();
        b.size.total_cmp(&a.size).then(was(a).cmp(&was(b)))
    });
    let mut placed: Vec<Word> = Vec::new();
    for mut word in words {
        let from = before(&word).map(|before| before.center);
        let fits = |word: &Word| {
            let (width, height) = word.reach();
            word.center.0.abs() + width <= room.0 / 2.0
                && word.center.1.abs() + height <= room.1 / 2.0
                && !placed.iter().any(|other| other.touches(word))
        };
        let start = from.unwrap_or((0.0, 0.0));
        let found = spiral(start, room).any(|center| {
            word.center = center;
            fits(&word)
        });
        if found {
            placed.push(word);
        }
    }
    (placed, count)
}

fn sized(table: &Table, params: &TagcloudParams, share: f64) -> Vec<Word> {
    let value = |at: usize| {
        let value = table.series[at].values.first().copied().flatten();
        value.filter(|value| value.is_finite())
    };
    let all = (0..table.series.len()).filter_map(value);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let low = if params.scale == ScaleKind::Log { low.max(1e-9) } else { low };
    let (least, most) = (params.min_font_size.min(params.max_font_size), params.max_font_size);
    let scale = Scale { low, high, from_px: least, to_px: most, kind: params.scale };
    let word = |at: usize| {
        let series = &table.series[at];
        let wanted = value(at)?;
        // Where all are alike, all are great.
        let size = if high > low { scale.px(wanted) } else { most };
        // Whole steps: a count that goes on by one moves nobody.
        let size = (size * share).clamp(LEAST, 200.0).round();
        let width = text_width(&series.name, size, f64::from(WEIGHT));
        Some(Word {
            key: series.key.clone(),
            series: at,
            text: series.name.clone(),
            center: (0.0, 0.0),
            size,
            turn: turn(&series.name, params.orientation),
            half: (width / 2.0, size * 0.55),
        })
    };
    (0..table.series.len()).filter_map(word).collect()
}

/// The way a word is turned: the same for a word wherever it stands.
fn turn(name: &str, orientation: Orientation) -> f64 {
    let hash = name
        .bytes()
        .fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    match orientation {
        Orientation::Single => 0.0,
        Orientation::RightAngled => f64::from((hash >> 8) % 2) * -90.0,
        Orientation::Multiple => f64::from((hash >> 8) % 13) * 15.0 - 90.0,
    }
}

/// Places from `start` outwards, wider where the room is.
fn spiral(start: (f64, f64), room: (f64, f64)) -> impl Iterator<Item = (f64, f64)> {
    let wide = (room.0 / room.1.max(1.0)).clamp(0.4, 3.0);
    let far = room.0.hypot(room.1);
    (0..TRIES).map(move |step| {
        // Evenly over the disc: the golden angle, the radius by its root.
        let radius = far * (step as f64 / TRIES as f64).powf(0.75) / wide.sqrt();
        let angle = step as f64 * TAU * 0.381_966_011_250_105;
        (start.0 + radius * angle.cos() * wide, start.1 + radius * angle.sin())
    })
}

#[cfg(test)]
mod tests {
    use hailstream_protocol::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::shape::{BucketKind, BucketShape, EmptyValue, MetricShape};
    use crate::theme::Theme;

    fn words(counts: &[(String, i64)], params: &TagcloudParams, view: &View<'_>) -> Vec<Word> {
        let shape = QueryShape {
            buckets: vec![BucketShape { id: "w".to_owned(), kind: BucketKind::Terms }],
            metrics: vec![MetricShape { id: "n".to_owned(), empty: EmptyValue::Zero }],
        };
        let row = |(word, count): &(String, i64)| vec![Value::text(word), Value::Int(*count)];
        let result = QueryResult {
            columns: ["w", "n"].map(str::to_owned).to_vec(),
            rows: counts.iter().map(row).collect(),
            ..QueryResult::default()
        };
        let chart = tagcloud(&result, &shape, params, view).unwrap();
        let Shape::Words { words, .. } = chart.shape else { panic!("a cloud has words") };
        words
    }

    #[test]
    fn a_word_keeps_its_place_while_it_stays() {
        let theme = Theme::light();
        let view = View::new(500.0, 240.0, &theme);
        let count = |count: i64| {
            let names = ["Sunny", "Rain", "Clear", "Cloudy", "Fog", "Hail"];
            let of = |(at, name): (usize, &str)| (name.to_owned(), 100 + at as i64 * 9 + count);
            names.into_iter().enumerate().map(of).collect::<Vec<_>>()
        };
        let before = words(&count(0), &TagcloudParams::default(), &view);
        let mut more = count(1);
        more.push(("Thunder".to_owned(), 101));
        more.remove(2);
        let after = words(&more, &TagcloudParams::default(), &View { words: &before, ..view });
        let place = |words: &[Word], name: &str| {
            words.iter().find(|word| word.text == name).map(|word| word.center)
        };
        for name in ["Sunny", "Rain", "Cloudy", "Fog", "Hail"] {
            assert_eq!(place(&before, name), place(&after, name), "{name}");
        }
        assert!(place(&after, "Thunder").is_some());
    }

    proptest! {
        #[test]
        fn no_word_lies_over_another_or_leaves_the_canvas(
            counts in prop::collection::vec(("[a-zA-Z ]{1,16}", 1_i64..5_000), 1..40),
            width in 60.0..900.0_f64,
            orientation in prop::sample::select(vec![
                Orientation::Single, Orientation::RightAngled, Orientation::Multiple,
            ]),
        ) {
            let theme = Theme::light();
            let view = View::new(width, 220.0, &theme);
            let params = TagcloudParams { orientation, ..TagcloudParams::default() };
            let placed = words(&counts, &params, &view);
            for (at, word) in placed.iter().enumerate() {
                let (x, y) = word.reach();
                prop_assert!(word.center.0.abs() + x <= width / 2.0 + 1e-6);
                prop_assert!(word.center.1.abs() + y <= 110.0 + 1e-6);
                prop_assert!(placed[at + 1..].iter().all(|other| !word.touches(other)));
            }
            prop_assert_eq!(words(&counts, &params, &view), placed);
        }
    }
}
