//! Sums that do not depend on the order of their terms: exact while they grow, rounded once when they are read.
//!
//! A sum is an integer count of 2⁻⁶⁴ as long as every term fits without loss and the sum stays small; that holds for
//! nearly all measured numbers and costs a shift and an addition. What does not fit goes to a superaccumulator: chunks
//! of 32 bits over the whole range of doubles (after Neal, "Fast exact summation using small and large
//! superaccumulators", 2015).

const FRACTION_BITS: i32 = 64;
const FIXED_LIMIT: i128 = 1 << 120;
const CHUNKS: usize = 68;
/// Weight of bit 0 of chunk 0 is 2^−1088, below the smallest subnormal (2^−1074).
const LOWEST: i32 = -1088;

/// An exact sum of finite numbers.
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    fixed: i128,
    wide: Option<Box<Wide>>,
}

/// Chunk i counts 2^(LOWEST + 32 i); chunks may be negative and hold up to 2^31 additions between carries.
#[derive(Clone, Debug)]
struct Wide {
    chunks: [i64; CHUNKS],
    additions: u32,
}

impl ExactSum {
    /// Adds a finite number.
    pub fn add(&mut self, term: f64) {
        match to_fixed(term) {
            Some(fixed) => self.add_fixed(fixed),
            None => self.wide().add(term),
        }
    }

    /// Adds a whole number.
    pub fn add_integer(&mut self, term: i64) {
        match term.unsigned_abs() < 1 << 55 {
            true => self.add_fixed(i128::from(term) << FRACTION_BITS),
            false => {
                // Two parts, each a double without loss.
                self.add((term >> 32) as f64 * 4_294_967_296.0);
                self.add((term & 0xffff_ffff) as f64);
            }
        }
    }

    /// Adds a product without rounding it; exact where neither it nor its rounding error leaves the range of doubles, and
    /// beyond all doubles where it does.
    pub(crate) fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        let error = a.mul_add(b, -product);
        if error.is_finite() {
            self.add(error);
        }
    }

    /// The sum as numbers that add up to it exactly, largest first.
    pub(crate) fn expansion(&self) -> Vec<f64> {
        let (mut parts, mut rest) = (Vec::new(), self.clone());
        loop {
            let part = rest.value();
            if part == 0.0 || !part.is_finite() {
                return parts;
            }
            rest.subtract(part);
            parts.push(part);
        }
    }

    /// Takes a finite number away that was added before.
    pub fn subtract(&mut self, term: f64) {
        self.add(-term);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        self.add_fixed(other.fixed);
        if let Some(theirs) = &other.wide {
            self.wide().merge(theirs);
        }
    }

    /// The sum, rounded to nearest (ties to even) once; infinite where it exceeds the largest double.
    #[must_use]
    pub fn value(&self) -> f64 {
        match &self.wide {
            None => self.fixed as f64 / 18_446_744_073_709_551_616.0,
            Some(wide) => {
                let mut all = wide.as_ref().clone();
                all.add_fixed(self.fixed);
                all.value()
            }
        }
    }

    fn add_fixed(&mut self, fixed: i128) {
        self.fixed += fixed;
        if self.fixed.abs() >= FIXED_LIMIT {
            let fixed = std::mem::take(&mut self.fixed);
            self.wide().add_fixed(fixed);
        }
    }

    fn wide(&mut self) -> &mut Wide {
        self.wide.get_or_insert_with(|| Box::new(Wide { chunks: [0; CHUNKS], additions: 0 }))
    }
}

/// Mantissa and exponent: `term = mantissa × 2^exponent`.
fn parts(term: f64) -> (i64, i32) {
    let bits = term.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    (if term < 0.0 { -mantissa } else { mantissa }, exponent)
}

/// `term` as a count of 2⁻⁶⁴, where that is exact and below 2^55.
fn to_fixed(term: f64) -> Option<i128> {
    let (mantissa, exponent) = parts(term);
    let shift = exponent + FRACTION_BITS;
    match shift {
        _ if mantissa == 0 => Some(0),
        0..=66 => Some(i128::from(mantissa) << shift),
        -52..=-1 if mantissa.trailing_zeros() as i32 >= -shift => {
            Some(i128::from(mantissa >> -shift))
        }
        _ => None,
    }
}

impl Wide {
    fn add(&mut self, term: f64) {
        let (mantissa, exponent) = parts(term);
        self.add_scaled(i128::from(mantissa), exponent);
    }

    fn add_fixed(&mut self, fixed: i128) {
        // In three parts, so that each fits the chunks' width with its shift.
        self.add_scaled(fixed >> 80, 80 - FRACTION_BITS);
        self.add_scaled((fixed >> 40) & ((1 << 40) - 1), 40 - FRACTION_BITS);
        self.add_scaled(fixed & ((1 << 40) - 1), -FRACTION_BITS);
    }

    /// Adds `number × 2^exponent`, |number| below 2^64.
    fn add_scaled(&mut self, number: i128, exponent: i32) {
        let position = (exponent - LOWEST) as usize;
        let (chunk, shift) = (position / 32, position % 32);
        let shifted = number.unsigned_abs() << shift;
        for part in 0..4 {
            let bits = ((shifted >> (32 * part)) & 0xffff_ffff) as i64;
            if bits != 0 {
                self.chunks[chunk + part] += if number < 0 { -bits } else { bits };
            }
        }
        self.additions += 1;
        if self.additions >= 1 << 29 {
            self.carry();
        }
    }

    fn merge(&mut self, other: &Self) {
        let mut theirs = other.clone();
        theirs.carry();
        self.carry();
        for (chunk, other) in self.chunks.iter_mut().zip(theirs.chunks) {
            *chunk += other;
        }
        self.additions = 2;
    }

    /// Brings every chunk but the last into 0 .. 2^32; the sign ends in the last.
    fn carry(&mut self) {
        let mut carried = 0;
        for chunk in &mut self.chunks[..CHUNKS - 1] {
            let sum = *chunk + carried;
            *chunk = sum & 0xffff_ffff;
            carried = sum >> 32;
        }
        self.chunks[CHUNKS - 1] += carried;
        self.additions = 1;
    }

    fn value(&mut self) -> f64 {
        self.carry();
        if self.chunks[CHUNKS - 1] < 0 {
            self.chunks.iter_mut().for_each(|chunk| *chunk = -*chunk);
            self.carry();
            return -self.magnitude();
        }
        self.magnitude()
    }

    /// The value of carried, non-negative chunks.
    fn magnitude(&self) -> f64 {
        let Some(top) = self.chunks.iter().rposition(|chunk| *chunk != 0) else { return 0.0 };
        // The four highest chunks hold at least 97 significant bits; all below them is one sticky bit.
        let lowest = top.saturating_sub(3);
        let mut bits = 0_u128;
        for chunk in self.chunks[lowest..=top].iter().rev() {
            bits = (bits << 32) | *chunk as u128;
        }
        if self.chunks[..lowest].iter().any(|chunk| *chunk != 0) {
            bits |= 1;
        }
        scale(bits, LOWEST + 32 * lowest as i32)
    }
}

/// `bits × 2^exponent`, rounded to nearest even once, subnormal results too.
fn scale(bits: u128, exponent: i32) -> f64 {
    let length = 128 - bits.leading_zeros() as i32;
    let lowest = (exponent + length - 53).max(-1074);
    let drop = lowest - exponent;
    if drop <= 0 {
        return bits as f64 * 2_f64.powi(exponent);
    }
    let kept = bits >> drop.min(127);
    let rest = bits & ((1 << drop.min(127)) - 1);
    let half = 1_u128 << (drop.min(127) - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    let mantissa = (kept + u128::from(up)) as f64;
    // In two steps: 2^lowest alone may be subnormal, and the mantissa is exact.
    let first = lowest.max(-1000);
    mantissa * 2_f64.powi(first) * 2_f64.powi(lowest - first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(terms: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        terms.iter().for_each(|term| sum.add(*term));
        sum.value()
    }

    #[test]
    fn a_product_beyond_all_doubles_is_not_lost() {
        for (a, b) in [(1e308, 2.0), (-1e308, 2.0), (1e200, 1e200)] {
            let mut sum = ExactSum::default();
            sum.add(1.0);
            sum.add_product(a, b);
            assert_eq!(sum.value(), a * b);
        }
    }

    #[test]
    fn known_sums() {
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[1e308, 1e308, -1e308]), 1e308);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[1e16, 1.0, 1e-30]), 1e16 + 2.0); // just above the tie
        assert_eq!(sum(&[]), 0.0);
    }

    proptest! {
        #[test]
        fn order_and_grouping_do_not_show(terms in proptest::collection::vec(any::<f64>(), 0..40), cut in 0usize..40) {
            let terms: Vec<f64> = terms.into_iter().filter(|t| t.abs() < 1e300).collect();
            let (left, right) = terms.split_at(cut.min(terms.len()));
            let (mut a, mut b) = (ExactSum::default(), ExactSum::default());
            right.iter().for_each(|t| a.add(*t));
            left.iter().rev().for_each(|t| b.add(*t));
            a.merge(&b);
            prop_assert_eq!(a.value().to_bits(), (sum(&terms) + 0.0).to_bits());
        }

        #[test]
        fn two_terms_are_the_processors_sum(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(a.is_finite() && b.is_finite() && (a + b).is_finite());
            prop_assert_eq!(sum(&[a, b]), a + b);
        }

        #[test]
        fn an_expansion_adds_up_to_the_sum(terms in proptest::collection::vec(-1e200..1e200_f64, 0..12)) {
            let mut sum = ExactSum::default();
            terms.iter().for_each(|t| sum.add(*t));
            sum.expansion().into_iter().for_each(|part| sum.subtract(part));
            prop_assert_eq!(sum.value(), 0.0);
        }

        #[test]
        fn whole_numbers(terms in proptest::collection::vec(any::<i64>(), 0..20)) {
            let mut sum = ExactSum::default();
            terms.iter().for_each(|t| sum.add_integer(*t));
            let exact: i128 = terms.iter().map(|t| i128::from(*t)).sum();
            prop_assert_eq!(sum.value(), exact as f64);
        }
    }
}
