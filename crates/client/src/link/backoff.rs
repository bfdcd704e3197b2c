//! How long to wait before the next attempt: exponential with full jitter, so that a thousand pages whose server went
//! away do not come back in one instant.

/// Waiting times of one link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

/// Upper bound of the first wait.
const BASE_MS: i64 = 500;
/// Upper bound of any wait.
const CAP_MS: i64 = 30_000;

impl Backoff {
    /// The wait before the next attempt. `random` is uniform in 0…1.
    pub fn next_wait_ms(&mut self, random: f64) -> i64 {
        let ceiling = BASE_MS.saturating_mul(1_i64 << self.failures.min(16)).min(CAP_MS);
        self.failures = self.failures.saturating_add(1);
        (ceiling as f64 * random.clamp(0.0, 1.0)) as i64
    }

    /// The link proved good: the next wait is short again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Attempts since the link was last good.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let mut backoff = Backoff::default();
        let waits: Vec<i64> = (0..9).map(|_| backoff.next_wait_ms(1.0)).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        backoff.reset();
        assert_eq!(backoff.next_wait_ms(0.5), 250);
    }

    #[test]
    fn jitter_is_full_and_odd_randoms_are_held() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.next_wait_ms(0.0), 0);
        assert_eq!(backoff.next_wait_ms(7.0), 1_000);
        assert_eq!(backoff.next_wait_ms(f64::NAN), 0);
    }
}
