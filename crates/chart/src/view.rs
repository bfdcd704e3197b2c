//! All that a layout depends on beside the data: size, theme, time, names. Handed in, so that layout is a pure function.

use hailstream_protocol::Value;
use hailstream_protocol::visualization::Format;

use crate::civil::{Civil, ZoneOffset};
use crate::color::Color;
use crate::number::{Locale, Numbers};
use crate::palette::ValueStyle;
use crate::panel::Word;
use crate::scale::Scale;
use crate::table::SeriesKey;
use crate::theme::{Theme, Token};

/// Whether the data is up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freshness {
    /// It is.
    #[default]
    Live,
    /// It is old: marks pale to a half, texts stay.
    Stale,
}

/// How a chart is to be seen.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// CSS px across.
    pub width: f64,
    /// CSS px down.
    pub height: f64,
    /// Device pixels per CSS px.
    pub device_pixel_ratio: f64,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// The stream's present, epoch ms: a day that is not its day is named.
    pub now_ms: i64,
    /// The zone in which times are read.
    pub zone: ZoneOffset<'a>,
    /// Marks of numbers.
    pub locale: Locale,
    /// Colours and words of values.
    pub values: &'a dyn ValueStyle,
    /// The only series shown; all where empty.
    pub shown: &'a [SeriesKey],
    /// The order that series had before ([`crate::Chart::series_order`]), so that they do not change places.
    pub order: &'a [SeriesKey],
    /// The value axes of the chart before ([`crate::Chart::values`]): they stay while the values fit and fill half of them, so
    /// that a live chart does not jump between two scales.
    pub y_before: [Option<Scale>; 2],
    /// Where the words of a cloud stood before ([`crate::Chart::words`]).
    pub words: &'a [Word],
    /// Whether the data is up to date.
    pub freshness: Freshness,
}

impl<'a> View<'a> {
    /// A view with nothing special about it: UTC, all series, a board that decides nothing.
    #[must_use]
    pub fn new(width: f64, height: f64, theme: &'a Theme) -> Self {
        Self {
            width,
            height,
            device_pixel_ratio: 1.0,
            theme,
            now_ms: 0,
            zone: &|_| 0,
            locale: Locale::default(),
            values: &(),
            shown: &[],
            order: &[],
            y_before: [None; 2],
            words: &[],
            freshness: Freshness::Live,
        }
    }

    pub(crate) fn is_shown(&self, key: &SeriesKey) -> bool {
        self.shown.is_empty() || self.shown.contains(key)
    }

    pub(crate) fn color(&self, token: Token) -> Color {
        self.theme.color(token)
    }

    /// The colour of a mark in `token`: half of it where the data is stale.
    pub(crate) fn mark(&self, token: Token) -> Color {
        let color = self.color(token);
        match self.freshness {
            Freshness::Live => color,
            Freshness::Stale => color.with_opacity(0.5).over(self.color(Token::Surface1)),
        }
    }

    pub(crate) fn numbers<'f>(&self, format: &'f Format) -> Numbers<'f>
    where
        'a: 'f,
    {
        Numbers { format, locale: self.locale, zone: self.zone }
    }

    pub(crate) fn civil(&self, epoch_ms: f64) -> Civil {
        Civil::at(epoch_ms as i64, self.zone)
    }

    pub(crate) fn value_name(&self, bucket_id: &str, value: &Value) -> String {
        if let Some(label) = self.values.label(bucket_id, value) {
            return label;
        }
        match value {
            Value::Null => "(none)".to_owned(),
            Value::Int(_) | Value::Float(_) => {
                let format = Format::default();
                value.as_f64().map(|number| self.numbers(&format).full(number)).unwrap_or_default()
            }
            _ => value.to_string(),
        }
    }
}
