//! `hailstream query`: asks a running server, once over HTTP, or follows the answer over the WebSocket.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use hailstream_protocol::frame::{SUBPROTOCOL_BINARY, decode_binary, encode_client};
use hailstream_protocol::{ClientMessage, PROTOCOL_VERSION, QueryResult, ServerMessage};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::block_on;
use super::server::{Server, ServerArgs, in_words};

/// A server that says nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,

    /// File with the query as JSON; `-` reads it from stdin
    #[arg(long, env = "HAILSTREAM_QUERY", value_name = "FILE")]
    query: PathBuf,

    /// Print a line with the full result after each change, until the server ends or Ctrl-C
    #[arg(long, env = "HAILSTREAM_FOLLOW")]
    follow: bool,

    /// Print what the answer would cost (keys, rows, memory) instead of the answer
    #[arg(long, env = "HAILSTREAM_EXPLAIN", conflicts_with = "follow")]
    explain: bool,
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let query = self.read()?;
        let server = self.server.server()?;
        if self.follow {
            let query = serde_json::from_str(&query).context("the query is not JSON")?;
            block_on(follow(&server, query))?
        } else {
            let path = if self.explain { "/api/query/explain" } else { "/api/query" };
            block_on(
                async move { told(&server.post(path, "application/json", query.into()).await?) },
            )?
        }
    }

    fn read(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        if self.query.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text).context("reading the query from stdin")?;
        } else {
            text = std::fs::read_to_string(&self.query)
                .with_context(|| self.query.display().to_string())?;
        }
        Ok(text)
    }
}

fn told(body: &[u8]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(body)?;
    writeln!(out)?;
    Ok(())
}

async fn follow(server: &Server, query: serde_json::Value) -> anyhow::Result<()> {
    let mut request = format!("ws://{}/ws", server.authority()).into_client_request()?;
    let protocol = HeaderValue::from_static(SUBPROTOCOL_BINARY);
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let stream = server.connect().await?;
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let hello = ClientMessage::Hello { versions: vec![PROTOCOL_VERSION], ticket: None };
    let subscribe =
        ClientMessage::Subscribe { id: 1, query: Some(query), panel: None, since: None };
    for message in [hello, subscribe] {
        socket.send(Message::text(encode_client(&message)?)).await?;
    }
    let mut result = None;
    loop {
        let next = tokio::time::timeout(SILENCE, socket.next()).await;
        let message = next.context("the server is silent")?.context("the server ended")??;
        match message {
            Message::Binary(bytes) => {
                for message in decode_binary(&bytes)? {
                    take(message, &mut result)?;
                }
            }
            Message::Close(frame) => {
                let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                bail!("the server closed the connection: {reason}");
            }
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}

/// Takes a message; prints the result where it changed.
fn take(message: ServerMessage, result: &mut Option<QueryResult>) -> anyhow::Result<()> {
    match message {
        ServerMessage::Snapshot { result: snapshot, .. } => *result = Some(snapshot),
        ServerMessage::Delta { delta, .. } => {
            let result = result.as_mut().context("a delta without a snapshot")?;
            delta.apply(result)?;
        }
        ServerMessage::Error { detail, at, .. } => bail!(in_words(&detail, at.as_deref())),
        ServerMessage::Drain { .. } => bail!("the server is going"),
        ServerMessage::Welcome { .. }
        | ServerMessage::Subscribed { .. }
        | ServerMessage::Heartbeat { .. }
        | ServerMessage::Pong { .. }
        | ServerMessage::DashboardChanged { .. } => return Ok(()),
    }
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &result)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
