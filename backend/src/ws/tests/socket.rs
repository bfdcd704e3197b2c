//! The socket against a foreign client: tungstenite at the other end of a pipe that is narrower than any frame.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, StreamExt};
use hailstream_protocol::frame::Encoding;
use tokio::io::DuplexStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::ws::socket::Socket;
use crate::ws::transport::{CloseCode, Incoming, Outgoing, Progress};

async fn pair(encoding: Encoding) -> (Socket<DuplexStream>, WebSocketStream<DuplexStream>) {
    let (server, client) = tokio::io::duplex(7);
    let client = WebSocketStream::from_raw_socket(client, Role::Client, None).await;
    (Socket::new(server, encoding, &[]), client)
}

async fn send(socket: &mut Socket<DuplexStream>, outgoing: Outgoing) {
    poll_fn(|cx| Pin::new(&mut *socket).poll_ready(cx)).await.unwrap();
    Pin::new(&mut *socket).start_send(outgoing).unwrap();
    poll_fn(|cx| Pin::new(&mut *socket).poll_flush(cx)).await.unwrap();
}

#[tokio::test]
async fn parts_arrive_as_one_message_whatever_their_sizes() {
    for encoding in [Encoding::Binary, Encoding::Json] {
        for sizes in [vec![0], vec![5], vec![0, 1, 0, 200], vec![70_000, 1], vec![3; 300]] {
            let (mut socket, mut client) = pair(encoding).await;
            let parts: Vec<Bytes> =
                sizes.iter().map(|size| Bytes::from("x".repeat(*size))).collect();
            let total: usize = sizes.iter().sum();
            let (message, ()) =
                tokio::join!(client.next(), send(&mut socket, Outgoing::Frames(parts)));
            let message = message.unwrap().unwrap();
            assert_eq!(message.is_binary(), encoding == Encoding::Binary);
            assert_eq!(message.into_data().len(), total, "{sizes:?}");
            assert!(socket.written_bytes() > total as u64);
        }
    }
}

#[tokio::test]
async fn messages_pings_and_closes_of_a_foreign_client_are_understood() {
    let (mut socket, mut client) = pair(Encoding::Json).await;
    let client = tokio::spawn(async move {
        client.send(Message::text("é".repeat(1000))).await.unwrap();
        client.send(Message::Ping(Bytes::from_static(b"there?"))).await.unwrap();
        let pong = client.next().await.unwrap().unwrap();
        assert_eq!(pong, Message::Pong(Bytes::from_static(b"there?")));
        client.close(None).await.unwrap();
        assert_eq!(client.next().await.unwrap().unwrap(), Message::Close(None));
    });
    assert_eq!(socket.next().await.unwrap().unwrap(), Incoming::Text("é".repeat(1000)));
    assert_eq!(socket.next().await.unwrap().unwrap(), Incoming::Pong);
    poll_fn(|cx| Pin::new(&mut socket).poll_flush(cx)).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Incoming::Close);
    poll_fn(|cx| Pin::new(&mut socket).poll_flush(cx)).await.unwrap();
    client.await.unwrap();
}

#[tokio::test]
async fn our_close_carries_its_code() {
    let (mut socket, mut client) = pair(Encoding::Binary).await;
    let closing = send(&mut socket, Outgoing::Close(CloseCode::Slow, "too slow"));
    let (message, ()) = tokio::join!(client.next(), closing);
    let Message::Close(Some(frame)) = message.unwrap().unwrap() else { panic!("a close frame") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4008, "too slow"));
}

#[tokio::test]
async fn a_client_that_breaks_the_rules_is_told_and_left() {
    let (server, mut client) = tokio::io::duplex(64);
    let mut socket = Socket::new(server, Encoding::Binary, &[0x81, 0x02, b'h', b'i']);
    assert_eq!(socket.next().await.unwrap().unwrap(), Incoming::Close);
    poll_fn(|cx| Pin::new(&mut socket).poll_flush(cx)).await.unwrap();
    assert!(socket.next().await.is_none());
    let mut told = [0; 4];
    tokio::io::AsyncReadExt::read_exact(&mut client, &mut told).await.unwrap();
    assert_eq!((told[0], u16::from_be_bytes([told[2], told[3]])), (0x88, 1002));
}
