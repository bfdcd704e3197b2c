//! A rollup or a geofence as a process, which may be killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::kafka::Kafka;

/// Its file and its stream in a folder of the test's own, and the process that runs it.
pub(crate) struct Derived {
    kind: &'static str,
    folder: PathBuf,
    bootstrap: String,
    process: Option<Child>,
}

impl Derived {
    /// `kind` is the subcommand.
    pub(crate) fn new(
        kafka: &Kafka,
        kind: &'static str,
        name: &str,
        stream: &str,
        file: &str,
    ) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("{kind}-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("stream.yaml"), stream).unwrap();
        std::fs::write(folder.join("file.yaml"), file).unwrap();
        let bootstrap = kafka.properties()["bootstrap.servers"].clone();
        Self { kind, folder, bootstrap, process: None }
    }

    /// Puts one more file beside the others.
    pub(crate) fn put(&self, name: &str, content: &str) {
        std::fs::write(self.folder.join(name), content).unwrap();
    }

    pub(crate) fn start(&mut self) {
        let process = Command::new(env!("CARGO_BIN_EXE_hailstream"))
            .arg(self.kind)
            .arg("--config")
            .arg(self.folder.join("file.yaml"))
            .args(["--brokers", &self.bootstrap])
            .stderr(Stdio::from(std::fs::File::create(self.folder.join("log")).unwrap()))
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    /// SIGKILL: nothing is flushed, closed or committed.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Derived {
    fn drop(&mut self) {
        self.kill();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}
