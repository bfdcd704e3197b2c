//! What all cabs share: the streets, the zones, demand, and the choices that depend on them.

use super::NoStreets;
use super::demand::Demand;
use super::routes::Router;
use super::speeds::{free_flow_m_s, turn_m_s};
use super::streets::{Node, Streets, Stretch};
use hailstream_geo::basemap::{Street, StreetClass};
use hailstream_geo::{LonLat, ZoneIndex};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// The city that cabs drive in. Constant but for the router's working memory.
pub(super) struct City {
    pub streets: Streets,
    pub demand: Demand,
    zones: ZoneIndex,
    /// The zone of every junction.
    zone_of: Vec<Option<usize>>,
    router: Router,
}

/// What a position outside of all zones is called.
pub(super) const OUTSIDE: &str = "Elsewhere";

/// Whose clocks the city follows. The offset at the start holds for the whole run.
const TIME_ZONE: &str = "America/Los_Angeles";

/// Destinations are chosen among so many junctions drawn at random.
const CANDIDATES: usize = 14;

/// Trips become rarer with distance: by a factor of e for every so many metres.
const DISTANCE_SCALE_M: f64 = 2400.0;

/// Nobody takes a cab for less.
const SHORTEST_TRIP_M: f64 = 500.0;

impl City {
    pub(super) fn new(
        streets: &[Street],
        zones: ZoneIndex,
        start_ms: i64,
    ) -> Result<Self, NoStreets> {
        let streets = Streets::new(streets).ok_or(NoStreets)?;
        let here = |node: Node| streets.leaving(node).first().map(|&out| streets.along(out, 0.0).0);
        let zone_of = (0..streets.node_count()).map(|node| zones.number_at(here(node)?)).collect();
        let router = Router::new(&streets);
        let demand = Demand::new(zones.names(), utc_offset_ms(start_ms));
        Ok(Self { streets, demand, zones, zone_of, router })
    }

    /// The name of the zone that holds a position.
    pub(super) fn zone_name(&self, at: LonLat) -> &str {
        self.zones.name_at(at).unwrap_or(OUTSIDE)
    }

    /// The zone that a stretch leads to.
    pub(super) fn zone_ahead(&self, stretch: Stretch) -> Option<usize> {
        self.zone_of[self.streets.end(stretch) as usize]
    }

    /// Any surface street.
    pub(super) fn somewhere(&self, rng: &mut Xoshiro256PlusPlus) -> Stretch {
        let any = |rng: &mut Xoshiro256PlusPlus| rng.random_range(0..self.streets.stretch_count());
        let found =
            (0..64).map(|_| any(rng)).find(|&stretch| is_surface(self.streets.class(stretch)));
        found.unwrap_or(0)
    }

    /// Where a cab without a fare turns at the end of a stretch: rarely back, seldom onto motorways, mostly straight
    /// on, and towards where people are.
    pub(super) fn cruise(
        &self,
        stretch: Stretch,
        at_ms: i64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Stretch {
        let back = Streets::back(stretch);
        let arriving = self.streets.headings(stretch)[1];
        let weight = |out: Stretch| {
            if out == back {
                return 1e-6;
            }
            let pull = self.demand.weight(self.zone_ahead(out), at_ms);
            let ahead = turn_m_s(arriving, self.streets.headings(out)[0]) > 10.0;
            let straight_on = if ahead { 2.5 } else { 1.0 };
            cruising_weight(self.streets.class(out)) * pull * straight_on
        };
        let leaving = self.streets.leaving(self.streets.end(stretch));
        let total: f64 = leaving.iter().map(|&out| weight(out)).sum();
        let mut drawn = rng.random::<f64>() * total;
        let chosen = leaving.iter().copied().find(|&out| {
            drawn -= weight(out);
            drawn < 0.0
        });
        chosen.or(leaving.last().copied()).unwrap_or(back)
    }

    /// Where a passenger picked up at a junction wants to go.
    fn destination(&self, from: Node, at_ms: i64, rng: &mut Xoshiro256PlusPlus) -> Node {
        let [x, y] = self.streets.place(from);
        let mut best = (from, f64::NEG_INFINITY);
        for _ in 0..CANDIDATES {
            let node = self.streets.end(self.somewhere(rng));
            let [to_x, to_y] = self.streets.place(node);
            let distance = (to_x - x).hypot(to_y - y);
            let weight = self.demand.weight(self.zone_of[node as usize], at_ms)
                * (-distance / DISTANCE_SCALE_M).exp()
                * if distance < SHORTEST_TRIP_M { 1e-9 } else { 1.0 };
            // The largest of `u^(1/w)` is a draw by weight; its logarithm keeps small weights apart.
            let draw = rng.random::<f64>().ln() / weight;
            if draw > best.1 && node != from {
                best = (node, draw);
            }
        }
        best.0
    }

    /// The way to where a passenger wants to go, last stretch first; never empty where there are two junctions.
    pub(super) fn route(
        &mut self,
        from: Node,
        at_ms: i64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Vec<Stretch> {
        let to = self.destination(from, at_ms, rng);
        self.router.route(&self.streets, from, to)
    }

    /// The pace on a stretch at a time, without the driver's mood.
    pub(super) fn pace_m_s(&self, stretch: Stretch, at_ms: i64) -> f64 {
        free_flow_m_s(self.streets.class(stretch)) * self.demand.flow(at_ms)
    }

    /// Whether one may have to wait for others at the end of a stretch.
    pub(super) fn has_crossing_traffic(&self, stretch: Stretch) -> bool {
        is_surface(self.streets.class(stretch))
            && self.streets.leaving(self.streets.end(stretch)).len() > 2
    }
}

fn is_surface(class: StreetClass) -> bool {
    match class {
        StreetClass::Minor | StreetClass::Local | StreetClass::Main => true,
        StreetClass::Ramp | StreetClass::Motorway => false,
    }
}

fn cruising_weight(class: StreetClass) -> f64 {
    match class {
        StreetClass::Minor => 0.08,
        StreetClass::Local => 1.0,
        StreetClass::Main => 1.6,
        StreetClass::Ramp | StreetClass::Motorway => 0.01,
    }
}

/// What the city's clocks are ahead of UTC at a time; 0 where the time is out of range.
fn utc_offset_ms(at_ms: i64) -> i64 {
    let offset = || {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        Some(TimeZone::get(TIME_ZONE).ok()?.to_offset(at).seconds())
    };
    i64::from(offset().unwrap_or(0)) * 1000
}
