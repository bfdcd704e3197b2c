//! Where a click on a value leads beside a filter: another dashboard, the records, an address elsewhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One way on from a value of a panel; one of `dashboard`, `discover` and `url` is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drilldown {
    /// What the menu says.
    pub title: String,
    /// Id of a dashboard: opened in the range in force, with query and filters and what was clicked as one more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<String>,
    /// The records behind it, in Discover.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discover: bool,
    /// An address, `http:`, `https:` or a path of this server. `{{field}}` and `{{value}}` stand for what was clicked, `{{from}}` and
    /// `{{to}}` for the ends of the range; each is escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Drilldown {
    /// Whether it leads somewhere.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn check(&self) -> Result<(), String> {
        let ways = [self.dashboard.is_some(), self.discover, self.url.is_some()];
        if ways.into_iter().filter(|is_given| *is_given).count() != 1 {
            return Err("one of dashboard, discover and url is given".to_owned());
        }
        match &self.url {
            Some(url) if !is_safe(url) => {
                Err(format!("\"{url}\": https://…, http://… or a path of this server is expected"))
            }
            _ => Ok(()),
        }
    }

    /// Whether its address may be opened.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.url.as_deref().is_none_or(is_safe)
    }
}

/// Whether it is an address of the web or a path: nothing that runs in the page. `//host` is an address of the web, too.
fn is_safe(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) || lower.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: serde_json::Value) -> Result<(), String> {
        serde_json::from_value::<Drilldown>(json).map_err(|error| error.to_string())?.check()
    }

    #[test]
    fn it_leads_to_one_place_of_the_web() {
        let json = |key: &str, value: serde_json::Value| {
            let mut json = serde_json::json!({"title": "On"});
            json[key] = value;
            json
        };
        assert_eq!(read(json("dashboard", "taxis".into())), Ok(()));
        assert_eq!(read(json("discover", true.into())), Ok(()));
        assert_eq!(read(json("url", "https://wiki.example/{{value}}".into())), Ok(()));
        assert_eq!(read(json("url", "/d/other".into())), Ok(()));
        for wrong in [
            "javascript:alert(1)",
            " https://x",
            "data:text/html,x",
            "JavaScript:x",
            "wiki",
            "https://",
        ] {
            assert!(read(json("url", wrong.into())).is_err(), "{wrong}");
        }
        assert!(read(serde_json::json!({"title": "Nowhere"})).is_err());
        assert!(read(serde_json::json!({"title": "Two", "discover": true, "url": "/"})).is_err());
    }
}
