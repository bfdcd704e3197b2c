//! Rules about a file as a whole: its opening words (1), its length (2), its name (4).

use crate::{Finding, SourceFile, Workspace};

const LONGEST_LINES: usize = 500;
const CODE: &[&str] = &["rs", "ts", "mjs"];
const NAMELESS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "test_utils", "test_helpers"];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let code = workspace.files().iter().filter(|file| CODE.contains(&file.extension()));
    code.flat_map(|file| [opening(file), length(file), name(file)].into_iter().flatten()).collect()
}

fn opening(file: &SourceFile) -> Option<Finding> {
    let opened = file.extension() != "rs" || file.text.starts_with("//!");
    (!opened).then(|| {
        finding(file, 1, "does not open with `//!`: say what lives here, what does not, and why")
    })
}

fn length(file: &SourceFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    (lines > LONGEST_LINES).then(|| {
        finding(
            file,
            2,
            &format!("{lines} lines, {LONGEST_LINES} are the most: split it by responsibility"),
        )
    })
}

fn name(file: &SourceFile) -> Option<Finding> {
    let nameless = file.parts().find(|part| {
        let stem = part.split_once('.').map_or(*part, |(stem, _)| stem);
        NAMELESS.contains(&stem)
    })?;
    Some(finding(file, 4, &format!("`{nameless}` says nothing: name the idea, or inline it")))
}

fn finding(file: &SourceFile, rule: u8, message: &str) -> Finding {
    Finding { path: file.path.clone(), line: 0, rule, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<u8> {
        let file = SourceFile { path: path.into(), text: text.into() };
        check(&Workspace::new(vec![file])).iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_rust_file_opens_with_its_purpose() {
        assert_eq!(rules("src/ticks.rs", "//! Ticks.\n"), Vec::<u8>::new());
        assert_eq!(rules("src/ticks.rs", "use std::fmt;\n"), [1]);
        assert_eq!(rules("e2e/tests/map.spec.ts", "import x\n"), Vec::<u8>::new());
    }

    #[test]
    fn five_hundred_lines_are_the_most() {
        assert_eq!(rules("src/a.rs", &"//! A\n".repeat(500)), Vec::<u8>::new());
        assert_eq!(rules("src/a.rs", &"//! A\n".repeat(501)), [2]);
    }

    #[test]
    fn a_name_that_says_nothing_is_found_in_any_part_of_the_path() {
        assert_eq!(rules("src/utils.rs", "//! A\n"), [4]);
        assert_eq!(rules("tests/common/mod.rs", "//! A\n"), [4]);
        assert_eq!(rules("src/helpers.spec.ts", ""), [4]);
        assert_eq!(rules("src/commonest.rs", "//! A\n"), Vec::<u8>::new());
    }
}
