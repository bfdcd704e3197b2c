//! Viewers that take too much or too long are closed with a code.

use serde_json::json;

use super::fixture::{Fixture, said};
use crate::ws::transport::{CloseCode, Incoming, Outgoing};

#[test]
fn the_first_message_is_hello_and_comes_soon() {
    let mut fixture = Fixture::new();
    let mut silent = fixture.connect();
    silent.turn();
    fixture.beat(5_000);
    silent.turn();
    assert_eq!(silent.closed(), None);
    fixture.beat(1_000);
    silent.turn();
    assert_eq!(silent.closed(), Some(CloseCode::NoPong));

    for message in [
        json!({"ping": {"sent_ms": 1}}),
        json!({"hello": {"versions": [2, 3]}}),
        json!({"helo": {}}),
        json!("hello"),
    ] {
        let mut viewer = fixture.connect();
        viewer.say(&message);
        viewer.turn();
        assert_eq!(viewer.closed(), Some(CloseCode::Protocol), "{message}");
    }
    let mut twice = fixture.greeted();
    twice.say(&json!({"hello": {"versions": [1]}}));
    twice.turn();
    assert_eq!(twice.closed(), Some(CloseCode::Protocol));
    let mut binary = fixture.greeted();
    binary.say_incoming(Incoming::Binary);
    binary.turn();
    assert_eq!(binary.closed(), Some(CloseCode::Protocol));
}

#[test]
fn a_message_that_cannot_be_read_is_told_before_the_close() {
    let fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&json!({"subscribed": {}}));
    let frames = viewer.turn();
    assert!(frames[0].contains("unknown variant `subscribed`"), "{frames:?}");
    assert_eq!(viewer.closed(), Some(CloseCode::Protocol));
}

#[test]
fn a_write_without_progress_ends_the_session() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.block();
    viewer.say(&json!({"ping": {"sent_ms": 1}}));
    viewer.turn();
    for _ in 0..10 {
        fixture.beat(1_000);
        viewer.turn();
    }
    fixture.beat(1_000);
    viewer.turn();
    viewer.unblock();
    viewer.turn();
    assert_eq!(viewer.closed(), Some(CloseCode::Slow));

    let mut stuck = fixture.greeted();
    stuck.block();
    stuck.say(&json!({"ping": {"sent_ms": 1}}));
    stuck.turn();
    for _ in 0..16 {
        fixture.beat(1_000);
        stuck.turn();
    }
    assert!(stuck.is_gone());
}

#[test]
fn a_silent_viewer_is_pinged_and_then_given_up() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    let mut dead = fixture.greeted();
    for second in 1..=60 {
        fixture.beat(1_000);
        let frames = viewer.turn();
        assert_eq!(said(&frames[0]), "heartbeat", "{second}");
        dead.turn();
        if viewer.controls().len() == 1 && second < 30 {
            assert_eq!(viewer.controls(), [Outgoing::Ping]);
            viewer.say_incoming(Incoming::Pong);
        }
    }
    assert_eq!(viewer.closed(), None);
    assert_eq!(dead.controls()[0], Outgoing::Ping);
    assert_eq!(dead.closed(), Some(CloseCode::NoPong));
    assert!(dead.is_gone());
}

#[test]
fn too_many_subscriptions_or_messages() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    for id in 1..=257 {
        viewer
            .say(&json!({"subscribe": {"id": id, "query": {"stream": "s", "hits": {"size": id}}}}));
    }
    let mut frames = Vec::new();
    for _ in 0..8 {
        frames.extend(viewer.turn());
    }
    assert_eq!(
        frames,
        [
            r#"{"error":{"id":257,"code":"too_many_subscriptions","detail":"at most 256 subscriptions on a socket","at":"id"}}"#
        ]
    );
    viewer.say(&json!({"subscribe": {"id": 3, "query": {"stream": "s"}}}));
    assert!(viewer.turn()[0].contains("subscription 3 is there already"));
    fixture.run();
    fixture.publish(&["a"]);
    assert_eq!(viewer.turn().len(), 512);

    let mut flood = fixture.greeted();
    for _ in 0..700 {
        flood.say(&json!({"pause": {}}));
    }
    for _ in 0..12 {
        flood.turn();
    }
    assert_eq!(flood.closed(), Some(CloseCode::TooMany));
}

#[test]
fn too_many_watches_and_names_that_are_none() {
    let fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    let watch = |id: u32, name: &str| json!({"watch": {"id": id, "dashboard": name}});
    for id in 1..=65 {
        viewer.say(&watch(id, &format!("d{id}")));
    }
    let mut frames = viewer.turn();
    frames.extend(viewer.turn());
    assert_eq!(frames.iter().filter(|frame| said(frame) == "dashboard_changed").count(), 64);
    let told = frames.iter().find(|frame| said(frame) == "error").unwrap();
    assert!(told.contains(r#""id":65,"code":"too_many_watches""#), "{told}");
    viewer.say(&json!({"unwatch": {"id": 64}}));
    viewer.say(&watch(64, &"d".repeat(513)));
    viewer.say(&watch(63, "twice"));
    viewer.say(&json!({"subscribe": {"id": 62, "query": {"stream": "s"}}}));
    let details = ["an id of a dashboard has at most 512 bytes", "watch 63 is", "watch 62 is"];
    for (told, detail) in viewer.turn().iter().zip(details) {
        assert!(told.contains(detail), "{told}");
    }
}

#[test]
fn nothing_piles_up_for_a_viewer_that_does_not_read() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.block();
    viewer.say(&json!({"ping": {"sent_ms": 1}}));
    viewer.turn();
    for sent in 0..590 {
        viewer.say(&json!({"ping": {"sent_ms": sent}}));
        viewer.turn();
    }
    fixture.beat(1);
    viewer.turn();
    assert_eq!(viewer.unread(), 78, "512 replies wait; the rest is not read");
    viewer.unblock();
    viewer.wake_count();
    assert_eq!(viewer.turn().len(), 2 + 512);
    assert_eq!(viewer.wake_count(), 1, "there is more to read");
    assert_eq!(viewer.turn().len() + viewer.turn().len(), 78);
}
