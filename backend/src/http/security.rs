//! What every answer carries for the browser's sake, and the checks of `Host` and, where something may be changed, of `Origin`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::problem;
use crate::ws::origin;

/// Whom the server listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Programs of this machine: `Host` must name it, or a page elsewhere got here by DNS rebinding.
    Loopback,
    /// Whoever reaches it.
    Network,
}

/// Where the addresses begin that stand in pages of others.
const EMBEDS: &str = "/embed/";
/// Pages of this machine.
const OWN_MACHINE: &str = "'self' http://localhost:* http://127.0.0.1:*";

const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// What the checks go by.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Whom the server listens for.
    pub(crate) audience: Audience,
    /// Origins whose pages may embed boards, as in `frame-ancestors`.
    pub(crate) frame_ancestors: Arc<[String]>,
}

impl Rules {
    /// Whose pages may hold an embedded board; nobody's where nobody was named and others can reach the server.
    fn ancestors(&self) -> Option<String> {
        match (self.audience, self.frame_ancestors.join(" ")) {
            (Audience::Loopback, named) => {
                Some(format!("{OWN_MACHINE} {named}").trim_end().to_owned())
            }
            (Audience::Network, named) => Some(named).filter(|named| !named.is_empty()),
        }
    }
}

/// Wraps every request.
pub(crate) async fn guard(State(rules): State<Rules>, request: Request, next: Next) -> Response {
    let audience = rules.audience;
    let is_embed = request.uri().path().starts_with(EMBEDS);
    let ancestors = rules.ancestors().filter(|_| is_embed);
    let host = request.headers().get(header::HOST).cloned();
    let host_bytes = host.as_ref().map(HeaderValue::as_bytes);
    let mut response = if audience == Audience::Loopback && !origin::is_loopback(host_bytes) {
        let detail = "this server answers only under the names of this machine, such as localhost";
        problem(StatusCode::FORBIDDEN, "foreign_host", detail).into_response()
    } else if !request.method().is_safe() && !is_of_own_page(request.headers()) {
        let detail = "pages of another origin may not change anything";
        problem(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response()
    } else if is_embed && ancestors.is_none() {
        let detail = "boards are embedded only where the configuration names the pages that may do so: embed.frame_ancestors";
        problem(StatusCode::FORBIDDEN, "not_embedded", detail).into_response()
    } else {
        next.run(request).await
    };
    protect(response.headers_mut(), host.as_ref(), ancestors.as_deref());
    response
}

/// Browsers say from where a request comes that may change something; programs say nothing.
fn is_of_own_page(headers: &HeaderMap) -> bool {
    let bytes_of = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    origin::is_own(bytes_of(header::ORIGIN), bytes_of(header::HOST))
}

fn protect(headers: &mut HeaderMap, host: Option<&HeaderValue>, ancestors: Option<&str>) {
    if ancestors.is_none() {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = content_security_policy(
        host.and_then(|host| host.to_str().ok()),
        ancestors.unwrap_or("'none'"),
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Only our own files; WebAssembly needs its own word; sockets only to where the page came from.
fn content_security_policy(host: Option<&str>, ancestors: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let sockets = match host {
        Some(host) if !host.is_empty() && host.chars().all(is_plain) => {
            format!(" ws://{host} wss://{host}")
        }
        _ => String::new(),
    };
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
         img-src 'self' data: blob:; connect-src 'self'{sockets}; worker-src 'self' blob:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_only_to_where_the_page_came_from() {
        let policy = content_security_policy(Some("127.0.0.1:8700"), "'none'");
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:8700 wss://127.0.0.1:8700;"));
        let odd = content_security_policy(Some("a; script-src *"), "'none'");
        assert!(odd.contains("connect-src 'self';") && !odd.contains('*'));
    }

    #[test]
    fn embeds_are_for_this_machine_or_for_those_who_are_named() {
        let ancestors = |audience, named: &[&str]| {
            let frame_ancestors = named.iter().map(|&origin| origin.to_owned()).collect();
            Rules { audience, frame_ancestors }.ancestors()
        };
        assert_eq!(ancestors(Audience::Loopback, &[]).as_deref(), Some(OWN_MACHINE));
        assert_eq!(ancestors(Audience::Network, &[]), None);
        let named = ancestors(Audience::Network, &["https://intra.example", "https://*.example"]);
        assert_eq!(named.as_deref(), Some("https://intra.example https://*.example"));
    }
}
