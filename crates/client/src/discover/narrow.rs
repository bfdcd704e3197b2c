//! The plus and the minus beside a value: only records with it, or only those without it.

use crate::filters::{Filters, Pill, Test};

/// Which records of a value are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrow {
    /// Those that have it.
    To,
    /// Those that do not.
    Without,
}

/// Narrows filters. Of one field the last word holds: what says the opposite of it goes. Several values can be left out.
pub fn narrow(filters: &mut Filters, way: Narrow, field: &str, value: &str) {
    let is_of = |pill: &Pill| pill.field == field && pill.values.iter().any(|of| of == value);
    match way {
        Narrow::To => {
            filters.pills.retain(|pill| pill.field != field || (pill.negate && !is_of(pill)));
            filters.pills.push(Pill::of(field, value));
        }
        Narrow::Without => {
            filters.pills.retain(|pill| pill.negate || !is_of(pill));
            let excluding = |pill: &&mut Pill| {
                pill.field == field && pill.test == Test::OneOf && pill.negate && !pill.disabled
            };
            match filters.pills.iter_mut().find(excluding) {
                Some(pill) if pill.values.iter().any(|of| of == value) => {}
                Some(pill) => {
                    pill.values.push(value.to_owned());
                    pill.saved = None;
                }
                None => {
                    let mut pill = Pill::of(field, value);
                    pill.negate = true;
                    filters.pills.push(pill);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_about_a_field_holds() {
        let mut filters = Filters::default();
        let mut then = |way, field: &str, value: &str| {
            narrow(&mut filters, way, field, value);
            filters.pills.iter().map(Pill::address).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(then(Narrow::To, "zone", "Mission"), "zone:Mission");
        assert_eq!(then(Narrow::To, "zone", "Marina"), "zone:Marina");
        assert_eq!(then(Narrow::Without, "status", "free"), "zone:Marina -status:free");
        assert_eq!(then(Narrow::Without, "status", "hired"), "zone:Marina -status:free|hired");
        assert_eq!(then(Narrow::Without, "status", "hired"), "zone:Marina -status:free|hired");
        assert_eq!(then(Narrow::Without, "zone", "Marina"), "-status:free|hired -zone:Marina");
        assert_eq!(then(Narrow::To, "status", "hired"), "-zone:Marina status:hired");
    }
}
