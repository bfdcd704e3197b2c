//! The configuration of `serve`: the file, the folders it names, and all that is wrong with them.

use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hailstream_engine::{Budget, StreamConfig, bytes_of};
use hailstream_query::{Interval, Query};
use serde::Deserialize;

use super::effective::Effective;
use super::fault::{Fault, Faults, parse, read};
use super::look::{is_wrong, look};
use super::{files_of, secrets};
use crate::dashboards::Dashboards;
use crate::derived::file::{self, read_folder};
use crate::geofence::config::GeofenceConfig;
use crate::maps::Maps;
use crate::observation;
use crate::rollup::config::RollupConfig;
use crate::source::producer::Producer;

/// Where the server listens unless told otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8700";
/// How close updates of a view are at most: a screen shows no more.
const UPDATE_EVERY: Duration = Duration::from_millis(16);
/// Where it keeps what it writes unless told otherwise.
pub const DEFAULT_DATA_DIR: &str = "hailstream-data";

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kafka: BTreeMap<String, String>,
    streams: String,
    dashboards: Option<String>,
    rollups: Option<String>,
    geofences: Option<String>,
    maps: Option<String>,
    views: Option<ViewsFile>,
    embed: Option<EmbedFile>,
    listen: Option<String>,
    data_dir: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ViewsFile {
    memory_bytes: Option<String>,
    each_memory_bytes: Option<String>,
    update_every: Option<Interval>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EmbedFile {
    frame_ancestors: Vec<String>,
}

/// What views may take.
#[derive(Clone, Debug)]
pub struct ViewLimits {
    /// Memory: of each, and of all together.
    pub budget: Budget,
    /// Updates of a view are never closer than this.
    pub update_every: Duration,
}

impl Default for ViewLimits {
    /// The usual memory, and as many updates as a screen shows.
    fn default() -> Self {
        Self { budget: Budget::default(), update_every: UPDATE_EVERY }
    }
}

/// What the command line says beside the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Address to listen at.
    pub listen: Option<String>,
    /// Folder for what the server writes.
    pub data_dir: Option<PathBuf>,
}

/// Everything `serve` starts from, read and checked.
#[derive(Debug)]
pub struct ServeConfig {
    /// librdkafka properties.
    pub kafka: BTreeMap<String, String>,
    /// Streams, by name.
    pub streams: Vec<Arc<StreamConfig>>,
    /// Provisioned dashboards.
    pub dashboards: Dashboards,
    /// Basemaps.
    pub maps: Maps,
    /// What views may take.
    pub views: ViewLimits,
    /// Origins whose pages may embed boards: `https://intranet.example`, `https://*.example`.
    pub frame_ancestors: Vec<String>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to write; nothing is, yet.
    pub data_dir: PathBuf,
}

/// What was read, with what deserves a word though it does not keep the server from starting.
#[derive(Debug)]
pub struct Checked {
    /// The configuration.
    pub config: ServeConfig,
    /// Rollups of the folder; `hailstream rollup` runs them.
    pub rollups: Vec<RollupConfig>,
    /// Geofences of the folder; `hailstream geofence` runs them.
    pub geofences: Vec<GeofenceConfig>,
    /// For people.
    pub warnings: Vec<Fault>,
    effective: Effective,
}

impl Checked {
    /// The effective configuration as YAML, secrets masked.
    #[must_use]
    pub fn effective(&self) -> String {
        serde_saphyr::to_string(&self.effective).unwrap_or_else(|error| error.to_string())
    }
}

/// Reads and checks a configuration file and all that it names.
///
/// # Errors
/// All that is wrong, at once.
pub fn load(path: &Path, overrides: &Overrides) -> Result<Checked, Faults> {
    let told = path.display().to_string();
    let mut file: File = parse(&read(path)?, &told)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
    resolve(&mut file, &folder, &told)?;
    let mut faults = Faults::default();
    let mut keep = |result: Result<(), Faults>| faults.0.extend(result.err().unwrap_or_default().0);
    keep(check_kafka(&file.kafka, &told).map_err(Faults::from));
    let streams = streams_of(&folder.join(&file.streams)).unwrap_or_else(|wrong| {
        keep(Err(wrong));
        Vec::new()
    });
    // What asks a stream is not judged while the streams themselves are wrong.
    let known: Vec<_> = streams.iter().cloned().chain([observation::stream()]).collect();
    let judge = |query: &Query| if streams.is_empty() { Vec::new() } else { look(query, &known) };
    let dashboards = optional(file.dashboards.as_ref(), &folder, Dashboards::from_folder)
        .unwrap_or_else(|wrong| {
            keep(Err(wrong));
            Dashboards::default()
        });
    let maps = optional(file.maps.as_ref(), &folder, Maps::from_folder).unwrap_or_else(|wrong| {
        keep(Err(wrong));
        Maps::default()
    });
    let rollups = derived_of(file.rollups.as_ref(), &folder, &streams, &mut keep);
    let geofences: Vec<GeofenceConfig> =
        derived_of(file.geofences.as_ref(), &folder, &streams, &mut keep);
    let (wrong, mut warnings): (Vec<Fault>, Vec<Fault>) =
        dashboards.findings(judge).into_iter().partition(is_wrong);
    warnings.extend(geofences.iter().flat_map(|geofence| geofence.warnings.iter().cloned()));
    keep(if wrong.is_empty() { Ok(()) } else { Err(Faults(wrong)) });
    let views = limits_of(file.views.take().unwrap_or_default(), &told).unwrap_or_else(|wrong| {
        keep(Err(wrong.into()));
        ViewLimits::default()
    });
    let frame_ancestors = file.embed.take().unwrap_or_default().frame_ancestors;
    for (place, origin) in frame_ancestors.iter().enumerate() {
        keep(check_origin(origin).map_err(|why| {
            Fault::key(&told, format!("embed.frame_ancestors[{place}]"), why).into()
        }));
    }
    let listen = overrides.listen.as_deref().or(file.listen.as_deref()).unwrap_or(DEFAULT_LISTEN);
    let listen = address(listen, &told).unwrap_or_else(|wrong| {
        keep(Err(wrong.into()));
        SocketAddr::from(([127, 0, 0, 1], 0))
    });
    if !faults.0.is_empty() {
        return Err(faults);
    }
    let data_dir = overrides.data_dir.clone().unwrap_or_else(|| {
        file.data_dir.map_or_else(|| PathBuf::from(DEFAULT_DATA_DIR), |dir| folder.join(dir))
    });
    let kafka = unhurried(file.kafka, views.update_every);
    let config =
        ServeConfig { kafka, streams, dashboards, maps, views, frame_ancestors, listen, data_dir };
    let effective = Effective::of(&config, &rollups, &geofences);
    Ok(Checked { effective, config, rollups, geofences, warnings })
}

/// Replaces variables and files.
fn resolve(file: &mut File, folder: &Path, told: &str) -> Result<(), Faults> {
    let variable = |name: &str| std::env::var(name).ok();
    let mut faults = Faults::default();
    for (property, value) in &mut file.kafka {
        let resolved = secrets::interpolate(value, &variable)
            .and_then(|value| secrets::from_file(value, folder));
        match resolved {
            Ok(resolved) => *value = resolved,
            Err(why) => faults.0.push(Fault::key(told, format!("kafka.{property}"), why)),
        }
    }
    let others = [
        ("streams", Some(&mut file.streams)),
        ("dashboards", file.dashboards.as_mut()),
        ("rollups", file.rollups.as_mut()),
        ("geofences", file.geofences.as_mut()),
        ("maps", file.maps.as_mut()),
        ("listen", file.listen.as_mut()),
        ("data_dir", file.data_dir.as_mut()),
    ];
    for (key, value) in others {
        let Some(value) = value else { continue };
        match secrets::interpolate(value, &variable) {
            Ok(resolved) => *value = resolved,
            Err(why) => faults.0.push(Fault::key(told, key, why)),
        }
    }
    if faults.0.is_empty() { Ok(()) } else { Err(faults) }
}

fn limits_of(file: ViewsFile, told: &str) -> Result<ViewLimits, Fault> {
    let read = |key: &str, text: Option<String>, or: usize| {
        let Some(text) = text else { return Ok(or) };
        let bytes = bytes_of(&text).map_err(|why| Fault::key(told, format!("views.{key}"), why))?;
        Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
    };
    let usual = Budget::default();
    let all = read("memory_bytes", file.memory_bytes, usual.all_bytes())?;
    let each = read("each_memory_bytes", file.each_memory_bytes, usual.each_bytes())?;
    let update_every = file.update_every.map_or(UPDATE_EVERY, |every| {
        Duration::from_millis(every.millis().unsigned_abs()).max(UPDATE_EVERY)
    });
    Ok(ViewLimits { budget: Budget::new(each, all), update_every })
}

/// What is shown once a second need not be fetched two hundred times a second: the broker may collect records for a quarter of the
/// time between two updates, unless the file says otherwise. Where updates are quick, records are fetched as they come.
fn unhurried(
    mut kafka: BTreeMap<String, String>,
    update_every: Duration,
) -> BTreeMap<String, String> {
    const QUICK: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_millis(250);
    if update_every >= QUICK {
        let wait = (update_every / 4).min(LONGEST).as_millis();
        for (property, value) in
            [("fetch.wait.max.ms", wait.to_string()), ("fetch.min.bytes", "1000000".to_owned())]
        {
            kafka.entry(property.to_owned()).or_insert(value);
        }
    }
    kafka
}

/// A scheme and a host, perhaps with `*.` before it and a port behind: what may stand in a policy.
fn check_origin(origin: &str) -> Result<(), String> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let is_origin = host.is_some_and(|host| {
        let name = host.strip_prefix("*.").unwrap_or(host);
        !name.is_empty() && name.chars().all(is_plain)
    });
    if is_origin {
        Ok(())
    } else {
        Err(format!("\"{origin}\" is no origin such as https://intranet.example"))
    }
}

fn check_kafka(kafka: &BTreeMap<String, String>, told: &str) -> Result<(), Fault> {
    // Made and dropped: librdkafka alone knows its properties.
    Producer::new(kafka).map(drop).map_err(|error| Fault::whole(told, error.to_string()))
}

fn optional<T: Default>(
    name: Option<&String>,
    folder: &Path,
    read: impl FnOnce(&Path) -> Result<T, Faults>,
) -> Result<T, Faults> {
    name.map_or_else(|| Ok(T::default()), |name| read(&folder.join(name)))
}

/// Rollups or geofences of a folder that the file names; none where they are wrong, which is kept.
fn derived_of<F: file::File>(
    name: Option<&String>,
    folder: &Path,
    streams: &[Arc<StreamConfig>],
    keep: &mut impl FnMut(Result<(), Faults>),
) -> Vec<F> {
    optional(name, folder, |path| read_folder(path, streams)).unwrap_or_else(|wrong| {
        keep(Err(wrong));
        Vec::new()
    })
}

/// The streams of a folder, by name.
///
/// # Errors
/// All that is wrong with their files.
pub fn streams_of(folder: &Path) -> Result<Vec<Arc<StreamConfig>>, Faults> {
    let mut faults = Faults::default();
    let mut streams = BTreeMap::new();
    for path in files_of(folder, &["yaml", "yml"])? {
        let told = path.display().to_string();
        let read = read(&path).and_then(|text| {
            StreamConfig::from_yaml(&text, &told)
                .map_err(|error| Fault::whole(&error.file, error.detail))
        });
        match read {
            Ok(stream) => {
                if streams.contains_key(stream.name()) {
                    let detail =
                        format!("\"{}\" is the name of another file's stream", stream.name());
                    faults.0.push(Fault::key(&told, "stream", detail));
                }
                if observation::is_reserved(stream.name()) {
                    let detail = format!("\"{}\" is the server's own stream", stream.name());
                    faults.0.push(Fault::key(&told, "stream", detail));
                }
                streams.insert(stream.name().to_owned(), Arc::new(stream));
            }
            Err(fault) => faults.0.push(fault),
        }
    }
    if streams.is_empty() && faults.0.is_empty() {
        let detail = "no stream file (.yaml) in this folder";
        faults.0.push(Fault::whole(&folder.display().to_string(), detail));
    }
    if faults.0.is_empty() { Ok(streams.into_values().collect()) } else { Err(faults) }
}

/// The address to listen at. Other machines are not let in while there are no users.
///
/// # Errors
/// What is no address, and addresses of the network.
pub fn address(listen: &str, told: &str) -> Result<SocketAddr, Fault> {
    let expected = "expected HOST:PORT, such as 127.0.0.1:8700 (port 0: a free one)";
    let mut addresses = listen.to_socket_addrs().map_err(|error| {
        Fault::key(told, "listen", format!("\"{listen}\": {error}; {expected}"))
    })?;
    let address = addresses.next().ok_or_else(|| Fault::key(told, "listen", expected))?;
    if !address.ip().is_loopback() {
        let detail = format!(
            "\"{listen}\" can be reached by other machines, and there are no users yet to tell who may see what: \
             listen at a loopback address such as {DEFAULT_LISTEN}"
        );
        return Err(Fault::key(told, "listen", detail));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_let_into_the_policy() {
        for good in [
            "https://intra.example",
            "http://localhost:3000",
            "https://*.example.com:8443",
            "http://[::1]:80",
        ] {
            assert_eq!(check_origin(good), Ok(()));
        }
        for bad in [
            "",
            "*",
            "https://",
            "example.com",
            "https://a; script-src *",
            "https://a/path",
            "javascript:1",
            "https://a b",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn records_are_fetched_as_often_as_views_are_updated() {
        let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let fetch = |kafka, every_ms| unhurried(kafka, Duration::from_millis(every_ms));
        assert_eq!(fetch(of(&[]), 16), of(&[]), "as they come");
        let calm = of(&[("fetch.min.bytes", "1000000"), ("fetch.wait.max.ms", "250")]);
        assert_eq!(fetch(of(&[]), 5_000), calm);
        let own = of(&[("fetch.min.bytes", "1"), ("fetch.wait.max.ms", "50")]);
        assert_eq!(fetch(own.clone(), 1_000), own);
    }
}
