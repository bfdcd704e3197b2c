//! Which lines of a Rust file are tests and which ship: what the rules about either have in common. Lines are
//! judged by text, not by syntax: by our layout `#[cfg(test)]` begins the last part of a file.

use crate::SourceFile;

/// Whether the whole file is there for tests, benches, examples or the build only.
pub(crate) fn is_test_file(file: &SourceFile) -> bool {
    let in_folder =
        file.parts().any(|part| matches!(part, "tests" | "benches" | "examples" | "e2e" | "fuzz"));
    in_folder || matches!(file.parts().last(), Some("tests.rs" | "build.rs"))
}

/// The lines that ship, comments left out.
pub(crate) fn shipped_lines(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let whole = !is_test_file(file);
    file.lines()
        .take_while(move |(_, line)| whole && !line.trim_start().starts_with("#[cfg(test)]"))
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
