//! Colours that somebody chose for single values or metrics (`uiState.vis.colors`): ours has tokens, which fit light and dark, so each
//! becomes the nearest of them. Two colours that differ stay apart.

use serde_json::{Map, Value as Json, json};

use super::aggs::Asked;
use super::visualization::Saved;

/// Where the tokens and their colours are written.
const TOKENS: &str = include_str!("../../../../assets/tokens.css");

/// A place in OKLab, where distances are as seen.
type Seen = [f64; 3];

/// The tokens of what is chosen, by value, or where `series` is empty by metric; what cannot be said so is told.
pub(super) fn colors(
    saved: &Saved,
    asked: &Asked,
    series: &[&str],
    ignored: &mut Vec<String>,
) -> Option<(String, Json)> {
    let chosen = saved.ui.get("vis")?.get("colors")?.as_object()?;
    let buckets = || asked.buckets.iter().filter(|bucket| series.contains(&bucket.id.as_str()));
    let is_words = |bucket: &&super::bucket::BucketPart| {
        !bucket.is_date && ["terms", "filters"].contains(&bucket.kind.as_str())
    };
    let columns: Vec<_> = asked.metrics.iter().flat_map(|metric| &metric.columns).collect();
    // With several metrics the words are the value's and the metric's.
    let is_known = columns.len() == 1 && buckets().all(|bucket| is_words(&bucket));
    let mut palette = Palette::new();
    let mut ours = Map::new();
    for (label, color) in chosen {
        let key = if series.is_empty() {
            // What no metric is called is a colour of one that is there no more.
            let Some(column) = columns.iter().find(|column| column.label == *label) else {
                continue;
            };
            column.id.clone()
        } else {
            number(label).unwrap_or_else(|| label.clone())
        };
        // The rest has one colour everywhere.
        let is_value = is_known && label != "Other";
        let token = color.as_str().and_then(|color| palette.token(color));
        match token {
            Some(token) if series.is_empty() || is_value => {
                ours.insert(key, json!(token));
            }
            _ => ignored.push(format!("uiState.vis.colors.{label}")),
        }
    }
    (!ours.is_empty()).then(|| ("colors".to_owned(), Json::Object(ours)))
}

/// Numbers are labelled with marks at their thousands.
fn number(label: &str) -> Option<String> {
    let plain = label.replace(',', "");
    plain.parse::<f64>().is_ok().then_some(plain)
}

/// The tokens for values, and what each was given for.
pub(super) struct Palette {
    tokens: Vec<(&'static str, Seen, Option<Seen>)>,
}

impl Palette {
    pub(super) fn new() -> Self {
        let light = TOKENS.split("[data-theme=\"light\"] {").nth(1).unwrap_or_default();
        let light = light.split('}').next().unwrap_or_default();
        let declarations =
            light.split(';').filter_map(|one| one.split_once("--")?.1.split_once(':'));
        let values = declarations.filter(|(name, _)| name.starts_with("data-") || *name == "other");
        let tokens = values.filter_map(|(name, color)| Some((name, seen(color.trim())?, None)));
        Self { tokens: tokens.collect() }
    }

    /// The token for a colour of CSS; none where that is none, or no token is left.
    pub(super) fn token(&mut self, css: &str) -> Option<&'static str> {
        self.nearest(seen(css)?)
    }

    /// That of the same colour before, else the nearest that is free; a colour never becomes the grey of the rest.
    fn nearest(&mut self, color: Seen) -> Option<&'static str> {
        let distance = |(_, of, _): &(&str, Seen, Option<Seen>)| -> f64 {
            of.iter().zip(color).map(|(of, color)| (of - color).powi(2)).sum()
        };
        let same = self.tokens.iter().position(|(_, _, given)| *given == Some(color));
        let free = || {
            let fits = |token: &(&str, Seen, Option<Seen>)| token.0 != "other" || is_grey(color);
            let free = self.tokens.iter().enumerate();
            let free = free.filter(|(_, token)| token.2.is_none() && fits(token));
            free.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))
                .map(|(place, _)| place)
        };
        let place = same.or_else(free)?;
        let token = self.tokens.get_mut(place)?;
        token.2 = Some(color);
        Some(token.0)
    }
}

fn is_grey([_, a, b]: Seen) -> bool {
    const MOST: f64 = 0.04;
    a.hypot(b) < MOST
}

/// Red, green and blue of `#rrggbb`, `#rgb`, or what stands in parentheses after the name of a function; 0 to 255.
fn channels(css: &str) -> Option<[f64; 3]> {
    let css = css.trim();
    if let Some(numbers) = css.strip_prefix("rgb") {
        let numbers = numbers.trim_start_matches('a').strip_prefix('(')?.strip_suffix(')')?;
        let numbers: Vec<f64> =
            numbers.split(',').map_while(|one| one.trim().parse().ok()).collect();
        return numbers.get(..3)?.try_into().ok();
    }
    let hex = css.strip_prefix('#').filter(|hex| hex.is_ascii())?;
    let channel = |place: usize| {
        let digits = match hex.len() {
            3 => hex.get(place..=place)?.repeat(2),
            6 => hex.get(2 * place..2 * place + 2)?.to_owned(),
            _ => return None,
        };
        u8::from_str_radix(&digits, 16).ok().map(f64::from)
    };
    Some([channel(0)?, channel(1)?, channel(2)?])
}

/// A colour of CSS as seen.
fn seen(css: &str) -> Option<Seen> {
    let [r, g, b] = channels(css)?.map(|channel| {
        let share = channel.clamp(0.0, 255.0) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    let l = (0.412_221_5 * r + 0.536_332_5 * g + 0.051_446 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_397 * b).cbrt();
    let s = (0.088_302_5 * r + 0.281_718_8 * g + 0.629_978_7 * b).cbrt();
    Some([
        0.210_454_3 * l + 0.793_617_8 * m - 0.004_072 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904 * l + 0.782_771_8 * m - 0.808_675_8 * s,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(hex: u32) -> String {
        format!("#{hex:06x}")
    }

    #[test]
    fn a_colour_becomes_the_nearest_token_and_two_stay_apart() {
        let mut palette = Palette::new();
        assert_eq!(palette.tokens.len(), 11);
        let mut token = |hex: u32| palette.nearest(seen(&css(hex)).unwrap()).unwrap();
        // What OSD offers as green, orange, blue, red and violet.
        let tokens = [0x7E_B2_6D, 0xEF_84_3C, 0x1F_78_C1, 0xE2_4D_42, 0xBA_43_A9].map(&mut token);
        assert_eq!(tokens, ["data-6", "data-2", "data-1", "data-4", "data-9"]);
        assert_eq!(token(0x7E_B2_6D), "data-6", "the same colour is the same token");
        assert_eq!(token(0x62_9E_51), "data-3", "another green is another one");
        assert_eq!(token(0x88_88_88), "other");
    }

    #[test]
    fn what_is_no_colour_is_none() {
        assert_eq!(seen("#fff"), seen(&css(0xff_ff_ff)));
        assert_eq!(seen(concat!("rgba", "(255, 255,255,0.5)")), seen("#fff"));
        for text in ["red", "#12", "#ééé", "#12345g", ""] {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
