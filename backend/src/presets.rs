//! Presets: a scenario as files (streams, rollups, geofences, dashboards, replay map), inside the binary.
//!
//! A preset is laid out in a folder and then read like any other configuration, so that it is also an example to copy.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use hailstream_query::nearest;
use serde::Deserialize;

use crate::config::fault;

#[derive(rust_embed::Embed)]
#[folder = "../assets"]
#[include = "presets/**/*"]
#[include = "maps/**/*"]
#[include = "zones/**/*"]
struct Files;

/// A preset laid out in a folder.
#[derive(Clone, Debug)]
pub struct Preset {
    name: String,
    root: PathBuf,
}

/// What a preset sends instead of a simulation. Where it has no `begin`: a file at once, so that it ends now; then again and again,
/// each record as of now. Where it has one: a replay, whose event times stay and whose `now` is the newest event; what happened before
/// `begin` is sent at once, the rest as it happened, and when it ends it goes on a recording later.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The stream whose topic it goes to.
    pub stream: String,
    /// The file, in the preset's folder.
    pub file: String,
    /// How its rows become records, a file in the preset's folder.
    pub map: Option<String>,
    /// How many times as fast as it was recorded, from now on.
    pub speed: f64,
    /// A moment of the recording, ISO 8601 with an offset.
    pub begin: Option<String>,
}

impl Recording {
    /// The moment at which it begins, epoch ms.
    ///
    /// # Errors
    /// A `begin` that is no moment.
    pub fn begin_ms(&self) -> Result<Option<i64>> {
        let parse = |text: &String| {
            let moment = text.parse::<jiff::Timestamp>();
            moment.with_context(|| format!("recording.yaml: begin: \"{text}\" is no moment"))
        };
        Ok(self.begin.as_ref().map(parse).transpose()?.map(jiff::Timestamp::as_millisecond))
    }
}

/// Names of the presets there are.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Files::iter()
        .filter_map(|file| Some(file.strip_prefix("presets/")?.split_once('/')?.0.to_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A file of the assets: a map, the areas of a city.
///
/// # Errors
/// A file that does not exist.
pub fn file(name: &str) -> Result<Cow<'static, [u8]>> {
    let file = Files::get(name).with_context(|| format!("there is no {name}"))?;
    Ok(file.data)
}

/// Refuses the name of a preset that does not exist, and names the nearest one.
///
/// # Errors
/// Such a name.
pub fn known(name: &str) -> Result<()> {
    let known = names();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let near = nearest(name, known.iter().map(String::as_str)).map_or_else(
        || format!("there are: {}", known.join(", ")),
        |near| format!("did you mean \"{near}\"?"),
    );
    bail!("there is no preset \"{name}\"; {near}")
}

impl Preset {
    /// Lays a preset out below `folder`, replacing what was laid out there before.
    ///
    /// # Errors
    /// A preset that does not exist, a folder that cannot be written.
    pub fn lay_out(name: &str, folder: &Path) -> Result<Self> {
        known(name)?;
        let root = folder.join("preset");
        if root.exists() {
            fs::remove_dir_all(&root).with_context(|| format!("clearing {}", root.display()))?;
        }
        let others = names().into_iter().filter(|other| other != name);
        let others: Vec<String> = others.map(|other| format!("presets/{other}/")).collect();
        for file in Files::iter() {
            if others.iter().any(|other| file.starts_with(other)) {
                continue;
            }
            let Some(content) = Files::get(&file) else { continue };
            let path = root.join(file.as_ref());
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)
                    .with_context(|| format!("making {}", parent.display()))?;
            }
            fs::write(&path, content.data)
                .with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(Self { name: name.to_owned(), root })
    }

    /// A file or folder of the preset.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join("presets").join(&self.name).join(name)
    }

    /// What it sends, where that was recorded.
    ///
    /// # Errors
    /// A file of it that cannot be read.
    pub fn recording(&self) -> Result<Option<Recording>> {
        let file = self.path("recording.yaml");
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(Some(fault::parse(&text, &file.display().to_string())?))
    }

    /// A file or folder that presets share, below `assets/`.
    #[must_use]
    pub fn shared(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Writes the configuration of a server of this preset; returns its file.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn write_config(
        &self,
        kafka: &std::collections::BTreeMap<String, String>,
    ) -> Result<PathBuf> {
        let mut config = serde_json::json!({
            "kafka": kafka,
            "streams": "streams",
            "dashboards": "dashboards",
            "maps": "../../maps",
        });
        for folder in ["rollups", "geofences"] {
            if self.path(folder).exists() {
                config[folder] = folder.into();
            }
        }
        let file = self.path("hailstream.yaml");
        fs::write(&file, format!("{config:#}\n"))
            .with_context(|| format!("writing {}", file.display()))?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Overrides};

    #[test]
    fn every_preset_is_a_configuration_without_faults() {
        for name in names() {
            let folder = tempfile::tempdir().unwrap();
            let preset = Preset::lay_out(&name, folder.path()).unwrap();
            let kafka = [("bootstrap.servers".to_owned(), "127.0.0.1:1".to_owned())].into();
            let file = preset.write_config(&kafka).unwrap();
            let checked = config::load(&file, &Overrides::default()).unwrap();
            assert!(!checked.config.dashboards.summaries().is_empty(), "{name}");
            let warnings: Vec<String> = checked.warnings.iter().map(ToString::to_string).collect();
            assert!(warnings.is_empty(), "{name}: {warnings:?}");
            let Some(recording) = preset.recording().unwrap() else { continue };
            recording.begin_ms().unwrap();
            for file in [Some(&recording.file), recording.map.as_ref()].into_iter().flatten() {
                assert!(preset.path(file).exists(), "{name}: {file}");
            }
            let mut streams = checked.config.streams.iter();
            assert!(streams.any(|stream| stream.name() == recording.stream), "{name}");
        }
    }
}
