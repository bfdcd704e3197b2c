//! The names of what is due for one viewer. No payloads: what is sent is looked up when the socket is ready, so a slow
//! viewer holds nothing back and nothing grows with it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Waker};

use futures_util::task::AtomicWaker;

/// Subscriptions a socket may have.
pub(crate) const SLOTS: usize = 256;
const WORDS: usize = SLOTS / 64;

/// Something other than a panel that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Signal {
    /// The shared heartbeat; also the moment to look at deadlines.
    Heartbeat = 1,
    /// The server is going.
    Drain = 2,
    /// Some dashboard was saved, restored or deleted.
    Dashboards = 4,
}

/// Shared by a session and everyone who has something for it.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    /// One bit per subscription slot.
    due: [AtomicU64; WORDS],
    signals: AtomicU8,
    /// Set while the viewer paused: panels are noted but wake nobody.
    paused: AtomicU8,
    /// The publication that put this mailbox on its list of those to wake.
    publication: AtomicU64,
    waker: AtomicWaker,
}

impl Mailbox {
    /// Notes that the view in `slot` has something new. True where the caller shall wake the session once all views
    /// of its `publication` are noted; true only once per publication.
    pub(crate) fn note(&self, slot: u8, publication: u64) -> bool {
        self.note_quietly(slot);
        self.paused.load(Ordering::Relaxed) == 0
            && self.publication.swap(publication, Ordering::Relaxed) != publication
    }

    /// Notes without waking: by the session itself, or where nothing changes for it yet.
    pub(crate) fn note_quietly(&self, slot: u8) {
        let bit = 1 << (slot % 64);
        self.due[usize::from(slot / 64) % WORDS].fetch_or(bit, Ordering::Release);
    }

    /// Notes a signal and wakes the session.
    pub(crate) fn signal(&self, signal: Signal) {
        self.signals.fetch_or(signal as u8, Ordering::Release);
        self.wake();
    }

    pub(crate) fn wake(&self) {
        self.waker.wake();
    }

    /// The waker to call when something is noted from now on.
    pub(crate) fn listen(&self, context: &Context<'_>) {
        self.waker.register(context.waker());
    }

    pub(crate) fn pause(&self, paused: bool) {
        self.paused.store(u8::from(paused), Ordering::Relaxed);
    }

    /// Takes a signal.
    pub(crate) fn take_signal(&self, signal: Signal) -> bool {
        self.signals.fetch_and(!(signal as u8), Ordering::Acquire) & signal as u8 != 0
    }

    /// Takes the noted slots, in order.
    pub(crate) fn take_due(&self) -> impl Iterator<Item = u8> + '_ {
        self.due.iter().enumerate().flat_map(|(word, bits)| {
            let taken =
                if bits.load(Ordering::Relaxed) == 0 { 0 } else { bits.swap(0, Ordering::Acquire) };
            Bits(taken).map(move |bit| (word * 64) as u8 + bit)
        })
    }

    /// Drops the registered waker, so that a session that is gone is not kept.
    pub(crate) fn close(&self) -> Option<Waker> {
        self.waker.take()
    }
}

/// Positions of the set bits, lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.0 == 0 {
            return None;
        }
        let lowest = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(lowest as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_slots_are_taken_once_and_in_order() {
        let mailbox = Mailbox::default();
        for slot in [200, 3, 63, 64, 255, 3] {
            mailbox.note_quietly(slot);
        }
        assert_eq!(mailbox.take_due().collect::<Vec<_>>(), [3, 63, 64, 200, 255]);
        assert_eq!(mailbox.take_due().count(), 0);
    }

    #[test]
    fn a_publication_wakes_a_session_once() {
        let mailbox = Mailbox::default();
        assert!(mailbox.note(1, 7));
        assert!(!mailbox.note(2, 7));
        assert!(mailbox.note(1, 8));
        mailbox.pause(true);
        assert!(!mailbox.note(1, 9));
        mailbox.pause(false);
        assert_eq!(mailbox.take_due().collect::<Vec<_>>(), [1, 2]);
    }
}
