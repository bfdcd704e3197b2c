//! The core does no I/O, reads no clock and starts no thread (rule 11). Manifests cannot show what the standard
//! library offers, so its names are looked for in the lines that ship.

use crate::rust_code::shipped_lines;
use crate::{Finding, SourceFile, Workspace};

const CORE: &[&str] =
    &["protocol", "dql", "query", "geo", "engine", "chart", "client", "motion", "map", "osd"];
const OUTSIDE: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "thread::spawn",
    "println!",
];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.rust().filter(|file| is_core(file)).flat_map(in_file).collect()
}

fn is_core(file: &SourceFile) -> bool {
    CORE.iter().any(|name| file.path.starts_with(&format!("crates/{name}/src/")))
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in shipped_lines(file) {
        if let Some(name) = OUTSIDE.iter().find(|name| text.contains(*name)) {
            let message = format!("`{name}` in a core crate: let it arrive as a value");
            findings.push(Finding { path: file.path.clone(), line, rule: 11, message });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_found_in_the_core_and_allowed_in_its_tests() {
        let text = "//! No Instant::now here.\nlet t = Instant::now();\n#[cfg(test)]\nlet t = Instant::now();\n";
        let file = |path: &str| SourceFile { path: path.into(), text: text.into() };
        let workspace = Workspace::new(vec![
            file("crates/engine/src/a.rs"),
            file("backend/src/a.rs"),
            file("crates/engine/tests/a.rs"),
        ]);
        let findings = check(&workspace);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].path.as_str(), findings[0].line), ("crates/engine/src/a.rs", 2));
    }
}
