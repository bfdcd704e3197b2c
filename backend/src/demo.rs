//! Everything in one process: embedded broker (unless another is named), simulator or replay, rollups, geofences, server.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use hailstream_engine::{Clock, StreamConfig, TopicSelector};
use hailstream_simulator::replay::{Order, Speed};
use tokio::sync::oneshot;

use crate::assets::Assets;
use crate::broker::{DEFAULT_PARTITIONS, EmbeddedBroker, NOTICE};
use crate::config::{self, Overrides, ServeConfig};
use crate::derived::{self, DerivedHandle};
use crate::presets::{Preset, Recording};
use crate::replay::{self, Request, TimesWish};
use crate::serve::{self, Feeds, Lag, RunningServer};
use crate::simulation::{Fleet, Simulation};
use crate::source::producer::Producer;

/// Records a reader may be behind while more are sent: well below what the embedded broker keeps.
const MAX_LAG: u64 = 100_000;
/// The stream whose lag paces the senders, where no recording names another.
const PACED_BY: &str = "telemetry";

/// What the demo shows.
#[derive(Clone, Debug)]
pub struct Options {
    /// Preset.
    pub preset: String,
    /// Recorded files instead of the simulator.
    pub replay: Vec<PathBuf>,
    /// Replay map; the preset's where absent.
    pub map: Option<PathBuf>,
    /// Speed of the replay.
    pub speed: Speed,
    /// The synthetic fleet.
    pub fleet: Fleet,
    /// A broker instead of the embedded one.
    pub brokers: Option<String>,
    /// Address to listen at.
    pub listen: Option<String>,
    /// Where files are laid out.
    pub data_dir: PathBuf,
    /// Folder of a built page, instead of the one inside the binary.
    pub assets: Option<PathBuf>,
}

/// A demo at work.
pub struct Demo {
    /// The server.
    pub server: RunningServer,
    /// How sending records ended, once it has.
    pub fed: oneshot::Receiver<Result<()>>,
    /// Told when what came before the present has been sent; at once in a replay, which has no before.
    pub filled: oneshot::Receiver<()>,
    stop: Arc<AtomicBool>,
    feeder: Option<JoinHandle<()>>,
    derived: Vec<DerivedHandle>,
    broker: Option<EmbeddedBroker>,
}

impl Demo {
    /// Starts all parts. The server answers at once; data comes as it is read.
    ///
    /// # Errors
    /// Whatever keeps a part from starting.
    pub async fn start(options: Options) -> Result<Self> {
        fs::create_dir_all(&options.data_dir)
            .with_context(|| format!("making {}", options.data_dir.display()))?;
        let preset = Preset::lay_out(&options.preset, &options.data_dir)?;
        let broker = match options.brokers {
            Some(_) => None,
            None => Some(embedded(&preset)?),
        };
        let kafka = match (&broker, &options.brokers) {
            (Some(broker), _) => broker.client_properties(),
            (None, brokers) => BTreeMap::from([(
                "bootstrap.servers".to_owned(),
                brokers.clone().unwrap_or_default(),
            )]),
        };
        let overrides =
            Overrides { listen: options.listen.clone(), data_dir: Some(options.data_dir.clone()) };
        let mut checked = config::load(&preset.write_config(&kafka)?, &overrides)?;
        let recording = preset.recording()?;
        let keeps_times = recording.as_ref().is_some_and(|recording| recording.begin.is_some());
        if !options.replay.is_empty() || keeps_times {
            follow_the_streams(&mut checked.config);
        }
        let streams = checked.config.streams.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let assets = Assets::from_option(options.assets.clone());
        let server = serve::start(checked.config, assets, Feeds::Kafka).await?;
        let stream_of = |from: &str| {
            let stream = streams.iter().find(|stream| stream.name() == from);
            stream.cloned().context("rollups and geofences read streams of the preset")
        };
        let mut derived = Vec::new();
        for rollup in checked.rollups {
            let stream = stream_of(&rollup.from)?;
            derived.push(derived::spawn(Arc::new(rollup), stream, kafka.clone())?);
        }
        for geofence in checked.geofences {
            let stream = stream_of(&geofence.from)?;
            derived.push(derived::spawn(Arc::new(geofence), stream, kafka.clone())?);
        }
        let feed = Feed {
            preset,
            recording,
            streams,
            options,
            kafka,
            lag: server.lag(),
            stop: Arc::clone(&stop),
        };
        let (ended, fed) = oneshot::channel();
        let (fills, filled) = oneshot::channel();
        let feeder = std::thread::Builder::new().name("feeder".to_owned()).spawn(move || {
            // Where nobody waits for it any more, the demo is ending.
            drop(ended.send(feed.run(fills)));
        })?;
        Ok(Self { server, fed, filled, stop, feeder: Some(feeder), derived, broker })
    }

    /// Stops all parts, the senders first.
    pub async fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let (feeder, derived) = (self.feeder.take(), std::mem::take(&mut self.derived));
        let ended = tokio::task::spawn_blocking(move || {
            drop(derived);
            feeder.map(JoinHandle::join)
        });
        if !matches!(ended.await, Ok(None | Some(Ok(())))) {
            tracing::error!("a part of the demo panicked");
        }
        self.server.shutdown().await;
        drop(self.broker.take());
    }
}

/// The embedded broker with the preset's topics.
fn embedded(preset: &Preset) -> Result<EmbeddedBroker> {
    tracing::info!("{NOTICE}");
    let streams = config::streams_of(&preset.path("streams"))?;
    let topics = streams.iter().flat_map(|stream| stream.topics().to_vec());
    let topics = topics.filter_map(|topic| match topic {
        TopicSelector::Name(name) => Some((name, DEFAULT_PARTITIONS)),
        TopicSelector::Regex(_) => None,
    });
    Ok(EmbeddedBroker::start(&topics.collect::<Vec<_>>())?)
}

/// In a replay `now` is the newest event.
fn follow_the_streams(config: &mut ServeConfig) {
    for stream in &mut config.streams {
        *stream = Arc::new(stream.as_ref().clone().with_clock(Clock::Stream));
    }
}

/// Who sends the records.
struct Feed {
    preset: Preset,
    recording: Option<Recording>,
    streams: Vec<Arc<StreamConfig>>,
    options: Options,
    kafka: BTreeMap<String, String>,
    lag: Lag,
    stop: Arc<AtomicBool>,
}

impl Feed {
    fn run(self, filled: oneshot::Sender<()>) -> Result<()> {
        let producer = Arc::new(Producer::new(&self.kafka)?);
        if !self.options.replay.is_empty() {
            let _unawaited = filled.send(());
            return self.replay(&producer);
        }
        match &self.recording {
            Some(recording) => self.play(recording, &producer, filled),
            None => self.simulate(producer, filled),
        }
    }

    fn may_go_on(&self, stream: &str) -> bool {
        self.lag.of(stream) < MAX_LAG || self.stop.load(Ordering::Relaxed)
    }

    fn simulate(&self, producer: Arc<Producer>, filled: oneshot::Sender<()>) -> Result<()> {
        let fleet = self.options.fleet;
        let simulation =
            Simulation::backfill(fleet, producer, &self.stop, || self.may_go_on(PACED_BY))?;
        let _unawaited = filled.send(());
        simulation.drive(&self.stop, None);
        Ok(())
    }

    /// Sends what was recorded, again and again until the demo ends; [`Recording`] tells how.
    fn play(
        &self,
        recording: &Recording,
        producer: &Producer,
        filled: oneshot::Sender<()>,
    ) -> Result<()> {
        let Recording { stream: name, file, speed, .. } = recording;
        let stream = self.streams.iter().find(|stream| stream.name() == name);
        let stream = stream.with_context(|| format!("the preset has no stream \"{name}\""))?;
        let map = recording.map.as_ref().map(|map| replay::read_map(&self.preset.path(map)));
        let request = Request {
            stream: Arc::clone(stream),
            inputs: vec![self.preset.path(file)],
            map: map.transpose()?,
            key: None,
            times: TimesWish::Now,
            speed: Speed::Times(*speed),
            begin_ms: None,
            order: Order::Time,
        };
        let send = |request: Request| {
            replay::run(request.prepare()?, producer, &self.stop, || self.may_go_on(name))
        };
        let Some(begin_ms) = recording.begin_ms()? else {
            send(Request { times: TimesWish::End, speed: Speed::Max, ..request.clone() })?;
            let _unawaited = filled.send(());
            while !self.stop.load(Ordering::Relaxed) {
                send(request.clone())?;
            }
            return Ok(());
        };
        let _unawaited = filled.send(());
        let length_ms = request.length_ms()?;
        let mut moved_ms = 0;
        while !self.stop.load(Ordering::Relaxed) {
            let begin_ms = (moved_ms == 0).then_some(begin_ms);
            send(Request { times: TimesWish::Moved(moved_ms), begin_ms, ..request.clone() })?;
            moved_ms += length_ms;
        }
        Ok(())
    }

    /// The stream that replays of files go to.
    fn replayed(&self) -> &str {
        self.recording.as_ref().map_or(PACED_BY, |recording| &recording.stream)
    }

    fn replay(&self, producer: &Producer) -> Result<()> {
        let name = self.replayed();
        let stream = self.streams.iter().find(|stream| stream.name() == name);
        let of_preset = self
            .recording
            .as_ref()
            .map_or(Some("replay.yaml"), |recording| recording.map.as_deref());
        let map = self.options.map.clone().or_else(|| of_preset.map(|map| self.preset.path(map)));
        let request = Request {
            stream: Arc::clone(stream.context("the preset has no stream for replays")?),
            inputs: self.options.replay.clone(),
            map: map.as_deref().map(replay::read_map).transpose()?,
            key: None,
            times: TimesWish::Keep,
            speed: self.options.speed,
            begin_ms: None,
            order: Order::Time,
        };
        let report =
            replay::run(request.prepare()?, producer, &self.stop, || self.may_go_on(name))?;
        tracing::info!(sent = report.sent, unreadable = report.unreadable, "the replay is over");
        Ok(())
    }
}
