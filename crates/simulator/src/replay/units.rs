//! Unit conversions that a replay map may ask for, as in `speed: mph to km/h`.

use serde_json::Value;

/// A conversion between two units of one dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Conversion {
    from: &'static Unit,
    to: &'static Unit,
}

#[derive(Debug, PartialEq)]
struct Unit {
    name: &'static str,
    dimension: Dimension,
    /// One of it in the dimension's base unit.
    factor: f64,
    /// Its zero in the dimension's base unit.
    zero: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Dimension {
    Time,
    Speed,
    Length,
    Temperature,
    Volume,
}

const fn unit(name: &'static str, dimension: Dimension, factor: f64, zero: f64) -> Unit {
    Unit { name, dimension, factor, zero }
}

/// All units; the base of each dimension has factor 1.
const UNITS: [Unit; 20] = [
    unit("ns", Dimension::Time, 1e-9, 0.0),
    unit("us", Dimension::Time, 1e-6, 0.0),
    unit("ms", Dimension::Time, 1e-3, 0.0),
    unit("s", Dimension::Time, 1.0, 0.0),
    unit("min", Dimension::Time, 60.0, 0.0),
    unit("h", Dimension::Time, 3600.0, 0.0),
    unit("m/s", Dimension::Speed, 1.0, 0.0),
    unit("km/h", Dimension::Speed, 1.0 / 3.6, 0.0),
    unit("mph", Dimension::Speed, 0.447_04, 0.0),
    unit("kn", Dimension::Speed, 1852.0 / 3600.0, 0.0),
    unit("m", Dimension::Length, 1.0, 0.0),
    unit("km", Dimension::Length, 1000.0, 0.0),
    unit("mi", Dimension::Length, 1609.344, 0.0),
    unit("ft", Dimension::Length, 0.3048, 0.0),
    unit("K", Dimension::Temperature, 1.0, 0.0),
    unit("°C", Dimension::Temperature, 1.0, 273.15),
    unit("°F", Dimension::Temperature, 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    unit("l", Dimension::Volume, 1.0, 0.0),
    unit("gal", Dimension::Volume, 3.785_411_784, 0.0),
    unit("ml", Dimension::Volume, 1e-3, 0.0),
];

impl Conversion {
    /// The conversion that `mph to km/h` names.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((from, to)) = text.split_once(" to ") else {
            return Err(format!("\"{text}\" is no conversion: write it as `mph to km/h`"));
        };
        let (from, to) = (known(from.trim())?, known(to.trim())?);
        if from.dimension == to.dimension {
            Ok(Self { from, to })
        } else {
            Err(format!("{} cannot become {}", from.name, to.name))
        }
    }

    /// The converted value; what is no number stays as it is. Whole numbers stay whole where the factor is.
    pub(super) fn apply(self, value: &Value) -> Value {
        let ratio = (self.from.factor / self.to.factor).round();
        let is_whole = ratio >= 1.0
            && (self.to.factor * ratio - self.from.factor).abs() <= 1e-12 * self.from.factor;
        let is_shifted = self.from.zero != self.to.zero;
        match (value.as_i64().and_then(|whole| whole.checked_mul(ratio as i64)), value.as_f64()) {
            (Some(whole), _) if is_whole && !is_shifted => Value::from(whole),
            (_, Some(number)) => Value::from(self.convert(number)),
            _ => value.clone(),
        }
    }

    fn convert(self, number: f64) -> f64 {
        let base = number * self.from.factor + self.from.zero;
        tidy((base - self.to.zero) / self.to.factor)
    }
}

/// Twelve significant digits: the noise of the factors is not worth writing down.
fn tidy(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

fn known(name: &str) -> Result<&'static Unit, String> {
    UNITS.iter().find(|unit| unit.name == name).ok_or_else(|| {
        let names: Vec<&str> = UNITS.iter().map(|unit| unit.name).collect();
        format!("unknown unit \"{name}\"; known are {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions() {
        for (conversion, value, expected) in [
            ("s to ms", "1211353200", "1211353200000"),
            ("s to ms", "1.5", "1500.0"),
            ("ms to s", "1500", "1.5"),
            ("min to s", "3", "180"),
            ("mph to km/h", "10", "16.09344"),
            ("km/h to m/s", "36", "10.0"),
            ("°F to °C", "212", "100.0"),
            ("°C to °F", "-40.0", "-40.0"),
            ("K to °C", "300", "26.85"),
            ("mph to km/h", "\"fast\"", "\"fast\""),
            ("s to ns", "99999999999", "9.9999999999e+19"),
        ] {
            let value = serde_json::from_str(value).unwrap();
            let converted = Conversion::parse(conversion).unwrap().apply(&value);
            assert_eq!(converted.to_string(), expected, "{conversion}");
        }
    }

    #[test]
    fn what_is_no_conversion_is_refused() {
        assert_eq!(
            Conversion::parse("mph").unwrap_err(),
            "\"mph\" is no conversion: write it as `mph to km/h`"
        );
        assert_eq!(Conversion::parse("mph to ms").unwrap_err(), "mph cannot become ms");
        assert!(Conversion::parse("kmh to mph").unwrap_err().starts_with("unknown unit \"kmh\""));
    }
}
