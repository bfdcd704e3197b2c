//! Viewers: WebSocket clients that subscribe and count what they are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::process::wait_for;

/// A connected viewer.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// First byte of a postcard `ServerMessage` that updates a panel: snapshot or delta.
const PANEL_UPDATES: [u8; 2] = [2, 3];

/// Connects, greets and subscribes to all `panels`.
pub(crate) async fn connect(url: &str, panels: &[Value]) -> Result<Socket> {
    let mut request = format!("{}/ws", url.replacen("http", "ws", 1)).into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "hailstream.v1".parse()?);
    let (mut socket, _) =
        tokio_tungstenite::connect_async(request).await.context("connecting a viewer")?;
    socket.send(Message::text(json!({"hello": {"versions": [1]}}).to_string())).await?;
    for (id, query) in panels.iter().enumerate() {
        let subscribe = json!({"subscribe": {"id": id, "query": query}});
        socket.send(Message::text(subscribe.to_string())).await?;
    }
    Ok(socket)
}

/// Connects `count` viewers, a few at a time.
pub(crate) async fn connect_many(url: &str, panels: &[Value], count: usize) -> Result<Vec<Socket>> {
    let connecting =
        futures_util::stream::iter(0..count).map(|_| connect(url, panels)).buffered(16);
    connecting.collect::<Vec<_>>().await.into_iter().collect()
}

/// Panel updates in a binary message, without decoding their bodies.
fn panel_updates(mut message: &[u8]) -> u64 {
    let mut updates = 0;
    while let Some((length, rest)) = message.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        updates += u64::from(rest.first().is_some_and(|kind| PANEL_UPDATES.contains(kind)));
        message = rest.get(length..).unwrap_or_default();
    }
    updates
}

/// What all viewers together were sent.
#[derive(Default)]
pub(crate) struct Delivered {
    pub(crate) updates: AtomicU64,
    pub(crate) messages: AtomicU64,
    pub(crate) bytes: AtomicU64,
    /// Messages with updates.
    pub(crate) updating: AtomicU64,
}

impl Delivered {
    /// Updates, messages, bytes and messages with updates so far.
    pub(crate) fn counts(&self) -> [f64; 4] {
        [&self.updates, &self.messages, &self.bytes, &self.updating]
            .map(|count| count.load(Ordering::Relaxed) as f64)
    }
}

/// Reads until the socket ends, counting.
pub(crate) async fn read(mut socket: Socket, delivered: Arc<Delivered>) {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Binary(bytes) = message {
            let updates = panel_updates(&bytes);
            delivered.updates.fetch_add(updates, Ordering::Relaxed);
            delivered.updating.fetch_add(u64::from(updates > 0), Ordering::Relaxed);
            delivered.messages.fetch_add(1, Ordering::Relaxed);
            delivered.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    }
}

/// Viewers of the same panels, who read until this is dropped.
pub(crate) struct Crowd {
    pub(crate) delivered: Arc<Delivered>,
    _runtime: Runtime,
}

impl Crowd {
    /// Connects `count` viewers, and waits until each has its first answers: those are not what is measured.
    pub(crate) fn connect(url: &str, panels: &[Value], count: usize) -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let delivered = Arc::<Delivered>::default();
        for socket in runtime.block_on(connect_many(url, panels, count))? {
            runtime.spawn(read(socket, Arc::clone(&delivered)));
        }
        let first = (count * panels.len()) as u64;
        wait_for("first answers", Duration::from_secs(60), || {
            Ok((delivered.updates.load(Ordering::Relaxed) >= first).then_some(()))
        })?;
        Ok(Self { delivered, _runtime: runtime })
    }
}
