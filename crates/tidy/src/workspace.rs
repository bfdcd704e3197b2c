//! The files that rules look at, read once. What git ignores is left out by the names of its folders: asking git
//! would make the rules depend on there being a repository, and a source archive has none.

use std::fs;
use std::io;
use std::path::Path;

const IGNORED_FOLDERS: &[&str] =
    &[".git", "target", "dist", "node_modules", "test-results", "playwright-report", "fuzz-corpus"];
const TEXT_EXTENSIONS: &[&str] = &[
    "rs", "md", "toml", "yaml", "yml", "json", "ts", "mjs", "js", "html", "css", "sh", "xml",
    "npmrc",
];
/// Scripts carry no extension.
const SCRIPT_FOLDERS: &[&str] = &["scripts/", ".ci/"];
const LARGEST_BYTES: u64 = 2_000_000;

/// One text file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// From the workspace's root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The workspace's text files, by path.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    files: Vec<SourceFile>,
}

impl Workspace {
    /// Reads the files below `root`.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let path = entry.path();
                let kind = entry.file_type()?;
                if kind.is_dir() && !is_ignored(root, &path) {
                    folders.push(path);
                } else if kind.is_file() && entry.metadata()?.len() <= LARGEST_BYTES {
                    files.extend(read_text(root, &path));
                }
            }
        }
        Ok(Self::new(files))
    }

    /// A workspace of these files.
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Self { files }
    }

    /// All files.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file at this very path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.extension() == "rs")
    }
}

impl SourceFile {
    /// What follows the last dot, or nothing.
    pub fn extension(&self) -> &str {
        extension_of(&self.path)
    }

    /// The path's parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.split('/')
    }

    /// Lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Whether the file is part of this program, whose text names all that it forbids.
    pub fn is_tidy_itself(&self) -> bool {
        self.path.starts_with("crates/tidy/")
    }
}

fn extension_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_ignored(root: &Path, folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    IGNORED_FOLDERS.contains(&name.as_ref()) || folder == root.join("data")
}

fn read_text(root: &Path, path: &Path) -> Option<SourceFile> {
    let relative = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
    let is_script = SCRIPT_FOLDERS.iter().any(|folder| relative.starts_with(folder));
    let is_text = TEXT_EXTENSIONS.contains(&extension_of(&relative)) || relative == "Makefile";
    if !is_script && !is_text {
        return None;
    }
    fs::read_to_string(path).ok().map(|text| SourceFile { path: relative, text })
}
