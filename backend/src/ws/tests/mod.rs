//! Sessions over an in-memory socket, polled by hand: no runtime, no clock, nothing to wait for.

mod convergence;
mod fixture;
mod limits;
mod socket;

use serde_json::json;

use self::fixture::{Fixture, said};
use super::transport::{CloseCode, Outgoing};

fn subscribe(id: u32) -> serde_json::Value {
    json!({"subscribe": {"id": id, "query": {"stream": "s"}}})
}

#[test]
fn a_viewer_is_welcomed_subscribed_and_kept_up_to_date() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.connect();
    viewer.say(&json!({"hello": {"versions": [1]}}));
    viewer.say(&subscribe(7));
    let welcome = viewer.turn();
    assert!(
        welcome[0].starts_with(r#"{"welcome":{"protocol":1,"build":"test","epoch":"e""#),
        "{welcome:?}"
    );
    assert_eq!(welcome.len(), 1, "the engine has not accepted the question yet");
    fixture.run();
    assert_eq!(viewer.turn(), [r#"{"subscribed":{"id":7,"view":1,"resumed":false}}"#]);
    fixture.publish(&["a"]);
    fixture.publish(&["b"]);
    fixture.publish(&["c"]);
    let frames = viewer.turn();
    assert_eq!(frames.len(), 1, "a viewer without anything gets one snapshot: {frames:?}");
    assert!(frames[0].contains(r#""rows":[["c"]]"#), "{frames:?}");
    fixture.publish(&["d"]);
    fixture.publish(&["e"]);
    let frames = viewer.turn();
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert!(frames.iter().all(|frame| frame.starts_with(r#"{"delta":{"view":1"#)), "{frames:?}");
}

#[test]
fn all_that_is_due_goes_out_in_one_message() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    for (id, size) in [(1, 5), (2, 6), (3, 7)] {
        viewer.say(
            &json!({"subscribe": {"id": id, "query": {"stream": "s", "hits": {"size": size}}}}),
        );
    }
    viewer.turn();
    fixture.run();
    viewer.turn();
    fixture.publish(&["a"]);
    viewer.turn();
    viewer.wake_count();
    fixture.publish(&["b"]);
    assert_eq!(viewer.wake_count(), 1, "three views that tick together wake a session once");
    let before = viewer.messages();
    assert_eq!(viewer.turn().len(), 3);
    assert_eq!(viewer.messages() - before, 1);
}

#[test]
fn a_slow_viewer_skips_states_and_delays_nobody() {
    let mut fixture = Fixture::new();
    let (mut slow, mut quick) = (fixture.greeted(), fixture.greeted());
    for viewer in [&mut slow, &mut quick] {
        viewer.say(&subscribe(1));
        viewer.turn();
    }
    fixture.run();
    fixture.publish(&["start"]);
    slow.turn();
    quick.turn();
    slow.block();
    fixture.publish(&["x"]);
    assert_eq!(slow.turn().len(), 0, "the write is under way");
    quick.turn();
    let long = "y".repeat(3000);
    for index in 0..100 {
        fixture.publish(&[&format!("{long}{index}")]);
        slow.turn();
        assert_eq!(quick.turn().len(), 1);
    }
    slow.unblock();
    let frames = slow.turn();
    assert_eq!(frames.len(), 2, "the message under way, then one snapshot");
    assert!(frames[1].contains("y99"), "{}", frames[1].len());
}

#[test]
fn a_viewer_resumes_where_it_was() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&subscribe(1));
    viewer.turn();
    fixture.run();
    for text in ["a", "b", "c", "d"] {
        fixture.publish(&[text]);
    }
    viewer.turn();
    let since = |epoch: &str, sequence: u64| json!({"subscribe": {"id": 2, "query": {"stream": "s"}, "since": {"epoch": epoch, "sequence": sequence}}});
    for (epoch, sequence, want) in [
        ("e", 4, vec![r#"{"subscribed":{"id":2,"view":1,"resumed":true}}"#.to_owned()]),
        (
            "e",
            3,
            vec![r#"{"subscribed":{"id":2,"view":1,"resumed":true}}"#.to_owned(), "delta".into()],
        ),
        (
            "e",
            9,
            vec![
                r#"{"subscribed":{"id":2,"view":1,"resumed":false}}"#.to_owned(),
                "snapshot".into(),
            ],
        ),
        (
            "f",
            4,
            vec![
                r#"{"subscribed":{"id":2,"view":1,"resumed":false}}"#.to_owned(),
                "snapshot".into(),
            ],
        ),
    ] {
        let mut back = fixture.greeted();
        back.say(&since(epoch, sequence));
        let mut frames = back.turn();
        frames.iter_mut().skip(1).for_each(|frame| *frame = said(frame));
        assert_eq!(frames, want, "{epoch} {sequence}");
    }
}

#[test]
fn equal_questions_share_a_view_and_each_frame_is_sent_once() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&subscribe(1));
    viewer.turn();
    fixture.run();
    fixture.publish(&["a"]);
    viewer.turn();
    viewer.say(&subscribe(2));
    let frames: Vec<String> = viewer.turn().iter().map(|frame| said(frame)).collect();
    assert_eq!(frames, ["subscribed", "snapshot"]);
    fixture.publish(&["b"]);
    assert_eq!(viewer.turn().len(), 1);
    viewer.say(&json!({"unsubscribe": {"id": 1}}));
    viewer.turn();
    fixture.publish(&["c"]);
    assert_eq!(viewer.turn().len(), 1);
    viewer.say(&json!({"unsubscribe": {"id": 2}}));
    viewer.turn();
    fixture.publish(&["d"]);
    assert_eq!(viewer.turn().len(), 0);
    assert_eq!(fixture.followed_views(), 0);
}

#[test]
fn a_paused_viewer_is_sent_nothing_and_then_what_it_missed() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&subscribe(1));
    viewer.turn();
    fixture.run();
    fixture.publish(&["a"]);
    viewer.turn();
    viewer.say(&json!({"pause": {}}));
    viewer.turn();
    viewer.wake_count();
    fixture.publish(&["b"]);
    assert_eq!((viewer.wake_count(), viewer.turn().len()), (0, 0));
    fixture.beat(1_000);
    assert_eq!(said(&viewer.turn()[0]), "heartbeat");
    viewer.say(&json!({"resume": {}}));
    assert_eq!(said(&viewer.turn()[0]), "delta");
}

#[test]
fn a_paused_viewer_learns_of_dashboards_when_it_goes_on() {
    let fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&json!({"pause": {}}));
    viewer.say(&json!({"watch": {"id": 1, "dashboard": "d"}}));
    assert_eq!(viewer.turn().len(), 0);
    viewer.wake_count();
    fixture.hub.dashboards_changed();
    assert_eq!((viewer.wake_count(), viewer.turn().len()), (1, 0));
    viewer.say(&json!({"resume": {}}));
    assert_eq!(viewer.turn(), [r#"{"dashboard_changed":{"dashboard":"d","version":null}}"#]);
    fixture.hub.dashboards_changed();
    assert_eq!(viewer.turn().len(), 0, "it was another one");
}

#[test]
fn a_question_the_engine_refuses_is_told_with_its_place() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&subscribe(4));
    viewer.say(&json!({"subscribe": {"id": 5, "query": {"stream": "z"}}}));
    viewer.say(&json!({"subscribe": {"id": 6, "query": {"stream": "s", "hits": {"size": 0}}}}));
    viewer.say(&json!({"subscribe": {"id": 7, "panel": {"dashboard": "d", "panel": "p"}}}));
    let frames = viewer.turn();
    assert_eq!(
        frames,
        [
            r#"{"error":{"id":5,"code":"unknown_stream","detail":"there is no stream \"z\"; there are: s","at":"stream"}}"#,
            r#"{"error":{"id":6,"code":"invalid_query","detail":"0 is not between 1 and 100000","at":"hits.size"}}"#,
            r#"{"error":{"id":7,"code":"unknown_dashboard","detail":"there is no dashboard \"d\"","at":"dashboard"}}"#,
        ]
    );
    fixture.refuse_all();
    assert_eq!(
        viewer.turn(),
        [r#"{"error":{"id":4,"code":"unknown_field","detail":"no","at":"buckets[0].field"}}"#]
    );
    assert_eq!(fixture.followed_views(), 0);
}

#[test]
fn a_drain_says_when_to_come_back_and_closes() {
    let mut fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    fixture.hub.drain();
    assert_eq!(said(&viewer.turn()[0]), "drain");
    assert_eq!(viewer.closed(), Some(CloseCode::Drain));
    assert!(!viewer.is_gone());
    fixture.beat(4_000);
    viewer.turn();
    assert!(viewer.is_gone());
    drop(viewer);
    assert_eq!(*fixture.hub.pulse().connected().borrow(), 0);
}

#[test]
fn pings_are_answered() {
    let fixture = Fixture::new();
    let mut viewer = fixture.greeted();
    viewer.say(&json!({"ping": {"sent_ms": 5}}));
    let frames = viewer.turn();
    assert!(frames[0].starts_with(r#"{"pong":{"sent_ms":5,"now_ms":"#), "{frames:?}");
    assert!(!viewer.controls().contains(&Outgoing::Ping));
}
