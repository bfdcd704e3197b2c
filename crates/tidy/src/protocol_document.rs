//! docs/protocol.md carries the hash of the code it describes (rule 22): whoever changes the protocol is made to
//! look at its description, and `tidy --fix` then vouches for it with the new hash.

use std::path::Path;
use std::{fs, io};

use crate::{Finding, Workspace};

const DOCUMENT: &str = "docs/protocol.md";
const CODE: &str = "crates/protocol/src/";
const MARK: &str = "protocol hash: ";

pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(document) = workspace.file(DOCUMENT) else {
        return vec![finding(
            0,
            "is missing: it describes crates/protocol to those who write clients".into(),
        )];
    };
    let wanted = hash(workspace);
    let carried = document.lines().find_map(|(line, text)| Some((line, text.split_once(MARK)?.1)));
    match carried {
        None => vec![finding(0, format!("has no line `{MARK}{wanted}`"))],
        Some((_, found)) if found.trim_end() == wanted => Vec::new(),
        Some((line, _)) => {
            let message = format!(
                "describes another state of {CODE}: bring it up to date, then run tidy --fix"
            );
            vec![finding(line, message)]
        }
    }
}

/// Writes the current hash into the document, and says whether that changed it.
pub fn refresh(root: &Path, workspace: &Workspace) -> io::Result<bool> {
    let Some(document) = workspace.file(DOCUMENT) else { return Ok(false) };
    let wanted = hash(workspace);
    let Some((before, found)) = document.text.split_once(MARK) else { return Ok(false) };
    let after = found.find('\n').map_or("", |end| &found[end..]);
    let text = format!("{before}{MARK}{wanted}{after}");
    if text == document.text {
        return Ok(false);
    }
    fs::write(root.join(DOCUMENT), text)?;
    Ok(true)
}

/// 64-bit FNV-1a over the paths and texts: it guards against forgetting, not against malice.
fn hash(workspace: &Workspace) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let code = workspace.files().iter().filter(|file| file.path.starts_with(CODE));
    let bytes =
        code.flat_map(|file| file.path.bytes().chain([0]).chain(file.text.bytes()).chain([0]));
    let sum = bytes.fold(OFFSET, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{sum:016x}")
}

fn finding(line: usize, message: String) -> Finding {
    Finding { path: DOCUMENT.into(), line, rule: 22, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceFile;

    fn workspace(code: &str, document: &str) -> Workspace {
        let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
        Workspace::new(vec![file("crates/protocol/src/lib.rs", code), file(DOCUMENT, document)])
    }

    #[test]
    fn a_changed_protocol_is_a_finding_until_its_page_carries_the_new_hash() {
        let page = format!("# Protocol\n\n{MARK}{}\n", hash(&workspace("a", "")));
        assert_eq!(check(&workspace("a", &page)), []);
        assert_eq!(check(&workspace("b", &page))[0].line, 3);
        assert_eq!(check(&workspace("a", "# Protocol\n"))[0].line, 0);
    }
}
