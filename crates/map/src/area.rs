//! An area that a person draws on a map: a box, a circle or a free outline.

use hailstream_geo::distance::{destination, haversine_m};
use hailstream_geo::mercator::World;
use hailstream_geo::{LonLat, Polygon};

/// Corners of a circle as it is drawn.
const CIRCLE_CORNERS: u32 = 72;
/// Corners that a free outline keeps: each is part of the filter, and of the address.
const MOST_CORNERS: usize = 48;

/// How an area is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// From corner to corner.
    Box,
    /// From the middle outwards.
    Circle,
    /// Along the pointer's way.
    Outline,
}

/// See the module's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    shape: Shape,
    /// Of a box two corners, of a circle the middle and a place on its edge.
    places: Vec<World>,
}

/// What an area is to a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// West, south, east, north, degrees.
    Box([f64; 4]),
    /// Longitude and latitude of the middle, and metres.
    Distance([f64; 2], f64),
    /// Longitude and latitude of each corner.
    Polygon(Vec<[f64; 2]>),
}

/// The nearest place of the map: nothing is drawn across its edges.
fn on_map(at: World) -> World {
    World { x: at.x.clamp(0.0, 1.0), y: at.y.clamp(0.0, 1.0) }
}

impl Area {
    /// One that begins at a place.
    #[must_use]
    pub fn begin(shape: Shape, at: World) -> Self {
        let at = on_map(at);
        Self { shape, places: vec![at, at] }
    }

    /// How it is drawn.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Goes on to a place; an outline leaves out what is nearer than `step` worlds to its last corner.
    pub fn draw_to(&mut self, to: World, step: f64) {
        let to = on_map(to);
        let is_outline = self.shape == Shape::Outline;
        let Some(last) = self.places.last_mut() else { return };
        if !is_outline {
            *last = to;
        } else if (to.x - last.x).hypot(to.y - last.y) >= step {
            self.places.push(to);
        }
    }

    /// Leaves an outline the corners that matter most, and says whether there is an area at all; `least` worlds is the least width.
    pub fn finish(&mut self, least: f64) -> bool {
        while self.places.len() > MOST_CORNERS {
            self.drop_flattest();
        }
        let width = |of: fn(&World) -> f64| {
            let ends = self.places.iter().map(of);
            ends.clone().fold(f64::MIN, f64::max) - ends.fold(f64::MAX, f64::min)
        };
        match self.shape {
            Shape::Circle => width(|at| at.x).hypot(width(|at| at.y)) >= least,
            Shape::Box => width(|at| at.x).min(width(|at| at.y)) >= least,
            Shape::Outline => self.size() >= least * least,
        }
    }

    /// Square worlds within the corners, what is enclosed twice counted out.
    fn size(&self) -> f64 {
        let next = self.places.iter().cycle().skip(1);
        let doubled = self.places.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y);
        doubled.sum::<f64>().abs() / 2.0
    }

    /// Drops the corner whose triangle with its neighbours is smallest (Visvalingam and Whyatt 1993).
    fn drop_flattest(&mut self) {
        let triangle = |triple: &[World]| {
            let [a, b, c] = triple else { return f64::INFINITY };
            ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).abs()
        };
        let areas = self.places.windows(3).map(triangle).enumerate();
        if let Some((before, _)) = areas.min_by(|a, b| a.1.total_cmp(&b.1)) {
            self.places.remove(before + 1);
        }
    }

    fn ends(&self) -> [World; 2] {
        let first = self.places.first().copied().unwrap_or(World { x: 0.0, y: 0.0 });
        [first, self.places.last().copied().unwrap_or(first)]
    }

    fn radius_m(&self) -> f64 {
        let [middle, edge] = self.ends();
        haversine_m(middle.lonlat(), edge.lonlat())
    }

    /// Its corners as they are drawn, in order; the last joins the first.
    #[must_use]
    pub fn corners(&self) -> Vec<World> {
        let [a, b] = self.ends();
        match self.shape {
            Shape::Box => vec![a, World { x: b.x, y: a.y }, b, World { x: a.x, y: b.y }],
            Shape::Outline => self.places.clone(),
            Shape::Circle => {
                let (middle, radius_m) = (a.lonlat(), self.radius_m());
                let bearings = (0..CIRCLE_CORNERS)
                    .map(|corner| f64::from(corner) * 360.0 / f64::from(CIRCLE_CORNERS));
                bearings.map(|bearing| World::of(destination(middle, bearing, radius_m))).collect()
            }
        }
    }

    /// A test for places, to be made once for many.
    pub fn test(&self) -> impl Fn(World) -> bool + use<> {
        let [a, b] = self.ends();
        let (middle, radius_m) = (a.lonlat(), self.radius_m());
        let outer: Vec<LonLat> = self.places.iter().map(|place| place.lonlat()).collect();
        let (shape, polygon) = (self.shape, Polygon { outer, holes: Vec::new() });
        let between = |a: f64, b: f64, at: f64| (a.min(b)..=a.max(b)).contains(&at);
        move |at| match shape {
            Shape::Box => between(a.x, b.x, at.x) && between(a.y, b.y, at.y),
            Shape::Circle => haversine_m(middle, at.lonlat()) <= radius_m,
            Shape::Outline => polygon.contains(at.lonlat()),
        }
    }

    /// What it is to a query, degrees to the sixth decimal.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
        let pair = |place: World| {
            let at = place.lonlat();
            [rounded(at.lon()), rounded(at.lat())]
        };
        let [a, b] = self.ends().map(pair);
        match self.shape {
            Shape::Box => {
                Condition::Box([a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])])
            }
            Shape::Circle => Condition::Distance(a, self.radius_m().round()),
            Shape::Outline => Condition::Polygon(self.places.iter().copied().map(pair).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lon: f64, lat: f64) -> World {
        World::of(LonLat::wrapped(lon, lat))
    }

    fn drawn(shape: Shape, places: &[(f64, f64)]) -> Area {
        let mut area = Area::begin(shape, at(places[0].0, places[0].1));
        places.iter().for_each(|(lon, lat)| area.draw_to(at(*lon, *lat), 0.0));
        area
    }

    #[test]
    fn each_shape_holds_what_lies_in_it() {
        let corner = [(-122.40, 37.80), (-122.42, 37.78)];
        let outline = [(-122.42, 37.78), (-122.40, 37.78), (-122.41, 37.80)];
        for (shape, places, inside, outside) in [
            (Shape::Box, &corner[..], (-122.401, 37.781), (-122.399, 37.79)),
            (Shape::Circle, &corner[..], (-122.40, 37.82), (-122.44, 37.80)),
            (Shape::Outline, &outline[..], (-122.41, 37.79), (-122.401, 37.795)),
        ] {
            let holds = drawn(shape, places).test();
            assert!(holds(at(inside.0, inside.1)), "{shape:?}");
            assert!(!holds(at(outside.0, outside.1)), "{shape:?}");
        }
    }

    #[test]
    fn a_box_is_the_same_from_any_corner_and_a_circle_is_round() {
        let area = drawn(Shape::Box, &[(-122.40, 37.78), (-122.42, 37.80)]);
        assert_eq!(area.condition(), Condition::Box([-122.42, 37.78, -122.40, 37.80]));
        let circle = drawn(Shape::Circle, &[(-122.40, 60.0), (-122.40, 60.01)]);
        let Condition::Distance(_, radius_m) = circle.condition() else { panic!("a circle") };
        assert!((radius_m - 1_112.0).abs() < 2.0, "{radius_m}");
        let middle = LonLat::wrapped(-122.40, 60.0);
        for corner in circle.corners() {
            assert!((haversine_m(middle, corner.lonlat()) - radius_m).abs() < 1.0);
        }
    }

    #[test]
    fn nothing_is_drawn_across_the_edge_of_the_map() {
        let mut area = Area::begin(Shape::Box, at(-170.0, 10.0));
        area.draw_to(World { x: -0.2, y: 0.6 }, 0.0);
        let Condition::Box([west, _, east, _]) = area.condition() else { panic!("a box") };
        assert_eq!((west, east), (-180.0, -170.0));
    }

    #[test]
    fn an_outline_keeps_the_corners_that_matter_and_a_slip_is_no_area() {
        let around = |step: u32| {
            let (sin, cos) = (f64::from(step) * 0.01).sin_cos();
            (-122.4 + cos * 0.01, 37.8 + sin * 0.01)
        };
        let places: Vec<_> = (0..628).map(around).collect();
        let mut area = drawn(Shape::Outline, &places);
        assert!(area.finish(1e-7));
        assert_eq!(area.corners().len(), MOST_CORNERS);
        let holds = area.test();
        assert!(holds(at(-122.4, 37.8)) && holds(at(-122.3905, 37.8)));
        let slip = [(-122.40, 37.78), (-122.40, 37.78)];
        let stroke = [(-122.40, 37.78), (-122.41, 37.79), (-122.42, 37.80)];
        assert!(!drawn(Shape::Box, &slip).finish(1e-7));
        assert!(!drawn(Shape::Outline, &stroke).finish(1e-6), "a line encloses nothing");
    }
}
