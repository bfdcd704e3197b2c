//! A real Apache Kafka, by `scripts/kafka`: one shared by the tests of a binary, or one of a test's own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A running broker; stopped and removed when dropped, also by a test that panics.
pub(crate) struct Kafka {
    dir: PathBuf,
    bootstrap: String,
}

static SHARED: Mutex<Weak<Kafka>> = Mutex::new(Weak::new());
static STARTED: AtomicU32 = AtomicU32::new(0);

impl Kafka {
    /// The broker that tests share; each test uses topics of its own.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let kafka = Arc::new(Self::start());
            *shared = Arc::downgrade(&kafka);
            kafka
        })
    }

    /// A broker that the test may stop and start.
    pub(crate) fn start() -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("kafka-{}-{number}", std::process::id());
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let mut kafka = Self { dir, bootstrap: String::new() };
        kafka.start_again();
        kafka
    }

    /// Brings a broker back that was stopped: same data, same port.
    pub(crate) fn start_again(&mut self) {
        let line = self.script(&["start"]);
        self.bootstrap = line.trim().strip_prefix("bootstrap ").unwrap().to_owned();
    }

    /// Stops the broker and keeps its data.
    pub(crate) fn stop(&self) {
        self.script(&["stop", "--keep"]);
    }

    pub(crate) fn properties(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("bootstrap.servers".to_owned(), self.bootstrap.clone())])
    }

    pub(crate) fn create_topic(&self, name: &str, partitions: u32, settings: &[&str]) {
        let partitions = partitions.to_string();
        self.script(&[&["topic", name, &partitions], settings].concat());
    }

    pub(crate) fn delete_topic(&self, name: &str) {
        self.script(&["delete-topic", name]);
    }

    pub(crate) fn tool(&self, class: &str, arguments: &[&str]) {
        self.script(&[&["tool", class], arguments].concat());
    }

    /// Deletes the records of a partition before `offset`, as retention does.
    pub(crate) fn delete_records(&self, topic: &str, partition: i32, offset: i64) {
        let file = self.dir.join(format!("delete-{topic}.json"));
        let json = format!(
            r#"{{"version":1,"partitions":[{{"topic":"{topic}","partition":{partition},"offset":{offset}}}]}}"#
        );
        std::fs::write(&file, json).unwrap();
        let file = file.to_str().unwrap();
        self.tool("org.apache.kafka.tools.DeleteRecordsCommand", &["--offset-json-file", file]);
    }

    fn script(&self, arguments: &[&str]) -> String {
        let script = std::env::var("HAILSTREAM_TEST_KAFKA_SCRIPT").unwrap_or_else(|_| {
            concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/kafka").to_owned()
        });
        let output =
            Command::new(script).args(arguments).arg("--dir").arg(&self.dir).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "scripts/kafka {arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        self.script(&["stop"]);
    }
}
