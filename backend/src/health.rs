//! How a stream is doing, in one word and, where something is wrong, in a sentence.

use hailstream_protocol::{StreamHealth, StreamState};

use crate::source::SourceEvent;

/// The state of a stream as its source tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) state: StreamState,
    pub(crate) why: String,
    caught_up: bool,
}

impl Default for Condition {
    fn default() -> Self {
        let why = "waiting for the broker's first answer".to_owned();
        Self { state: StreamState::Connecting, why, caught_up: false }
    }
}

impl Condition {
    /// Takes note of an event. True where the condition changed.
    pub(crate) fn note(&mut self, event: &SourceEvent) -> bool {
        let reading = if self.caught_up { StreamState::Live } else { StreamState::CatchingUp };
        let (state, why) = match event {
            SourceEvent::Connected => (reading, ""),
            SourceEvent::CaughtUp => {
                self.caught_up = true;
                (StreamState::Live, "")
            }
            // Never reached: people look for a wrong address, not for an outage.
            SourceEvent::Disconnected { why } if self.state == StreamState::Connecting => {
                (StreamState::Connecting, why.as_str())
            }
            SourceEvent::Disconnected { why } => (StreamState::Disconnected, why.as_str()),
            SourceEvent::Failed { why } => (StreamState::Failed, why.as_str()),
            // Records come: whatever was wrong is over, even before it is said.
            SourceEvent::Batch(_) if self.state != reading => (reading, ""),
            SourceEvent::Batch(_)
            | SourceEvent::Started { .. }
            | SourceEvent::Ends(_)
            | SourceEvent::Gap(_) => return false,
        };
        let changed = self.state != state || self.why != why;
        self.state = state;
        why.clone_into(&mut self.why);
        changed
    }
}

/// `positions is catching up, 1200 records behind`.
pub(crate) fn in_words(health: &StreamHealth) -> String {
    let state = match health.state {
        StreamState::Connecting => "is connecting".to_owned(),
        StreamState::CatchingUp => format!("is catching up, {} records behind", health.lag),
        StreamState::Live => "is live".to_owned(),
        StreamState::Disconnected => "is disconnected".to_owned(),
        StreamState::Failed => "cannot be read".to_owned(),
    };
    let why = if health.why.is_empty() { String::new() } else { format!(": {}", health.why) };
    format!("{} {state}{why}", health.stream)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::SourceBatch;

    #[test]
    fn the_life_of_a_stream() {
        let why = |why: &str| SourceEvent::Disconnected { why: why.to_owned() };
        let batch = || {
            SourceEvent::Batch(SourceBatch {
                topics: Arc::new([]),
                bytes: Vec::new(),
                records: Vec::new(),
                received_ms: 0,
            })
        };
        let mut condition = Condition::default();
        let mut told = Vec::new();
        for event in [
            why("refused"),
            SourceEvent::Connected,
            batch(),
            SourceEvent::CaughtUp,
            SourceEvent::CaughtUp,
            why("gone"),
            SourceEvent::Connected,
            SourceEvent::Failed { why: "no topic".to_owned() },
            batch(),
        ] {
            let changed = condition.note(&event);
            told.push(format!("{:?} {} {changed}", condition.state, condition.why));
        }
        assert_eq!(
            told,
            [
                "Connecting refused true",
                "CatchingUp  true",
                "CatchingUp  false",
                "Live  true",
                "Live  false",
                "Disconnected gone true",
                "Live  true",
                "Failed no topic true",
                "Live  true",
            ]
        );
    }
}
