//! The rollup file: what is aggregated, from which stream, into which topic.
//!
//! ```yaml
//! rollup: zone_minute
//! from: trips                       # a stream
//! where: "fare > 0"                 # which of its records count, in DQL; all unless given
//! window: {tumbling: 1m}            # of event time, aligned to 1970
//! by: [zone]                        # may be empty: one row per window
//! metrics:
//!   - {id: trips, type: count}
//!   - {id: revenue, type: sum, field: fare}
//! emit: update                      # update: rows as they change; close: once, when nothing can be added any more
//! to: taxi.zone_minute              # a topic
//! key: [zone, window]               # names `window` and all of `by`, in any order
//! ```

use std::sync::Arc;

use hailstream_engine::{Mode, StreamConfig};
use hailstream_query::{Interval, Metric};
use serde::Deserialize;

use super::metric::MetricState;
use super::shape::Emit;
use crate::config::Checked;
use crate::config::fault::{Fault, Faults, parse};
use crate::derived::Derivation;
use crate::derived::file::{File, check_ends, check_stream, input_of};

/// Column of the window's start in output rows.
pub const WINDOW: &str = "window";
/// Column of the window's end.
pub const WINDOW_END: &str = "window_end";

/// A rollup file, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct RollupConfig {
    /// Its name.
    pub name: String,
    /// Stream it reads.
    pub from: String,
    /// Which of its records count, in DQL.
    pub filter: Option<String>,
    /// Length of a window.
    pub window: Interval,
    /// Fields that tell rows of a window apart.
    pub by: Vec<String>,
    /// What is computed.
    pub metrics: Vec<Metric>,
    /// When rows are written.
    pub emit: Emit,
    /// Topic of the rows.
    pub to: String,
    /// Fields of the record key.
    pub key: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rollup: String,
    from: String,
    #[serde(rename = "where")]
    filter: Option<String>,
    window: WrittenWindow,
    #[serde(default)]
    by: Vec<String>,
    metrics: Vec<Metric>,
    #[serde(default)]
    emit: WrittenEmit,
    to: String,
    key: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWindow {
    tumbling: Interval,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenEmit {
    #[default]
    Update,
    Close,
}

impl File for RollupConfig {
    fn from_yaml(text: &str, file: &str) -> Result<Self, Faults> {
        let written: Written = parse(text, file)?;
        check_ends(Self::KIND, &written.rollup, &written.to, file)?;
        check_metrics(&written, file)?;
        let key = written.key.unwrap_or_else(|| {
            written.by.iter().map(String::as_str).chain([WINDOW]).map(str::to_owned).collect()
        });
        check_key(&key, &written.by, file)?;
        Ok(Self {
            name: written.rollup,
            from: written.from,
            filter: written.filter,
            window: written.window.tumbling,
            by: written.by,
            metrics: written.metrics,
            emit: match written.emit {
                WrittenEmit::Update => Emit::Update,
                WrittenEmit::Close => Emit::Close,
            },
            to: written.to,
            key,
        })
    }

    fn input<'a>(
        &self,
        file: &str,
        streams: &'a [Arc<StreamConfig>],
    ) -> Result<&'a Arc<StreamConfig>, Fault> {
        let stream = input_of(&self.from, file, streams)?;
        if stream.mode() != Mode::Append {
            let detail = "rollups of streams whose records replace each other are not supported \
                 yet: take the stream of events";
            return Err(Fault::key(file, "from", format!("`{}`: {detail}", self.from)));
        }
        check_stream(self, file, stream)?;
        Ok(stream)
    }

    fn all(checked: Checked) -> Vec<Self> {
        checked.rollups
    }

    fn warnings(&self) -> &[Fault] {
        &[]
    }
}

fn check_metrics(written: &Written, file: &str) -> Result<(), Fault> {
    if written.metrics.is_empty() {
        return Err(Fault::key(file, "metrics", "at least one metric is expected"));
    }
    let mut columns: Vec<&str> = written.by.iter().map(String::as_str).collect();
    columns.extend([WINDOW, WINDOW_END]);
    for (index, metric) in written.metrics.iter().enumerate() {
        let at = |key: &str| format!("metrics[{index}].{key}");
        if let Metric::Avg(_) = metric {
            let detail = "avg cannot be added up further, averages of averages are wrong: \
                 take a sum and a count, and divide when asking";
            return Err(Fault::key(file, at("type"), detail));
        }
        if MetricState::new(metric).is_none() {
            let detail = format!("{} cannot be added up further", metric.name());
            return Err(Fault::key(file, at("type"), detail));
        }
        if metric.filter().is_some() {
            return Err(Fault::key(file, at("filter"), "is not supported in rollups yet"));
        }
        if columns.contains(&metric.id()) {
            let detail = format!("`{}` is the name of another column of the rows", metric.id());
            return Err(Fault::key(file, at("id"), detail));
        }
        columns.push(metric.id());
    }
    Ok(())
}

/// Rows of different windows or groups must not have the same key: one would replace the other.
fn check_key(key: &[String], by: &[String], file: &str) -> Result<(), Fault> {
    let columns: Vec<&str> = by.iter().map(String::as_str).chain([WINDOW]).collect();
    if let Some(unknown) = key.iter().find(|name| !columns.contains(&name.as_str())) {
        let detail = format!("`{unknown}` is none of {}", columns.join(", "));
        return Err(Fault::key(file, "key", detail));
    }
    match columns.iter().find(|column| !key.iter().any(|name| name == *column)) {
        None => Ok(()),
        Some(missing) => {
            let detail = format!("`{missing}` is missing: rows would replace each other");
            Err(Fault::key(file, "key", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "rollup: zone_minute\nfrom: trips\nwindow: {tumbling: 1m}\nby: [zone]\n\
        metrics:\n  - {id: trips, type: count}\n  - {id: revenue, type: sum, field: fare}\n\
        emit: update\nto: taxi.zone_minute\nkey: [zone, window]\n";

    fn words(old: &str, new: &str) -> String {
        assert!(GOOD.contains(old), "{old}");
        RollupConfig::from_yaml(&GOOD.replace(old, new), "r.yaml")
            .map_or_else(|fault| fault.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn a_good_file_is_understood() {
        let config = RollupConfig::from_yaml(GOOD, "r.yaml").unwrap();
        assert_eq!((config.window.millis(), config.emit), (60_000, Emit::Update));
        assert_eq!(config.key, ["zone", "window"]);
        assert_eq!(words("key: [zone, window]\n", ""), "fine");
        assert_eq!(words("emit: update\n", "emit: close\n"), "fine");
    }

    #[test]
    fn a_wrong_file_is_told_where_and_why() {
        for (old, new, want) in [
            ("type: count", "type: avg, field: fare", "r.yaml: metrics[0].type: avg cannot be"),
            ("type: sum, field: fare", "type: sum", "r.yaml:7: missing field `field`"),
            ("type: sum", "type: median", "r.yaml: metrics[1].type: median cannot be added up"),
            (
                "type: count",
                "type: count, filter: {exists: {field: fare}}",
                "r.yaml: metrics[0].filter: is not supported in rollups yet",
            ),
            ("id: trips", "id: window", "r.yaml: metrics[0].id: `window` is the name of another"),
            ("key: [zone, window]", "key: [zone]", "r.yaml: key: `window` is missing"),
            ("key: [zone, window]", "key: [zoen, window]", "r.yaml: key: `zoen` is none of zone"),
            ("tumbling: 1m", "tumbling: 1 parsec", "r.yaml:3: "),
            ("window:", "windw:", "r.yaml:3: unknown key `windw`"),
            ("rollup: zone_minute", "rollup: Zone minute", "r.yaml: rollup: `Zone minute`"),
            ("emit: update", "emit: upd", "r.yaml:8: unknown value `upd`"),
        ] {
            let got = words(old, new);
            assert!(got.starts_with(want), "{got}\n{want}");
        }
    }

    #[test]
    fn only_a_stream_of_events_can_be_rolled_up() {
        let stream = |text: &str| Arc::new(StreamConfig::from_yaml(text, "s.yaml").unwrap());
        let words = |stream: Arc<StreamConfig>| {
            let config = RollupConfig::from_yaml(GOOD, "r.yaml").unwrap();
            config
                .input("r.yaml", &[stream])
                .map_or_else(|fault| fault.to_string(), |stream| stream.name().to_owned())
        };
        assert_eq!(words(stream("{stream: trips, topics: [t]}")), "trips");
        assert_eq!(
            words(stream("{stream: trip, topics: [t]}")),
            "r.yaml: from: there is no stream `trips`; did you mean `trip`?"
        );
        assert_eq!(
            words(stream("{stream: trips, topics: [taxi.zone_minute]}")),
            "r.yaml: to: `taxi.zone_minute` is a topic that the rollup reads"
        );
        let filtered = GOOD.replace("emit:", "where: \"fare: dear\"\nemit:");
        let filtered = RollupConfig::from_yaml(&filtered, "r.yaml").unwrap();
        let trips = stream("{stream: trips, topics: [t], fields: {fare: double}}");
        assert_eq!(
            filtered.input("r.yaml", &[trips]).unwrap_err().to_string(),
            "r.yaml: where: `fare` is of type double: `dear` is not a number (character 1)"
        );
        let upsert = words(stream("{stream: trips, topics: [t], mode: upsert}"));
        assert!(upsert.starts_with("r.yaml: from: `trips`: rollups of streams whose"), "{upsert}");
    }
}
