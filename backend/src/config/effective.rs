//! The configuration as it is shown: everything that has a default spelt out, secrets masked.

use std::collections::BTreeMap;

use hailstream_engine::StreamConfig;
use serde::Serialize;

use super::secrets;
use super::serve::ServeConfig;
use crate::geofence::config::GeofenceConfig;
use crate::rollup::config::RollupConfig;

/// The configuration as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Effective {
    kafka: BTreeMap<String, String>,
    views: EffectiveViews,
    frame_ancestors: Vec<String>,
    listen: String,
    data_dir: String,
    streams: Vec<EffectiveStream>,
    rollups: Vec<String>,
    geofences: Vec<String>,
    dashboards: Vec<String>,
    maps: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct EffectiveViews {
    memory_bytes: usize,
    each_memory_bytes: usize,
    update_every_ms: u64,
}

#[derive(Clone, Debug, Serialize)]
struct EffectiveStream {
    stream: String,
    topics: Vec<String>,
    mode: String,
    clock: String,
    disorder_ms: i64,
    lateness_ms: i64,
    future_ms: i64,
    retention_ms: i64,
    retention_bytes: u64,
}

impl Effective {
    pub(super) fn of(
        config: &ServeConfig,
        rollups: &[RollupConfig],
        geofences: &[GeofenceConfig],
    ) -> Self {
        let kafka = config.kafka.iter();
        Self {
            kafka: kafka.map(|(name, value)| (name.clone(), secrets::shown(name, value))).collect(),
            views: EffectiveViews {
                memory_bytes: config.views.budget.all_bytes(),
                each_memory_bytes: config.views.budget.each_bytes(),
                update_every_ms: config.views.update_every.as_millis() as u64,
            },
            frame_ancestors: config.frame_ancestors.clone(),
            listen: config.listen.to_string(),
            data_dir: config.data_dir.display().to_string(),
            streams: config.streams.iter().map(|stream| effective_stream(stream)).collect(),
            rollups: rollups.iter().map(|rollup| rollup.name.clone()).collect(),
            geofences: geofences.iter().map(|geofence| geofence.name.clone()).collect(),
            dashboards: config
                .dashboards
                .summaries()
                .into_iter()
                .map(|summary| summary.id)
                .collect(),
            maps: config.maps.names().map(str::to_owned).collect(),
        }
    }
}

fn effective_stream(stream: &StreamConfig) -> EffectiveStream {
    let topics = stream.topics().iter().map(|topic| match topic {
        hailstream_engine::TopicSelector::Name(name)
        | hailstream_engine::TopicSelector::Regex(name) => name.clone(),
    });
    EffectiveStream {
        stream: stream.name().to_owned(),
        topics: topics.collect(),
        mode: format!("{:?}", stream.mode()).to_lowercase(),
        clock: format!("{:?}", stream.clock()).to_lowercase(),
        disorder_ms: stream.disorder_ms(),
        lateness_ms: stream.lateness_ms(),
        future_ms: stream.future_ms(),
        retention_ms: stream.retention_ms(),
        retention_bytes: stream.retention_bytes(),
    }
}
