//! Painters that play a scene. The browser's canvas is painted by `assets/js/paint_scene.js`; what is here makes files.

mod svg;

pub use svg::svg;
