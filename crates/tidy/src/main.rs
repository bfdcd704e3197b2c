//! `tidy`: prints every breach of STYLE.md that it can see and fails when there is one; `--fix` first writes what it
//! can write itself. The rules are in the library, so that `cargo test` holds them too.

use std::path::PathBuf;
use std::process::ExitCode;

use hailstream_tidy::{Workspace, check, refresh_protocol_document};

fn main() -> ExitCode {
    match run(std::env::args().any(|argument| argument == "--fix")) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(found) => {
            eprintln!("{found} found");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("could not read the workspace: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(fix: bool) -> std::io::Result<usize> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut workspace = Workspace::read(&root)?;
    if fix && refresh_protocol_document(&root, &workspace)? {
        workspace = Workspace::read(&root)?;
    }
    let findings = check(&workspace);
    for finding in &findings {
        println!("{finding}");
    }
    Ok(findings.len())
}
