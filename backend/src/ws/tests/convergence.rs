//! However a viewer is cut, slowed, paused and brought back, it ends with the result of one who never was, and never
//! sees a delta that does not fit.

use hailstream_protocol::{ClientMessage, Position, QueryResult, ServerMessage};
use proptest::prelude::*;

use super::fixture::{Fixture, Viewer};

#[derive(Clone, Debug)]
enum Step {
    Publish(Vec<u8>),
    Turn,
    Cut,
    Block,
    Unblock,
    Pause,
    Resume,
    Ask,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => proptest::collection::vec(0u8..6, 0..5).prop_map(Step::Publish),
        6 => Just(Step::Turn),
        2 => Just(Step::Cut),
        1 => Just(Step::Block),
        2 => Just(Step::Unblock),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => Just(Step::Ask),
    ];
    proptest::collection::vec(step, 1..60)
}

/// A page: one subscription, resumed after each cut.
struct Page {
    viewer: Viewer,
    result: Option<QueryResult>,
    next_id: u32,
}

impl Page {
    fn open(fixture: &Fixture) -> Self {
        let mut page = Self { viewer: fixture.greeted(), result: None, next_id: 1 };
        page.ask();
        page
    }

    fn reopen(&mut self, fixture: &Fixture) {
        self.viewer.cut();
        self.viewer = fixture.greeted();
        self.ask();
    }

    fn ask(&mut self) {
        let since = self.result.as_ref().map(|result| Position {
            epoch: result.as_of.epoch.clone(),
            sequence: result.as_of.sequence,
        });
        let query = Some(serde_json::json!({"stream": "s"}));
        let id = self.next_id;
        self.next_id += 1;
        self.viewer.say_message(&ClientMessage::Subscribe { id, query, panel: None, since });
        self.turn();
    }

    fn turn(&mut self) {
        for message in self.viewer.turn_messages() {
            match message {
                ServerMessage::Subscribed { resumed, .. } => {
                    assert!(!resumed || self.result.is_some());
                }
                ServerMessage::Snapshot { result, .. } => self.result = Some(result),
                ServerMessage::Delta { delta, .. } => {
                    delta.apply(self.result.as_mut().unwrap()).unwrap();
                }
                other => panic!("not expected: {other:?}"),
            }
        }
    }

    fn pause(&mut self, paused: bool) {
        let message = if paused { ClientMessage::Pause {} } else { ClientMessage::Resume {} };
        self.viewer.say_message(&message);
        self.turn();
    }
}

proptest! {
    #[test]
    fn every_viewer_ends_with_the_same(steps in steps()) {
        let mut fixture = Fixture::new();
        let mut page = Page::open(&fixture);
        fixture.run();
        for step in steps {
            match step {
                Step::Publish(texts) => {
                    let texts: Vec<String> = texts.iter().map(|t| t.to_string().repeat(40)).collect();
                    fixture.publish(&texts.iter().map(String::as_str).collect::<Vec<_>>());
                }
                Step::Turn => page.turn(),
                Step::Cut => page.reopen(&fixture),
                Step::Block => page.viewer.block(),
                Step::Unblock => page.viewer.unblock(),
                Step::Pause => page.pause(true),
                Step::Resume => page.pause(false),
                Step::Ask => page.ask(),
            }
        }
        page.viewer.unblock();
        page.pause(false);
        page.turn();
        let newest = fixture.newest();
        prop_assert_eq!(page.result.as_ref(), newest.as_deref());
    }
}
