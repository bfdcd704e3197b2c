//! What one plain send takes: a `write` of so many bytes to a TCP connection of this machine, the kernel's part included.
//!
//! Sent as the server sends: the same bytes to every viewer in one go, once a second, so that the bytes are warm after the first
//! of them while the connections and the kernel's memory for them are as cold as the server has them. Read as the server is
//! read: by the same viewers on a thread of their own, which sleeps until something comes; waking it is the sender's work, here
//! as there. Left out is all that a program needs to know when and what to send: no runtime, no wake-ups of its own, nothing
//! looked up.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::runtime::Builder;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::process::wait_for;
use crate::stages;
use crate::viewer::{Delivered, read};

/// The first, by which connections find their pace, are not counted.
const WARMING: u64 = 2;
const ROUNDS: u64 = 6;
const EVERY: Duration = Duration::from_secs(1);

/// CPU time of a send, microseconds.
pub(super) fn send_us(viewers: usize, bytes: usize) -> Result<f64> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let delivered = Arc::<Delivered>::default();
    let mut connections = Vec::new();
    for _ in 0..viewers {
        let far = TcpStream::connect(listener.local_addr()?)?;
        far.set_nonblocking(true)?;
        let counting = Arc::clone(&delivered);
        runtime.spawn(async move {
            let far = MaybeTlsStream::Plain(tokio::net::TcpStream::from_std(far)?);
            read(WebSocketStream::from_raw_socket(far, Role::Client, None).await, counting).await;
            std::io::Result::Ok(())
        });
        let near = listener.accept()?.0;
        near.set_nodelay(true)?;
        connections.push(near);
    }
    let message = message(bytes);
    let mut spent_ns = 0;
    for round in 1..=WARMING + ROUNDS {
        let (began, began_ns) = (Instant::now(), stages::cpu_ns());
        for connection in &mut connections {
            connection.write_all(&message)?;
        }
        spent_ns += if round > WARMING { stages::cpu_ns() - began_ns } else { 0 };
        wait_for("all to have read", Duration::from_secs(10), || {
            let read = delivered.messages.load(Ordering::Relaxed);
            Ok((read == round * viewers as u64).then_some(()))
        })?;
        std::thread::sleep(EVERY.saturating_sub(began.elapsed()));
    }
    Ok(spent_ns as f64 / 1e3 / (ROUNDS * viewers as u64) as f64)
}

/// A server's binary WebSocket message: its head, then a payload that viewers take for one frame.
fn message(bytes: usize) -> Vec<u8> {
    let mut message = vec![0x82, 127];
    message.extend((bytes as u64).to_be_bytes());
    message.extend((bytes as u32).to_le_bytes());
    message.resize(10 + bytes, 7);
    message
}
