//! A colour: what the theme's tokens are made of and what the scene's colour table holds.

use plotters_backend::BackendColor;

/// An sRGB colour with alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity, 255 = opaque.
    pub a: u8,
}

impl Color {
    /// An opaque colour from `0xrrggbb`.
    #[must_use]
    pub const fn rgb(hex: u32) -> Self {
        Self::rgba(hex, 255)
    }

    /// A colour from `0xrrggbb` and its opacity.
    #[must_use]
    pub const fn rgba(hex: u32, a: u8) -> Self {
        Self { r: (hex >> 16) as u8, g: (hex >> 8) as u8, b: hex as u8, a }
    }

    /// The same colour at `opacity` of its own.
    #[must_use]
    pub fn with_opacity(self, opacity: f64) -> Self {
        Self { a: (f64::from(self.a) * opacity).round() as u8, ..self }
    }

    /// What is seen when this lies over `ground`, which is taken as opaque.
    #[must_use]
    pub fn over(self, ground: Self) -> Self {
        let share = f64::from(self.a) / 255.0;
        let mix = |top: u8, below: u8| {
            (f64::from(top) * share + f64::from(below) * (1.0 - share)).round() as u8
        };
        Self {
            r: mix(self.r, ground.r),
            g: mix(self.g, ground.g),
            b: mix(self.b, ground.b),
            a: 255,
        }
    }

    /// How well a text in one of the two is read on the other: 1 not at all, 21 best (WCAG 2).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }

    /// Whether nothing shines through.
    #[must_use]
    pub fn is_opaque(self) -> bool {
        self.a == 255
    }

    /// As a pixel of an opaque image: red, green, blue, 255.
    #[must_use]
    pub fn opaque_bytes(self) -> [u8; 4] {
        [self.r, self.g, self.b, 255]
    }

    /// As CSS and SVG write it.
    #[must_use]
    pub fn css(self) -> String {
        let Self { r, g, b, a } = self;
        if self.is_opaque() {
            return format!("#{r:02x}{g:02x}{b:02x}");
        }
        format!("rgba({r},{g},{b},{})", (f64::from(a) / 255.0 * 1000.0).round() / 1000.0)
    }

    /// The colour that CSS writes as `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)` or `rgba(…)`; what a browser's computed style
    /// hands out.
    #[must_use]
    pub fn from_css(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(hex) = text.strip_prefix('#') {
            return Self::from_hex(hex);
        }
        let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?;
        let mut parts = inner
            .strip_suffix(')')?
            .split([',', ' ', '/'])
            .filter(|part| !part.is_empty())
            .map(decimal);
        let mut channel = || parts.next().flatten().map(|value| value.round() as u8);
        let (r, g, b) = (channel()?, channel()?, channel()?);
        let a = match parts.next() {
            Some(opacity) => (opacity? * 255.0).round() as u8,
            None => 255,
        };
        Some(Self { r, g, b, a })
    }

    fn from_hex(hex: &str) -> Option<Self> {
        let value = u32::from_str_radix(hex, 16).ok()?;
        match hex.len() {
            3 => {
                let double = |shift: u32| ((value >> shift) & 0xf) * 0x11;
                Some(Self::rgb(double(8) << 16 | double(4) << 8 | double(0)))
            }
            6 => Some(Self::rgb(value)),
            8 => Some(Self::rgba(value >> 8, value as u8)),
            _ => None,
        }
    }

    pub(crate) fn to_backend(self) -> BackendColor {
        BackendColor { alpha: f64::from(self.a) / 255.0, rgb: (self.r, self.g, self.b) }
    }

    pub(crate) fn from_backend(color: BackendColor) -> Self {
        let (r, g, b) = color.rgb;
        Self { r, g, b, a: (color.alpha * 255.0).round() as u8 }
    }
}

/// A plain decimal such as `12` or `.35`. The standard library's parser would bring 10 kB of powers of five into the page.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u32>().ok() };
    let places = i32::try_from(fraction.len()).ok()?;
    let known = !(whole.is_empty() && fraction.is_empty());
    known.then_some(f64::from(digits(whole)?) + f64::from(digits(fraction)?) / 10_f64.powi(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_forms_are_read_and_written() {
        let check = |css: &str, written: &str| {
            assert_eq!(Color::from_css(css).map(Color::css).as_deref(), Some(written), "{css}");
        };
        check("#4972ec", "#4972ec");
        check("#fff", "#ffffff");
        check("rgb(1, 2, 3)", "#010203");
        check(" rgba(20, 23, 28, .04) ", "rgba(20,23,28,0.039)");
        check("rgb(1 2 3 / 0.5)", "rgba(1,2,3,0.502)");
        assert_eq!(Color::from_css("tomato"), None);
    }

    #[test]
    fn half_opaque_lies_between() {
        let half = Color::rgb(0x00_00_00).with_opacity(0.5);
        assert_eq!(half.over(Color::rgb(0xff_ff_ff)), Color::rgb(0x7f_7f_7f));
    }
}
