//! Our own raster against tiny-skia: the same shapes, painted by someone else's rules.

#[path = "gallery/cases.rs"]
mod cases;

use hailstream_chart::raster::Raster;
use hailstream_chart::scene::polygons;
use hailstream_chart::{Operation, Scene, Theme};
use tiny_skia::{
    Color, FillRule, LineJoin, Paint, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};

/// The scene without texts, by tiny-skia.
fn reference(scene: &Scene) -> Option<Vec<u8>> {
    let mut pixmap = Pixmap::new(scene.width() as u32, scene.height() as u32)?;
    for operation in scene.operations() {
        paint(&mut pixmap, operation);
    }
    Some(pixmap.take())
}

fn paint(pixmap: &mut Pixmap, operation: Operation<'_>) {
    let (color, width, dash) = match operation {
        Operation::Begin { color, .. } => {
            pixmap.fill(Color::from_rgba8(color.r, color.g, color.b, color.a));
            return;
        }
        Operation::Dashes { color, width, on, off, .. } => {
            (color, Some(width), StrokeDash::new(vec![on, off], 0.0))
        }
        Operation::Polyline { color, width, .. } | Operation::Segments { color, width, .. } => {
            (color, Some(width), None)
        }
        Operation::Rects { color, .. }
        | Operation::Polygons { color, .. }
        | Operation::Circles { color, .. } => (color, None, None),
        Operation::Text { .. } => return,
    };
    let mut ink = Paint::default();
    ink.set_color_rgba8(color.r, color.g, color.b, color.a);
    for path in paths(operation) {
        if let Some(width) = width {
            let line_join = LineJoin::Round;
            let stroke = Stroke { width, line_join, dash: dash.clone(), ..Stroke::default() };
            pixmap.stroke_path(&path, &ink, &stroke, Transform::identity(), None);
        } else {
            pixmap.fill_path(&path, &ink, FillRule::Winding, Transform::identity(), None);
        }
    }
}

fn paths(operation: Operation<'_>) -> Vec<tiny_skia::Path> {
    let line = |points: &[f32], is_closed: bool| {
        let mut builder = PathBuilder::new();
        builder.move_to(points[0], points[1]);
        for point in points[2..].chunks_exact(2) {
            builder.line_to(point[0], point[1]);
        }
        if is_closed {
            builder.close();
        }
        builder.finish()
    };
    let paths: Vec<_> = match operation {
        Operation::Rects { rects, .. } => rects
            .chunks_exact(4)
            .map(|r| Rect::from_xywh(r[0], r[1], r[2], r[3]).map(PathBuilder::from_rect))
            .collect(),
        Operation::Polyline { points, .. } | Operation::Dashes { points, .. } => {
            vec![line(points, false)]
        }
        Operation::Segments { segments, .. } => {
            segments.chunks_exact(4).map(|ends| line(ends, false)).collect()
        }
        Operation::Polygons { payload, .. } => {
            polygons(payload).map(|points| line(points, true)).collect()
        }
        Operation::Circles { circles, .. } => {
            circles.chunks_exact(3).map(|c| PathBuilder::from_circle(c[0], c[1], c[2])).collect()
        }
        Operation::Begin { .. } | Operation::Text { .. } => Vec::new(),
    };
    paths.into_iter().flatten().collect()
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
