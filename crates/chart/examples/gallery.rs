//! Writes the gallery as a page: every case as SVG beside the same scene on a canvas, in both themes.
//!
//! `cargo run -p hailstream-chart --example gallery -- FOLDER [PIXEL_RATIO]`; open `FOLDER/index.html?theme=dark` beside `assets`.

#[path = "../tests/gallery/cases.rs"]
mod cases;

use std::fmt::Write as _;
use std::path::PathBuf;

use hailstream_chart::{Scene, Theme, painter};

const PAINTER: &str = include_str!("../../../assets/js/paint_scene.js");
const TOKENS: &str = include_str!("../../../assets/tokens.css");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "target/gallery".to_owned()));
    let ratio: f64 = arguments.next().and_then(|ratio| ratio.parse().ok()).unwrap_or(1.0);
    std::fs::create_dir_all(&folder)?;
    for (theme_name, theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        let mut body = String::new();
        for case in cases::CASES {
            let chart = case.chart(&theme, ratio)?;
            let svg = painter::svg(&chart.scene);
            std::fs::write(folder.join(format!("{}-{theme_name}.svg", case.name)), &svg)?;
            let canvas = canvas(&chart.scene, ratio);
            let summary = case.with_view(&theme, ratio, |view| chart.summary(case.name, view));
            let zoom = 1.0 / ratio;
            let _written = write!(
                body,
                "<figure><div style=\"zoom:{zoom}\">{svg}</div>{canvas}<figcaption>{summary}</figcaption></figure>"
            );
        }
        std::fs::write(folder.join(format!("{theme_name}.html")), page(theme_name, &body))?;
    }
    Ok(())
}

/// A canvas and the script that paints it.
fn canvas(scene: &Scene, ratio: f64) -> String {
    let colors: Vec<String> = scene.colors().iter().map(|color| color.css()).collect();
    let (width, height) = (scene.width(), scene.height());
    format!(
        "<canvas width=\"{width}\" height=\"{height}\" style=\"width:{}px\"></canvas><script type=\"application/json\">{}</script>",
        f64::from(width) / ratio,
        serde_json::json!([scene.display_list(), scene.strings(), colors])
    )
}

fn page(theme: &str, body: &str) -> String {
    let script = PAINTER.replace("export function", "function");
    format!(
        "<!doctype html><html data-theme=\"{theme}\"><meta charset=\"utf-8\"><style>{TOKENS}
body {{ margin: 16px; background: var(--surface-1); font: 11px var(--font); color: var(--text-2) }}
figure {{ display: inline-block; margin: 8px }} figure > div, canvas {{ display: inline-block; vertical-align: top }}
figcaption {{ display: block; max-width: 700px }} svg {{ display: block }} </style>{body}<script>{script}
document.fonts.load('420 11px \"Inter Variable\"').then(() => {{
  for (const canvas of document.querySelectorAll('canvas')) {{
    const [list, strings, colors] = JSON.parse(canvas.nextSibling.textContent);
    paint(canvas.getContext('2d', {{ alpha: false }}), new Float32Array(list), strings, colors);
  }}
}});</script></html>"
    )
}
