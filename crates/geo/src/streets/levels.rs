//! Where streets cross without meeting: surface streets, motorways and ramps lie on levels of their own.

use crate::LonLat;
use crate::basemap::{Street, StreetClass, UNITS_PER_DEGREE};
use std::collections::HashMap;

/// A vertex of the basemap's grid.
pub(super) type Vertex = (i32, i32);

/// Surface streets, motorways, and ramps where they touch neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Level {
    Surface,
    Motorway,
    Ramp,
}

/// Which vertices surface streets and motorways use, from which follows where ramps and motorway ends connect.
pub(super) struct Levels {
    surface: HashMap<Vertex, u32>,
    motorway: HashMap<Vertex, u32>,
}

impl Levels {
    pub(super) fn of(streets: &[Street]) -> Self {
        let mut levels = Self { surface: HashMap::new(), motorway: HashMap::new() };
        for street in streets {
            let used = match street.class {
                StreetClass::Motorway => &mut levels.motorway,
                StreetClass::Ramp => continue,
                StreetClass::Minor | StreetClass::Local | StreetClass::Main => &mut levels.surface,
            };
            for (index, point) in street.points.iter().enumerate() {
                let is_end = index == 0 || index + 1 == street.points.len();
                // Counts the segments that meet here.
                *used.entry(vertex(*point)).or_default() += if is_end { 1 } else { 2 };
            }
        }
        levels
    }

    /// The junctions that the vertices of a street would be.
    pub(super) fn keys(&self, street: &Street) -> Vec<(Vertex, Level)> {
        let last = street.points.len().saturating_sub(1);
        let key = |(index, point): (usize, &LonLat)| {
            let vertex = vertex(*point);
            (vertex, self.level(street.class, vertex, index == 0 || index == last))
        };
        street.points.iter().enumerate().map(key).collect()
    }

    fn level(&self, class: StreetClass, vertex: Vertex, is_end: bool) -> Level {
        let on_surface = self.surface.contains_key(&vertex);
        match class {
            StreetClass::Minor | StreetClass::Local | StreetClass::Main => Level::Surface,
            StreetClass::Motorway => self.motorway_level(vertex),
            StreetClass::Ramp if is_end && self.motorway.contains_key(&vertex) => {
                self.motorway_level(vertex)
            }
            StreetClass::Ramp if is_end && on_surface => Level::Surface,
            StreetClass::Ramp => Level::Ramp,
        }
    }

    fn motorway_level(&self, vertex: Vertex) -> Level {
        let runs_out = self.motorway.get(&vertex) == Some(&1) && self.surface.contains_key(&vertex);
        if runs_out { Level::Surface } else { Level::Motorway }
    }
}

fn vertex(at: LonLat) -> Vertex {
    let grid = |degrees: f64| (degrees * UNITS_PER_DEGREE).round() as i32;
    (grid(at.lon()), grid(at.lat()))
}
