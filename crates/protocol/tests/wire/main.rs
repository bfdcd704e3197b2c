//! What travels: any bytes are messages or an error, and any delta fits a result or does not; nothing panics, and what was
//! read is written the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod made;

use hailstream_fuzz::{Plan, holds, spoil};
use hailstream_protocol::frame::{
    Encoding, decode_binary, decode_client, decode_json, encode_client,
};
use hailstream_protocol::{ClientMessage, Delta, QueryResult, ServerMessage, Steps};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

/// A thousand cases, or what `make fuzz` asks for.
fn plan() -> Plan {
    Plan::from_environment("FUZZ", 1_000)
}

#[test]
fn a_delta_leads_from_any_result_to_any_other() {
    let made = || (made::result(), made::result(), 0_usize..4);
    holds("deltas", &plan(), made, |(old, new, key_columns)| {
        let delta = Delta::between(&old, &new, key_columns);
        let bytes = postcard::to_stdvec(&delta).unwrap();
        let text = serde_json::to_string(&delta).unwrap();
        let travelled: [Delta; 2] =
            [postcard::from_bytes(&bytes).unwrap(), serde_json::from_str(&text).unwrap()];
        for delta in travelled {
            let copied = delta.clone().applied_to(&old).unwrap();
            let mut moved = old.clone();
            prop_assert_eq!(delta.apply(&mut moved), Ok(()));
            // Times never return to absent: what an older result has of them stays.
            prop_assert_eq!(&copied, &moved);
            prop_assert_eq!(&QueryResult { as_of: new.as_of.clone(), ..moved }, &new);
            prop_assert_eq!(copied.as_of.sequence, new.as_of.sequence);
        }
        Ok(())
    });
}

#[test]
fn any_delta_fits_a_result_or_is_refused() {
    let made = || (made::result(), made::delta());
    holds("any delta", &plan(), made, |(result, delta)| {
        let bytes = postcard::to_stdvec(&delta).unwrap();
        prop_assert_eq!(&postcard::from_bytes::<Delta>(&bytes).unwrap(), &delta);
        let copied = delta.clone().applied_to(&result);
        let mut moved = result.clone();
        match delta.apply(&mut moved) {
            Ok(()) => prop_assert_eq!(copied.as_ref(), Ok(&moved)),
            Err(error) => {
                prop_assert!(!error.to_string().is_empty());
                prop_assert!(copied.is_err());
            }
        }
        Ok(())
    });
}

#[test]
fn any_bytes_are_frames_or_an_error() {
    let seeds = || {
        let frames = |encoding: Encoding| {
            made::server_messages()
                .into_iter()
                .map(move |message| encoding.frame(&message).unwrap())
        };
        frames(Encoding::Binary).chain(frames(Encoding::Json)).collect::<Vec<_>>()
    };
    let made = || {
        prop_oneof![
            8 => spoil::bytes(seeds(), made::PIECES),
            1 => prop::collection::vec(any::<u8>(), 0..200),
            1 => made::deep_binary(),
        ]
    };
    holds("frames", &plan(), made, |bytes| {
        if let Ok(messages) = decode_binary(&bytes) {
            written_the_same(&messages, Encoding::Binary)?;
        }
        if let Ok(messages) = decode_json(&String::from_utf8_lossy(&bytes)) {
            written_the_same(&messages, Encoding::Json)?;
        }
        Ok(())
    });
}

#[test]
fn any_bytes_are_packed_steps_or_an_error() {
    let seeds = || {
        let messages = made::server_messages().into_iter();
        let steps = messages.filter_map(|message| {
            if let ServerMessage::Delta { delta, .. } = message { delta.steps } else { None }
        });
        steps.map(|steps| steps.packed()).collect::<Vec<_>>()
    };
    let made = || {
        prop_oneof![
            4 => spoil::bytes(seeds(), made::PIECES),
            1 => prop::collection::vec(any::<u8>(), 0..200),
        ]
    };
    holds("steps", &plan(), made, |bytes| {
        match Steps::unpacked(&bytes) {
            Ok(steps) => prop_assert_eq!(Steps::unpacked(&steps.packed()), Ok(steps)),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        Ok(())
    });
}

fn written_the_same(messages: &[ServerMessage], encoding: Encoding) -> TestCaseResult {
    let frames: Vec<Vec<u8>> =
        messages.iter().map(|message| encoding.frame(message).unwrap()).collect();
    let bytes = frames.concat();
    let again = match encoding {
        Encoding::Binary => decode_binary(&bytes).unwrap(),
        Encoding::Json => decode_json(std::str::from_utf8(&bytes).unwrap()).unwrap(),
    };
    prop_assert_eq!(again, messages);
    Ok(())
}

#[test]
fn any_text_is_a_clients_message_or_an_error() {
    let seeds = || made::CLIENT_MESSAGES.iter().map(|text| serde_json::from_str(text).unwrap());
    let made = || {
        prop_oneof![
            4 => spoil::text(made::CLIENT_MESSAGES, made::PIECES),
            4 => spoil::json(seeds().collect()).prop_map(|json| json.to_string()),
            1 => any::<String>(),
            1 => (1_usize..200_000).prop_map(|depth| "[{\"ping\":".repeat(depth)),
        ]
    };
    holds("client messages", &plan(), made, |text| {
        match decode_client(&text) {
            Ok(message) => {
                let written = encode_client(&message).unwrap();
                let again: ClientMessage = decode_client(&written).unwrap();
                prop_assert_eq!(again, message);
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        Ok(())
    });
}
