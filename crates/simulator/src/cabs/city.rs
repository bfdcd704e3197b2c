//! What all cabs share: the streets, the zones, demand, the ranks, and the choices that depend on them.

use super::NoStreets;
use super::calendar::{Calendar, MINUTE_MS};
use super::demand::{Moment, Shares};
use super::ranks::{Rank, ranks};
use super::routes::Router;
use super::speeds::{free_flow_m_s, turn_m_s};
use hailstream_geo::basemap::{Street, StreetClass};
use hailstream_geo::distance::LocalPlane;
use hailstream_geo::streets::{Node, Streets, Stretch};
use hailstream_geo::{LonLat, ZoneIndex};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// The city that cabs drive in. What changes are the queues at ranks, and memory for what is asked often.
pub(super) struct City {
    pub streets: Streets,
    pub calendar: Calendar,
    pub ranks: Vec<Rank>,
    zones: ZoneIndex,
    /// The zone of every junction; the last one stands for places outside of all.
    zone_of: Vec<usize>,
    areas: Vec<Area>,
    /// Sums of the zones' shares in drop-offs and in pick-ups, per part of the day.
    dropoff_sums: [Vec<f64>; 4],
    pickup_sums: [Vec<f64>; 4],
    /// Streets where people live or stand; never empty.
    anywhere: Vec<Stretch>,
    ball_park: Site,
    yards: Vec<Site>,
    /// By how much each rank is busier than with 500 cabs.
    rank_scale: f64,
    router: Router,
    moments: Vec<(i64, Moment)>,
}

/// A zone.
struct Area {
    stretches: Vec<Stretch>,
    /// How likely a cab here is to find a fare, per part of the day; 1 on average over fares.
    chances: [f64; 4],
}

/// A place with the streets around it.
struct Site {
    at: [f64; 2],
    stretches: Vec<Stretch>,
}

/// What a position outside of all zones is called.
pub(super) const OUTSIDE: &str = "Elsewhere";

/// Destinations are chosen among so many places drawn by the zones' shares.
const CANDIDATES: usize = 14;

/// Trips become rarer with distance: by a factor of e for every so many metres. Some go right across the town.
const DISTANCE_SCALE_M: f64 = 3600.0;
const ACROSS_TOWN_SCALE_M: f64 = 12_000.0;
const ACROSS_TOWN: f64 = 0.2;

/// Below this distance the less of it the fewer take a cab.
const WALKING_M: f64 = 900.0;

/// A free cab's fares are those of the hour's average, times this.
const LUCK: f64 = 1.18;

/// A fare at the head of a rank comes so many times as often as to a cruising cab.
const RANK_RATE: f64 = 4.0;

/// What a cab finds at the ball park after a game, fares an hour.
const BALL_PARK_FARES: f64 = 30.0;

const BALL_PARK: (f64, f64) = (-122.3893, 37.7786);

/// Where cab companies have their yards.
const YARDS: [(f64, f64); 4] =
    [(-122.3945, 37.7545), (-122.4035, 37.7720), (-122.3990, 37.7405), (-122.4155, 37.7660)];

impl City {
    pub(super) fn new(
        streets: &[Street],
        zones: ZoneIndex,
        calendar: Calendar,
        entities: usize,
    ) -> Result<Self, NoStreets> {
        let streets = Streets::connected(streets).ok_or(NoStreets)?;
        let outside = zones.len();
        let zone_at = |node: Node| {
            let out = streets.leaving(node).first()?;
            zones.number_at(streets.along(*out, 0.0).0)
        };
        let zone_of: Vec<usize> =
            (0..streets.node_count()).map(|node| zone_at(node).unwrap_or(outside)).collect();
        let of_people = |stretch: &Stretch| Self::is_for_passengers(streets.class(*stretch));
        let mut anywhere: Vec<Stretch> = (0..streets.stretch_count()).filter(of_people).collect();
        if anywhere.is_empty() {
            anywhere.push(0);
        }
        let areas = areas(&streets, &zones, &zone_of, &anywhere);
        let site = |(lon, lat)| Site::new(&streets, &anywhere, lon, lat);
        let sums = |of: fn(&Shares) -> [f64; 4]| {
            std::array::from_fn(|part| running_sums(&zones, &areas, |shares| of(shares)[part]))
        };
        Ok(Self {
            ball_park: site(BALL_PARK),
            yards: YARDS.into_iter().map(site).collect(),
            dropoff_sums: sums(|shares| shares.dropoffs),
            pickup_sums: sums(|shares| shares.pickups),
            rank_scale: (entities as f64 / 500.0).clamp(0.2, 20.0),
            router: Router::new(&streets),
            ranks: ranks(&streets),
            moments: vec![(i64::MIN, Moment::of(&calendar, 0)); 64],
            anywhere,
            areas,
            calendar,
            zone_of,
            zones,
            streets,
        })
    }

    /// The name of the zone that holds a position.
    pub(super) fn zone_name(&self, at: LonLat) -> &str {
        self.zones.name_at(at).unwrap_or(OUTSIDE)
    }

    /// Demand and traffic at a time, to the minute.
    pub(super) fn moment(&mut self, at_ms: i64) -> Moment {
        let minute = at_ms.div_euclid(MINUTE_MS);
        let place = minute.rem_euclid(self.moments.len() as i64) as usize;
        let known = &mut self.moments[place];
        if known.0 != minute {
            *known = (minute, Moment::of(&self.calendar, minute * MINUTE_MS));
        }
        known.1
    }

    /// Where people want a cab.
    pub(super) fn among_people(&mut self, at_ms: i64, rng: &mut Xoshiro256PlusPlus) -> Stretch {
        let part = self.moment(at_ms).part;
        self.drawn(&self.pickup_sums[part], rng)
    }

    /// Where a cab is kept: a yard, or the street that its driver lives in.
    pub(super) fn home(&self, rng: &mut Xoshiro256PlusPlus) -> Stretch {
        let yard = rng.random_range(0..2 * self.yards.len());
        match self.yards.get(yard).filter(|yard| !yard.stretches.is_empty()) {
            Some(yard) => any(&yard.stretches, rng),
            None => any(&self.anywhere, rng),
        }
    }

    /// Fares that a free cab finds on a stretch, per second.
    pub(super) fn fares_per_second(&self, stretch: Stretch, moment: &Moment) -> f64 {
        let by_zone = self.area_ahead(stretch).chances[moment.part] * moment.fares_per_hour * LUCK;
        let crowd = if moment.leaving > 0.0 {
            moment.leaving * BALL_PARK_FARES * self.near_ball_park(stretch)
        } else {
            0.0
        };
        (by_zone + crowd) / 3600.0
    }

    /// Seconds from one fare to the next at the head of a rank, on average.
    pub(super) fn rank_gap_s(&self, rank: usize, moment: &Moment) -> f64 {
        let per_second = self.fares_per_second(self.ranks[rank].stand, moment);
        1.0 / (per_second * RANK_RATE * self.rank_scale)
    }

    /// Where a cab without a fare turns at the end of a stretch: rarely back, seldom onto motorways, mostly straight
    /// on, and towards where people are.
    pub(super) fn cruise(
        &self,
        stretch: Stretch,
        moment: &Moment,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Stretch {
        let back = Streets::back(stretch);
        let arriving = self.streets.headings(stretch)[1];
        let weight = |out: Stretch| {
            if out == back {
                return 1e-6;
            }
            let ahead = turn_m_s(arriving, self.streets.headings(out)[0]) > 10.0;
            let straight_on = if ahead { 2.5 } else { 1.0 };
            let pull = self.fares_per_second(out, moment);
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

    /// Where a passenger picked up at the end of a stretch wants to go.
    pub(super) fn destination(
        &mut self,
        from: Stretch,
        at_ms: i64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Stretch {
        let moment = self.moment(at_ms);
        if moment.arriving > 0.0 && rng.random::<f64>() < 0.12 * moment.arriving {
            return any(&self.ball_park.stretches, rng);
        }
        let goes_far = rng.random::<f64>() < ACROSS_TOWN;
        let scale_m = if goes_far { ACROSS_TOWN_SCALE_M } else { DISTANCE_SCALE_M };
        self.nearby(from, &self.dropoff_sums[moment.part], scale_m, rng)
    }

    /// Where a cab that has become free may look for people: not far, and where many are.
    pub(super) fn busier_place(
        &mut self,
        from: Stretch,
        at_ms: i64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Stretch {
        let moment = self.moment(at_ms);
        let comes = moment.leaving > 0.0 && self.ball_park_m(from) < 4500.0;
        if comes && rng.random::<f64>() < 0.5 * moment.leaving {
            return any(&self.ball_park.stretches, rng);
        }
        self.nearby(from, &self.pickup_sums[moment.part], 1800.0, rng)
    }

    /// A rank nearby with room.
    pub(super) fn rank_near(
        &self,
        from: Stretch,
        at_ms: i64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Option<usize> {
        let weigh = |(number, rank): (usize, &Rank)| {
            let metres = self.metres_between(from, rank.stand);
            let draw = rng.random::<f64>().ln() / (-metres / 900.0).exp();
            (metres < 2500.0 && !rank.is_full(at_ms)).then_some((draw, number))
        };
        let weighed = self.ranks.iter().enumerate().filter_map(weigh);
        weighed.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, number)| number)
    }

    /// The way from the end of a stretch onto another, last stretch first.
    pub(super) fn route(&mut self, from: Stretch, onto: Stretch) -> Vec<Stretch> {
        let (from, to) = (self.streets.end(from), self.streets.start(onto));
        let mut route = vec![onto];
        route.extend(self.router.route(&self.streets, from, to));
        route
    }

    /// The pace on a stretch, without the driver's mood.
    pub(super) fn pace_m_s(&self, stretch: Stretch, moment: &Moment) -> f64 {
        free_flow_m_s(self.streets.class(stretch)) * moment.flow
    }

    /// Whether one may have to wait for others at the end of a stretch.
    pub(super) fn has_crossing_traffic(&self, stretch: Stretch) -> bool {
        is_surface(self.streets.class(stretch))
            && self.streets.leaving(self.streets.end(stretch)).len() > 2
    }

    /// Whether people get in and out on streets of a class.
    pub(super) fn is_for_passengers(class: StreetClass) -> bool {
        match class {
            StreetClass::Local | StreetClass::Main => true,
            StreetClass::Minor | StreetClass::Ramp | StreetClass::Motorway => false,
        }
    }

    /// A place by the zones' shares, the farther the rarer.
    fn nearby(
        &self,
        from: Stretch,
        sums: &[f64],
        scale_m: f64,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Stretch {
        let mut best = (from, f64::NEG_INFINITY);
        for _ in 0..CANDIDATES {
            let stretch = self.drawn(sums, rng);
            let metres = self.metres_between(from, stretch);
            let weight = (-metres / scale_m).exp() * (metres / WALKING_M).clamp(1e-6, 1.0);
            // The largest of `u^(1/w)` is a draw by weight; its logarithm keeps small weights apart.
            let draw = rng.random::<f64>().ln() / weight;
            if draw > best.1 {
                best = (stretch, draw);
            }
        }
        best.0
    }

    /// A street in a zone drawn by these sums of shares.
    fn drawn(&self, sums: &[f64], rng: &mut Xoshiro256PlusPlus) -> Stretch {
        let draw = rng.random::<f64>() * sums.last().copied().unwrap_or(0.0);
        let zone = sums.partition_point(|&sum| sum <= draw);
        let stretches = self.areas.get(zone).map(|area| &area.stretches);
        any(stretches.filter(|some| !some.is_empty()).unwrap_or(&self.anywhere), rng)
    }

    fn area_ahead(&self, stretch: Stretch) -> &Area {
        &self.areas[self.zone_of[self.streets.end(stretch) as usize]]
    }

    fn metres_between(&self, from: Stretch, to: Stretch) -> f64 {
        let [x, y] = self.streets.place(self.streets.end(from));
        let [to_x, to_y] = self.streets.place(self.streets.end(to));
        (to_x - x).hypot(to_y - y)
    }

    fn ball_park_m(&self, stretch: Stretch) -> f64 {
        let [x, y] = self.streets.place(self.streets.end(stretch));
        (self.ball_park.at[0] - x).hypot(self.ball_park.at[1] - y)
    }

    /// 1 at the ball park, falling to 0 within a kilometre and a half.
    fn near_ball_park(&self, stretch: Stretch) -> f64 {
        (-(self.ball_park_m(stretch) / 600.0).powi(2)).exp()
    }
}

impl Site {
    /// How far its streets reach, metres.
    const REACH_M: f64 = 380.0;

    fn new(streets: &Streets, anywhere: &[Stretch], lon: f64, lat: f64) -> Self {
        let around = LonLat::wrapped(lon, lat);
        let plane = LocalPlane::around(around);
        let near = |stretch: &Stretch| {
            let [x, y] = plane.metres(streets.along(*stretch, streets.length_m(*stretch)).0);
            x.hypot(y) < Self::REACH_M
        };
        let stretches = anywhere.iter().copied().filter(near).collect();
        Self { at: streets.metres(around), stretches }
    }
}

fn areas(
    streets: &Streets,
    zones: &ZoneIndex,
    zone_of: &[usize],
    anywhere: &[Stretch],
) -> Vec<Area> {
    let mut stretches = vec![Vec::new(); zones.len() + 1];
    for &stretch in anywhere {
        stretches[zone_of[streets.end(stretch) as usize]].push(stretch);
    }
    let shares: Vec<Shares> =
        (0..stretches.len()).map(|zone| Shares::of(zones.name(zone))).collect();
    let length_m = |of: &[Stretch]| of.iter().map(|&one| streets.length_m(one)).sum::<f64>();
    let lengths: Vec<f64> = stretches.iter().map(|of| length_m(of).max(1000.0)).collect();
    // Where twice as many people look for a cab on as much street a cab finds a fare faster, but not twice as fast:
    // others know that too.
    let raw = |zone: usize, part: usize| (shares[zone].pickups[part] / lengths[zone]).powf(0.42);
    let means: [f64; 4] = std::array::from_fn(|part| {
        let total: f64 = shares.iter().map(|shares| shares.pickups[part]).sum();
        let weighed = (0..shares.len()).map(|zone| shares[zone].pickups[part] * raw(zone, part));
        weighed.sum::<f64>() / total
    });
    let chances = |zone| std::array::from_fn(|part| raw(zone, part) / means[part]);
    stretches
        .into_iter()
        .enumerate()
        .map(|(zone, stretches)| Area { stretches, chances: chances(zone) })
        .collect()
}

/// Running sums of the zones' shares; zones without streets have none.
fn running_sums(zones: &ZoneIndex, areas: &[Area], of: impl Fn(&Shares) -> f64) -> Vec<f64> {
    let mut sum = 0.0;
    let add = |(zone, area): (usize, &Area)| {
        if !area.stretches.is_empty() {
            sum += of(&Shares::of(zones.name(zone)));
        }
        sum
    };
    areas.iter().enumerate().map(add).collect()
}

fn any(stretches: &[Stretch], rng: &mut Xoshiro256PlusPlus) -> Stretch {
    if stretches.is_empty() { 0 } else { stretches[rng.random_range(0..stretches.len())] }
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
