//! Where records come from when no fleet is at hand: recorded traces, and seeded synthetic cabs.
//!
//! [`input`] reads files into rows; [`replay`] orders them, brings them into a stream's shape and says when each is
//! due; [`trips`] finds trips in positions; [`cabs`] drives cabs through a city's streets. Nothing here waits, sends
//! or looks at a clock: the binary paces and produces. Every result follows from its input (and seed) alone.

pub mod cabs;
mod events;
pub mod input;
pub mod meter;
pub mod motion;
mod record;
pub mod replay;
mod taxi;
pub mod trips;
mod zones;

pub use events::EVENTS_TOPIC;
pub use record::OutRecord;
pub use taxi::{TELEMETRY_TOPIC, TRIPS_TOPIC};
pub use zones::{ZonesError, read_zones, unpacked, zone_index};
