//! A scene as an SVG document, in device pixels.

use std::fmt::Write as _;

use crate::color::Color;
use crate::scene::{Operation, Scene, polygons};

/// The scene as SVG. Text asks for the font by name; whoever shows it brings the font.
#[must_use]
pub fn svg(scene: &Scene) -> String {
    let (width, height) = (scene.width(), scene.height());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"'Inter Variable', Inter, system-ui, sans-serif\" \
         style=\"font-variant-numeric:tabular-nums;font-kerning:none\">\n"
    );
    for operation in scene.operations() {
        write_operation(&mut out, operation);
    }
    out.push_str("</svg>\n");
    out
}

fn write_operation(out: &mut String, operation: Operation<'_>) {
    match operation {
        Operation::Begin { color, width, height } => {
            rects(out, color, &[0.0, 0.0, width, height]);
        }
        Operation::Rects { color, rects: list } => rects(out, color, list),
        Operation::Polyline { color, width, points } => {
            stroke(out, &path(points), color, width, "");
        }
        Operation::Segments { color, width, segments } => {
            let data: String = segments.chunks_exact(4).map(path).collect();
            stroke(out, &data, color, width, "");
        }
        Operation::Polygons { color, payload } => {
            let data: String = polygons(payload).map(|points| path(points) + "Z").collect();
            let _written = writeln!(out, "<path d=\"{data}\" fill=\"{}\"/>", color.css());
        }
        Operation::Dashes { color, width, on, off, points } => {
            stroke(out, &path(points), color, width, &format!(" stroke-dasharray=\"{on} {off}\""));
        }
        Operation::Circles { color, circles } => {
            for circle in circles.chunks_exact(3) {
                let (x, y, radius) = (circle[0], circle[1], circle[2]);
                let _written = writeln!(
                    out,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{}\"/>",
                    color.css()
                );
            }
        }
        Operation::Text { color, text, x, baseline, size, weight, align, turn } => {
            let anchor = ["start", "middle", "end"][(align * 2.0) as usize % 3];
            let turned = match turn {
                0.0 => String::new(),
                _ => format!(" transform=\"rotate({turn} {x} {baseline})\""),
            };
            let _written = writeln!(
                out,
                "<text x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\" font-weight=\"{weight}\" \
                 text-anchor=\"{anchor}\" fill=\"{}\"{turned}>{}</text>",
                color.css(),
                escaped(text)
            );
        }
    }
}

fn rects(out: &mut String, color: Color, list: &[f32]) {
    let data: String = list
        .chunks_exact(4)
        .map(|rect| format!("M{} {}h{}v{}h{}Z", rect[0], rect[1], rect[2], rect[3], -rect[2]))
        .collect();
    let _written = writeln!(out, "<path d=\"{data}\" fill=\"{}\"/>", color.css());
}

fn stroke(out: &mut String, data: &str, color: Color, width: f32, more: &str) {
    let color = color.css();
    let _written = writeln!(
        out,
        "<path d=\"{data}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"{more}/>"
    );
}

fn path(points: &[f32]) -> String {
    let mut data = String::new();
    for (index, point) in points.chunks_exact(2).enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        let _written = write!(data, "{command}{} {}", point[0], point[1]);
    }
    data
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
