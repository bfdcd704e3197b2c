//! From values to pixels and back.

use hailstream_protocol::visualization::ScaleKind;

/// A scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value at `from_px`; positive on a logarithmic one.
    pub low: f64,
    /// Value at `to_px`.
    pub high: f64,
    /// Pixel of `low`.
    pub from_px: f64,
    /// Pixel of `high`.
    pub to_px: f64,
    /// How values become lengths.
    pub kind: ScaleKind,
}

impl Scale {
    /// A linear one.
    #[must_use]
    pub fn linear((low, high): (f64, f64), (from_px, to_px): (f64, f64)) -> Self {
        Self { low, high, from_px, to_px, kind: ScaleKind::Linear }
    }

    /// Pixel of a value.
    #[must_use]
    pub fn px(&self, value: f64) -> f64 {
        let (low, high) = (self.length(self.low), self.length(self.high));
        if high - low == 0.0 {
            return self.from_px;
        }
        self.from_px + (self.length(value) - low) / (high - low) * (self.to_px - self.from_px)
    }

    /// Value at a pixel.
    #[must_use]
    pub fn value(&self, px: f64) -> f64 {
        let span = self.to_px - self.from_px;
        if span == 0.0 {
            return self.low;
        }
        let (low, high) = (self.length(self.low), self.length(self.high));
        let length = low + (px - self.from_px) / span * (high - low);
        match self.kind {
            ScaleKind::Linear => length,
            ScaleKind::Log => length.exp(),
            ScaleKind::SquareRoot => length * length.abs(),
        }
    }

    /// The same scale where a pixel is `factor` times as small.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { from_px: self.from_px * factor, to_px: self.to_px * factor, ..self }
    }

    fn length(&self, value: f64) -> f64 {
        match self.kind {
            ScaleKind::Linear => value,
            // What is below the least decade lies at its foot.
            ScaleKind::Log => value.max(self.low).max(f64::MIN_POSITIVE).ln(),
            ScaleKind::SquareRoot => value.abs().sqrt().copysign(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pixel_leads_back_to_its_value(value in 1.0..1_000.0_f64) {
            for kind in [ScaleKind::Linear, ScaleKind::Log, ScaleKind::SquareRoot] {
                let scale = Scale { low: 1.0, high: 1_000.0, from_px: 100.0, to_px: 0.0, kind };
                let px = scale.px(value);
                prop_assert!((0.0..=100.0).contains(&px));
                prop_assert!((scale.value(px) - value).abs() < 1e-6, "{kind:?}");
            }
        }
    }
}
