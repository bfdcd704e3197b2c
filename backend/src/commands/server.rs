//! A running server, as commands ask it.

use anyhow::{Context, bail, ensure};
use hailstream_protocol::Problem;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What every command says that asks a server.
#[derive(Debug, clap::Args)]
pub(super) struct ServerArgs {
    /// Address of the server, such as http://127.0.0.1:8700
    #[arg(
        long,
        env = "HAILSTREAM_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8700"
    )]
    url: String,

    /// Token of a user, where the server has users (no server has yet)
    #[arg(long, env = "HAILSTREAM_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

impl ServerArgs {
    pub(super) fn server(&self) -> anyhow::Result<Server> {
        ensure!(self.token.is_none(), "--token: servers have no users yet");
        Server::parse(&self.url)
    }
}

/// Where the server is.
pub(super) struct Server {
    authority: String,
    address: String,
}

impl Server {
    /// Reads an address such as `http://127.0.0.1:8700`.
    fn parse(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.parse().with_context(|| format!("--url {url}"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => bail!("--url {url}: https is not supported yet"),
            _ => bail!("--url {url}: expected http://HOST:PORT"),
        }
        let host = uri.host().with_context(|| format!("--url {url}: no host"))?;
        let authority = uri.authority().map_or_else(String::new, ToString::to_string);
        Ok(Self { authority, address: format!("{host}:{}", uri.port_u16().unwrap_or(80)) })
    }

    pub(super) async fn connect(&self) -> anyhow::Result<TcpStream> {
        TcpStream::connect(&self.address)
            .await
            .with_context(|| format!("no server at {}", self.address))
    }

    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The body of the answer.
    ///
    /// # Errors
    /// No server, or the problem that it tells.
    pub(super) async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: Bytes,
    ) -> anyhow::Result<Bytes> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
        // Ends with the sender.
        let connection = tokio::spawn(connection);
        let request = Request::post(path)
            .header("host", &self.authority)
            .header("content-type", content_type)
            .body(Full::new(body))?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        drop(sender);
        connection.await??;
        if !status.is_success() {
            match serde_json::from_slice::<Problem>(&body) {
                Ok(problem) => bail!(in_words(&problem.detail, problem.at.as_deref())),
                Err(_) => bail!("{status}: {}", String::from_utf8_lossy(&body)),
            }
        }
        Ok(body)
    }
}

pub(super) fn in_words(detail: &str, at: Option<&str>) -> String {
    at.map_or_else(|| detail.to_owned(), |at| format!("{at}: {detail}"))
}
