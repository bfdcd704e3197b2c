//! Which lines of a Rust file are tests and which ship: what the rules about either have in common. Lines are
//! judged by text, not by syntax: by our layout `#[cfg(test)]` begins the last part of a file.

use crate::SourceFile;

const TESTS: &[&str] = &["tests", "fuzz"];
/// Programs that only measure, show or build; a measurement may well last a given time.
const NOT_SHIPPED: &[&str] = &["benches", "examples"];

fn is_test_file(file: &SourceFile) -> bool {
    file.parts().any(|part| TESTS.contains(&part)) || file.parts().last() == Some("tests.rs")
}

fn is_shipped_file(file: &SourceFile) -> bool {
    let aside = file.parts().any(|part| NOT_SHIPPED.contains(&part));
    !aside && !is_test_file(file) && file.parts().last() != Some("build.rs")
}

/// The lines that ship, comments left out.
pub(crate) fn shipped_lines(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let shipped = is_shipped_file(file);
    file.lines()
        .take_while(move |(_, line)| shipped && !line.trim_start().starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !is_comment(line))
}

/// The lines of tests, comments left out.
pub(crate) fn test_lines(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let whole = is_test_file(file);
    file.lines()
        .skip_while(move |(_, line)| !whole && !line.trim_start().starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !is_comment(line))
}

pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}
