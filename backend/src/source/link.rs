//! One word on how the stream stands, out of what several observers say; each change is told once.

use std::time::{Duration, Instant};

use super::SourceEvent;

/// A broker may be between two connections for a moment; only then is it called gone.
const GONE_AFTER: Duration = Duration::from_millis(700);

/// What the observers said last.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// Surveys: what is missing.
    pub(super) complaint: Option<String>,
    /// The broker refuses us.
    pub(super) refused: Option<String>,
    /// No answer: why, and since when. An outage that is certain began long ago.
    unreachable: Option<(String, Option<Instant>)>,
    told: Option<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Up,
    Down(String),
    Failed(String),
}

impl Link {
    /// No broker can be reached, without doubt.
    pub(super) fn is_cut(&mut self, why: String) {
        self.unreachable = Some((why, None));
    }

    /// What the statistics say: why some partition cannot be read, or that all can.
    pub(super) fn look(&mut self, unreachable: Option<String>, now: Instant) {
        self.unreachable = match (unreachable, self.unreachable.take()) {
            (Some(_), Some((why, None))) => Some((why, None)),
            (Some(why), Some((_, since))) => Some((why, since)),
            (Some(why), None) => Some((why, Some(now))),
            (None, _) => {
                self.refused = None;
                None
            }
        };
    }

    /// The event to send if the state changed.
    pub(super) fn change(&mut self, now: Instant) -> Option<SourceEvent> {
        let is_gone = |since: &Option<Instant>| {
            since.is_none_or(|since| now.duration_since(since) >= GONE_AFTER)
        };
        let state = match (&self.unreachable, &self.refused, &self.complaint) {
            (Some((_, since)), Some(why), _) if is_gone(since) => State::Failed(why.clone()),
            (Some((why, since)), None, _) if is_gone(since) => State::Down(why.clone()),
            // Not sure yet: stay with what was said.
            (Some(_), _, _) => return None,
            (None, _, Some(why)) => State::Failed(why.clone()),
            (None, _, None) => State::Up,
        };
        if self.told.as_ref() == Some(&state) {
            return None;
        }
        self.told = Some(state.clone());
        Some(match state {
            State::Up => SourceEvent::Connected,
            State::Down(why) => SourceEvent::Disconnected { why },
            State::Failed(why) => SourceEvent::Failed { why },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(link: &mut Link, now: Instant) -> String {
        match link.change(now) {
            None => String::new(),
            Some(SourceEvent::Connected) => "connected".to_owned(),
            Some(SourceEvent::Disconnected { why }) => format!("disconnected: {why}"),
            Some(SourceEvent::Failed { why }) => format!("failed: {why}"),
            Some(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn a_moments_break_is_not_told_an_outage_is_told_once() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut link = Link::default();
        assert_eq!(said(&mut link, at(0)), "connected");
        link.look(Some("no connection".to_owned()), at(500));
        assert_eq!(said(&mut link, at(500)), "");
        link.look(None, at(1_000));
        assert_eq!(said(&mut link, at(1_000)), "");
        link.look(Some("no connection".to_owned()), at(1_500));
        link.look(Some("no connection".to_owned()), at(2_200));
        assert_eq!(said(&mut link, at(2_200)), "disconnected: no connection");
        link.look(Some("no connection".to_owned()), at(2_700));
        assert_eq!(said(&mut link, at(2_700)), "");
        link.look(None, at(3_000));
        assert_eq!(said(&mut link, at(3_000)), "connected");
    }

    #[test]
    fn a_certain_outage_is_told_at_once() {
        let now = Instant::now();
        let mut link = Link::default();
        link.is_cut("no broker can be reached".to_owned());
        assert_eq!(said(&mut link, now), "disconnected: no broker can be reached");
    }

    #[test]
    fn refused_credentials_are_a_failure_until_a_connection_stands() {
        let now = Instant::now();
        let mut link = Link { refused: Some("credentials".to_owned()), ..Link::default() };
        link.is_cut("no broker can be reached".to_owned());
        assert_eq!(said(&mut link, now), "failed: credentials");
        link.look(None, now);
        assert_eq!(said(&mut link, now), "connected");
    }

    #[test]
    fn a_missing_topic_is_a_failure_while_the_broker_answers() {
        let now = Instant::now();
        let complaint = Some("topic a does not exist".to_owned());
        let mut link = Link { complaint, ..Link::default() };
        assert_eq!(said(&mut link, now), "failed: topic a does not exist");
        link.complaint = None;
        assert_eq!(said(&mut link, now), "connected");
    }
}
