//! Numbers as people read them: in full for tooltips and tables, short for axes. One rule for canvas and page alike.

use hailstream_protocol::visualization::{Format, FormatKind};

use crate::civil::{Civil, Precision, ZoneOffset};

/// Between a number and its unit: does not break a line.
const GAP: char = '\u{a0}';

/// The marks of a language's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Before the fraction.
    pub decimal: char,
    /// Between thousands.
    pub group: char,
}

impl Default for Locale {
    fn default() -> Self {
        Self { decimal: '.', group: ',' }
    }
}

/// A number in words, its unit apart so that it can be set smaller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    /// The number, with a currency sign in front where there is one.
    pub number: String,
    /// The unit; may be empty.
    pub unit: String,
}

impl Quantity {
    fn new(number: String, unit: &str) -> Self {
        Self { number, unit: unit.to_owned() }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.number)?;
        if self.unit.is_empty() { Ok(()) } else { write!(f, "{GAP}{}", self.unit) }
    }
}

/// Writes numbers of one format.
#[derive(Clone, Copy)]
pub struct Numbers<'a> {
    /// What they are.
    pub format: &'a Format,
    /// Their marks.
    pub locale: Locale,
    /// For epoch times.
    pub zone: ZoneOffset<'a>,
}

/// Divisors and names of larger units, largest first.
type Units = &'static [(f64, &'static str)];
const THOUSANDS: Units = &[(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
const BINARY: Units = &[
    (1_099_511_627_776.0, "TiB"),
    (1_073_741_824.0, "GiB"),
    (1_048_576.0, "MiB"),
    (1024.0, "KiB"),
    (1.0, "B"),
];
const DURATIONS: Units =
    &[(86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (0.001, "ms")];

impl<'a> Numbers<'a> {
    /// The number that is shown for `value`: scaled by the format.
    #[must_use]
    pub fn scaled(&self, value: f64) -> f64 {
        value * self.format.scale.unwrap_or(1.0)
    }

    /// In full: `1,284`, `$14.20`, `58 %`, `4.2 min`.
    #[must_use]
    pub fn full(&self, value: f64) -> String {
        self.quantity(value).to_string()
    }

    /// In full, unit apart.
    #[must_use]
    pub fn quantity(&self, value: f64) -> Quantity {
        let value = self.scaled(value);
        let decimals = |default: usize| self.format.decimals.map_or(default, usize::from);
        let unit = self.format.unit.as_str();
        match self.format.kind {
            FormatKind::Number => {
                Quantity::new(self.grouped(value, decimals(natural_decimals(value))), unit)
            }
            FormatKind::Percent => {
                let percent = value * 100.0;
                let default = usize::from(percent != 0.0 && percent.abs() < 10.0);
                Quantity::new(self.grouped(percent, decimals(default)), "%")
            }
            FormatKind::Usd => Quantity::new(
                self.dollars(value, decimals(if value.abs() >= 1000.0 { 0 } else { 2 })),
                unit,
            ),
            FormatKind::Duration => self.duration(value),
            FormatKind::Bytes => {
                let (divisor, name) = unit_of(BINARY, value);
                let shown = value / divisor;
                Quantity::new(
                    self.grouped(
                        shown,
                        decimals(if divisor == 1.0 { 0 } else { natural_decimals(shown) }),
                    ),
                    name,
                )
            }
            FormatKind::Time => {
                Quantity::new(Civil::at(value as i64, self.zone).write(Precision::Second), unit)
            }
            FormatKind::Date => {
                let at = Civil::at(value as i64, self.zone);
                let detail = self.format.decimals.unwrap_or_else(|| at.detail());
                Quantity::new(at.date_words(detail), unit)
            }
        }
    }

    /// Short, for large single numbers: `$168.4 k`, `1.2 M`; small ones in full.
    #[must_use]
    pub fn short(&self, value: f64) -> Quantity {
        let scaled = self.scaled(value);
        let is_long = scaled.abs() >= 100_000.0;
        let (divisor, name) = unit_of(THOUSANDS, scaled);
        match self.format.kind {
            FormatKind::Number | FormatKind::Usd if is_long && self.format.decimals.is_none() => {
                let shown = scaled / divisor;
                let unit = match self.format.unit.as_str() {
                    "" => name.to_owned(),
                    unit => format!("{name}{GAP}{unit}"),
                };
                let number = match self.format.kind {
                    FormatKind::Usd => self.dollars(shown, 1),
                    _ => self.grouped(shown, 1),
                };
                Quantity { number, unit }
            }
            _ => self.quantity(value),
        }
    }

    /// The unit in which an axis up to `high` (as shown) is counted: its ticks are round in it.
    pub(crate) fn axis_unit(&self, high: f64) -> f64 {
        match self.format.kind {
            FormatKind::Duration => unit_of(DURATIONS, high / 2.0).0,
            FormatKind::Bytes => unit_of(BINARY, high / 2.0).0,
            FormatKind::Percent => 0.01,
            FormatKind::Number | FormatKind::Usd | FormatKind::Time | FormatKind::Date => 1.0,
        }
    }

    /// Labels of an axis, all in the unit of the largest. `ticks` are as shown, so already scaled.
    pub(crate) fn axis_labels(&self, ticks: &[f64], step: f64) -> Vec<String> {
        let high = ticks.iter().fold(0.0_f64, |high, tick| high.max(tick.abs()));
        let (divisor, unit) = match self.format.kind {
            FormatKind::Number | FormatKind::Usd => unit_of(THOUSANDS, high),
            FormatKind::Percent => (0.01, "%"),
            FormatKind::Duration => unit_of(DURATIONS, high / 2.0),
            FormatKind::Bytes => unit_of(BINARY, high / 2.0),
            FormatKind::Time | FormatKind::Date => {
                let precision = Precision::for_step(step as i64);
                let write = |tick: &f64| Civil::at(*tick as i64, self.zone).write(precision);
                return ticks.iter().map(write).collect();
            }
        };
        let decimals = step_decimals(step / divisor);
        let write = |tick: &f64| {
            let shown = tick / divisor;
            if shown.abs() < 1e-12 {
                return if self.format.kind == FormatKind::Usd { "$0" } else { "0" }.to_owned();
            }
            let number = match self.format.kind {
                FormatKind::Usd => self.dollars(shown, decimals),
                _ => self.grouped(shown, decimals),
            };
            Quantity::new(number, unit).to_string()
        };
        ticks.iter().map(write).collect()
    }

    fn duration(&self, seconds: f64) -> Quantity {
        let decimals = |default: usize| self.format.decimals.map_or(default, usize::from);
        let size = seconds.abs();
        if size >= 3600.0 {
            let (large, small, divisor) =
                if size >= 172_800.0 { ("d", "h", 3600.0) } else { ("h", "min", 60.0) };
            let steps = (seconds / divisor).round() as i64;
            let per = if divisor == 3600.0 { 24 } else { 60 };
            let number = format!("{}{GAP}{large}{GAP}{}", steps / per, steps.abs() % per);
            return Quantity::new(number, small);
        }
        if size >= 60.0 {
            return Quantity::new(
                self.grouped(seconds / 60.0, decimals(usize::from(size < 600.0))),
                "min",
            );
        }
        if size >= 1.0 || size == 0.0 {
            return Quantity::new(
                self.grouped(seconds, decimals(usize::from(size != 0.0 && size < 10.0))),
                "s",
            );
        }
        Quantity::new(self.grouped(seconds * 1000.0, decimals(0)), "ms")
    }

    fn dollars(&self, value: f64, decimals: usize) -> String {
        let number = self.grouped(value.abs(), decimals);
        if value < 0.0 { format!("−${number}") } else { format!("${number}") }
    }

    /// `1,284.5`, with at most `decimals` digits after the point.
    fn grouped(&self, value: f64, decimals: usize) -> String {
        let text = format!("{:.*}", decimals.min(12), value.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::with_capacity(text.len() + 4);
        if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
            out.push('−');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                out.push(self.locale.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.locale.decimal);
            out.push_str(fraction);
        }
        out
    }
}

fn unit_of(units: Units, value: f64) -> (f64, &'static str) {
    let found = units.iter().find(|(divisor, _)| value.abs() >= *divisor);
    // Below the smallest: a plain number, or the smallest unit there is (not ms, which only fractions of a second get).
    let smallest = units.iter().rev().find(|(divisor, _)| *divisor <= 1.0);
    let zero = if value == 0.0 { units.iter().find(|(divisor, _)| *divisor == 1.0) } else { None };
    *zero.or(found).or(smallest).unwrap_or(&(1.0, ""))
}

/// Digits after the point that a number of this size deserves: whole ones none, small ones more.
fn natural_decimals(value: f64) -> usize {
    let size = value.abs();
    if size == size.trunc() || size >= 1000.0 {
        0
    } else if size >= 1.0 {
        1
    } else if size >= 0.1 {
        2
    } else {
        3
    }
}

/// Digits after the point that tell multiples of `step` apart.
fn step_decimals(step: f64) -> usize {
    (0..=9)
        .find(|digits| {
            let shifted = step * 10_f64.powi(*digits);
            (shifted - shifted.round()).abs() < shifted.abs() * 1e-6
        })
        .unwrap_or(9) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(format: &Format) -> Numbers<'_> {
        Numbers { format, locale: Locale::default(), zone: &|_| 0 }
    }

    #[test]
    fn numbers_are_written_in_full() {
        let check = |kind, value: f64, want: &str| {
            let format = Format { kind, ..Format::default() };
            assert_eq!(numbers(&format).full(value).replace(GAP, " "), want);
        };
        check(FormatKind::Number, 1284.0, "1,284");
        check(FormatKind::Number, -1_234_567.0, "−1,234,567");
        check(FormatKind::Number, 2.55, "2.5");
        check(FormatKind::Number, 0.0, "0");
        check(FormatKind::Number, 31.0, "31");
        check(FormatKind::Percent, 0.58, "58 %");
        check(FormatKind::Percent, 0.034, "3.4 %");
        check(FormatKind::Usd, 14.2, "$14.20");
        check(FormatKind::Usd, -168_412.0, "−$168,412");
        check(FormatKind::Duration, 252.0, "4.2 min");
        check(FormatKind::Duration, 3900.0, "1 h 5 min");
        check(FormatKind::Duration, 0.25, "250 ms");
        check(FormatKind::Duration, 200_000.0, "2 d 8 h");
        check(FormatKind::Bytes, 1536.0, "1.5 KiB");
        check(FormatKind::Time, 66_126_000.0, "18:22:06");
        check(FormatKind::Date, 66_126_000.0, "1 Jan 1970, 18:22:06");
        check(FormatKind::Date, 86_400_000.0, "2 Jan 1970");
        check(FormatKind::Date, 60_000.0, "1 Jan 1970, 00:01");
        check(FormatKind::Date, 250.0, "1 Jan 1970, 00:00:00.250");
    }

    #[test]
    fn the_unit_stands_apart() {
        let format = Format { unit: "km/h".to_owned(), ..Format::default() };
        let quantity = numbers(&format).quantity(31.25);
        assert_eq!((quantity.number.as_str(), quantity.unit.as_str()), ("31.2", "km/h"));
        let format = Format { kind: FormatKind::Usd, ..Format::default() };
        let short = numbers(&format).short(168_412.0);
        assert_eq!((short.number.as_str(), short.unit.as_str()), ("$168.4", "k"));
    }

    #[test]
    fn axis_labels_share_one_unit() {
        let check = |kind, ticks: &[f64], want: &str| {
            let format = Format { kind, ..Format::default() };
            let labels = numbers(&format).axis_labels(ticks, ticks[1] - ticks[0]);
            assert_eq!(labels.join(" | ").replace(GAP, " "), want);
        };
        check(FormatKind::Number, &[0.0, 500.0, 1000.0, 1500.0], "0 | 0.5 k | 1.0 k | 1.5 k");
        check(FormatKind::Number, &[0.0, 5.0, 10.0], "0 | 5 | 10");
        check(FormatKind::Number, &[0.0, 0.1, 0.2], "0 | 0.1 | 0.2");
        check(FormatKind::Duration, &[0.0, 60.0, 120.0, 180.0], "0 | 1 min | 2 min | 3 min");
        check(FormatKind::Percent, &[0.0, 0.2, 0.4], "0 | 20 % | 40 %");
        check(FormatKind::Usd, &[0.0, 20.0, 40.0], "$0 | $20 | $40");
    }
}
