//! What cabs and their devices have to say, one record each: hired, free, off duty, engine hot, back after silence …
//!
//! Synthetic cabs send them; a replay finds those that a trace implies ([`EventDetector`]): hired and free where the
//! flag changes, and the return of a device that was silent for more than ten minutes.

use crate::OutRecord;
use crate::motion::MAX_SILENCE_MS;
use crate::taxi::rounded;
use crate::trips::{Fix, Status};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// The topic of events.
pub const EVENTS_TOPIC: &str = "taxi.events";

/// What happened, with the figure that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum EventKind {
    /// A fare got in.
    Hired,
    /// A fare got out, and paid this many dollars where that is known.
    Free {
        fare: Option<f64>,
    },
    OnDuty,
    OffDuty,
    EngineHot {
        celsius: f64,
    },
    Breakdown {
        celsius: f64,
    },
    /// The device was silent for so long.
    DeviceBack {
        silent_s: f64,
    },
    Speeding {
        km_h: f64,
        limit_km_h: f64,
    },
}

impl EventKind {
    fn name(self) -> &'static str {
        match self {
            Self::Hired => "hired",
            Self::Free { .. } => "free",
            Self::OnDuty => "on_duty",
            Self::OffDuty => "off_duty",
            Self::EngineHot { .. } => "engine_hot",
            Self::Breakdown { .. } => "breakdown",
            Self::DeviceBack { .. } => "device_back",
            Self::Speeding { .. } => "speeding",
        }
    }

    fn value(self) -> Option<f64> {
        match self {
            Self::Hired | Self::OnDuty | Self::OffDuty => None,
            Self::Free { fare } => fare,
            Self::EngineHot { celsius } | Self::Breakdown { celsius } => {
                Some(rounded(celsius, 10.0))
            }
            Self::DeviceBack { silent_s } => Some(silent_s),
            Self::Speeding { km_h, .. } => Some(rounded(km_h, 10.0)),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Hired => "hired".to_owned(),
            Self::Free { fare: Some(fare) } => format!("free, earned ${fare:.2}"),
            Self::Free { fare: None } => "free".to_owned(),
            Self::OnDuty => "on duty".to_owned(),
            Self::OffDuty => "off duty".to_owned(),
            Self::EngineHot { celsius } => format!("engine {celsius:.0} °C"),
            Self::Breakdown { celsius } => format!("broke down, engine {celsius:.0} °C"),
            Self::DeviceBack { silent_s } => {
                format!("back after {:.0} min of silence", (silent_s / 60.0).max(1.0))
            }
            Self::Speeding { km_h, limit_km_h } => {
                format!("{km_h:.0} km/h where {limit_km_h:.0} are allowed")
            }
        }
    }
}

/// An event; what `value` means depends on `event`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct EventRecord {
    pub event_id: String,
    pub cab_id: String,
    pub ts: i64,
    pub event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    pub lat: f64,
    pub lon: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    pub text: String,
}

impl EventRecord {
    /// The record of an event at a fix.
    pub(crate) fn new(cab_id: String, fix: Fix, zone: Option<String>, kind: EventKind) -> Self {
        let text = match &zone {
            Some(zone) => format!("{}, {zone}", kind.words()),
            None => kind.words(),
        };
        Self {
            event_id: event_id(&cab_id, fix.at_ms, kind.name()),
            cab_id,
            ts: fix.at_ms,
            event: kind.name(),
            zone,
            lat: fix.position.lat(),
            lon: fix.position.lon(),
            value: kind.value(),
            text,
        }
    }

    /// The same event at another time, and named after that.
    pub(crate) fn moved(mut self, by_ms: i64) -> Self {
        if by_ms != 0 {
            self.ts += by_ms;
            self.event_id = event_id(&self.cab_id, self.ts, self.event);
        }
        self
    }

    /// As it is sent.
    pub(crate) fn record(&self, topic: Arc<str>) -> OutRecord {
        self.record_at(topic, self.ts)
    }

    /// As it is sent, with another record timestamp.
    pub(crate) fn record_at(&self, topic: Arc<str>, timestamp_ms: i64) -> OutRecord {
        OutRecord::json(topic, Some(self.cab_id.clone()), timestamp_ms, self)
    }
}

fn event_id(cab_id: &str, at_ms: i64, event: &str) -> String {
    format!("{cab_id}-{at_ms}-{event}")
}

/// Finds the events that fixes imply. Keeps one fix per cab.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventDetector {
    last: HashMap<String, Fix>,
}

impl EventDetector {
    /// Takes the next fix of a cab; `fare` is what it paid if a trip ended with it.
    pub(crate) fn observe(&mut self, cab_id: &str, fix: Fix, fare: Option<f64>) -> Vec<EventKind> {
        let Some(last) = self.last.get_mut(cab_id) else {
            self.last.insert(cab_id.to_owned(), fix);
            return Vec::new();
        };
        let before = std::mem::replace(last, fix);
        let mut events = Vec::new();
        let silent_ms = fix.at_ms - before.at_ms;
        if silent_ms > MAX_SILENCE_MS {
            events.push(EventKind::DeviceBack { silent_s: (silent_ms / 1000) as f64 });
        }
        if fix.status != before.status {
            events.push(match fix.status {
                Status::Hired => EventKind::Hired,
                Status::OffDuty => EventKind::OffDuty,
                Status::Free if before.status == Status::OffDuty => EventKind::OnDuty,
                Status::Free => EventKind::Free { fare },
            });
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hailstream_geo::LonLat;

    #[test]
    fn events_say_what_happened_where() {
        let fix = |at_ms| Fix {
            at_ms,
            position: LonLat::new(-122.4, 37.7).unwrap(),
            status: Status::Free,
        };
        let told = |kind| {
            let event =
                EventRecord::new("c1".to_owned(), fix(5000), Some("Mission".to_owned()), kind);
            format!("{} {:?} {}", event.event_id, event.value, event.text)
        };
        let kinds = [
            EventKind::Hired,
            EventKind::Free { fare: Some(9.4) },
            EventKind::EngineHot { celsius: 107.64 },
            EventKind::Breakdown { celsius: 117.2 },
            EventKind::DeviceBack { silent_s: 725.0 },
            EventKind::Speeding { km_h: 63.26, limit_km_h: 48.0 },
        ];
        insta::assert_snapshot!(kinds.map(told).join("\n"), @r"
        c1-5000-hired None hired, Mission
        c1-5000-free Some(9.4) free, earned $9.40, Mission
        c1-5000-engine_hot Some(107.6) engine 108 °C, Mission
        c1-5000-breakdown Some(117.2) broke down, engine 117 °C, Mission
        c1-5000-device_back Some(725.0) back after 12 min of silence, Mission
        c1-5000-speeding Some(63.3) 63 km/h where 48 are allowed, Mission
        ");
    }
}
