//! The basemaps that map panels draw under their entities: files of a folder, served compressed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hailstream_geo::basemap::Basemap;

use crate::config::{Fault, Faults};

/// Maps by name.
#[derive(Debug, Default)]
pub struct Maps {
    maps: BTreeMap<String, MapFile>,
}

/// A basemap's bytes.
#[derive(Debug)]
pub(crate) struct MapFile {
    raw: Bytes,
    gzipped: OnceLock<Bytes>,
}

impl Maps {
    /// Reads `NAME.hsbm` and `NAME/basemap.hsbm` of a folder.
    ///
    /// # Errors
    /// Files that cannot be read or are no basemaps.
    pub fn from_folder(folder: &Path) -> Result<Self, Faults> {
        let mut maps = Self::default();
        let mut faults = Faults::default();
        let entries = std::fs::read_dir(folder)
            .map_err(|error| Fault::whole(&folder.display().to_string(), error.to_string()))?;
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            let file = if path.is_dir() { path.join("basemap.hsbm") } else { path.clone() };
            let is_map = file.extension().is_some_and(|extension| extension == "hsbm");
            let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
            if !is_map || !file.is_file() {
                continue;
            }
            let told = file.display().to_string();
            let read = std::fs::read(&file).map_err(|error| Fault::whole(&told, error.to_string()));
            let taken = read.and_then(|bytes| maps.insert(name, &told, Bytes::from(bytes)));
            faults.0.extend(taken.err());
        }
        if faults.0.is_empty() { Ok(maps) } else { Err(faults) }
    }

    /// Takes a basemap; `file` is its name for people.
    ///
    /// # Errors
    /// Where the bytes are no basemap.
    pub fn insert(&mut self, name: &str, file: &str, raw: Bytes) -> Result<(), Fault> {
        Basemap::read(&raw).map_err(|error| Fault::whole(file, error.to_string()))?;
        self.maps.insert(name.to_owned(), MapFile { raw, gzipped: OnceLock::new() });
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&MapFile> {
        self.maps.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.maps.keys().map(String::as_str)
    }
}

impl MapFile {
    pub(crate) fn raw(&self) -> Bytes {
        self.raw.clone()
    }

    /// Compressed when first asked for.
    pub(crate) fn gzipped(&self) -> Bytes {
        let gzipped = self.gzipped.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            let written = encoder.write_all(&self.raw).and_then(|()| encoder.finish());
            // Writing into memory cannot fail.
            written.map(Bytes::from).unwrap_or_default()
        });
        gzipped.clone()
    }
}
