//! Configurations that are wrong: each is refused with file, place, what was expected, and near names.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;

use hailstream::config::{Overrides, load};

const STREAM: &str =
    "stream: positions\ntopics: [taxi.positions]\nfields: {cab: keyword, speed: double}\n";
const DASHBOARD: &str = "id: board
type: dashboard
attributes:
  title: Board
  panels:
    - panelIndex: p
      gridData: {x: 0, y: 0, w: 8, h: 4}
      visualization: {title: T, type: table, query: {stream: positions, buckets: [{id: c, type: terms, field: cab}]}}
";
const CONFIG: &str = "kafka:
  bootstrap.servers: 127.0.0.1:9
  sasl.password: secret-word
streams: streams
dashboards: dashboards
";

struct Files(tempfile::TempDir);

impl Files {
    fn good() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("hailstream.yaml", CONFIG);
        files.write("streams/positions.yaml", STREAM);
        files.write("dashboards/board.yaml", DASHBOARD);
        files
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// What is wrong, or the warnings; paths without the folder.
    fn told(&self) -> String {
        let path = self.0.path().join("hailstream.yaml");
        let told = match load(&path, &Overrides::default()) {
            Ok(checked) => {
                let warnings: Vec<String> =
                    checked.warnings.iter().map(ToString::to_string).collect();
                format!("fine\n{}", warnings.join("\n")).trim_end().to_owned()
            }
            Err(faults) => faults.to_string(),
        };
        told.replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn told_with(path: &str, text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    let files = Files::good();
    files.write(path, &text.replace(old, new));
    files.told()
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        (
            "streams: streams\n",
            "steams: streams\n",
            "hailstream.yaml:4: unknown key `steams`, expected one of kafka, streams, dashboards, rollups, geofences, maps, views, embed, listen, data_dir; did you mean `streams`?",
        ),
        (
            "  bootstrap.servers: 127.0.0.1:9\n",
            "",
            "hailstream.yaml: kafka.bootstrap.servers is missing: the address of a broker, such as 127.0.0.1:9092",
        ),
        (
            "secret-word",
            "${HAILSTREAM_NO_SUCH_VARIABLE}",
            "hailstream.yaml: kafka.sasl.password: the environment variable HAILSTREAM_NO_SUCH_VARIABLE is not set",
        ),
        (
            "streams: streams",
            "listen: 0.0.0.0:8700\nstreams: streams",
            "hailstream.yaml: listen: \"0.0.0.0:8700\" can be reached by other machines, and there are no users yet to tell who may see what: listen at a loopback address such as 127.0.0.1:8700",
        ),
        ("streams: streams", "streams: nowhere", "nowhere: No such file or directory (os error 2)"),
    ];
    for (old, new, want) in cases {
        assert_eq!(told_with("hailstream.yaml", CONFIG, old, new), want, "{new}");
    }
    let panel = "dashboards/board.yaml: attributes.panels[0]";
    for (old, new, want) in [
        ("title: T", "title: T", "fine".to_owned()),
        (
            "type: table",
            "type: vega",
            format!("fine\n{panel}.visualization: unknown visualization type \"vega\"; known: metric, line, area, histogram, horizontal_bar, gauge, goal, heatmap, pie, tagcloud, table, search, map, markdown, input_control_vis"),
        ),
        (
            "field: cab}",
            "field: cap}",
            format!("fine\n{panel}.visualization.query.buckets[0].field: \"cap\" is not declared in the stream file of positions; did you mean \"cab\"?"),
        ),
        (
            "field: cab}]",
            "field: hour}], runtime: {hour: {type: hour_of_day}}",
            "fine".to_owned(),
        ),
        (
            "stream: positions",
            "stream: postions",
            format!("{panel}.visualization.query.stream: there is no stream \"postions\"; did you mean \"positions\"?"),
        ),
        (
            "panelIndex",
            "panelIndx",
            "dashboards/board.yaml:6: unknown key `panelIndx`, expected one of panelIndex, gridData, title, panelRefName, visualization, params, hidePanelTitles; did you mean `panelIndex`?".to_owned(),
        ),
    ] {
        assert_eq!(told_with("dashboards/board.yaml", DASHBOARD, old, new), want, "{new}");
    }
}

#[test]
fn a_stream_file_that_is_wrong_is_named() {
    let told = told_with("streams/positions.yaml", STREAM, "topics:", "topcs:");
    assert!(
        told.contains("positions.yaml") && told.contains("topcs") && told.contains("topics"),
        "{told}"
    );
    let files = Files::good();
    files.write("streams/again.yml", STREAM);
    assert_eq!(
        files.told(),
        "streams/positions.yaml: stream: \"positions\" is the name of another file's stream"
    );
}

#[test]
fn names_are_given_once() {
    let files = Files::good();
    files.write("streams/own.yaml", &STREAM.replace("stream: positions", "stream: hailstream"));
    assert_eq!(files.told(), "streams/own.yaml: stream: \"hailstream\" is the server's own stream");
    let files = Files::good();
    files.write("hailstream.yaml", &format!("{CONFIG}rollups: rollups\n"));
    let rollup = "rollup: minute\nfrom: positions\nwindow: {tumbling: 1m}\nby: [cab]\n\
        metrics: [{id: fixes, type: count}]\nemit: update\nto: minutes\nkey: [cab, window]\n";
    files.write("rollups/a.yaml", rollup);
    assert_eq!(files.told(), "fine");
    files.write("rollups/b.yaml", rollup);
    assert_eq!(
        files.told(),
        "rollups/b.yaml: rollup: \"minute\" is the name of another file's rollup"
    );
}

#[test]
fn secrets_come_from_files_and_are_not_shown() {
    let files = Files::good();
    files.write("hailstream.yaml", &CONFIG.replace("secret-word", "file:password"));
    files.write("password", "secret-word\n");
    let checked = load(&files.0.path().join("hailstream.yaml"), &Overrides::default()).unwrap();
    assert_eq!(checked.config.kafka["sasl.password"], "secret-word");
    let shown = checked.effective();
    assert!(!shown.contains("secret-word"), "{shown}");
    insta::assert_snapshot!("effective_configuration", shown);
}

#[test]
fn the_command_line_wins() {
    let files = Files::good();
    let overrides = Overrides {
        listen: Some("localhost:0".into()),
        data_dir: Some(Path::new("elsewhere").into()),
    };
    let config = load(&files.0.path().join("hailstream.yaml"), &overrides).unwrap().config;
    assert!(config.listen.ip().is_loopback() && config.listen.port() == 0);
    assert_eq!(config.data_dir, Path::new("elsewhere"));
}
