//! The real exports that tests read.
//!
//! `HAILSTREAM_DATA` says where they are (default: `../shared/data` beside the project).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use hailstream_osd::{Export, read};

/// Their names.
pub(crate) const FILES: [&str; 5] = [
    "catalog-apache.ndjson",
    "catalog-aws-rds.ndjson",
    "functest-table.ndjson",
    "malcolm-tile-map.json",
    "siem-web.ndjson",
];

/// One of them.
pub(crate) fn export(name: &str) -> Export {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("HAILSTREAM_DATA").map_or_else(default, PathBuf::from);
    let file = data.join("saved-objects").join(name);
    let words = "is missing: set HAILSTREAM_DATA to the folder of test data";
    assert!(file.exists(), "{} {words}", file.display());
    read(&std::fs::read(file).unwrap()).unwrap()
}
