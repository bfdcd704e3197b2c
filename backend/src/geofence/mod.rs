//! Geofences: who entered or left which area, out of a stream of positions, as records of another topic.
//!
//! Reading order: [`config`] (the file) → [`fences`] (its areas) → `presence` (who is inside) → `watch` (records into it, rows
//! out of it) → `past` (what an earlier run wrote). What reads, writes and begins anew is in `derived`.

pub mod config;
pub mod fences;
mod output;
mod past;
mod presence;
mod watch;

use std::sync::Arc;

use hailstream_engine::StreamConfig;

use self::config::GeofenceConfig;
use self::past::Past;
use self::presence::Rules;
use self::watch::{Terms, Watch};
use crate::derived::Derivation;
use crate::derived::positions::{POSITIONS_HEADER, Resume};
use crate::source::checkpoint::{Checkpoint, CheckpointError};

impl Derivation for GeofenceConfig {
    type Machine = Watch;

    const KIND: &'static str = "geofence";

    fn name(&self) -> &str {
        &self.name
    }

    fn to(&self) -> &str {
        &self.to
    }

    fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Who, and where. Both are there: that was checked when the files were read.
    fn fields(&self, stream: &StreamConfig) -> Vec<String> {
        let position = self.position_in(stream).unwrap_or_default();
        vec![stream.entity().unwrap_or_default().to_owned(), position.to_owned()]
    }

    fn begin(
        self: Arc<Self>,
        stream: &StreamConfig,
        resume: Resume,
        output: &Checkpoint,
    ) -> Result<Watch, CheckpointError> {
        let entity = stream.entity().unwrap_or_default();
        let mut past = Past::new(entity, &resume);
        output.each(&self.to, POSITIONS_HEADER, |value, header| past.take(value, header))?;
        let expire_ms = stream.expire_ms().unwrap_or(i64::MAX);
        let (fences, margin_m) = (Arc::clone(&self.fences), self.margin_m);
        let waits_ms = stream.lateness_ms().min(expire_ms);
        let rules = Rules { fences, margin_m, expire_ms, waits_ms };
        let terms = Terms { name: self.name.clone(), entity: entity.to_owned(), rules };
        Ok(Watch::new(terms, resume, past))
    }
}
