//! The ground of a map: land, parks, streets by class, edges of zones. What changes by itself (names, tints) lies above it.
//!
//! Every outline becomes one `Path2D` when the basemap is loaded; a view is then a handful of fills and strokes under a
//! transform, however many streets there are.

use hailstream_chart::{Color, Theme, Token};
use hailstream_geo::basemap::{Basemap, StreetClass, Zone};
use hailstream_geo::mercator::World;
use hailstream_geo::{LonLat, Polygon};
use hailstream_map::map_view::MapView;
use web_sys::{CanvasRenderingContext2d, Path2d};

/// Paths are in CSS px of this zoom, counted from the middle of the basemap: 32-bit floats hold them to a hundredth.
const PATH_ZOOM: f64 = 14.0;
/// Main streets have an outline and an inside where a street is this wide, CSS px.
const WITH_INSIDE: f64 = 0.65;
/// Alleys and drives are there from this zoom on.
const MINOR_FROM: f64 = 14.5;

/// See the module's words.
pub(super) struct Ground {
    origin: World,
    land: Path2d,
    parks: Path2d,
    zones: Path2d,
    /// By class, least important first.
    streets: Vec<(StreetClass, Path2d)>,
    areas: Vec<Area>,
}

/// A zone by itself.
pub(super) struct Area {
    /// Its name in full, as the data have it.
    pub(super) name: String,
    /// Where its name goes.
    pub(super) label: World,
    /// Its name as it is written.
    pub(super) lines: Vec<String>,
    /// In the units of [`Ground::transform`].
    pub(super) outline: Path2d,
}

impl Ground {
    /// Builds the paths. `None` where the browser has none.
    pub(super) fn of(basemap: &Basemap) -> Option<Self> {
        let middle = basemap.street_bounds().map_or(LonLat::wrapped(0.0, 0.0), |bounds| {
            LonLat::wrapped(
                f64::midpoint(bounds.west(), bounds.east()),
                f64::midpoint(bounds.south(), bounds.north()),
            )
        });
        let origin = World::of(middle);
        let polygons = |polygons: &mut dyn Iterator<Item = &Polygon>| outline(origin, polygons);
        let area = |zone: &Zone| {
            Some(Area {
                name: zone.name.clone(),
                label: World::of(zone.label),
                lines: lines(&zone.name),
                outline: outline(origin, &mut zone.shape.polygons.iter())?,
            })
        };
        let streets = |class: StreetClass| {
            let path = Path2d::new().ok()?;
            for street in basemap.streets.iter().filter(|street| street.class == class) {
                trace(&path, origin, &street.points);
            }
            Some((class, path))
        };
        Some(Self {
            origin,
            land: polygons(&mut basemap.land.iter())?,
            parks: polygons(&mut basemap.parks.iter())?,
            zones: polygons(&mut basemap.zones.iter().flat_map(|zone| &zone.shape.polygons))?,
            streets: StreetClass::ALL.into_iter().map(streets).collect::<Option<_>>()?,
            areas: basemap.zones.iter().map(area).collect::<Option<_>>()?,
        })
    }

    /// The zones.
    pub(super) fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Makes outlines fit a view.
    pub(super) fn transform(&self, context: &CanvasRenderingContext2d, view: MapView, ratio: f64) {
        let scale = (view.zoom() - PATH_ZOOM).exp2() * ratio;
        let (x, y) = view.screen_from_world(self.origin);
        let _kept = context.set_transform(scale, 0.0, 0.0, scale, x * ratio, y * ratio);
    }

    /// Draws a view onto a canvas of its size.
    pub(super) fn draw(
        &self,
        context: &CanvasRenderingContext2d,
        view: MapView,
        ratio: f64,
        theme: &Theme,
        is_dark: bool,
    ) {
        Sketch { ground: self, context, view, ratio, theme, is_dark }.draw();
    }
}

fn outline(origin: World, polygons: &mut dyn Iterator<Item = &Polygon>) -> Option<Path2d> {
    let path = Path2d::new().ok()?;
    for polygon in polygons {
        for ring in std::iter::once(&polygon.outer).chain(&polygon.holes) {
            trace(&path, origin, ring);
            path.close_path();
        }
    }
    Some(path)
}

fn trace(path: &Path2d, origin: World, points: &[LonLat]) {
    let scale = 256.0 * PATH_ZOOM.exp2();
    for (index, point) in points.iter().enumerate() {
        let at = World::of(*point);
        let (x, y) = ((at.x - origin.x) * scale, (at.y - origin.y) * scale);
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
}

/// A name in one line, or two where it is long.
fn lines(name: &str) -> Vec<String> {
    let name = name.split('/').next().unwrap_or(name);
    match name.split_once(' ') {
        Some((first, rest)) if name.len() > 10 => vec![first.to_owned(), rest.to_owned()],
        _ => vec![name.to_owned()],
    }
}

/// One drawing of the ground.
struct Sketch<'a> {
    ground: &'a Ground,
    context: &'a CanvasRenderingContext2d,
    view: MapView,
    ratio: f64,
    theme: &'a Theme,
    is_dark: bool,
}

impl Sketch<'_> {
    fn draw(&self) {
        let (width, height) = self.view.size();
        let (context, ground) = (self.context, self.ground);
        let _kept = context.reset_transform();
        self.fill(Token::MapWater);
        context.fill_rect(0.0, 0.0, width * self.ratio, height * self.ratio);
        ground.transform(context, self.view, self.ratio);
        self.fill(Token::MapFar);
        context.fill_with_path_2d(&ground.land);
        self.fill(Token::MapLand);
        context.fill_with_path_2d(&ground.zones);
        self.stroke(&ground.zones, Token::MapLand, 1.0);
        self.fill(Token::MapPark);
        context.fill_with_path_2d(&ground.parks);
        context.set_line_join("round");
        context.set_line_cap("round");
        self.streets();
        self.zone_lines();
        let _kept = context.reset_transform();
    }

    fn color(&self, token: Token) -> Color {
        self.theme.color(token)
    }

    fn fill(&self, token: Token) {
        self.context.set_fill_style_str(&self.color(token).css());
    }

    /// Strokes a path `width` CSS px wide.
    fn stroke(&self, path: &Path2d, token: Token, width: f64) {
        self.context.set_stroke_style_str(&self.color(token).css());
        self.context.set_line_width(width / (self.view.zoom() - PATH_ZOOM).exp2());
        self.context.stroke_with_path(path);
    }

    fn streets(&self) {
        let zoom = self.view.zoom();
        // Streets widen with the zoom, within what stays legible.
        let wide = (1.18 * (zoom - 13.3).exp2()).clamp(0.55, 2.8);
        for (class, path) in &self.ground.streets {
            match class {
                StreetClass::Minor if zoom < MINOR_FROM => {}
                StreetClass::Minor => self.stroke(path, Token::MapStreet, 0.7 * wide),
                StreetClass::Local => self.stroke(path, Token::MapStreet, 1.05 * wide),
                StreetClass::Ramp => self.stroke(path, Token::MapWay, wide),
                StreetClass::Main if self.is_dark => self.stroke(path, Token::MapMain, 2.0 * wide),
                // Too narrow for an inside of its own, which would hide it.
                StreetClass::Main if wide < WITH_INSIDE => {
                    self.stroke(path, Token::MapWay, 2.0 * wide);
                }
                StreetClass::Main => {
                    self.stroke(path, Token::MapWay, 2.7 * wide);
                    self.stroke(path, Token::MapMain, 1.6 * wide);
                }
                StreetClass::Motorway => {
                    self.stroke(path, Token::MapWay, 2.3 * wide);
                    if !self.is_dark {
                        self.stroke(path, Token::MapStreet, wide);
                    }
                }
            }
        }
    }

    fn zone_lines(&self) {
        let scale = (self.view.zoom() - PATH_ZOOM).exp2();
        let dash = |css_px: f64| wasm_bindgen::JsValue::from(css_px / scale);
        let dashes = js_sys::Array::of2(&dash(2.0), &dash(3.0));
        let _kept = self.context.set_line_dash(&dashes);
        self.context.set_global_alpha(0.75);
        self.stroke(&self.ground.zones, Token::MapZone, 0.8);
        self.context.set_global_alpha(1.0);
        let _kept = self.context.set_line_dash(&js_sys::Array::new());
    }
}
