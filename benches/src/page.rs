//! Bytes of the page as a browser loads it for the first picture of a board: brotli, without fonts and what is fetched later.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::budget::Measure;
use crate::process::root;

/// Whether a file is one of the parts that are fetched when they are needed.
fn is_part(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("part-"))
}

fn brotli_bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "fonts") {
            sum += brotli_bytes(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "br") && !is_part(&path) {
            sum += fs::metadata(&path)?.len();
        }
    }
    Ok(sum)
}

pub(crate) fn measure() -> Result<Vec<Measure>> {
    let bytes = brotli_bytes(&root().join("dist"))?;
    Ok(vec![Measure::new(
        "page before the first picture, brotli, without fonts",
        "kB",
        bytes as f64 / 1e3,
        200.0,
        300.0,
    )])
}
