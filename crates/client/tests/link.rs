//! The link's behaviour in single cases, as a transcript: what goes in with its time, what comes out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fmt::Write as _;

use hailstream_client::link::{Input, Link, Output, Told};
use hailstream_protocol::ServerMessage;

/// Runs inputs and writes outputs, one a line.
fn transcript(link: &mut Link, script: Vec<(i64, Input)>) -> String {
    let mut text = String::new();
    for (now_ms, input) in script {
        link.handle(input, now_ms, 0.5);
        while let Some(output) = link.next_output() {
            let words = match output {
                Output::Connect => "connect".to_owned(),
                Output::Send(message) => serde_json::to_string(&message).unwrap(),
                Output::Close { code } => format!("close {code}"),
            };
            writeln!(text, "{now_ms}: {words}").unwrap();
        }
    }
    writeln!(text, "then {:?}, deadline {:?}", link.status(), link.deadline_ms()).unwrap();
    text
}

fn welcome(build: &str, now_ms: i64) -> Input {
    Input::Messages(vec![ServerMessage::Welcome {
        protocol: 1,
        build: build.into(),
        epoch: "e".into(),
        now_ms,
        heartbeat_ms: 1_000,
    }])
}

fn snapshot(sequence: u64) -> Input {
    let mut result = hailstream_protocol::QueryResult::default();
    result.as_of.epoch = "e".into();
    result.as_of.sequence = sequence;
    Input::Messages(vec![
        ServerMessage::Subscribed { id: 1, view: 7, resumed: false },
        ServerMessage::Snapshot { view: 7, result },
    ])
}

#[test]
fn silence_is_noticed_after_three_seconds_and_resumed_from_what_is_held() {
    let mut link = Link::default();
    link.subscribe(serde_json::json!({"stream": "s"}));
    let text = transcript(
        &mut link,
        vec![
            (0, Input::Start),
            (20, welcome("b", 500)),
            (30, snapshot(41)),
            (1_030, Input::Timer),
            (3_030, Input::Timer),
            (3_280, Input::Timer),
        ],
    );
    insta::assert_snapshot!(text, @r#"
    0: connect
    0: {"hello":{"versions":[1],"ticket":null}}
    0: {"subscribe":{"id":1,"query":{"stream":"s"},"panel":null,"since":null}}
    20: {"ping":{"sent_ms":20,"round_trip_ms":20}}
    1030: {"ping":{"sent_ms":1030,"round_trip_ms":20}}
    3030: close 4012
    3280: connect
    3280: {"hello":{"versions":[1],"ticket":null}}
    3280: {"subscribe":{"id":2,"query":{"stream":"s"},"panel":null,"since":{"epoch":"e","sequence":41}}}
    then Lost { since_ms: 30, retry_ms: 3280 }, deadline Some(11280)
    "#);
}

#[test]
fn attempts_that_fail_wait_longer_and_longer() {
    let mut link = Link::default();
    let mut now_ms = 0;
    link.handle(Input::Start, now_ms, 0.5);
    let waits: Vec<i64> = (0..8)
        .map(|_| {
            link.handle(Input::Closed { code: 1006 }, now_ms, 0.5);
            let wait = link.deadline_ms().unwrap() - now_ms;
            now_ms += wait;
            link.handle(Input::Timer, now_ms, 0.5);
            wait
        })
        .collect();
    assert_eq!(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
}

#[test]
fn a_draining_server_is_left_alone_as_long_as_it_asked() {
    let mut link = Link::default();
    let text = transcript(
        &mut link,
        vec![
            (0, Input::Start),
            (20, welcome("b", 500)),
            (100, Input::Messages(vec![ServerMessage::Drain { reconnect_after_ms: 2_000 }])),
            (150, Input::Closed { code: 4001 }),
        ],
    );
    insta::assert_snapshot!(text, @r#"
    0: connect
    0: {"hello":{"versions":[1],"ticket":null}}
    20: {"ping":{"sent_ms":20,"round_trip_ms":20}}
    then Lost { since_ms: 100, retry_ms: 2350 }, deadline Some(2350)
    "#);
}

#[test]
fn a_hidden_tab_pauses_and_comes_back() {
    let mut link = Link::default();
    let mut script = vec![(0, Input::Start), (20, welcome("b", 20)), (100, Input::Hidden)];
    let beat = |now_ms| Input::Messages(vec![ServerMessage::Heartbeat { now_ms, streams: vec![] }]);
    for second in 1..32 {
        script.push((second * 1_000, beat(second * 1_000)));
    }
    script.push((31_100, Input::Timer));
    script.push((60_000, Input::Visible));
    let text = transcript(&mut link, script);
    insta::assert_snapshot!(text, @r#"
    0: connect
    0: {"hello":{"versions":[1],"ticket":null}}
    20: {"ping":{"sent_ms":20,"round_trip_ms":20}}
    31100: {"pause":{}}
    31100: {"ping":{"sent_ms":31100,"round_trip_ms":20}}
    60000: {"resume":{}}
    60000: {"ping":{"sent_ms":60000,"round_trip_ms":20}}
    then Live, deadline Some(61000)
    "#);
}

#[test]
fn another_build_is_offered_not_forced() {
    let mut link = Link::default();
    transcript(&mut link, vec![(0, Input::Start), (20, welcome("one", 20))]);
    assert!(!link.newer_build());
    transcript(
        &mut link,
        vec![(100, Input::Closed { code: 1006 }), (350, Input::Timer), (360, welcome("two", 360))],
    );
    assert!(link.newer_build());
}

#[test]
fn a_server_of_another_protocol_is_not_asked_again() {
    let mut link = Link::default();
    let text = transcript(&mut link, vec![(0, Input::Start), (5, Input::Closed { code: 4501 })]);
    insta::assert_snapshot!(text, @r#"
    0: connect
    0: {"hello":{"versions":[1],"ticket":null}}
    then Refused, deadline None
    "#);
}

#[test]
fn equal_questions_are_asked_once_and_dropped_by_the_last() {
    let mut link = Link::default();
    let query = serde_json::json!({"stream": "s"});
    let (first, second) = (link.subscribe(query.clone()), link.subscribe(query));
    assert_eq!(first, second);
    link.handle(Input::Start, 0, 0.5);
    while link.next_output().is_some() {}
    link.unsubscribe(first);
    assert_eq!(link.next_output(), None);
    link.unsubscribe(second);
    assert!(matches!(link.next_output(), Some(Output::Send(_))));
}

fn changed(dashboard: &str, version: Option<&str>) -> Input {
    let (dashboard, version) = (dashboard.to_owned(), version.map(ToOwned::to_owned));
    Input::Messages(vec![ServerMessage::DashboardChanged { dashboard, version }])
}

#[test]
fn a_watched_dashboard_is_asked_for_on_every_socket() {
    let mut link = Link::default();
    let (one, two) = (link.watch("one"), link.watch("two"));
    assert_eq!(link.watch("one"), one, "two components share a watch");
    link.unwatch(one);
    let text = transcript(
        &mut link,
        vec![
            (0, Input::Start),
            (20, welcome("b", 20)),
            (30, Input::Closed { code: 1006 }),
            (280, Input::Timer),
            (300, welcome("b", 300)),
        ],
    );
    insta::assert_snapshot!(text, @r#"
    0: connect
    0: {"hello":{"versions":[1],"ticket":null}}
    0: {"watch":{"id":1,"dashboard":"one"}}
    0: {"watch":{"id":2,"dashboard":"two"}}
    20: {"ping":{"sent_ms":20,"round_trip_ms":20}}
    280: connect
    280: {"hello":{"versions":[1],"ticket":null}}
    280: {"watch":{"id":3,"dashboard":"one"}}
    280: {"watch":{"id":4,"dashboard":"two"}}
    300: {"ping":{"sent_ms":300,"round_trip_ms":20}}
    then Live, deadline Some(1300)
    "#);
    link.unwatch(two);
    link.unwatch(one);
    let late = link.watch("three");
    link.handle(Input::Closed { code: 1006 }, 400, 0.5);
    link.unwatch(late);
    insta::assert_snapshot!(transcript(&mut link, vec![(650, Input::Timer)]), @r#"
    650: {"unwatch":{"id":4}}
    650: {"unwatch":{"id":3}}
    650: {"watch":{"id":5,"dashboard":"three"}}
    then Lost { since_ms: 300, retry_ms: 900 }, deadline Some(900)
    "#);
}

#[test]
fn what_was_told_of_a_dashboard_is_news_once_and_outlives_the_socket() {
    let mut link = Link::default();
    let (one, two) = (link.watch("one"), link.watch("two"));
    transcript(&mut link, vec![(0, Input::Start), (20, welcome("b", 20))]);
    assert_eq!(link.take_told(), []);
    assert_eq!(link.told(one), None);
    transcript(&mut link, vec![(30, changed("one", Some("1"))), (40, changed("two", None))]);
    assert_eq!(link.take_told(), [one, two]);
    assert_eq!(link.take_told(), []);
    assert_eq!(
        (link.told(one), link.told(two)),
        (Some(&Told::Version("1".into())), Some(&Told::Gone))
    );
    let again = vec![
        (50, Input::Closed { code: 1006 }),
        (300, Input::Timer),
        (310, welcome("b", 310)),
        (320, changed("one", Some("1"))),
        (330, changed("two", Some("9"))),
        (340, changed("nobody", Some("9"))),
    ];
    transcript(&mut link, again);
    assert_eq!(link.told(one), Some(&Told::Version("1".into())));
    assert_eq!(link.take_told(), [two], "the version of one is no news");
}
