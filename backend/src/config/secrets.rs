//! Values that come from elsewhere: `${NAME}` from the environment, `file:PATH` from a file; and what is masked when
//! the configuration is shown.

use std::path::Path;

const MASK: &str = "(masked)";

/// Parts of property names whose values are secrets.
const SECRET_WORDS: [&str; 6] = ["password", "secret", "token", ".pem", "jaas", "credential"];

/// Replaces each `${NAME}` by the environment's value.
///
/// # Errors
/// A variable that is not set, or a brace that is not closed.
pub(crate) fn interpolate(
    text: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, tail) =
            after.split_once('}').ok_or_else(|| format!("\"{text}\": ${{ without its }}"))?;
        let value =
            variable(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
        out.push_str(before);
        out.push_str(&value);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// The content of the file where `value` is `file:PATH`; paths are relative to `folder`.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn from_file(value: String, folder: &Path) -> Result<String, String> {
    let Some(path) = value.strip_prefix("file:") else { return Ok(value) };
    let path = folder.join(path);
    match std::fs::read_to_string(&path) {
        Ok(content) => Ok(content.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// The value as it may be shown.
pub(crate) fn shown(property: &str, value: &str) -> String {
    let name = property.to_ascii_lowercase();
    let is_secret = SECRET_WORDS.iter().any(|word| name.contains(word));
    if is_secret { MASK.to_owned() } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced() {
        let variable = |name: &str| (name == "USER").then(|| "ada".to_owned());
        for (text, want) in [
            ("plain", Ok("plain")),
            ("${USER}", Ok("ada")),
            ("a-${USER}-${USER}", Ok("a-ada-ada")),
            ("$USER", Ok("$USER")),
            ("${NOBODY}", Err("the environment variable NOBODY is not set")),
            ("${USER", Err("\"${USER\": ${ without its }")),
        ] {
            assert_eq!(
                interpolate(text, &variable),
                want.map(str::to_owned).map_err(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn secrets_are_masked() {
        for property in
            ["sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"]
        {
            assert_eq!(shown(property, "x"), MASK, "{property}");
        }
        assert_eq!(shown("sasl.username", "ada"), "ada");
        assert_eq!(shown("ssl.key.location", "/etc/key.pem"), "/etc/key.pem");
    }

    #[test]
    fn files_lose_their_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("word"), "se cret\n").unwrap();
        assert_eq!(from_file("file:word".into(), folder.path()), Ok("se cret".into()));
        assert_eq!(from_file("plain".into(), folder.path()), Ok("plain".into()));
        assert!(from_file("file:nothing".into(), folder.path()).unwrap_err().contains("nothing"));
    }
}
