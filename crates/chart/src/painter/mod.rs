//! Painters that play a scene. The browser's canvas is painted by `assets/js/paint_scene.js`; what is here makes files: SVG, and
//! with the feature `png` pictures.

#[cfg(feature = "png")]
mod font;
#[cfg(feature = "png")]
mod png;
mod svg;

#[cfg(feature = "png")]
pub use font::{Font, FontError};
#[cfg(feature = "png")]
pub use png::{PngError, png};
pub use svg::svg;
