//! Writes a [`Scene`]: appends operations, merges neighbours of a kind, interns colours and strings, grows marks.

use crate::color::Color;
use crate::scene::{
    HEADER, Mark, OP_BEGIN, OP_CIRCLES, OP_DASHES, OP_POLYGONS, OP_POLYLINE, OP_RECTS, OP_SEGMENTS,
    OP_TEXT, Scene,
};

/// A path with more polygons or strokes than this makes a software canvas crawl; the next operation starts a new one.
const PATH_LIMIT: usize = 512;

/// What is true of the next draw calls; plotters' trait has no way to say it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pen {
    /// Dash and gap in device pixels.
    /// How far texts are turned, degrees clockwise.
    pub turn: f32,
    pub dash: Option<(f32, f32)>,
    /// The mark that what is drawn belongs to.
    pub mark: Option<u32>,
}

/// How a text stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextOp {
    pub x: f32,
    pub baseline: f32,
    pub size: f32,
    pub weight: f32,
    pub align: f32,
    pub color: Color,
}

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    scene: Scene,
    pub(crate) pen: Pen,
    /// Where the last operation starts, while its like may still be appended to it.
    open: Option<usize>,
}

impl Recorder {
    pub(crate) fn new(width: f32, height: f32) -> Self {
        Self { scene: Scene { width, height, ..Scene::default() }, ..Self::default() }
    }

    pub(crate) fn size(&self) -> (f32, f32) {
        (self.scene.width, self.scene.height)
    }

    pub(crate) fn finish(&mut self) -> Scene {
        std::mem::take(&mut self.scene)
    }

    pub(crate) fn begin(&mut self, ground: Color) {
        let (width, height) = self.size();
        self.append(OP_BEGIN, ground, 0.0, &[width, height]);
    }

    pub(crate) fn rect(&mut self, color: Color, [x, y, width, height]: [f32; 4]) {
        self.grow_mark([x, y, x + width, y + height]);
        self.merge(OP_RECTS, color, 0.0, &[x, y, width, height], usize::MAX);
    }

    pub(crate) fn segment(&mut self, color: Color, width: f32, ends: [f32; 4]) {
        if let Some((on, off)) = self.pen.dash {
            let [x0, y0, x1, y1] = ends;
            self.append(OP_DASHES, color, width, &[on, off, x0, y0, x1, y1]);
        } else {
            // Translucent strokes of one path do not darken where they cross; separate ones do.
            let limit = if color.is_opaque() { PATH_LIMIT * 4 } else { 0 };
            self.merge(OP_SEGMENTS, color, width, &ends, limit);
        }
    }

    pub(crate) fn polyline(&mut self, color: Color, width: f32, points: &[f32]) {
        let Some((on, off)) = self.pen.dash else {
            self.append(OP_POLYLINE, color, width, points);
            return;
        };
        let mut payload = vec![on, off];
        payload.extend_from_slice(points);
        self.append(OP_DASHES, color, width, &payload);
    }

    pub(crate) fn polygon(&mut self, color: Color, points: &[f32]) {
        if points.len() < 6 {
            return;
        }
        self.grow_mark(bounds(points));
        let mut payload = vec![(points.len() / 2) as f32];
        payload.extend_from_slice(points);
        let limit = if color.is_opaque() { PATH_LIMIT * 8 } else { 0 };
        self.merge(OP_POLYGONS, color, 0.0, &payload, limit);
    }

    pub(crate) fn circle(&mut self, color: Color, [x, y, radius]: [f32; 3]) {
        self.grow_mark([x - radius, y - radius, x + radius, y + radius]);
        self.merge(OP_CIRCLES, color, 0.0, &[x, y, radius], usize::MAX);
    }

    pub(crate) fn text(&mut self, text: &str, op: TextOp) {
        let string = intern(&mut self.scene.strings, text, str::to_owned);
        let TextOp { x, baseline, size, weight, align, color } = op;
        let place = [string as f32, x, baseline, size, weight, align, self.pen.turn];
        self.append(OP_TEXT, color, 0.0, &place);
    }

    fn append(&mut self, op: f32, color: Color, width: f32, payload: &[f32]) {
        let color = intern(&mut self.scene.colors, &color, |color| *color);
        self.open = Some(self.scene.list.len());
        self.scene.list.extend([op, payload.len() as f32, color as f32, width]);
        self.scene.list.extend_from_slice(payload);
    }

    /// Appends to the operation before if it is of this kind, colour and width and stays below `limit` numbers.
    fn merge(&mut self, op: f32, color: Color, width: f32, payload: &[f32], limit: usize) {
        let list = &mut self.scene.list;
        if let Some(&mut [before, ref mut length, before_color, before_width]) =
            self.open.and_then(|open| list.get_mut(open..open + HEADER)?.first_chunk_mut())
            && before == op
            && before_width == width
            && self.scene.colors.get(before_color as usize) == Some(&color)
            && (*length as usize) < limit
        {
            *length += payload.len() as f32;
            list.extend_from_slice(payload);
            return;
        }
        self.append(op, color, width, payload);
    }

    fn grow_mark(&mut self, [left, top, right, bottom]: [f32; 4]) {
        let Some(id) = self.pen.mark else { return };
        match self.scene.marks.last_mut() {
            Some(mark) if mark.id == id => {
                let [l, t, r, b] = mark.bounds;
                mark.bounds = [l.min(left), t.min(top), r.max(right), b.max(bottom)];
            }
            _ => self.scene.marks.push(Mark { id, bounds: [left, top, right, bottom] }),
        }
    }
}

fn bounds(points: &[f32]) -> [f32; 4] {
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    points.chunks_exact(2).fold(start, |[l, t, r, b], point| {
        [l.min(point[0]), t.min(point[1]), r.max(point[0]), b.max(point[1])]
    })
}

/// Index of `wanted` in `table`, which gets it if it was not there. Tables hold tens of entries: a search is quicker than a map.
fn intern<T: PartialEq<Q>, Q: ?Sized>(
    table: &mut Vec<T>,
    wanted: &Q,
    own: impl FnOnce(&Q) -> T,
) -> usize {
    table.iter().position(|entry| entry == wanted).unwrap_or_else(|| {
        table.push(own(wanted));
        table.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Operation;

    const A: Color = Color::rgb(1);
    const B: Color = Color::rgb(2);

    fn operations(record: impl FnOnce(&mut Recorder)) -> Vec<String> {
        let mut recorder = Recorder::new(10.0, 10.0);
        record(&mut recorder);
        let scene = recorder.finish();
        scene
            .operations()
            .map(|operation| match operation {
                Operation::Rects { rects, .. } => format!("{} rects", rects.len() / 4),
                Operation::Segments { segments, .. } => format!("{} segments", segments.len() / 4),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn neighbouring_rects_of_a_colour_are_one_operation() {
        let drawn = operations(|recorder| {
            for color in [A, A, B, A] {
                recorder.rect(color, [0.0, 0.0, 1.0, 1.0]);
            }
        });
        assert_eq!(drawn, ["2 rects", "1 rects", "1 rects"]);
    }

    #[test]
    fn translucent_strokes_stay_apart() {
        let segment = |recorder: &mut Recorder, color| recorder.segment(color, 1.0, [0.0; 4]);
        let opaque = operations(|recorder| (0..3).for_each(|_| segment(recorder, A)));
        let translucent =
            operations(|recorder| (0..3).for_each(|_| segment(recorder, A.with_opacity(0.5))));
        assert_eq!(opaque, ["3 segments"]);
        assert_eq!(translucent.len(), 3);
    }

    #[test]
    fn a_path_does_not_grow_without_limit() {
        let drawn = operations(|recorder| {
            for _ in 0..PATH_LIMIT + 1 {
                recorder.segment(A, 1.0, [0.0; 4]);
            }
        });
        assert_eq!(drawn, [format!("{PATH_LIMIT} segments"), "1 segments".to_owned()]);
    }

    #[test]
    fn the_canvas_painter_knows_the_same_operations() {
        let script = include_str!("../../../assets/js/paint_scene.js");
        let names =
            ["BEGIN", "RECTS", "POLYLINE", "SEGMENTS", "POLYGONS", "DASHES", "CIRCLES", "TEXT"];
        let numbers = [
            OP_BEGIN,
            OP_RECTS,
            OP_POLYLINE,
            OP_SEGMENTS,
            OP_POLYGONS,
            OP_DASHES,
            OP_CIRCLES,
            OP_TEXT,
        ];
        let listed: Vec<String> =
            names.iter().zip(numbers).map(|(name, op)| format!("{name} = {op}")).collect();
        assert!(script.contains(&format!("const {};", listed.join(", "))));
        assert!(script.contains(&format!("const HEADER = {HEADER};")));
        assert!(names.iter().all(|name| script.contains(&format!("case {name}:"))));
    }
}
