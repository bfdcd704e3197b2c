//! The keys of records in the order in which they come, so that a steady stream hardly hashes.

use crate::fields::FieldId;

/// Of the keys that are expected, so many are looked at before a key is looked up.
const AHEAD: usize = 4;
/// Keys whose order is remembered.
const MOST_KEYS: usize = 256;
/// Where the short way was in vain so often in a row, it is tried for one record in 128.
const MOST_IN_VAIN: u32 = 7;

/// Keys at the top level in the order of the last records, and whether these were flat.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyOrder {
    pub(super) keys: Vec<(Box<str>, FieldId)>,
    pub(super) next: usize,
    /// Records for which the short way is not tried, after so many for which it was in vain.
    skipped: u32,
    in_vain: u32,
}

impl KeyOrder {
    /// The field of the next key, where it is the expected one, or one of the next few: some keys may be absent.
    pub(super) fn guess(&mut self, is_key: impl Fn(&str) -> bool) -> Option<(usize, FieldId)> {
        let ahead = self.keys.get(self.next..)?.iter().take(AHEAD);
        let skipped = ahead.clone().position(|(expected, _)| is_key(expected))?;
        self.next += skipped + 1;
        let (key, id) = &self.keys[self.next - 1];
        Some((key.len(), *id))
    }

    /// Whether an expected key, in quotes, begins here: its length, and its field.
    pub(super) fn guess_at(&mut self, rest: &[u8]) -> Option<(usize, FieldId)> {
        let rest = rest.strip_prefix(b"\"")?;
        self.guess(|key| rest.get(key.len()) == Some(&b'"') && rest.starts_with(key.as_bytes()))
    }

    /// Keys that are written with escapes are not learnt: the short way compares keys as they are written.
    pub(super) fn learn(&mut self, key: &str, id: FieldId) {
        let is_plain = !key.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        if !is_plain || self.next >= MOST_KEYS {
            return;
        }
        if self.keys.len() >= MOST_KEYS {
            self.keys.truncate(self.next);
        }
        self.keys.insert(self.next, (key.into(), id));
        self.next += 1;
    }

    /// Whether it is worth while to try the short way.
    pub(super) fn hopes_for_flat(&mut self) -> bool {
        let waits = self.skipped > 0;
        self.skipped = self.skipped.saturating_sub(1);
        !waits
    }

    /// A stream of records that are never flat pays for a try in a hundred.
    pub(super) fn note_flat(&mut self, is_flat: bool) {
        self.in_vain = if is_flat { 0 } else { (self.in_vain + 1).min(MOST_IN_VAIN) };
        self.skipped = (1 << self.in_vain) - 1;
    }
}
