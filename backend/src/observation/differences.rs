//! From counters that only grow to what happened in a second.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::process;
use super::record::{About, Latency, Process, Record, Stream, View as ViewRecord};
use crate::hub::Hub;
use crate::hub::desk::{Desk, Figures, Leg};
use crate::hub::view::{Spent, View};
use crate::saved_objects::Library;

/// Views told of in one second, the most costly first.
const MAX_VIEWS: usize = 200;
/// Rates of views are means over this many seconds: what a person can read.
const MEAN_OVER: usize = 10;

/// What was known a second ago.
pub(super) struct Differences {
    library: Arc<Library>,
    at: Instant,
    cpu_us: Option<u64>,
    network: Leg,
    streams: BTreeMap<String, Figures>,
    views: BTreeMap<u32, Watched>,
}

/// A view and its counters at the ends of the last seconds, oldest first.
struct Watched {
    name: String,
    dashboard: String,
    before: VecDeque<Spent>,
}

impl Differences {
    pub(super) fn new(library: Arc<Library>) -> Self {
        Self {
            library,
            at: Instant::now(),
            cpu_us: process::cpu_us(),
            network: Leg::default(),
            streams: BTreeMap::new(),
            views: BTreeMap::new(),
        }
    }

    /// What happened since the last call, as records of the time `at`.
    pub(super) fn since_last<'a>(&mut self, hub: &'a Hub, at: i64) -> Vec<Record<'a>> {
        let seconds = std::mem::replace(&mut self.at, Instant::now()).elapsed().as_secs_f64();
        let seconds = seconds.max(0.001);
        let mut told = Vec::new();
        for desk in hub.desks() {
            self.stream(desk, seconds, &mut told);
        }
        self.network(hub, &mut told);
        let views = hub.views();
        let watchers: Vec<u64> = views.iter().map(|view| view.watchers() as u64).collect();
        told.push(About::Process(Process {
            cpu_percent: self.cpu_percent(seconds),
            rss_bytes: process::rss_bytes(),
            viewers: *hub.pulse().connected().borrow() as u64,
            subscriptions: watchers.iter().sum(),
            views: views.len() as u64,
        }));
        told.extend(self.views(&views, &watchers, seconds).into_iter().map(About::View));
        told.into_iter().map(|about| Record { at, about }).collect()
    }

    fn stream<'a>(&mut self, desk: &'a Desk, seconds: f64, told: &mut Vec<About<'a>>) {
        let (health, figures) = (desk.health(), desk.figures());
        let before = self.streams.insert(desk.name().to_owned(), figures).unwrap_or_default();
        let (now, then) = (figures.account, before.account);
        let (consumed, bytes) = (now.consumed - then.consumed, figures.bytes - before.bytes);
        desk.second_over(consumed, bytes);
        told.push(About::Stream(Stream {
            stream: desk.name(),
            state: health.state,
            records_s: per_second(consumed, seconds),
            bytes_s: per_second(bytes, seconds),
            lag: health.lag,
            behind_ms: figures.behind_ms,
            consumed,
            applied: now.applied - then.applied,
            filtered: now.filtered - then.filtered,
            duplicate: now.duplicate - then.duplicate,
            late: now.late_dropped - then.late_dropped,
            dead_lettered: now.dead_lettered - then.dead_lettered,
            tombstones: now.tombstones - then.tombstones,
        }));
        let legs = [
            ("source", figures.source, before.source),
            ("kafka", figures.kafka, before.kafka),
            ("engine", figures.engine, before.engine),
        ];
        for (leg, now, then) in legs {
            if let Some(latency_ms) = now.mean_since(then) {
                told.push(About::Latency(Latency { stream: desk.name(), leg, latency_ms }));
            }
        }
    }

    /// Half of the viewers' round trips, as their pages measure them.
    fn network(&mut self, hub: &Hub, told: &mut Vec<About<'_>>) {
        let now = hub.pulse().round_trips();
        let before = std::mem::replace(&mut self.network, now);
        if let Some(round_trip_ms) = now.mean_since(before) {
            let latency_ms = round_trip_ms / 2.0;
            told.push(About::Latency(Latency { stream: "", leg: "network", latency_ms }));
        }
    }

    fn cpu_percent(&mut self, seconds: f64) -> Option<f64> {
        let now = process::cpu_us();
        let before = std::mem::replace(&mut self.cpu_us, now)?;
        Some(now?.saturating_sub(before) as f64 / 1e4 / seconds)
    }

    fn views(&mut self, views: &[Arc<View>], watchers: &[u64], seconds: f64) -> Vec<ViewRecord> {
        self.views.retain(|number, _| views.iter().any(|view| view.number == *number));
        let (mut told, shelf) = (Vec::new(), self.library.shelf());
        for (view, watchers) in views.iter().zip(watchers) {
            let watched = self.views.entry(view.number).or_insert_with(|| {
                let (dashboard, name) = shelf.askers.name(&view.query);
                Watched { name, dashboard, before: [Spent::default()].into() }
            });
            let now = view.spent();
            let last = watched.before.back().copied().unwrap_or_default();
            let second = now.since(last);
            watched.before.push_back(now);
            if watched.before.len() > MEAN_OVER + 1 {
                watched.before.pop_front();
            }
            let oldest = watched.before.front().copied().unwrap_or_default();
            view.set_rates(now.since(oldest).per(watched.before.len() as u64 - 1));
            if second != Spent::default() {
                told.push(ViewRecord {
                    view: watched.name.clone(),
                    stream: view.query.stream.clone(),
                    dashboard: watched.dashboard.clone(),
                    watchers: *watchers,
                    updates_s: per_second(second.milli_updates / 1000, seconds),
                    bytes_s: per_second(second.bytes, seconds),
                    cpu_us: second.cpu_ns / 1000,
                });
            }
        }
        told.sort_by_key(|view| std::cmp::Reverse(view.cpu_us));
        told.truncate(MAX_VIEWS);
        told
    }
}

fn per_second(count: u64, seconds: f64) -> f64 {
    (count as f64 / seconds * 100.0).round() / 100.0
}
