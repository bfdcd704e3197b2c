//! Who may depend on whom (rule 11), read from the manifests. Development dependencies count too, so that a core
//! crate's tests stay as quick as the crate.

use crate::{Finding, SourceFile, Workspace};

/// What a crate may use of ours, and which others it may never see.
struct Allowed {
    manifest: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
}

/// What would bring I/O, a clock or threads into a core crate.
const OUTSIDE: &[&str] = &["tokio", "axum", "rdkafka", "reqwest", "gloo-net"];
const PAGE: &[&str] = &["leptos", "web-sys", "wasm-bindgen"];

const ALLOWED: &[Allowed] = &[
    // What tries properties: only tests depend on it.
    Allowed { manifest: "crates/fuzz/Cargo.toml", ours: &[], never: OUTSIDE },
    Allowed { manifest: "crates/protocol/Cargo.toml", ours: &["fuzz"], never: OUTSIDE },
    Allowed { manifest: "crates/geo/Cargo.toml", ours: &[], never: OUTSIDE },
    Allowed { manifest: "crates/dql/Cargo.toml", ours: &["fuzz"], never: OUTSIDE },
    Allowed {
        manifest: "crates/query/Cargo.toml",
        ours: &["protocol", "dql", "geo"],
        never: OUTSIDE,
    },
    Allowed {
        manifest: "crates/engine/Cargo.toml",
        ours: &["protocol", "dql", "query", "geo", "fuzz"],
        never: OUTSIDE,
    },
    Allowed {
        manifest: "crates/chart/Cargo.toml",
        // Itself: its tests are built with its features on.
        ours: &["protocol", "geo", "chart"],
        never: OUTSIDE,
    },
    Allowed {
        manifest: "crates/client/Cargo.toml",
        ours: &["protocol", "dql", "query"],
        never: OUTSIDE,
    },
    Allowed { manifest: "crates/motion/Cargo.toml", ours: &["geo"], never: OUTSIDE },
    Allowed {
        manifest: "crates/map/Cargo.toml",
        ours: &["protocol", "geo", "motion"],
        never: OUTSIDE,
    },
    Allowed {
        manifest: "crates/osd/Cargo.toml",
        ours: &["protocol", "dql", "query", "fuzz"],
        never: OUTSIDE,
    },
    Allowed { manifest: "crates/cartography/Cargo.toml", ours: &["geo"], never: OUTSIDE },
    Allowed { manifest: "crates/simulator/Cargo.toml", ours: &["geo"], never: OUTSIDE },
    Allowed { manifest: "crates/tidy/Cargo.toml", ours: &[], never: OUTSIDE },
    Allowed {
        manifest: "backend/Cargo.toml",
        ours: &[
            "protocol",
            "dql",
            "query",
            "geo",
            "cartography",
            "engine",
            "chart",
            "client",
            "simulator",
            "osd",
        ],
        never: PAGE,
    },
    Allowed {
        manifest: "frontend/Cargo.toml",
        ours: &["protocol", "dql", "query", "geo", "chart", "client", "map"],
        never: &["tokio", "axum", "rdkafka"],
    },
    Allowed {
        manifest: "benches/Cargo.toml",
        ours: &["protocol", "query", "geo", "engine", "chart", "client", "simulator", "backend"],
        never: PAGE,
    },
];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let manifests = workspace.files().iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.flat_map(in_manifest).collect()
}

fn in_manifest(file: &SourceFile) -> Vec<Finding> {
    let Some(allowed) = ALLOWED.iter().find(|allowed| allowed.manifest == file.path) else {
        return if file.path.starts_with("fuzz/") { Vec::new() } else { vec![unknown(file)] };
    };
    let breaches = dependencies(file).filter(|(_, name)| !permits(allowed, name));
    breaches.map(|(line, name)| breach(file, line, name)).collect()
}

fn permits(allowed: &Allowed, dependency: &str) -> bool {
    match dependency.strip_prefix("hailstream-") {
        Some(ours) => allowed.ours.contains(&ours),
        None if dependency == "hailstream" => allowed.ours.contains(&"backend"),
        None => !allowed.never.contains(&dependency),
    }
}

/// The names under every `[…dependencies]` header.
fn dependencies(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let mut listing = false;
    file.lines().filter_map(move |(line, text)| {
        if let Some(header) = text.strip_prefix('[') {
            let header = header.trim_end().trim_end_matches(']');
            listing = header.ends_with("dependencies");
            // `[dependencies.name]` is a header and a dependency at once.
            let (section, name) = header.rsplit_once('.')?;
            return section.ends_with("dependencies").then_some((line, name));
        }
        let name = text.split(['=', '.', ' ']).next()?;
        (listing && !name.is_empty() && !name.starts_with('#')).then_some((line, name))
    })
}

fn breach(file: &SourceFile, line: usize, name: &str) -> Finding {
    let message =
        format!("may not depend on `{name}` (the allowed edges: crates/tidy/src/edges.rs)");
    Finding { path: file.path.clone(), line, rule: 11, message }
}

fn unknown(file: &SourceFile) -> Finding {
    let message = "is not in the table of allowed edges: crates/tidy/src/edges.rs".to_owned();
    Finding { path: file.path.clone(), line: 0, rule: 11, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        let file = SourceFile { path: path.into(), text: text.into() };
        check(&Workspace::new(vec![file])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_core_crate_sees_neither_the_server_nor_its_runtime() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nhailstream-query = { workspace = true }\n\
            hailstream-simulator.workspace = true\ntokio = \"1\"\n[dev-dependencies]\nrdkafka = \"0.39\"\n";
        assert_eq!(found("crates/engine/Cargo.toml", manifest), [5, 6, 8]);
    }

    #[test]
    fn page_and_server_never_see_each_other() {
        assert_eq!(
            found("frontend/Cargo.toml", "[dependencies]\nhailstream-engine = \"1\"\n"),
            [2]
        );
        assert_eq!(
            found("frontend/Cargo.toml", "[dependencies.hailstream]\npath = \"../backend\"\n"),
            [1]
        );
        assert_eq!(
            found("backend/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nleptos = \"0.8\"\n"),
            [2]
        );
    }

    #[test]
    fn a_crate_nobody_thought_of_is_a_finding() {
        assert_eq!(found("crates/extra/Cargo.toml", "[package]\n"), [0]);
    }
}
