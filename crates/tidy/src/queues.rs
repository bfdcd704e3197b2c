//! Every queue is bounded, and says where it is made what happens when it is full (rule 13).

use crate::rust_code::{is_comment, shipped_lines};
use crate::{Finding, SourceFile, Workspace};

const UNBOUNDED: &[&str] =
    &["unbounded_channel", "unbounded()", "mpsc::channel()", "channel::unbounded"];
const BOUNDED: &[&str] =
    &["mpsc::channel(", "mpsc::channel::<", "sync_channel(", "broadcast::channel(", "bounded("];
/// A queue of one carries an answer, or a wish that is already there: it has no policy to state.
const OF_ONE: &str = "channel(1)";
/// How far above a queue its policy may be written.
const REACH_LINES: usize = 12;

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.rust().filter(|file| !file.is_tidy_itself()).flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut findings = Vec::new();
    for (line, text) in shipped_lines(file) {
        let message = if UNBOUNDED.iter().any(|name| text.contains(name)) {
            "an unbounded queue: give it a length and say what happens when it is full"
        } else if is_bounded(text) && !states_policy(&lines, line) {
            "a queue without its policy: say in a comment above what happens when it is full"
        } else {
            continue;
        };
        findings.push(Finding { path: file.path.clone(), line, rule: 13, message: message.into() });
    }
    findings
}

fn is_bounded(text: &str) -> bool {
    BOUNDED.iter().any(|name| text.contains(name)) && !text.contains(OF_ONE)
}

fn states_policy(lines: &[&str], line: usize) -> bool {
    let above = &lines[line.saturating_sub(REACH_LINES)..line];
    above.iter().any(|text| (is_comment(text) || text.contains("//")) && text.contains("full"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let file = SourceFile { path: "backend/src/a.rs".into(), text: text.into() };
        check(&Workspace::new(vec![file])).len()
    }

    #[test]
    fn a_queue_is_bounded_and_says_what_happens_when_full() {
        assert_eq!(found("let (a, b) = mpsc::unbounded_channel();"), 1);
        assert_eq!(found("let (a, b) = mpsc::channel(16);"), 1);
        assert_eq!(found("let (answer, awaited) = sync_channel(1);"), 0);
        assert_eq!(
            found("// 16 commands; when full, the sender waits.\nlet (a, b) = mpsc::channel(16);"),
            0
        );
    }
}
