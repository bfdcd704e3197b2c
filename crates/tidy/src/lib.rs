//! The rules of STYLE.md that a program can hold: each is one module that looks at the workspace's files and
//! returns what it found wrong. Nothing here compiles code or asks the network, so that a run takes well under a
//! second; what needs types is clippy's, what needs the dependency graph's licences is cargo-deny's.

mod colours;
mod edges;
mod kafka;
mod places;
mod protocol_document;
mod purity;
mod queues;
mod rust_code;
mod source_files;
mod tests_discipline;
mod workspace;

use std::fmt;

pub use protocol_document::refresh as refresh_protocol_document;
pub use workspace::{SourceFile, Workspace};

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the workspace's root.
    pub path: String,
    /// The line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// The rule's number in STYLE.md.
    pub rule: u8,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, message } = self;
        match line {
            0 => write!(out, "{path}: {message} (STYLE.md rule {rule})"),
            line => write!(out, "{path}:{line}: {message} (STYLE.md rule {rule})"),
        }
    }
}

/// A rule: the workspace in, its breaches out.
type Rule = fn(&Workspace) -> Vec<Finding>;

/// All of them. A new rule is a new module and one line here.
const RULES: &[Rule] = &[
    source_files::check,
    edges::check,
    purity::check,
    kafka::check,
    queues::check,
    colours::check,
    protocol_document::check,
    tests_discipline::check,
    places::check,
];

/// Every breach of every rule, by file and line.
pub fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings: Vec<_> = RULES.iter().flat_map(|rule| rule(workspace)).collect();
    findings.sort();
    findings
}
