//! rdkafka has one door for each of its three sides (rule 12): whatever else wants to read, write or imitate Kafka
//! goes through these files, so that its threads and callbacks have one owner each.

use crate::rust_code::shipped_lines;
use crate::{Finding, SourceFile, Workspace};

/// A module of rdkafka and the only files that may name it. Checkpoints are read and committed by a consumer too.
const DOORS: &[(&str, &[&str])] = &[
    ("rdkafka::consumer", &["backend/src/source/consumer.rs", "backend/src/source/checkpoint.rs"]),
    ("rdkafka::producer", &["backend/src/source/producer.rs"]),
    ("rdkafka::mocking", &["backend/src/broker.rs"]),
];
/// The in-process broker's type is written with this name, though it produces nothing.
const NAME_ONLY: &str = "rdkafka::producer::DefaultProducerContext";

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let files =
        workspace.rust().filter(|file| file.path.contains("src/") && !file.is_tidy_itself());
    files.flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in shipped_lines(file) {
        let text = text.replace(NAME_ONLY, "");
        let is_outside = |doors: &[&str]| !doors.contains(&file.path.as_str());
        for (module, doors) in
            DOORS.iter().filter(|(module, doors)| is_outside(doors) && names(&text, module))
        {
            let message = format!("`{module}` is for {} alone", doors.join(" and "));
            findings.push(Finding { path: file.path.clone(), line, rule: 12, message });
        }
    }
    findings
}

/// Also in a grouped import, `use rdkafka::{consumer::…}`.
fn names(text: &str, module: &str) -> bool {
    let inner = module.trim_start_matches("rdkafka::");
    let grouped = text.contains("rdkafka::{") && text.contains(&format!("{inner}::"));
    text.contains(module) || grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_of_rdkafka_has_one_door() {
        let text = "//! Reads.\nuse rdkafka::consumer::BaseConsumer;\nuse rdkafka::{producer::X, Message};\n";
        let file = |path: &str| SourceFile { path: path.into(), text: text.into() };
        let lines = |path: &str| -> Vec<usize> {
            check(&Workspace::new(vec![file(path)])).iter().map(|finding| finding.line).collect()
        };
        assert_eq!(lines("backend/src/source/consumer.rs"), [3]);
        assert_eq!(lines("backend/src/source/producer.rs"), [2]);
        assert_eq!(lines("backend/src/hub.rs"), [2, 3]);
    }
}
