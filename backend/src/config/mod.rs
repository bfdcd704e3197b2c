//! What the server is told by files: its configuration, and the folders it names.

mod effective;
pub(crate) mod fault;
mod look;
pub(crate) mod secrets;
mod serve;

use std::path::{Path, PathBuf};

pub(crate) use fault::read;
pub use fault::{Fault, Faults, Place};
pub use serve::{
    Checked, DEFAULT_DATA_DIR, DEFAULT_LISTEN, Overrides, ServeConfig, ViewLimits, address, load,
    streams_of,
};

/// The files of a folder with one of these extensions, by name.
pub(crate) fn files_of(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Fault> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Fault::whole(&folder.display().to_string(), error.to_string()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            path.is_file() && extension.is_some_and(|extension| extensions.contains(&extension))
        })
        .collect();
    files.sort();
    Ok(files)
}
