//! Files speak of the product alone (rule 25): no path that exists on one machine only, no registry's address,
//! which each machine is configured with.

use crate::{Finding, SourceFile, Workspace};

const PATHS: &[&str] = &["/work/", "/tmp/", "/root/", "/home/", "/Users/"];
const REGISTRIES: &[&str] = &[
    "static.crates.io",
    "index.crates.io",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "deb.debian.org",
    "pypi.org",
    "static.rust-lang.org",
    "proxy.golang.org",
];

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.files().iter().filter(|file| !file.is_tidy_itself()).flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in file.lines() {
        let place = PATHS.iter().find(|path| names_path(text, path));
        if let Some(name) = place.or_else(|| REGISTRIES.iter().find(|host| text.contains(*host))) {
            let message = format!("`{name}` belongs to one machine, not to the product");
            findings.push(Finding { path: file.path.clone(), line, rule: 25, message });
        }
    }
    findings
}

/// At the start of a path only: `routes/home/` is ours.
fn names_path(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|last| last.is_alphanumeric() || "_-./}*)".contains(last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let file = SourceFile { path: "README.md".into(), text: text.into() };
        check(&Workspace::new(vec![file])).len()
    }

    #[test]
    fn places_of_one_machine_are_found() {
        assert_eq!(found("see /root/notes"), 1);
        assert_eq!(found("cd \"/tmp/x\""), 1);
        assert_eq!(found("from registry.npmjs.org"), 1);
    }

    #[test]
    fn paths_inside_the_product_are_not() {
        assert_eq!(found("frontend/src/home/page.rs and $DIR/tmp/x and ./work/x"), 0);
    }
}
