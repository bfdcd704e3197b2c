//! What the files of rollups and geofences have in common: names, the stream that they read, a folder of them.

use std::path::Path;
use std::sync::Arc;

use hailstream_engine::{StreamConfig, TopicSelector, Where};
use hailstream_query::nearest;

use super::Derivation;
use crate::config::fault::{Fault, Faults, read};
use crate::config::{Checked, files_of};

/// What is worked out, as a file.
pub(crate) trait File: Derivation + Sized {
    /// Reads a file; `file` is how errors call it, and what lies beside it is looked for there.
    ///
    /// # Errors
    /// Names the file, the line or key, and what was expected.
    fn from_yaml(text: &str, file: &str) -> Result<Self, Faults>;

    /// The stream it reads, out of these.
    ///
    /// # Errors
    /// No such stream, or one that will not do.
    fn input<'a>(
        &self,
        file: &str,
        streams: &'a [Arc<StreamConfig>],
    ) -> Result<&'a Arc<StreamConfig>, Fault>;

    /// Those of a server's configuration.
    fn all(checked: Checked) -> Vec<Self>;

    /// What deserves a word, though it is no reason not to run.
    fn warnings(&self) -> &[Fault];
}

/// The files of a folder, each by another name, and each with a stream.
///
/// # Errors
/// All that is wrong with them.
pub(crate) fn read_folder<F: File>(
    folder: &Path,
    streams: &[Arc<StreamConfig>],
) -> Result<Vec<F>, Faults> {
    let mut faults = Faults::default();
    let mut files = Vec::<F>::new();
    for path in files_of(folder, &["yaml", "yml"])? {
        let told = path.display().to_string();
        let checked = read(&path).map_err(Faults::from).and_then(|text| {
            let file = F::from_yaml(&text, &told)?;
            file.input(&told, streams)?;
            Ok(file)
        });
        match checked {
            Ok(file) => {
                if files.iter().any(|other| other.name() == file.name()) {
                    let (name, kind) = (file.name(), F::KIND);
                    let detail = format!("\"{name}\" is the name of another file's {kind}");
                    faults.0.push(Fault::key(&told, kind, detail));
                }
                files.push(file);
            }
            Err(wrong) => faults.0.extend(wrong.0),
        }
    }
    if faults.0.is_empty() { Ok(files) } else { Err(faults) }
}

/// Checks the name, which becomes part of the names of consumer groups, and that there is a topic for the rows.
///
/// # Errors
/// Names what is wrong.
pub(crate) fn check_ends(kind: &str, name: &str, to: &str, file: &str) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c);
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(Fault::key(file, kind, format!("`{name}` is not a name of [a-z0-9_.-]")));
    }
    if to.is_empty() {
        return Err(Fault::key(file, "to", "a topic is expected"));
    }
    Ok(())
}

/// Checks that what is worked out of a stream is not written into it, and that the filter suits it.
///
/// # Errors
/// Names what does not fit.
pub(crate) fn check_stream<D: Derivation>(
    derived: &D,
    file: &str,
    stream: &Arc<StreamConfig>,
) -> Result<(), Fault> {
    let to = derived.to();
    if stream.topics().contains(&TopicSelector::Name(to.to_owned())) {
        let detail = format!("`{to}` is a topic that the {} reads", D::KIND);
        return Err(Fault::key(file, "to", detail));
    }
    let filter = derived.filter().map(|text| Where::new(text, stream));
    filter.transpose().map(drop).map_err(|detail| Fault::whole(file, detail))
}

/// The stream `from` names, out of these.
///
/// # Errors
/// No such stream; names near ones.
pub(crate) fn input_of<'a>(
    from: &str,
    file: &str,
    streams: &'a [Arc<StreamConfig>],
) -> Result<&'a Arc<StreamConfig>, Fault> {
    streams.iter().find(|stream| stream.name() == from).ok_or_else(|| {
        let near = nearest(from, streams.iter().map(|stream| stream.name()))
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Fault::key(file, "from", format!("there is no stream `{from}`{near}"))
    })
}
