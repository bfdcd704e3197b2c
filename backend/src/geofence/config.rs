//! The geofence file: whose entering and leaving is told, of which areas, into which topic.
//!
//! ```yaml
//! geofence: city
//! from: telemetry                   # a stream with an `entity`, an `expire` and a `geo_point`
//! where: "status: hired"            # which of its records count, in DQL; all unless given
//! position: position                # only where the stream has several
//! fences: [areas.geojson]           # areas, in files beside this one; `.gz` as well
//! name: name                        # the property that names them
//! only: [Airport, Downtown]         # some of them; all unless given
//! margin_m: 30                      # who is inside leaves when farther out than this; 0 unless given
//! to: taxi.fence_events             # a topic
//! ```

use std::path::Path;
use std::sync::Arc;

use hailstream_engine::{FieldType, Mode, StreamConfig};
use serde::Deserialize;

use super::fences::{self, Fences};
use super::output::COLUMNS;
use crate::config::Checked;
use crate::config::fault::{Fault, Faults, parse};
use crate::derived::Derivation;
use crate::derived::file::{File, check_ends, check_stream, input_of};

/// Margins beyond this are areas of another kind.
const MAX_MARGIN_M: f64 = 10_000.0;

/// A geofence file, checked.
#[derive(Clone, Debug)]
pub struct GeofenceConfig {
    /// Its name.
    pub name: String,
    /// Stream it reads.
    pub from: String,
    /// Which of its records count, in DQL.
    pub filter: Option<String>,
    /// Field of the position, where it was named.
    pub position: Option<String>,
    /// The areas.
    pub fences: Arc<Fences>,
    /// Who is inside leaves when farther out than this, metres.
    pub margin_m: f64,
    /// Topic of the events.
    pub to: String,
    /// Areas that are left out, and why.
    pub warnings: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    geofence: String,
    from: String,
    #[serde(rename = "where")]
    filter: Option<String>,
    position: Option<String>,
    fences: Vec<String>,
    #[serde(default = "usual_name")]
    name: String,
    only: Option<Vec<String>>,
    #[serde(default)]
    margin_m: f64,
    to: String,
}

fn usual_name() -> String {
    "name".to_owned()
}

impl File for GeofenceConfig {
    /// With the areas that it names. One that is wrong is a warning, as long as there are others.
    fn from_yaml(text: &str, file: &str) -> Result<Self, Faults> {
        let written: Written = parse(text, file)?;
        let fault = |key: &str, detail: String| Err(Faults::from(Fault::key(file, key, detail)));
        check_ends(Self::KIND, &written.geofence, &written.to, file)?;
        if !(0.0..=MAX_MARGIN_M).contains(&written.margin_m) {
            let detail = format!("{} is not within 0 and {MAX_MARGIN_M} metres", written.margin_m);
            return fault("margin_m", detail);
        }
        let folder = Path::new(file).parent().unwrap_or_else(|| Path::new(""));
        let paths: Vec<_> = written.fences.iter().map(|path| folder.join(path)).collect();
        let (fences, warnings) =
            fences::read(&paths, &written.name, written.only.as_deref(), file)?;
        Ok(Self {
            name: written.geofence,
            from: written.from,
            filter: written.filter,
            position: written.position,
            fences: Arc::new(fences),
            margin_m: written.margin_m,
            to: written.to,
            warnings,
        })
    }

    fn input<'a>(
        &self,
        file: &str,
        streams: &'a [Arc<StreamConfig>],
    ) -> Result<&'a Arc<StreamConfig>, Fault> {
        let fault = |key: &str, detail: String| Err(Fault::key(file, key, detail));
        let from = &self.from;
        let stream = input_of(from, file, streams)?;
        if stream.mode() != Mode::Append {
            let detail = "its records replace each other: take the stream of positions";
            return fault("from", format!("`{from}`: {detail}"));
        }
        let Some(entity) = stream.entity() else {
            return fault("from", format!("`{from}` has no `entity`: nobody enters or leaves"));
        };
        if COLUMNS.contains(&entity) {
            let detail = format!("`{entity}`, the entity of `{from}`, is a column of the events");
            return fault("from", detail);
        }
        if stream.expire_ms().is_none() {
            let detail = "no `expire`: after how long is an entity that says nothing gone?";
            return fault("from", format!("`{from}` has {detail}"));
        }
        self.position_in(stream).map_err(|detail| Fault::key(file, "position", detail))?;
        check_stream(self, file, stream)?;
        Ok(stream)
    }

    fn all(checked: Checked) -> Vec<Self> {
        checked.geofences
    }

    fn warnings(&self) -> &[Fault] {
        &self.warnings
    }
}

impl GeofenceConfig {
    /// The field of the position.
    pub(super) fn position_in<'a>(&'a self, stream: &'a StreamConfig) -> Result<&'a str, String> {
        let mut points = stream
            .fields()
            .iter()
            .filter(|(_, field)| field.kind == FieldType::GeoPoint)
            .map(|(name, _)| name.as_str());
        if let Some(named) = &self.position {
            let known: Vec<&str> = points.collect();
            let is_known = known.contains(&named.as_str());
            let there_are = || format!("there are: {}", known.join(", "));
            return is_known.then_some(named.as_str()).ok_or_else(|| {
                format!("`{}` has no geo_point `{named}`; {}", self.from, there_are())
            });
        }
        match (points.next(), points.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(format!("`{}` has no field of type geo_point", self.from)),
            (Some(first), Some(second)) => {
                Err(format!("which one? `{}` has `{first}`, `{second}`", self.from))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "geofence: city\nfrom: telemetry\nfences: [areas.geojson]\nmargin_m: 30\nto: taxi.fence_events\n";
    const AREAS: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"Depot"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
        {"type":"Feature","properties":{"name":"Line"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}}]}"#;

    fn read(text: &str) -> Result<GeofenceConfig, Faults> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("areas.geojson"), AREAS).unwrap();
        let file = folder.path().join("g.yaml");
        GeofenceConfig::from_yaml(text, &file.display().to_string()).map_err(|faults| {
            let mut faults = faults;
            let folder = format!("{}/", folder.path().display());
            faults.0.iter_mut().for_each(|fault| fault.file = fault.file.replace(&folder, ""));
            faults
        })
    }

    #[test]
    fn a_good_file_is_understood_without_its_wrong_areas() {
        let config = read(GOOD).unwrap();
        assert_eq!(config.fences.names().collect::<Vec<_>>(), ["Depot"]);
        let warning = config.warnings[0].to_string();
        let want = "areas.geojson: feature 2 (\"Line\"): a ring of 2 different positions, at least 3 are needed; it is left out";
        assert!(warning.ends_with(want), "{warning}");
    }

    #[test]
    fn a_wrong_file_is_told_where_and_why() {
        for (old, new, want) in [
            ("geofence: city", "geofence: The City", "g.yaml: geofence: `The City` is not a name"),
            ("margin_m: 30", "margin_m: -1", "g.yaml: margin_m: -1 is not within 0 and 10000"),
            ("margin_m", "margin", "g.yaml:4: unknown key `margin`"),
            ("areas.geojson", "area.geojson", "area.geojson: No such file"),
            (
                "margin_m: 30",
                "only: [Depto]",
                "g.yaml: only: there is no area \"Depto\"; did you mean \"Depot\"?",
            ),
            ("margin_m: 30", "name: title", "g.yaml: fences: no area is left"),
        ] {
            assert!(GOOD.contains(old), "{old}");
            let faults = read(&GOOD.replace(old, new)).unwrap_err().to_string();
            assert!(faults.lines().any(|line| line.starts_with(want)), "{faults}\n{want}");
        }
    }

    #[test]
    fn only_a_stream_of_who_is_where_will_do() {
        let config = read(GOOD).unwrap();
        let words = |more: &str| {
            let text = format!("{{stream: telemetry, topics: [t], {more}}}");
            let stream = Arc::new(StreamConfig::from_yaml(&text, "s.yaml").unwrap());
            config
                .input("g.yaml", &[stream])
                .map_or_else(|fault| fault.to_string(), |stream| stream.name().to_owned())
        };
        let cab = "entity: cab, expire: 10m";
        assert_eq!(words(&format!("{cab}, fields: {{cab: keyword, at: geo_point}}")), "telemetry");
        for (more, want) in [
            (
                "mode: upsert".to_owned(),
                "g.yaml: from: `telemetry`: its records replace each other",
            ),
            ("fields: {at: geo_point}".to_owned(), "g.yaml: from: `telemetry` has no `entity`"),
            (
                "entity: cab, fields: {cab: keyword, at: geo_point}".to_owned(),
                "g.yaml: from: `telemetry` has no `expire`",
            ),
            (
                "entity: event, expire: 1m, fields: {event: keyword, at: geo_point}".to_owned(),
                "g.yaml: from: `event`, the entity of `telemetry`, is a column of the events",
            ),
            (
                format!("{cab}, fields: {{cab: keyword}}"),
                "g.yaml: position: `telemetry` has no field of type geo_point",
            ),
            (
                format!("{cab}, fields: {{cab: keyword, a: geo_point, b: geo_point}}"),
                "g.yaml: position: which one? `telemetry` has `a`, `b`",
            ),
        ] {
            let got = words(&more);
            assert!(got.starts_with(want), "{got}\n{want}");
        }
    }
}
