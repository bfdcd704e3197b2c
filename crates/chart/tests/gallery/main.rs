//! Every picture of the gallery, held against the one that was looked at and found good; and what is true of all of them.
//!
//! Goldens are SVG, because a difference in them can be read. To look at them: the example `gallery`.

mod cases;

use cases::CASES;
use hailstream_chart::{
    Density, Freshness, Operation, Scene, Theme, View, painter, scene::polygons, text_width,
};

const THEMES: [(&str, Theme); 2] = [("light", Theme::light()), ("dark", Theme::dark())];

#[test]
fn pictures_are_those_that_were_approved() {
    for case in CASES {
        // The dark set differs in colours alone; one ordinary picture of each type shows that it is taken.
        let themes = if case.name.contains('-') { &THEMES[..1] } else { &THEMES };
        for (theme_name, theme) in themes {
            let svg = painter::svg(&case.chart(theme, 1.0).unwrap().scene);
            let name = format!("{}-{theme_name}.svg", case.name);
            insta::assert_binary_snapshot!(&name, svg.into_bytes());
        }
    }
}

/// On a wall type and lines grow; stale marks pale, texts do not.
#[test]
fn wall_and_stale_pictures_are_those_that_were_approved() {
    let wall = Theme::light().with_density(Density::Wall);
    for case in
        CASES.iter().filter(|case| matches!(case.name, "line-provisional" | "heatmap" | "pie"))
    {
        let svg = painter::svg(&case.chart(&wall, 1.0).unwrap().scene);
        insta::assert_binary_snapshot!(&format!("{}-wall.svg", case.name), svg.into_bytes());
        let stale = case.with_view(&Theme::dark(), 1.0, |view| {
            case.draw(&View { freshness: Freshness::Stale, ..*view })
        });
        let svg = painter::svg(&stale.unwrap().scene);
        insta::assert_binary_snapshot!(&format!("{}-stale.svg", case.name), svg.into_bytes());
    }
}

#[test]
fn words_tell_what_the_picture_shows() {
    let theme = Theme::light();
    let summaries: Vec<String> = CASES
        .iter()
        .map(|case| {
            case.with_view(&theme, 1.0, |view| {
                case.chart(&theme, 1.0).unwrap().summary(case.name, view)
            })
        })
        .collect();
    insta::assert_snapshot!(summaries.join("\n").replace('\u{a0}', " "));
}

/// All x, y of an operation with how far it reaches around them.
fn reach(operation: Operation<'_>) -> Vec<[f32; 4]> {
    let around = |points: &[f32], by: f32| -> Vec<[f32; 4]> {
        let boxed = |p: &[f32]| [p[0] - by, p[1] - by, p[0] + by, p[1] + by];
        points.chunks_exact(2).map(boxed).collect()
    };
    match operation {
        Operation::Begin { width, height, .. } => vec![[0.0, 0.0, width, height]],
        Operation::Rects { rects, .. } => {
            rects.chunks_exact(4).map(|r| [r[0], r[1], r[0] + r[2], r[1] + r[3]]).collect()
        }
        Operation::Polyline { points, width, .. } | Operation::Dashes { points, width, .. } => {
            around(points, width / 2.0)
        }
        Operation::Segments { segments, width, .. } => around(segments, width / 2.0),
        Operation::Polygons { payload, .. } => {
            polygons(payload).flat_map(|points| around(points, 0.0)).collect()
        }
        Operation::Circles { circles, .. } => circles
            .chunks_exact(3)
            .map(|c| [c[0] - c[2], c[1] - c[2], c[0] + c[2], c[1] + c[2]])
            .collect(),
        Operation::Text { text, x, baseline, size, weight, align, turn, .. } => {
            let width = text_width(text, f64::from(size), f64::from(weight)) as f32;
            let (left, right) = (-width * align, width * (1.0 - align));
            let (sin, cos) = turn.to_radians().sin_cos();
            let corners = [(left, -size * 0.73), (right, -size * 0.73), (right, 0.0), (left, 0.0)]
                .map(|(dx, dy)| (x + dx * cos - dy * sin, baseline + dx * sin + dy * cos));
            let all = |pick: fn(f32, f32) -> f32, of: fn(&(f32, f32)) -> f32| {
                corners.iter().map(of).fold(of(&corners[0]), pick)
            };
            vec![[
                all(f32::min, |corner| corner.0),
                all(f32::min, |corner| corner.1),
                all(f32::max, |corner| corner.0),
                all(f32::max, |corner| corner.1),
            ]]
        }
    }
}

#[test]
fn nothing_is_painted_outside_the_canvas() {
    for case in CASES {
        for ratio in [1.0, 1.25, 1.5, 2.0] {
            let scene = case.chart(&Theme::light(), ratio).unwrap().scene;
            for operation in scene.operations() {
                for [left, top, right, bottom] in reach(operation) {
                    // A stroke may touch the edge: half of it, and the rounding to 1/16.
                    let slack = 1.0 + ratio as f32;
                    let inside = left >= -slack
                        && top >= -slack
                        && right <= scene.width() + slack
                        && bottom <= scene.height() + slack;
                    assert!(inside, "{} at {ratio}: {operation:?}", case.name);
                }
            }
        }
    }
}

#[test]
fn texts_do_not_touch() {
    for case in CASES {
        let scene = case.chart(&Theme::light(), 1.0).unwrap().scene;
        let boxes: Vec<([f32; 4], String)> = scene
            .operations()
            .filter_map(|operation| match operation {
                // Boxes around slanting words overlap where the words do not; the cloud's own tests look at those.
                Operation::Text { turn, .. } if turn % 90.0 != 0.0 => None,
                Operation::Text { text, .. } => Some((reach(operation)[0], text.to_owned())),
                _ => None,
            })
            .collect();
        for (index, (a, text)) in boxes.iter().enumerate() {
            for (b, other) in &boxes[index + 1..] {
                let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
                assert!(apart, "{}: {text:?} touches {other:?}", case.name);
            }
        }
    }
}

#[test]
fn bars_and_cells_lie_on_whole_pixels() {
    for case in CASES.iter().filter(|case| case.name.starts_with('h')) {
        for ratio in [1.0, 1.25, 1.5, 2.0] {
            let scene = case.chart(&Theme::light(), ratio).unwrap().scene;
            let rects = scene.operations().filter_map(|operation| match operation {
                Operation::Rects { rects, .. } => Some(rects.to_vec()),
                _ => None,
            });
            for edge in rects.flatten() {
                assert_eq!(edge.fract(), 0.0, "{} at {ratio}", case.name);
            }
        }
    }
}

fn operation_count(scene: &Scene) -> usize {
    scene.operations().count()
}

#[test]
fn a_dense_chart_is_no_heavier_than_its_pixels() {
    for case in CASES.iter().filter(|case| case.name.ends_with("dense")) {
        let scene = case.chart(&Theme::light(), 2.0).unwrap().scene;
        let columns = scene.width() as usize;
        let rects: usize = scene
            .operations()
            .map(|operation| match operation {
                Operation::Rects { rects, .. } => rects.len() / 4,
                _ => 0,
            })
            .sum();
        assert!(rects <= columns * 6, "{}: {rects} rects over {columns} columns", case.name);
        assert!(operation_count(&scene) <= columns * 6, "{}", case.name);
    }
}

#[test]
fn the_same_input_gives_the_same_scene() {
    for case in CASES {
        let theme = Theme::dark();
        assert_eq!(
            case.chart(&theme, 1.5).unwrap().scene,
            case.chart(&theme, 1.5).unwrap().scene,
            "{}",
            case.name
        );
    }
}
