//! Devices that stop sending for a while: a dead spot, a loose cable, a driver's thumb.
//!
//! The cab drives on unseen. Its taximeter has a line of its own: trips are reported all the same.

use super::calendar::MINUTE_MS;
use super::chance::Chance;

/// In each such span a device may fall silent once.
const SPAN_MS: i64 = 240 * MINUTE_MS;

/// How likely that is.
const PROBABILITY: f64 = 0.3;

/// Whether the device of a cab is silent at a time: 2 to 18 minutes at a stretch, most of them short.
pub(super) fn is_silent(seed: u64, cab: u64, at_ms: i64) -> bool {
    let span = at_ms.div_euclid(SPAN_MS);
    let mut chance = Chance::of([seed, cab, span as u64, 32]);
    if chance.next() >= PROBABILITY {
        return false;
    }
    let long = 2.0 + 16.0 * chance.next().powi(2);
    let latest = SPAN_MS - (long * MINUTE_MS as f64) as i64;
    let start = span * SPAN_MS + (chance.next() * latest as f64) as i64;
    (start..start + (long * MINUTE_MS as f64) as i64).contains(&at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_device_in_a_hundred_is_silent_some_for_more_than_ten_minutes() {
        let mut longest = 0;
        let mut silent = 0;
        for cab in 0..400 {
            let mut run = 0;
            for minute in 0..480 {
                run = if is_silent(1, cab, minute * MINUTE_MS) { run + 1 } else { 0 };
                silent += u32::from(run > 0);
                longest = longest.max(run);
            }
        }
        let share = f64::from(silent) / (400.0 * 480.0);
        assert!((0.005..0.015).contains(&share), "{share}");
        assert!((11..=18).contains(&longest), "{longest}");
    }
}
