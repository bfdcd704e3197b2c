//! The workspace itself keeps its rules.

use std::path::Path;

use hailstream_tidy::{Workspace, check};

#[test]
fn this_workspace_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = Workspace::read(&root).expect("the workspace is readable");
    assert!(workspace.file("Cargo.toml").is_some(), "looked in the wrong folder");
    let findings: Vec<String> = check(&workspace).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
