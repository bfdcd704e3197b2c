//! From values to pixels and back.

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value at `from_px`.
    pub low: f64,
    /// Value at `to_px`.
    pub high: f64,
    /// Pixel of `low`.
    pub from_px: f64,
    /// Pixel of `high`.
    pub to_px: f64,
}

impl Scale {
    /// Pixel of a value.
    #[must_use]
    pub fn px(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        if span == 0.0 {
            return self.from_px;
        }
        self.from_px + (value - self.low) / span * (self.to_px - self.from_px)
    }

    /// Value at a pixel.
    #[must_use]
    pub fn value(&self, px: f64) -> f64 {
        let span = self.to_px - self.from_px;
        if span == 0.0 {
            return self.low;
        }
        self.low + (px - self.from_px) / span * (self.high - self.low)
    }

    /// The same scale where a pixel is `factor` times as small.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { from_px: self.from_px * factor, to_px: self.to_px * factor, ..self }
    }
}
