//! What one viewer may do, and how long it may take.

/// The first message must come within this time.
pub(super) const HELLO_MS: i64 = 5_000;
/// A write may make no progress for this long.
pub(super) const STALLED_MS: i64 = 10_000;
/// A viewer that said nothing for this long is asked for a sign of life.
pub(super) const PING_AFTER_MS: i64 = 25_000;
/// One that said nothing for this long is taken for dead.
pub(super) const DEAD_AFTER_MS: i64 = 40_000;
/// After its close frame the server waits this long for the viewer's.
pub(super) const CLOSING_MS: i64 = 3_000;
/// A page that tells of a longer round trip errs, or lies.
pub(super) const PLAUSIBLE_ROUND_TRIP_MS: u32 = 60_000;
/// Replies waiting to be written; when full, no more messages are read until the viewer takes them.
pub(super) const MAX_REPLIES: usize = 512;
/// Dashboards that a viewer may watch.
pub(super) const MAX_WATCHES: usize = 64;
/// Longest id of a dashboard that is watched, bytes: longer ones there are none.
pub(super) const MAX_ID_BYTES: usize = 512;
/// Messages handled before others get their turn.
pub(super) const MESSAGES_PER_TURN: usize = 64;
/// Largest message of a viewer.
pub(super) const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// Messages a viewer may send: this many at once, as a page with many panels does when it connects …
const BURST: u16 = 600;
/// … and this many a second in the long run.
const PER_SECOND: i64 = 50;

/// Messages a viewer may still send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    left: u16,
    since_ms: i64,
}

impl Allowance {
    pub(super) fn new(now_ms: i64) -> Self {
        Self { left: BURST, since_ms: now_ms }
    }

    /// Takes one; false when there is none left.
    pub(super) fn take(&mut self, now_ms: i64) -> bool {
        let earned = (now_ms - self.since_ms).clamp(0, 60_000) * PER_SECOND / 1000;
        if earned > 0 {
            self.left = (i64::from(self.left) + earned).min(i64::from(BURST)) as u16;
            self.since_ms = now_ms;
        }
        let allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_rate() {
        let mut allowance = Allowance::new(0);
        assert_eq!((0..1000).filter(|_| allowance.take(0)).count(), 600);
        assert_eq!((0..1000).filter(|_| allowance.take(1_000)).count(), 50);
        assert_eq!((0..1000).filter(|_| allowance.take(600_000)).count(), 600);
    }
}
