//! The server put together: sources, runners, hub, HTTP; and taken apart again in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt;
use hailstream_engine::StreamConfig;
use hailstream_query::Query;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::assets::Assets;
use crate::clock;
use crate::config::ServeConfig;
use crate::http::{App, Audience, Rules, router};
use crate::hub::control::Control;
use crate::hub::{BEAT_EVERY_MS, Hub};
use crate::observation;
use crate::runner::feed::{self, INPUTS, Input};
use crate::runner::{self, Parts, Pool};
use crate::saved_objects::{Library, Store, StoreError};
use crate::source::{self, SourceError, SourceEvent, SourceHandle, SourceOptions};
use crate::ws::{Host, Watched};

/// Batches between a consumer and its feed. When full, the consumer waits: Kafka is the buffer.
const EVENTS: usize = 4;
/// How long viewers are given to take their leave.
const DRAIN_WITHIN: Duration = Duration::from_secs(4);
/// How long requests under way are given.
const REQUESTS_WITHIN: Duration = Duration::from_secs(2);
/// What the kernel may hold for a viewer that does not read, before the server notices.
const SEND_BUFFER_BYTES: usize = 256 << 10;

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        why: std::io::Error,
    },
    /// Saved objects cannot be read.
    #[error("saved objects: {0}")]
    SavedObjects(String),
    /// Kafka cannot be read or written as configured.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// No thread for a part of the server.
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self::SavedObjects(error.to_string())
    }
}

/// Where records come from.
pub enum Feeds {
    /// From Kafka, as configured.
    Kafka,
    /// From the caller, by stream.
    Given(BTreeMap<String, Receiver<SourceEvent>>),
}

/// A server at work. Call [`RunningServer::shutdown`] to end it.
pub struct RunningServer {
    local_addr: SocketAddr,
    hub: Arc<Hub>,
    stop: watch::Sender<bool>,
    accepting: tokio::task::JoinHandle<std::io::Result<()>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    sources: Vec<SourceHandle>,
    threads: Vec<JoinHandle<()>>,
}

/// Tells how far streams are behind.
#[derive(Clone, Debug)]
pub struct Lag {
    hub: Arc<Hub>,
}

impl Lag {
    /// Records between the broker's end and what the stream has taken in; 0 for a stream there is not.
    #[must_use]
    pub fn of(&self, stream: &str) -> u64 {
        self.hub.desk(stream).map_or(0, |desk| desk.health().lag)
    }
}

/// Starts the server: listens, reads, answers.
///
/// # Errors
/// An address that cannot be listened at, Kafka properties that cannot be used.
pub async fn start(
    config: ServeConfig,
    assets: Assets,
    feeds: Feeds,
) -> Result<RunningServer, ServeError> {
    let address = config.listen;
    let listener =
        TcpListener::bind(address).await.map_err(|why| ServeError::Listen { address, why })?;
    let local_addr = listener.local_addr()?;
    let names = config.streams.iter().map(|stream| stream.name().to_owned());
    let names = names.chain([observation::STREAM.to_owned()]);
    let hub = Arc::new(Hub::new(epoch(), names));
    let store = Store::open(&config.data_dir).await?;
    let library = Arc::new(Library::open(config.dashboards.clone(), store).await?);
    let standing = library.shelf().dashboards.standing_queries();
    let mut threads = Vec::new();
    let (sources, own_door) = start_streams(&config, &hub, feeds, &standing, &mut threads)?;
    let build = assets.build();
    let watched = Watched::default();
    let host = Host { hub: Arc::clone(&hub), library: Arc::clone(&library), watched, build };
    let audience =
        if local_addr.ip().is_loopback() { Audience::Loopback } else { Audience::Network };
    let rules = Rules { audience, frame_ancestors: config.frame_ancestors.into() };
    let app = App { host: Arc::new(host), maps: Arc::new(config.maps), assets, rules };
    let (stop, stopped) = watch::channel(false);
    let accepting = tokio::spawn(accept(listener, app, stopped.clone()));
    let beating = tokio::spawn(beat(Arc::clone(&hub), stopped.clone()));
    let keeping = tokio::spawn(keep_views(Arc::clone(&hub), Arc::clone(&library), stopped.clone()));
    let observing = observation::observe(Arc::clone(&hub), library, own_door, stopped);
    let observing = tokio::spawn(observing);
    let tasks = vec![beating, keeping, observing];
    Ok(RunningServer { local_addr, hub, stop, accepting, tasks, sources, threads })
}

/// Keeps the views of all panels of all dashboards, as they are now, and tells viewers of every change, until the server stops.
async fn keep_views(hub: Arc<Hub>, library: Arc<Library>, mut stopped: watch::Receiver<bool>) {
    let mut changes = library.changes();
    loop {
        let queries = library.shelf().dashboards.standing_queries();
        for (query, error) in hub.stand_only(&queries) {
            tracing::warn!(stream = query.stream, %error, "a panel's view is not kept");
        }
        // Once the new panels' views are on their way, so that who loads the board now finds them.
        hub.dashboards_changed();
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Differs with every start.
fn epoch() -> String {
    format!("{:032x}", rand::random::<u128>())
}

fn start_streams(
    config: &ServeConfig,
    hub: &Arc<Hub>,
    feeds: Feeds,
    standing: &[Query],
    threads: &mut Vec<JoinHandle<()>>,
) -> Result<(Vec<SourceHandle>, SyncSender<Input>), ServeError> {
    let workers = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
    let (pool, workers) = Pool::start(workers)?;
    threads.extend(workers);
    let mut start = |stream: &Arc<StreamConfig>| {
        // When full, the feed waits.
        let (door, inputs) = sync_channel(INPUTS);
        if let Ok(desk) = hub.desk(stream.name()) {
            threads.push(runner::start(Parts {
                config: Arc::clone(stream),
                hub: Arc::clone(hub),
                desk: Arc::clone(desk),
                pool: pool.clone(),
                inputs,
                door: door.clone(),
                limits: config.views.clone(),
                kafka: config.kafka.clone(),
            })?);
        }
        Ok::<_, ServeError>(door)
    };
    let mut doors = BTreeMap::<String, SyncSender<Input>>::new();
    for stream in &config.streams {
        doors.insert(stream.name().to_owned(), start(stream)?);
    }
    let own_door = start(&observation::stream())?;
    let mut sources = Vec::new();
    match feeds {
        Feeds::Given(given) => {
            for (name, events) in given {
                let doors = doors.get(&name).cloned().into_iter().collect();
                threads.push(feed::forward(events, doors, &name)?);
            }
        }
        Feeds::Kafka => {
            for streams in feed::groups(&config.streams).into_values() {
                let (source, thread) = start_source(config, &streams, standing, &doors)?;
                sources.push(source);
                threads.push(thread);
            }
        }
    }
    Ok((sources, own_door))
}

/// One consumer for streams on the same topics.
fn start_source(
    config: &ServeConfig,
    streams: &[Arc<StreamConfig>],
    standing: &[Query],
    doors: &BTreeMap<String, SyncSender<Input>>,
) -> Result<(SourceHandle, JoinHandle<()>), ServeError> {
    let name = streams.first().map_or("", |stream| stream.name());
    let doors = streams.iter().filter_map(|stream| doors.get(stream.name()).cloned()).collect();
    let options = SourceOptions {
        kafka: config.kafka.clone(),
        topics: streams.first().map(|stream| feed::topics_of(stream)).unwrap_or_default(),
        start: feed::start_of(streams, standing, clock::now_ms()),
        group: format!("hailstream-{name}"),
    };
    // When full, the consumer waits.
    let (sender, events) = sync_channel(EVENTS);
    let source = source::spawn(options, sender)?;
    let thread = feed::forward(events, doors, name)?;
    Ok((source, thread))
}

async fn accept(
    listener: TcpListener,
    app: App,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream: &mut TcpStream| {
        // Best effort: without either the server is right, only less quick or less frugal.
        drop(stream.set_nodelay(true));
        drop(socket2::SockRef::from(&*stream).set_send_buffer_size(SEND_BUFFER_BYTES));
    });
    let stop = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
}

/// The server's heart: a beat a little more often than viewers are promised.
async fn beat(hub: Arc<Hub>, mut stopped: watch::Receiver<bool>) {
    let mut beats = tokio::time::interval(Duration::from_millis(BEAT_EVERY_MS));
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Once more after the stop is not needed: sessions are told by the drain.
    while !*stopped.borrow_and_update() {
        beats.tick().await;
        hub.beat(clock::now_ms());
    }
}

impl RunningServer {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// How far streams are behind.
    #[must_use]
    pub fn lag(&self) -> Lag {
        Lag { hub: Arc::clone(&self.hub) }
    }

    /// Resolves when the first panel has data. At once where no dashboard has panels.
    pub fn first_data(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut has_data = self.hub.first_data();
        async move { drop(has_data.wait_for(|has| *has).await) }
    }

    /// Ends the server: viewers are told to come back, then requests, sources and streams end. Takes 10 s at most.
    pub async fn shutdown(self) {
        self.hub.drain();
        let mut connected = self.hub.pulse().connected();
        let gone = connected.wait_for(|sessions| *sessions == 0);
        if tokio::time::timeout(DRAIN_WITHIN, gone).await.is_err() {
            tracing::warn!("some viewers did not take their leave");
        }
        // Both tasks end by themselves once told.
        self.stop.send_replace(true);
        if tokio::time::timeout(REQUESTS_WITHIN, self.accepting).await.is_err() {
            tracing::warn!("some requests did not end");
        }
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
        let (hub, sources, threads) = (self.hub, self.sources, self.threads);
        let ended = tokio::task::spawn_blocking(move || stop_threads(&hub, sources, threads)).await;
        if ended.is_err() {
            tracing::error!("stopping the streams panicked");
        }
    }
}

fn stop_threads(hub: &Hub, sources: Vec<SourceHandle>, threads: Vec<JoinHandle<()>>) {
    // Runners first: a source that waits for room then finds nobody there.
    for desk in hub.desks() {
        desk.control.send(Control::Stop);
    }
    sources.into_iter().for_each(SourceHandle::stop);
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a thread of the server panicked");
        }
    }
}
