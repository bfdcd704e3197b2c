//! The messages of the WebSocket. `docs/protocol.md` tells their story; [`crate::frame`] puts them into bytes.
//!
//! Client messages are JSON in every sub-protocol: they are few, small, and hold a query as people write it. Server
//! messages come in either encoding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::delta::Delta;
use crate::result::QueryResult;

/// The version this build speaks.
pub const PROTOCOL_VERSION: u32 = 1;

/// What a viewer says. JSON: one key, the kind, e.g. `{"subscribe":{"id":1,"query":{…}}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// First message on a socket.
    Hello {
        /// Protocol versions the client speaks.
        versions: Vec<u32>,
        /// A short-lived ticket, where the server has users.
        #[serde(default)]
        ticket: Option<String>,
    },
    /// Asks for a view and all its changes, by a query or by a panel of a saved dashboard.
    Subscribe {
        /// Chosen by the client; names the subscription on this socket.
        id: u32,
        /// The query, as in `POST /api/query`.
        #[serde(default)]
        query: Option<serde_json::Value>,
        /// Or the panel whose query it is.
        #[serde(default)]
        panel: Option<PanelAddress>,
        /// What the client still holds of the view, to be resumed from.
        #[serde(default)]
        since: Option<Position>,
    },
    /// Ends a subscription.
    Unsubscribe {
        /// Its id.
        id: u32,
    },
    /// Asks to be told of every change of a saved dashboard, and at once of its present version.
    Watch {
        /// Chosen by the client, from the same numbers as the ids of its subscriptions.
        id: u32,
        /// Id of the dashboard; there need not be one yet.
        dashboard: String,
    },
    /// Ends a watch.
    Unwatch {
        /// Its id.
        id: u32,
    },
    /// Nothing more is to be sent until `resume`; heartbeats go on.
    Pause {},
    /// Ends a pause: what was missed comes as deltas or a snapshot.
    Resume {},
    /// Asks for a `pong`, for the round trip and the clock offset.
    Ping {
        /// The client's clock, epoch ms; echoed.
        sent_ms: i64,
        /// How long earlier pings took, where the client knows: the server tells it among its own figures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        round_trip_ms: Option<u32>,
    },
}

/// A panel of a saved dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelAddress {
    /// Id of the dashboard.
    pub dashboard: String,
    /// `panelIndex` of the panel.
    pub panel: String,
}

/// A point in the life of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Epoch of the server that counted.
    pub epoch: String,
    /// Sequence of the newest delta or snapshot applied.
    pub sequence: u64,
}

/// What the server says. JSON: one key, the kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers `hello`.
    Welcome {
        /// Version both sides now speak.
        protocol: u32,
        /// Build of the page that this server serves; another one in the browser is offered a reload.
        build: String,
        /// Epoch of this server.
        epoch: String,
        /// The server's clock, epoch ms.
        now_ms: i64,
        /// A heartbeat comes at least this often.
        heartbeat_ms: u32,
    },
    /// Answers `subscribe`: from now on `view` in frames means subscription `id`.
    Subscribed {
        /// The client's id.
        id: u32,
        /// The server's name of the view; several subscriptions may share one.
        view: u32,
        /// Whether the client's position was accepted: deltas follow instead of a snapshot.
        resumed: bool,
    },
    /// The full result of a view.
    Snapshot {
        /// The view.
        view: u32,
        /// Its result.
        result: QueryResult,
    },
    /// A change of a view.
    Delta {
        /// The view.
        view: u32,
        /// What changed.
        delta: Delta,
    },
    /// Sign of life, with the health of the streams.
    Heartbeat {
        /// The server's clock, epoch ms.
        now_ms: i64,
        /// One entry per stream, by name.
        streams: Vec<StreamHealth>,
    },
    /// Answers `ping`.
    Pong {
        /// The client's stamp.
        sent_ms: i64,
        /// The server's clock, epoch ms.
        now_ms: i64,
    },
    /// The server is going; come back after this time.
    Drain {
        /// Wait at least this long, ms.
        reconnect_after_ms: u32,
    },
    /// Something the client asked for cannot be done.
    Error {
        /// The subscription or watch concerned, if any.
        id: Option<u32>,
        /// A stable word such as `invalid_query`.
        code: String,
        /// What, for people.
        detail: String,
        /// The place in the request.
        at: Option<String>,
    },
    /// Answers `watch`, and follows whenever the dashboard was saved, restored or deleted. Of several changes in a row only the
    /// newest may be told.
    DashboardChanged {
        /// Its id.
        dashboard: String,
        /// Its present version, as `GET /api/dashboards/{id}` gives it; null where there is no such dashboard.
        version: Option<String>,
    },
}

/// How a stream is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StreamHealth {
    /// The stream's name.
    pub stream: String,
    /// In one word.
    pub state: StreamState,
    /// What is wrong, for people; empty when nothing is.
    pub why: String,
    /// Records between what the broker holds and what the engine has.
    pub lag: u64,
    /// The stream's `now`, epoch ms (the wall clock, or the newest event time in a replay).
    pub clock_ms: Option<i64>,
    /// Newest event time, epoch ms.
    pub event_time_ms: Option<i64>,
    /// When the newest record was received, epoch ms.
    pub received_ms: Option<i64>,
    /// Records that could not be understood; absent while there is none.
    pub refusals: Option<Refusals>,
}

/// Records of a stream that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Refusals {
    /// How many since the server started.
    pub count: u64,
    /// How many since the last record that could be understood.
    pub in_a_row: u64,
    /// Topic of the newest.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Stable word, as in dead letters.
    pub reason: String,
    /// What exactly, for people.
    pub detail: String,
}

/// A stream's state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// Waiting for the broker's first answer.
    Connecting,
    /// Reading what was there before.
    CatchingUp,
    /// At the newest record.
    Live,
    /// The broker cannot be reached.
    Disconnected,
    /// The stream cannot be read at all, e.g. its topic is missing.
    Failed,
}
