//! Whole numbers as bits: the one code in which packed changes are written.
//!
//! A number from 0 up is an exponential Golomb code of an order `k`: the number without its low `k` bits, plus one, in
//! binary, after as many zeros as that has bits beyond the first; then the low `k` bits. Small numbers are short, large ones
//! never absurdly long (at most 129 bits), and no number needs a second form, as Rice codes do for what is far off.

/// The largest order: as many bits as a number has but one.
pub(crate) const MAX_ORDER: u32 = 63;
/// Bits in which an order is written.
const ORDER_BITS: u32 = 6;

/// Bits under construction, the first in the highest place of the first byte.
#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not make a byte yet, in the low places.
    open: u128,
    open_bits: u32,
}

/// Bits being read.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Next bit.
    at: usize,
}

/// The bits end before what they begin, or code a number that is too large.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoNumber;

/// Small numbers of either sign as small numbers: 0, −1, 1, −2, 2 … are 0, 1, 2, 3, 4 …
pub(crate) fn unsigned(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// Undoes [`unsigned`].
pub(crate) fn signed(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Bits of a number's code.
fn code_bits(number: u64, order: u32) -> u32 {
    2 * (u128::from(number >> order) + 1).ilog2() + 1 + order
}

/// The order in which these numbers take the fewest bits, about: the best one is near the logarithm of their mean.
pub(crate) fn best_order(numbers: &(impl Iterator<Item = u64> + Clone)) -> u32 {
    let count = numbers.clone().count().max(1) as u128;
    let mean = numbers.clone().map(u128::from).sum::<u128>() / count;
    let near = mean.checked_ilog2().unwrap_or(0);
    let bits = |order: &u32| -> u64 {
        numbers.clone().map(|number| u64::from(code_bits(number, *order))).sum()
    };
    (near.saturating_sub(4)..=near.min(MAX_ORDER)).min_by_key(bits).unwrap_or(0)
}

impl BitWriter {
    /// The low `count` bits of a number, at most 65.
    fn put(&mut self, number: u128, count: u32) {
        self.open = self.open << count | number;
        self.open_bits += count;
        while self.open_bits >= 8 {
            self.open_bits -= 8;
            self.bytes.push((self.open >> self.open_bits) as u8);
        }
        self.open &= (1 << self.open_bits) - 1;
    }

    /// A few bits as they are.
    pub(crate) fn plain(&mut self, number: u32, count: u32) {
        self.put(u128::from(number), count);
    }

    /// A number's code.
    pub(crate) fn number(&mut self, number: u64, order: u32) {
        let high = u128::from(number >> order) + 1;
        let zeros = high.ilog2();
        self.put(0, zeros);
        self.put(high, zeros + 1);
        self.put(u128::from(number & ((1 << order) - 1)), order);
    }

    /// The order in which numbers are short, then their codes.
    pub(crate) fn numbers(&mut self, numbers: impl Iterator<Item = u64> + Clone) {
        let order = best_order(&numbers);
        self.plain(order, ORDER_BITS);
        numbers.for_each(|number| self.number(number, order));
    }

    /// Bytes, wherever the bits before them end.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.put(u128::from(*byte), 8));
    }

    /// All bytes, the last one filled up with zeros.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.open_bits > 0 {
            self.put(0, 8 - self.open_bits);
        }
        self.bytes
    }
}

impl<'a> BitReader<'a> {
    /// Reads from the first bit on.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bits that are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// The next bits, at most 65, as a number.
    fn take(&mut self, count: u32) -> Result<u128, NoNumber> {
        if self.left() < count as usize {
            return Err(NoNumber);
        }
        let mut number = 0_u128;
        let mut wanted = count as usize;
        while wanted > 0 {
            let free = 8 - self.at % 8;
            let some = free.min(wanted);
            let byte = self.bytes.get(self.at / 8).copied().ok_or(NoNumber)?;
            let part = u128::from(byte >> (free - some)) & ((1 << some) - 1);
            number = number << some | part;
            self.at += some;
            wanted -= some;
        }
        Ok(number)
    }

    /// A few bits as they are, at most 32.
    pub(crate) fn plain(&mut self, count: u32) -> Result<u32, NoNumber> {
        u32::try_from(self.take(count)?).map_err(|_| NoNumber)
    }

    /// A coded number.
    pub(crate) fn number(&mut self, order: u32) -> Result<u64, NoNumber> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 64 {
                return Err(NoNumber);
            }
        }
        let high = (1 << zeros | self.take(zeros)?) - 1;
        let high = u64::try_from(high).map_err(|_| NoNumber)?;
        let low = self.take(order)? as u64;
        if order > 0 && high >> (64 - order) != 0 {
            return Err(NoNumber);
        }
        Ok(high << order | low)
    }

    /// So many bytes, wherever they begin.
    pub(crate) fn bytes(&mut self, count: usize) -> Result<Vec<u8>, NoNumber> {
        if count > self.left() / 8 {
            return Err(NoNumber);
        }
        (0..count).map(|_| Ok(self.take(8)? as u8)).collect()
    }

    /// An order, then the codes of `count` numbers. Each takes a bit at least: there is no room for more than there are bits.
    pub(crate) fn numbers(&mut self, count: usize) -> Result<Vec<u64>, NoNumber> {
        let order = self.plain(ORDER_BITS)?;
        if count > self.left() {
            return Err(NoNumber);
        }
        (0..count).map(|_| self.number(order)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_those_of_the_page() {
        let mut bits = BitWriter::default();
        // 1, 010, 00110, 1 01, 010 00
        for (number, order) in [(0, 0), (1, 0), (5, 0), (1, 2), (4, 2)] {
            bits.number(number, order);
        }
        assert_eq!(bits.finish(), [0b1010_0011, 0b0101_0100, 0b0000_0000]);
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers in proptest::collection::vec(
            prop_oneof![0_u64..9, any::<u64>(), Just(u64::MAX)], 0..40,
        )) {
            let mut bits = BitWriter::default();
            bits.plain(5, 3);
            bits.numbers(numbers.iter().copied());
            let bytes = bits.finish();
            let mut reader = BitReader::new(&bytes);
            prop_assert_eq!(reader.plain(3), Ok(5));
            prop_assert_eq!(reader.numbers(numbers.len()), Ok(numbers));
            prop_assert!(reader.left() < 8);
        }

        #[test]
        fn each_order_codes_each_number(number in any::<u64>(), order in 0..=MAX_ORDER) {
            let mut bits = BitWriter::default();
            bits.number(number, order);
            let bytes = bits.finish();
            prop_assert_eq!(bytes.len() as u32, code_bits(number, order).div_ceil(8));
            prop_assert_eq!(BitReader::new(&bytes).number(order), Ok(number));
        }

        #[test]
        fn signs_come_back(number in any::<i64>()) {
            prop_assert_eq!(signed(unsigned(number)), number);
        }
    }
}
