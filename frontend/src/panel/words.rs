//! What panels and boards say about their freshness: the words of the chips, and for each trouble what is wrong, why, and
//! what happens next.

use hailstream_chart::{Civil, Precision};
use hailstream_client::coverage::Shortfall;
use hailstream_client::freshness::{Freshness, StaleReason, age_words, count_words};

use crate::dom;
use crate::local_time::time_of_day;

/// Class and words of a panel's chip. Each state has words of its own: colour alone tells nobody.
pub(super) fn chip(freshness: &Freshness) -> (&'static str, String) {
    match freshness {
        Freshness::Live { behind_ms: Some(behind_ms) } => ("chip live", age_words(*behind_ms)),
        Freshness::Live { behind_ms: None } => ("chip live", "live".to_owned()),
        Freshness::Replay { speed: Some(speed), .. } => {
            ("chip live replay", format!("replay {speed}×"))
        }
        Freshness::Replay { speed: None, .. } => ("chip live replay", "replay".to_owned()),
        Freshness::Quiet { for_ms } => ("chip wait", format!("quiet {}", age_words(*for_ms))),
        Freshness::Waiting => ("chip wait", "first records".to_owned()),
        Freshness::CatchingUp { lag: 0 } => ("chip wait", "catching up".to_owned()),
        Freshness::CatchingUp { lag } => {
            ("chip wait", format!("catching up, {} to go", count_words(*lag)))
        }
        Freshness::Late { behind_ms, leg } => {
            ("chip stale", format!("{}, {}", leg.slow(), age_words(*behind_ms)))
        }
        Freshness::FallingBehind { lag } => {
            ("chip stale", format!("{} records behind", count_words(*lag)))
        }
        Freshness::Stale { for_ms, why } => stale_chip(*for_ms, why),
        Freshness::Fixed => ("chip plain", "fixed range".to_owned()),
        Freshness::SoFar { to_ms } => {
            ("chip prov", format!("so far, to {}", time_of_day(*to_ms, Precision::Second)))
        }
    }
}

fn stale_chip(for_ms: i64, why: &StaleReason) -> (&'static str, String) {
    let age = if for_ms > 0 { format!(", {}", age_words(for_ms)) } else { String::new() };
    match why {
        StaleReason::LinkLost { .. } => ("chip stale", format!("{} behind", age_words(for_ms))),
        StaleReason::BrokerLost { .. } => ("chip stale", format!("no Kafka{age}")),
        StaleReason::StandsStill { .. } => ("chip stale", format!("stalled{age}")),
        StaleReason::StreamFailed { .. } => ("chip bad", "no stream".to_owned()),
        StaleReason::OnlyBad(refusals) => {
            ("chip bad", format!("{} bad records", count_words(refusals.count)))
        }
        StaleReason::OtherProtocol => ("chip stale", "page is old".to_owned()),
    }
}

/// Class and words of the board's chip, by its worst panel.
pub(super) fn board_chip(worst: &Freshness) -> (&'static str, String) {
    let (class, words) = chip(worst);
    match worst {
        Freshness::Live { behind_ms: Some(_) } => ("chip brd", format!("Live · {words} behind")),
        Freshness::Live { behind_ms: None } => ("chip brd", "Live".to_owned()),
        Freshness::Replay { clock_ms, speed } => {
            let speed = speed.map(|speed| format!(", {speed}×")).unwrap_or_default();
            ("chip brd", format!("Replaying {}{speed}", moment(*clock_ms)))
        }
        Freshness::Fixed => ("chip brd plain", "Fixed range".to_owned()),
        Freshness::SoFar { .. } => ("chip brd plain", "Fixed range, so far".to_owned()),
        Freshness::Quiet { .. } => ("chip brd wait", format!("Live · {words}")),
        Freshness::Waiting | Freshness::CatchingUp { .. } => ("chip brd wait", capital(words)),
        Freshness::Stale { why: StaleReason::LinkLost { .. }, .. } => {
            ("chip brd stale", format!("No connection · {words}"))
        }
        Freshness::Late { .. } | Freshness::FallingBehind { .. } | Freshness::Stale { .. } => {
            (if class == "chip bad" { "chip brd bad" } else { "chip brd stale" }, capital(words))
        }
    }
}

/// Ours are ASCII; Unicode's case tables would be 5 kB of the page.
fn capital(mut words: String) -> String {
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// `21 May 2008 14:05`, without the day where it is today.
fn moment(epoch_ms: i64) -> String {
    let civil = |at_ms| Civil::at(at_ms, &crate::zone::offset_ms);
    let at = civil(epoch_ms);
    let time = at.write(Precision::Minute);
    match civil(dom::now_ms()).write(Precision::Year) == at.write(Precision::Year) {
        true => time_of_day(epoch_ms, Precision::Minute),
        false => format!("{} {} {time}", at.day_name(), at.write(Precision::Year)),
    }
}

/// What is wrong, and what comes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reason {
    /// What, as a sentence.
    pub(super) what: String,
    /// What happens next, or what to do.
    pub(super) next: String,
    /// What exactly, in the words of whoever noticed.
    pub(super) detail: String,
}

/// The reason of a state that is not plainly live; empty where there is nothing to explain.
pub(super) fn reason(freshness: &Freshness) -> Reason {
    let (what, next) = match freshness {
        Freshness::Live { .. } => (String::new(), ""),
        Freshness::Stale { why, .. } => return stale_reason(why),
        Freshness::Replay { clock_ms, speed } => {
            let speed =
                speed.map(|speed| format!(", {speed}× as fast as it was")).unwrap_or_default();
            (format!("Replaying {}{speed}", moment(*clock_ms)), "“Now” is the newest event.")
        }
        Freshness::Quiet { for_ms } => (
            format!("No new records for {}", age_words(*for_ms)),
            "The stream is read to its end, nothing is broken: the source sends nothing.",
        ),
        Freshness::Waiting => ("No answer yet".to_owned(), "The first result is on its way."),
        Freshness::CatchingUp { lag } => (
            format!("{} records to go", count_words(*lag)),
            "The server reads what was there before it started; until then numbers are too low.",
        ),
        Freshness::Late { behind_ms, leg } => (
            format!("{} behind, most of it: {}", age_words(*behind_ms), leg.name()),
            "What is shown is right, but as old as that.",
        ),
        Freshness::FallingBehind { lag } => (
            format!("{} records behind, and growing", count_words(*lag)),
            "More is written to Kafka than the server reads. A larger machine, or fewer panels, would help.",
        ),
        Freshness::Fixed => (
            "A range that ends in the past".to_owned(),
            "Its records are final; it no longer moves.",
        ),
        Freshness::SoFar { .. } => (
            "Not all of this range is final".to_owned(),
            "Records of its last moments may still arrive.",
        ),
    };
    Reason { what, next: next.to_owned(), detail: String::new() }
}

fn stale_reason(why: &StaleReason) -> Reason {
    let (what, next, detail) = match why {
        StaleReason::LinkLost { retry_in_ms } => {
            let next = match (retry_in_ms + 999) / 1_000 {
                0 => "Trying now.".to_owned(),
                seconds => format!("Next try in {seconds} s."),
            };
            ("Connection lost.".to_owned(), next, "")
        }
        StaleReason::BrokerLost { why } => (
            "Kafka cannot be reached.".to_owned(),
            "The server keeps trying and misses nothing.".to_owned(),
            why.as_str(),
        ),
        StaleReason::StreamFailed { why } => {
            ("The stream cannot be read.".to_owned(), why.clone(), why.as_str())
        }
        StaleReason::StandsStill { lag } => (
            "The server reads nothing.".to_owned(),
            format!("{} records wait in Kafka; its log says why.", count_words(*lag)),
            "",
        ),
        StaleReason::OnlyBad(of) => (
            format!("{} bad records.", count_words(of.count)),
            format!("Newest: {} {}:{}, {}", of.topic, of.partition, of.offset, of.detail),
            of.reason.as_str(),
        ),
        StaleReason::OtherProtocol => {
            ("The server was updated.".to_owned(), "Load the page again.".to_owned(), "")
        }
    };
    Reason { what, next, detail: detail.to_owned() }
}

/// Words of the chip for what is missing, and the sentence behind it.
pub(super) fn shortfall(missing: &Shortfall) -> (String, String) {
    match missing {
        Shortfall::Gap { records, places } => {
            let count = count_words(*records);
            (format!("{count} missing"), format!("{count} records could not be read. {places}"))
        }
        Shortfall::Since { from_ms } => {
            let since = time_of_day(*from_ms, Precision::Minute);
            (format!("since {since}"), format!("Data since {since}; the range begins before."))
        }
    }
}
