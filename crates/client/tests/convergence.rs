//! The promise of the link: whatever is cut, delayed, conflated or restarted, a viewer ends with what one never cut has.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, VecDeque};

use hailstream_client::link::{Input, Link, Output, Status, SubscriptionId};
use hailstream_protocol::{ClientMessage, Delta, QueryResult, ServerMessage, Value};
use proptest::prelude::*;

/// A view's whole life: its results, one per sequence.
#[derive(Default)]
struct View {
    results: Vec<QueryResult>,
}

impl View {
    fn tick(&mut self, epoch: &str, rows: &[(u8, i64)]) {
        let mut result =
            QueryResult { columns: vec!["b".into(), "m".into()], ..QueryResult::default() };
        let unique: BTreeMap<u8, i64> = rows.iter().copied().collect();
        result.rows = unique
            .into_iter()
            .map(|(key, count)| vec![Value::Int(key.into()), Value::Int(count)])
            .collect();
        result.as_of.epoch = epoch.to_owned();
        result.as_of.sequence = self.results.len() as u64 + 1;
        self.results.push(result);
    }

    fn newest(&self) -> &QueryResult {
        self.results.last().unwrap()
    }

    fn at(&self, sequence: u64) -> &QueryResult {
        &self.results[sequence as usize - 1]
    }
}

/// A server and the wire to one viewer, as far as the protocol can tell.
struct Server {
    epoch: u64,
    /// Deltas older than this many sequences are gone.
    ring: u64,
    views: Vec<View>,
    connected: bool,
    /// Per wire id the view.
    subscriptions: BTreeMap<u32, usize>,
    /// Per view the sequence last put on the wire.
    sent: BTreeMap<usize, u64>,
    to_client: VecDeque<ServerMessage>,
    to_server: VecDeque<ClientMessage>,
}

impl Server {
    fn new(ring: u64) -> Self {
        let mut server = Self {
            epoch: 0,
            ring,
            views: Vec::new(),
            connected: false,
            subscriptions: BTreeMap::new(),
            sent: BTreeMap::new(),
            to_client: VecDeque::new(),
            to_server: VecDeque::new(),
        };
        server.restart();
        server
    }

    fn restart(&mut self) {
        self.epoch += 1;
        self.views = (0..2).map(|_| View::default()).collect();
        for view in &mut self.views {
            view.tick(&self.epoch.to_string(), &[(0, self.epoch as i64)]);
        }
    }

    fn cut(&mut self) {
        self.connected = false;
        self.subscriptions.clear();
        self.sent.clear();
        self.to_client.clear();
        self.to_server.clear();
    }

    fn tick(&mut self, view: usize, rows: &[(u8, i64)]) {
        let epoch = self.epoch.to_string();
        self.views[view].tick(&epoch, rows);
    }

    /// Writes what is due for a view: each delta, one merged delta, or a snapshot.
    fn flush(&mut self, view: usize, conflation: u8) {
        let Some(sent) = self.sent.get(&view).copied() else { return };
        let newest = self.views[view].newest().as_of.sequence;
        if sent == newest {
            return;
        }
        match conflation % 3 {
            0 => (sent..newest).for_each(|from| self.delta(view, from, from + 1)),
            1 => self.delta(view, sent, newest),
            _ => self.snapshot(view),
        }
        self.sent.insert(view, newest);
    }

    fn delta(&mut self, view: usize, from: u64, to: u64) {
        let delta = Delta::between(self.views[view].at(from), self.views[view].at(to), 1);
        self.to_client.push_back(ServerMessage::Delta { view: view as u32, delta });
    }

    fn snapshot(&mut self, view: usize) {
        let result = self.views[view].newest().clone();
        self.to_client.push_back(ServerMessage::Snapshot { view: view as u32, result });
    }

    fn receive(&mut self) {
        while let Some(message) = self.to_server.pop_front() {
            match message {
                ClientMessage::Hello { .. } => self.to_client.push_back(ServerMessage::Welcome {
                    protocol: 1,
                    build: "b".into(),
                    epoch: self.epoch.to_string(),
                    now_ms: 0,
                    heartbeat_ms: 1_000,
                }),
                ClientMessage::Subscribe { id, query, since, .. } => {
                    let view = query.unwrap()["view"].as_u64().unwrap() as usize;
                    let newest = self.views[view].newest().as_of.sequence;
                    let held = since
                        .filter(|since| since.epoch == self.epoch.to_string())
                        .map(|since| since.sequence)
                        .filter(|sequence| newest - sequence <= self.ring);
                    self.subscriptions.insert(id, view);
                    let subscribed = ServerMessage::Subscribed {
                        id,
                        view: view as u32,
                        resumed: held.is_some(),
                    };
                    self.to_client.push_back(subscribed);
                    match held {
                        Some(held) => {
                            (held..newest).for_each(|from| self.delta(view, from, from + 1));
                        }
                        None => self.snapshot(view),
                    }
                    self.sent.insert(view, newest);
                }
                ClientMessage::Unsubscribe { id } => {
                    if let Some(view) = self.subscriptions.remove(&id)
                        && !self.subscriptions.values().any(|other| *other == view)
                    {
                        self.sent.remove(&view);
                    }
                }
                ClientMessage::Ping { sent_ms, .. } => {
                    self.to_client.push_back(ServerMessage::Pong { sent_ms, now_ms: sent_ms });
                }
                ClientMessage::Pause {}
                | ClientMessage::Resume {}
                | ClientMessage::Watch { .. }
                | ClientMessage::Unwatch { .. } => {}
            }
        }
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    Tick { view: usize, rows: Vec<(u8, i64)> },
    Flush { view: usize, conflation: u8 },
    Deliver { messages: usize },
    Cut,
    Restart,
    Lose { nth: usize },
    Pass { ms: i64 },
    Wake,
}

fn event() -> impl Strategy<Value = Event> {
    let rows = proptest::collection::vec((0u8..6, 0i64..5), 0..6);
    prop_oneof![
        6 => (0usize..2, rows).prop_map(|(view, rows)| Event::Tick { view, rows }),
        6 => (0usize..2, 0u8..3).prop_map(|(view, conflation)| Event::Flush { view, conflation }),
        6 => (0usize..6).prop_map(|messages| Event::Deliver { messages }),
        2 => Just(Event::Cut),
        1 => Just(Event::Restart),
        1 => (0usize..4).prop_map(|nth| Event::Lose { nth }),
        3 => (0i64..4_000).prop_map(|ms| Event::Pass { ms }),
        1 => Just(Event::Wake),
    ]
}

struct World {
    server: Server,
    link: Link,
    now_ms: i64,
}

impl World {
    fn feed(&mut self, input: Input) {
        self.link.handle(input, self.now_ms, 0.5);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.link.next_output() {
            match output {
                Output::Connect => {
                    self.server.cut();
                    self.server.connected = true;
                }
                Output::Send(message) if self.server.connected => {
                    self.server.to_server.push_back(message);
                }
                Output::Send(_) => {}
                Output::Close { .. } => self.server.cut(),
            }
        }
    }

    fn deliver(&mut self, messages: usize) {
        self.server.receive();
        let count = messages.min(self.server.to_client.len());
        let messages: Vec<ServerMessage> = self.server.to_client.drain(..count).collect();
        if !messages.is_empty() {
            self.feed(Input::Messages(messages));
        }
    }

    fn pass(&mut self, ms: i64) {
        let end = self.now_ms + ms;
        while let Some(deadline) = self.link.deadline_ms().filter(|deadline| *deadline <= end) {
            self.now_ms = self.now_ms.max(deadline);
            self.feed(Input::Timer);
            self.now_ms += 1;
        }
        self.now_ms = self.now_ms.max(end);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Tick { view, rows } => self.server.tick(view, &rows),
            Event::Flush { view, conflation } => self.server.flush(view, conflation),
            Event::Deliver { messages } => self.deliver(messages),
            Event::Cut | Event::Restart => {
                if matches!(event, Event::Restart) {
                    self.server.restart();
                }
                if self.server.connected {
                    self.server.cut();
                    self.feed(Input::Closed { code: 1006 });
                } else {
                    self.server.cut();
                }
            }
            // No wire of ours loses single messages, but a bug might: the link must notice by itself.
            Event::Lose { nth } => {
                let is_delta =
                    |message: &ServerMessage| matches!(message, ServerMessage::Delta { .. });
                if self.server.to_client.get(nth).is_some_and(is_delta) {
                    self.server.to_client.remove(nth);
                }
            }
            Event::Pass { ms } => self.pass(ms),
            Event::Wake => self.feed(Input::Wake),
        }
    }

    /// Lets everything arrive, with one more change per view, so that a lost last delta is noticed.
    fn settle(&mut self) {
        for view in 0..2 {
            self.server.tick(view, &[(9, 9)]);
        }
        for _ in 0..100 {
            for view in 0..2 {
                self.server.flush(view, 0);
            }
            if self.server.connected {
                let beat = ServerMessage::Heartbeat { now_ms: 0, streams: Vec::new() };
                self.server.to_client.push_back(beat);
            }
            self.deliver(usize::MAX);
            self.pass(700);
        }
    }
}

fn world(ring: u64) -> (World, [SubscriptionId; 3]) {
    let mut link = Link::default();
    let query = |view: usize, note: u8| serde_json::json!({ "view": view, "note": note });
    // The last two differ as text but are one view to the server.
    let ids =
        [link.subscribe(query(0, 0)), link.subscribe(query(1, 0)), link.subscribe(query(1, 1))];
    let mut world = World { server: Server::new(ring), link, now_ms: 1_000 };
    world.feed(Input::Start);
    (world, ids)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_viewer_cut_at_random_ends_like_one_never_cut(
        events in proptest::collection::vec(event(), 0..120),
        ring in 0u64..8,
    ) {
        let (mut world, ids) = world(ring);
        for event in events {
            world.happen(event);
        }
        world.settle();
        prop_assert_eq!(world.link.status(), Status::Live);
        for (id, view) in ids.into_iter().zip([0, 1, 1]) {
            let held = world.link.result(id).map(|result| (**result).clone());
            prop_assert_eq!(held.as_ref(), Some(world.server.views[view].newest()));
        }
    }
}
