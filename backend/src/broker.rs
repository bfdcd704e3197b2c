//! The embedded broker: librdkafka's in-process one, for the demo and for quick tests.
//!
//! It speaks Kafka's protocol to any client on a loopback port of its own choice. It is no store: it keeps the last
//! 5 MB of each partition, in memory, and forgets all when it stops; it has no disk, no replicas, no compaction, no
//! access control, and cannot find offsets by time. What it is used for must fit that: many partitions, and writers
//! paced by their reader's lag.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use thiserror::Error;

/// Partitions of a topic unless told otherwise: with 5 MB each, the room that a topic has.
pub const DEFAULT_PARTITIONS: i32 = 32;

/// What `hailstream broker` says it is.
pub const NOTICE: &str = "this is librdkafka's in-process broker, for trying things out: it keeps the last 5 MB of each \
     partition in memory and nothing on disk, has no replicas, no compaction and no access control. \
     For data that matters, run Apache Kafka";

/// The broker could not be started or asked.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// librdkafka's reason.
    #[error("embedded broker: {0}")]
    Kafka(#[from] KafkaError),
    /// The operating system refused a thread.
    #[error("embedded broker: no thread: {0}")]
    Thread(#[from] std::io::Error),
    /// Its thread ended.
    #[error("embedded broker: it has stopped")]
    Stopped,
}

/// A running broker. Dropping it stops it.
#[derive(Debug)]
pub struct EmbeddedBroker {
    bootstrap: String,
    /// One question at a time; whoever asks waits.
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    CreateTopic { name: String, partitions: i32, done: SyncSender<Result<(), KafkaError>> },
}

impl EmbeddedBroker {
    /// Starts a broker with these topics: name and partitions.
    ///
    /// # Errors
    /// A topic twice, a number of partitions that is no number of partitions, no free port.
    pub fn start(topics: &[(String, i32)]) -> Result<Self, BrokerError> {
        let (orders, orders_in) = sync_channel(1);
        let (started, started_in) = sync_channel(1);
        // The cluster can only be used by the thread that made it.
        let thread =
            std::thread::Builder::new().name("embedded-broker".to_owned()).spawn(move || {
                match MockCluster::new(1) {
                    Ok(cluster) => {
                        let told = started.send(Ok(cluster.bootstrap_servers()));
                        if told.is_ok() {
                            serve(&cluster, &orders_in);
                        }
                    }
                    Err(error) => drop(started.send(Err(error))),
                }
            })?;
        let bootstrap = started_in.recv().map_err(|_| BrokerError::Stopped)??;
        let broker = Self { bootstrap, orders: Some(orders), thread: Some(thread) };
        for (name, partitions) in topics {
            broker.create_topic(name, *partitions)?;
        }
        Ok(broker)
    }

    /// `HOST:PORT`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// librdkafka properties for its clients. New data does not wake a fetch that waits, so fetches must not wait long.
    #[must_use]
    pub fn client_properties(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("bootstrap.servers".to_owned(), self.bootstrap.clone()),
            ("fetch.wait.max.ms".to_owned(), "10".to_owned()),
        ])
    }

    /// Creates a topic.
    ///
    /// # Errors
    /// A topic that exists already.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), BrokerError> {
        let (done, done_in) = sync_channel(1);
        let order = Order::CreateTopic { name: name.to_owned(), partitions, done };
        let orders = self.orders.as_ref().ok_or(BrokerError::Stopped)?;
        orders.send(order).map_err(|_| BrokerError::Stopped)?;
        Ok(done_in.recv().map_err(|_| BrokerError::Stopped)??)
    }
}

fn serve(
    cluster: &MockCluster<'static, rdkafka::producer::DefaultProducerContext>,
    orders: &Receiver<Order>,
) {
    while let Ok(Order::CreateTopic { name, partitions, done }) = orders.recv() {
        // Whoever asked may have gone; that is no concern of the broker's.
        drop(done.send(cluster.create_topic(&name, partitions, 1)));
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the embedded broker panicked");
        }
    }
}
