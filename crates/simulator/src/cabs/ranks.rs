//! Cab ranks: places where free cabs queue for fares, first come, first served.
//!
//! A rank gives out fares one after the other, each some time after the last. A cab that joins is told at once whom it
//! stands behind and when each of them leaves: nothing about its stay depends on what comes later.

use super::city::City;
use hailstream_geo::LonLat;
use hailstream_geo::distance::LocalPlane;
use hailstream_geo::streets::{Streets, Stretch};
use std::collections::VecDeque;

/// A rank and its queue.
#[derive(Debug)]
pub(super) struct Rank {
    /// The street that the queue stands on; its head is at the end.
    pub stand: Stretch,
    capacity: usize,
    /// When the cabs in the queue leave, ascending.
    leaving_ms: VecDeque<i64>,
}

/// A place in a queue.
#[derive(Debug)]
pub(super) struct Place {
    /// When those ahead leave, ascending.
    pub ahead_ms: VecDeque<i64>,
    /// When it is this cab's turn.
    pub turn_ms: i64,
}

/// From one cab of a queue to the next, metres.
pub(super) const SPACING_M: f64 = 7.0;

/// From the corner to the head of the queue, metres.
pub(super) const HEAD_M: f64 = 5.0;

/// More than this no queue holds.
const LONGEST: usize = 8;

/// Ranks of San Francisco: hotels, stations, piers, night life. A place without a street nearby has none.
const PLACES: [(f64, f64); 16] = [
    (-122.4084, 37.7883), // Union Square
    (-122.4025, 37.7835), // Moscone Center
    (-122.3945, 37.7938), // Ferry Building
    (-122.3948, 37.7767), // Caltrain
    (-122.4110, 37.7919), // Nob Hill hotels
    (-122.4155, 37.8082), // Fisherman's Wharf
    (-122.4098, 37.8083), // Pier 39
    (-122.4202, 37.7782), // Civic Center
    (-122.3997, 37.7953), // Embarcadero Center
    (-122.4108, 37.7857), // O'Farrell Street hotels
    (-122.4350, 37.7625), // Castro
    (-122.4195, 37.7651), // 16th Street Mission
    (-122.4310, 37.7852), // Japantown
    (-122.4363, 37.8006), // Marina
    (-122.4066, 37.7980), // Broadway
    (-122.4580, 37.7631), // Parnassus
];

/// The ranks on these streets.
pub(super) fn ranks(streets: &Streets) -> Vec<Rank> {
    let rank = |&(lon, lat): &(f64, f64)| {
        let place = LonLat::new(lon, lat).ok()?;
        let plane = LocalPlane::around(place);
        let off_m = |stretch: Stretch| {
            let [x, y] = plane.metres(streets.along(stretch, streets.length_m(stretch)).0);
            x.hypot(y)
        };
        let stretches = (0..streets.stretch_count()).filter(|&stretch| {
            City::is_for_passengers(streets.class(stretch)) && streets.length_m(stretch) > 45.0
        });
        let (off_m, stand) = stretches
            .map(|stretch| (off_m(stretch), stretch))
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
        let room = (streets.length_m(stand) - HEAD_M - 10.0) / SPACING_M;
        let capacity = (room as usize).clamp(1, LONGEST);
        (off_m < 200.0).then_some(Rank { stand, capacity, leaving_ms: VecDeque::new() })
    };
    PLACES.iter().filter_map(rank).collect()
}

impl Rank {
    /// Whether a cab that arrives at this time would find no room.
    pub(super) fn is_full(&self, at_ms: i64) -> bool {
        self.leaving_ms.iter().filter(|&&leaving_ms| leaving_ms > at_ms).count() >= self.capacity
    }

    /// A place for a cab that arrives at this time, whose turn comes `gap_ms` after that of the one before it; none
    /// where there is no room, or its turn would come later than the cab can wait.
    pub(super) fn join(&mut self, at_ms: i64, gap_ms: i64, latest_ms: i64) -> Option<Place> {
        let ahead_ms = self.leaving_ms.iter().copied().filter(|&leaving| leaving > at_ms).collect();
        let last_ms = self.leaving_ms.back().copied().unwrap_or(i64::MIN);
        let turn_ms = last_ms.max(at_ms) + gap_ms.max(1);
        if self.is_full(at_ms) || turn_ms > latest_ms {
            return None;
        }
        self.leaving_ms.push_back(turn_ms);
        while self.leaving_ms.len() > 2 * LONGEST {
            self.leaving_ms.pop_front();
        }
        Some(Place { ahead_ms, turn_ms })
    }
}

impl Place {
    /// Lets those go whose turn has come; how many are still ahead.
    pub(super) fn ahead(&mut self, at_ms: i64) -> usize {
        while self.ahead_ms.front().is_some_and(|&leaving_ms| leaving_ms <= at_ms) {
            self.ahead_ms.pop_front();
        }
        self.ahead_ms.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_come_first_served_while_there_is_room() {
        let mut rank = Rank { stand: 0, capacity: 2, leaving_ms: VecDeque::new() };
        let mut told = Vec::new();
        for (at_ms, gap_ms) in [(0, 100), (10, 900), (10, 50), (20, 50), (120, 30)] {
            let place = rank.join(at_ms, gap_ms, 500);
            told.push(place.map(|place| (place.ahead_ms.len(), place.turn_ms)));
        }
        assert_eq!(told, [Some((0, 100)), None, Some((1, 150)), None, Some((1, 180))]);
    }
}
