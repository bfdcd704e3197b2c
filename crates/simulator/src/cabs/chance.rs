//! Draws that follow from names alone (seed, cab, day …), for what must be known without a look at what came before.

/// A short run of draws: splitmix64.
pub(super) struct Chance(u64);

impl Chance {
    /// The draws of these numbers.
    pub(super) fn of<const N: usize>(names: [u64; N]) -> Self {
        let mut chance = Self(0x9e37_79b9_7f4a_7c15);
        for name in names {
            chance.0 ^= name.wrapping_mul(0xd134_2543_de82_ef95);
            chance.0 = chance.bits();
        }
        chance
    }

    /// Uniform in 0..1.
    pub(super) fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Roughly normal, mean 0, standard deviation 1, never beyond 3.
    pub(super) fn bell(&mut self) -> f64 {
        2.0 * (self.next() + self.next() + self.next() - 1.5)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_from_their_names_and_are_spread_evenly() {
        let draws = |cab| {
            let mut chance = Chance::of([1, cab]);
            [chance.next(), chance.next(), chance.bell()]
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        let mean = |place: usize| (0..4000).map(|cab| draws(cab)[place]).sum::<f64>() / 4000.0;
        assert!((mean(0) - 0.5).abs() < 0.02 && (mean(1) - 0.5).abs() < 0.02);
        assert!(mean(2).abs() < 0.06, "{}", mean(2));
    }
}
