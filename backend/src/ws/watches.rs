//! The dashboards that one socket watches, and which version of each it was last told.
//!
//! No message waits here: that something changed is a mark, and what is told is looked up when the socket is ready, so that a
//! viewer that was slow or paused hears of the newest version once.

use hailstream_protocol::ServerMessage;
use hailstream_query::QueryError;

use super::limits::{MAX_ID_BYTES, MAX_WATCHES};
use super::session::error_of;

struct Watch {
    id: u32,
    dashboard: String,
    told: Told,
}

#[derive(PartialEq, Eq)]
enum Told {
    Nothing,
    Version(Option<String>),
}

#[derive(Default)]
pub(super) struct Watches {
    /// At most [`MAX_WATCHES`].
    watches: Vec<Watch>,
    are_due: bool,
}

impl Watches {
    /// Watches a dashboard; its present version is due. The name that is kept.
    ///
    /// # Errors
    /// Too many, or a name that is no id.
    pub(super) fn add(&mut self, id: u32, dashboard: String) -> Result<&str, QueryError> {
        if self.watches.len() >= MAX_WATCHES {
            let detail = format!("at most {MAX_WATCHES} dashboards are watched on a socket");
            return Err(error_of("too_many_watches", "id", detail));
        }
        if dashboard.len() > MAX_ID_BYTES {
            let detail = format!("an id of a dashboard has at most {MAX_ID_BYTES} bytes");
            return Err(error_of("invalid_message", "dashboard", detail));
        }
        self.are_due = true;
        self.watches.push(Watch { id, dashboard, told: Told::Nothing });
        Ok(self.watches.last().map_or("", |watch| &watch.dashboard))
    }

    /// Whether the id is in use.
    pub(super) fn has_id(&self, id: u32) -> bool {
        self.watches.iter().any(|watch| watch.id == id)
    }

    /// Ends a watch; the dashboard that was watched.
    pub(super) fn remove(&mut self, id: u32) -> Option<String> {
        let place = self.watches.iter().position(|watch| watch.id == id)?;
        Some(self.watches.remove(place).dashboard)
    }

    /// All that are watched, to be ended.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = String> + '_ {
        self.watches.drain(..).map(|watch| watch.dashboard)
    }

    /// Something changed, perhaps one of these.
    pub(super) fn look_again(&mut self) {
        self.are_due = !self.watches.is_empty();
    }

    /// Whether there may be something to tell.
    pub(super) fn are_due(&self) -> bool {
        self.are_due
    }

    /// What is to be told, given the versions of now.
    pub(super) fn due<'a>(
        &mut self,
        version_of: impl Fn(&str) -> Option<&'a str>,
    ) -> impl Iterator<Item = ServerMessage> {
        self.are_due = false;
        self.watches.iter_mut().filter_map(move |watch| {
            let version = version_of(&watch.dashboard).map(ToOwned::to_owned);
            let now = Told::Version(version.clone());
            if watch.told == now {
                return None;
            }
            watch.told = now;
            Some(ServerMessage::DashboardChanged { dashboard: watch.dashboard.clone(), version })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_told_once_however_many_there_were() {
        let mut watches = Watches::default();
        watches.add(1, "a".to_owned()).unwrap();
        watches.add(2, "b".to_owned()).unwrap();
        let told = |version: Option<&str>, watches: &mut Watches| -> Vec<String> {
            let due = watches.due(|dashboard| version.filter(|_| dashboard == "a"));
            due.map(|message| serde_json::to_string(&message).unwrap()).collect()
        };
        assert_eq!(
            told(Some("1"), &mut watches),
            [
                r#"{"dashboard_changed":{"dashboard":"a","version":"1"}}"#,
                r#"{"dashboard_changed":{"dashboard":"b","version":null}}"#
            ]
        );
        assert!(!watches.are_due());
        for _ in ["2", "3", "4"] {
            watches.look_again();
        }
        assert!(watches.are_due());
        assert_eq!(
            told(Some("4"), &mut watches),
            [r#"{"dashboard_changed":{"dashboard":"a","version":"4"}}"#]
        );
        watches.look_again();
        assert_eq!(told(Some("4"), &mut watches), [""; 0], "another dashboard changed");
        assert_eq!(watches.remove(1).as_deref(), Some("a"));
        assert_eq!(told(None, &mut watches), [""; 0]);
    }
}
