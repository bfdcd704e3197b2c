//! Tests wait for conditions, are all run, and expect answers rather than panics (rule 23). The pause between two
//! looks at a condition has one home per language, a file named `wait_for`.

use crate::rust_code::test_lines;
use crate::{Finding, SourceFile, Workspace};

const IN_RUST: &[(&str, &str)] = &[
    ("sleep(", "a test sleeps: wait for the condition instead (`wait_for`)"),
    ("sleep_until(", "a test sleeps: wait for the condition instead (`wait_for`)"),
    ("#[ignore", "a test is ignored: assert today's answer and say what is wrong with it"),
    ("should_panic", "a test expects a panic: return an error and compare it"),
];
const IN_SCRIPT: &[(&str, &str)] = &[
    ("waitForTimeout(", "a test sleeps: wait for what a user would see"),
    ("test.skip(", "a test is skipped"),
    ("test.fixme(", "a test is skipped"),
    ("test.only(", "a test keeps the others from running"),
];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let files =
        workspace.files().iter().filter(|file| !file.is_tidy_itself() && !is_wait_for(file));
    files.flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    match file.extension() {
        "rs" => matching(file, test_lines(file), IN_RUST),
        "ts" | "mjs" if file.path.starts_with("e2e/") => matching(file, file.lines(), IN_SCRIPT),
        _ => Vec::new(),
    }
}

fn matching<'a>(
    file: &SourceFile,
    lines: impl Iterator<Item = (usize, &'a str)>,
    forbidden: &[(&str, &str)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in lines {
        for (_, why) in forbidden.iter().filter(|(pattern, _)| text.contains(pattern)) {
            findings.push(Finding {
                path: file.path.clone(),
                line,
                rule: 23,
                message: (*why).into(),
            });
        }
    }
    findings
}

fn is_wait_for(file: &SourceFile) -> bool {
    file.parts().last().is_some_and(|name| name.starts_with("wait_for."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        let file = SourceFile { path: path.into(), text: text.into() };
        check(&Workspace::new(vec![file])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn sleeping_is_found_in_tests_only() {
        let text =
            "//! A\nfn pause() { sleep(1) }\n#[cfg(test)]\nmod tests {\n  fn t() { sleep(1) }\n}\n";
        assert_eq!(found("src/a.rs", text), [5]);
        assert_eq!(found("tests/a.rs", text), [2, 5]);
        assert_eq!(found("tests/support/wait_for.rs", text), Vec::<usize>::new());
        assert_eq!(
            found("benches/src/fanout.rs", "fn measure() { sleep(1) }\n"),
            Vec::<usize>::new()
        );
    }

    #[test]
    fn ignored_tests_and_expected_panics_are_found() {
        assert_eq!(found("tests/a.rs", "#[test]\n#[ignore]\nfn a() {}\n#[should_panic]\n"), [2, 4]);
        assert_eq!(
            found("e2e/tests/a.spec.ts", "test.only('a', a);\nawait page.waitForTimeout(9);\n"),
            [1, 2]
        );
    }
}
