//! Signs of life: when the other side was last heard, when to ask, and when to give it up.

/// A socket that is not welcomed within this time is given up.
const OPENING_MS: i64 = 8_000;
/// Silence that means a broken link, at least.
const SILENCE_MS: i64 = 3_000;
/// After a sleep a link that lives answers within this time.
const AWAKE_MS: i64 = 1_500;
/// Between two pings.
const PING_EVERY_MS: i64 = 10_000;
/// Pings right after the welcome come quicker, until the clock is known well.
const FIRST_PINGS: u32 = 4;
const FIRST_PING_EVERY_MS: i64 = 1_000;

/// The state of the pulse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pulse {
    heard_ms: i64,
    /// Silence is counted from here: later than `heard_ms` after a sleep, when nothing could be heard.
    silent_from_ms: i64,
    silence_ms: i64,
    pinged_ms: i64,
    pings: u32,
}

impl Pulse {
    pub(super) fn opening_deadline_ms(since_ms: i64) -> i64 {
        since_ms + OPENING_MS
    }

    pub(super) fn welcomed(&mut self, heartbeat_ms: u32) {
        self.silence_ms = SILENCE_MS.max(3 * i64::from(heartbeat_ms));
        self.pings = 0;
    }

    pub(super) fn heard(&mut self, now_ms: i64) {
        self.heard_ms = now_ms;
        self.silent_from_ms = now_ms;
    }

    /// After a sleep: silence so far does not count, but an answer must come soon.
    pub(super) fn grant(&mut self, now_ms: i64) {
        if self.is_silent_beyond(now_ms, AWAKE_MS) {
            self.silent_from_ms = now_ms - (self.silence_ms - AWAKE_MS).max(0);
        }
    }

    fn is_silent_beyond(&self, now_ms: i64, ms: i64) -> bool {
        now_ms - self.silent_from_ms >= ms || now_ms < self.silent_from_ms
    }

    /// Whether a ping besides the regular ones is in place.
    pub(super) fn may_ping_again(&self, now_ms: i64) -> bool {
        now_ms - self.pinged_ms >= FIRST_PING_EVERY_MS || now_ms < self.pinged_ms
    }

    pub(super) fn heard_ms(&self) -> i64 {
        self.heard_ms
    }

    pub(super) fn pinged(&mut self, now_ms: i64) {
        self.pinged_ms = now_ms;
        self.pings = self.pings.saturating_add(1);
    }

    fn next_ping_ms(&self) -> i64 {
        let every = if self.pings < FIRST_PINGS { FIRST_PING_EVERY_MS } else { PING_EVERY_MS };
        self.pinged_ms + every
    }

    pub(super) fn wants_ping(&self, now_ms: i64) -> bool {
        now_ms >= self.next_ping_ms()
    }

    pub(super) fn is_lost(&self, now_ms: i64) -> bool {
        now_ms - self.silent_from_ms >= self.silence_ms
    }

    pub(super) fn deadline_ms(&self) -> i64 {
        (self.silent_from_ms + self.silence_ms).min(self.next_ping_ms())
    }
}
