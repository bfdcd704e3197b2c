//! The time range of a board: what a person chose, in the words of queries (`now-15m`, ISO 8601), and in words for people.

/// A time range as queries have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// Start.
    pub from: String,
    /// End.
    pub to: String,
}

/// A range offered with one click.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuickRange {
    /// Start; the end is now.
    pub from: &'static str,
    /// Its words.
    pub words: &'static str,
}

/// The ranges offered, shortest first.
pub const QUICK_RANGES: [QuickRange; 7] = [
    QuickRange { from: "now-5m", words: "last 5 min" },
    QuickRange { from: "now-15m", words: "last 15 min" },
    QuickRange { from: "now-30m", words: "last 30 min" },
    QuickRange { from: "now-1h", words: "last hour" },
    QuickRange { from: "now-24h", words: "last 24 hours" },
    QuickRange { from: "now/d", words: "today" },
    QuickRange { from: "now/w", words: "this week" },
];

/// Lengths of the units of date math, ms. Months and years have none.
const UNITS: [(&str, i64, &str, &str); 6] = [
    ("s", 1_000, "s", "s"),
    ("m", 60_000, "min", "min"),
    ("h", 3_600_000, "hour", "hours"),
    ("H", 3_600_000, "hour", "hours"),
    ("d", 86_400_000, "day", "days"),
    ("w", 604_800_000, "week", "weeks"),
];

impl TimeRange {
    /// A range from `from` until now.
    #[must_use]
    pub fn until_now(from: &str) -> Self {
        Self { from: from.to_owned(), to: "now".to_owned() }
    }

    /// Whether the range ends now, so that its answers move.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.to == "now"
    }

    /// Words for a range that ends now, e.g. `last 15 min`; `None` for others, whose ends are times.
    #[must_use]
    pub fn live_words(&self) -> Option<String> {
        if !self.is_live() {
            return None;
        }
        if let Some(quick) = QUICK_RANGES.iter().find(|quick| quick.from == self.from) {
            return Some(quick.words.to_owned());
        }
        let (count, unit) = back_from_now(&self.from)?;
        let (_, _, one, many) = UNITS.iter().find(|(name, ..)| *name == unit)?;
        Some(if count == 1 { format!("last {one}") } else { format!("last {count} {many}") })
    }

    /// Puts this range at the front of those used lately, at most `keep` of them. Quick ranges are always there and not kept.
    pub fn remember(&self, lately: &mut Vec<Self>, keep: usize) {
        if self.is_live() && QUICK_RANGES.iter().any(|quick| quick.from == self.from) {
            return;
        }
        lately.retain(|range| range != self);
        lately.insert(0, self.clone());
        lately.truncate(keep);
    }

    /// How long a range `now-…` to `now` is.
    #[must_use]
    pub fn length_ms(&self) -> Option<i64> {
        let (count, unit) = back_from_now(&self.from).filter(|_| self.is_live())?;
        UNITS.iter().find(|(name, ..)| *name == unit)?.1.checked_mul(count)
    }

    /// The next wider offered range, for a panel with nothing in this one.
    #[must_use]
    pub fn wider(&self) -> Option<QuickRange> {
        let length = self.length_ms()?;
        QUICK_RANGES.into_iter().find(|quick| {
            Self::until_now(quick.from).length_ms().is_some_and(|offered| offered > length)
        })
    }
}

/// `now-15m` as 15 and `m`.
fn back_from_now(from: &str) -> Option<(i64, &str)> {
    let rest = from.strip_prefix("now-")?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = rest.split_at(digits);
    Some((count.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_ranges_have_words() {
        for (from, words) in [
            ("now-15m", Some("last 15 min")),
            ("now-1h", Some("last hour")),
            ("now-3h", Some("last 3 hours")),
            ("now-90s", Some("last 90 s")),
            ("now/d", Some("today")),
            ("now-1h/h", None),
            ("2026-11-20", None),
        ] {
            assert_eq!(TimeRange::until_now(from).live_words().as_deref(), words, "{from}");
        }
        let fixed = TimeRange { from: "now-2h".into(), to: "now-1h".into() };
        assert_eq!(fixed.live_words(), None);
    }

    #[test]
    fn ranges_used_lately_are_kept_once_newest_first() {
        let mut lately = Vec::new();
        for from in ["now-2h", "now-15m", "now-3h", "now-2h", "now-4h"] {
            TimeRange::until_now(from).remember(&mut lately, 2);
        }
        let from: Vec<&str> = lately.iter().map(|range| range.from.as_str()).collect();
        assert_eq!(from, ["now-4h", "now-2h"]);
    }

    #[test]
    fn an_empty_panel_offers_the_next_wider_range() {
        let wider = |from: &str| TimeRange::until_now(from).wider().map(|quick| quick.from);
        assert_eq!(wider("now-15m"), Some("now-30m"));
        assert_eq!(wider("now-1h"), Some("now-24h"));
        assert_eq!(wider("now-7d"), None);
        assert_eq!(wider("now/d"), None);
    }
}
