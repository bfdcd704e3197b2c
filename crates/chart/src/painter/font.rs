//! Outlines of text from a variable TrueType font, with tabular figures and without kerning: as text was measured.

use thiserror::Error;
use tiny_skia::{Path, PathBuilder};
use ttf_parser::gsub::{SingleSubstitution, SubstitutionSubtable};
use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag};

/// A font.
#[derive(Clone)]
pub struct Font<'a> {
    face: Face<'a>,
}

/// The bytes are no font.
#[derive(Debug, Error)]
#[error("not a TrueType or OpenType font: {why}")]
pub struct FontError {
    why: String,
}

impl<'a> Font<'a> {
    /// Reads a TrueType or OpenType font; weights need its `wght` axis.
    ///
    /// # Errors
    /// Where the bytes are none.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FontError> {
        let face = Face::parse(bytes, 0).map_err(|error| FontError { why: error.to_string() })?;
        Ok(Self { face })
    }

    /// The outline of `text` on its baseline, `align` of its width left of `x`.
    pub(super) fn outline(
        &self,
        text: &str,
        (x, baseline): (f32, f32),
        size: f32,
        weight: f32,
        align: f32,
    ) -> Option<Path> {
        let mut face = self.face.clone();
        // A font without the axis is drawn in the weight that it has.
        let _varied = face.set_variation(Tag::from_bytes(b"wght"), weight);
        let scale = size / f32::from(face.units_per_em());
        let glyphs: Vec<GlyphId> = text
            .chars()
            .map(|character| tabular(&face, face.glyph_index(character).unwrap_or_default()))
            .collect();
        let advance =
            |glyph: &GlyphId| f32::from(face.glyph_hor_advance(*glyph).unwrap_or(0)) * scale;
        let width: f32 = glyphs.iter().map(advance).sum();
        let mut pen = Pen { builder: PathBuilder::new(), x: x - width * align, baseline, scale };
        for glyph in &glyphs {
            face.outline_glyph(*glyph, &mut pen);
            pen.x += advance(glyph);
        }
        pen.builder.finish()
    }
}

/// The glyph that the feature `tnum` puts in the place of `glyph`.
fn tabular(face: &Face<'_>, glyph: GlyphId) -> GlyphId {
    let Some(gsub) = face.tables().gsub else { return glyph };
    let Some(feature) = gsub.features.find(Tag::from_bytes(b"tnum")) else { return glyph };
    for index in feature.lookup_indices {
        let Some(lookup) = gsub.lookups.get(index) else { continue };
        for subtable in lookup.subtables.into_iter::<SubstitutionSubtable<'_>>() {
            let SubstitutionSubtable::Single(single) = subtable else { continue };
            let Some(place) = single.coverage().get(glyph) else { continue };
            return match single {
                SingleSubstitution::Format1 { delta, .. } => {
                    GlyphId(glyph.0.wrapping_add_signed(delta))
                }
                SingleSubstitution::Format2 { substitutes, .. } => {
                    substitutes.get(place).unwrap_or(glyph)
                }
            };
        }
    }
    glyph
}

struct Pen {
    builder: PathBuilder,
    x: f32,
    baseline: f32,
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.baseline - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}
