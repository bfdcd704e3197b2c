//! Our own raster against tiny-skia: the same shapes, painted by someone else's rules.

#[path = "gallery/cases.rs"]
mod cases;

use hailstream_chart::raster::Raster;
use hailstream_chart::{Scene, Theme, painter};
use tiny_skia::Pixmap;

/// The scene without texts, by tiny-skia.
fn reference(scene: &Scene) -> Option<Vec<u8>> {
    let png = painter::png(scene, None).ok()?;
    Some(Pixmap::decode_png(&png).ok()?.take())
}

/// Shares of pixels that differ by more than 16 and by more than 64 of 255.
fn difference(ours: &[u8], theirs: &[u8]) -> (f64, f64) {
    assert_eq!(ours.len(), theirs.len());
    let far = |limit: u8| {
        let pixels = ours.chunks_exact(4).zip(theirs.chunks_exact(4));
        let differs =
            |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > limit);
        pixels.filter(differs).count() as f64 * 4.0 / ours.len() as f64
    };
    (far(16), far(64))
}

#[test]
fn pictures_are_those_of_an_independent_rasteriser() {
    let mut raster = Raster::default();
    for case in cases::CASES {
        for (theme, ratio) in [(Theme::light(), 1.0), (Theme::dark(), 2.0)] {
            let scene = case.chart(&theme, ratio).unwrap().scene;
            let (visible, gross) = difference(raster.play(&scene), &reference(&scene).unwrap());
            assert!(
                visible < 0.008 && gross < 0.001,
                "{} at {ratio}: {:.3} % differ, {:.3} % grossly",
                case.name,
                visible * 100.0,
                gross * 100.0
            );
        }
    }
}
