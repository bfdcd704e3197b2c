//! What every answer carries for the browser's sake, and the checks of `Host` and, where something may be changed, of `Origin`.

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

const FIXED: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Wraps every request.
pub(crate) async fn guard(
    State(audience): State<Audience>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.headers().get(header::HOST).cloned();
    let host_bytes = host.as_ref().map(HeaderValue::as_bytes);
    let mut response = if audience == Audience::Loopback && !origin::is_loopback(host_bytes) {
        let detail = "this server answers only under the names of this machine, such as localhost";
        problem(StatusCode::FORBIDDEN, "foreign_host", detail).into_response()
    } else if !request.method().is_safe() && !is_of_own_page(request.headers()) {
        let detail = "pages of another origin may not change anything";
        problem(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response()
    } else {
        next.run(request).await
    };
    protect(response.headers_mut(), host.as_ref());
    response
}

/// Browsers say from where a request comes that may change something; programs say nothing.
fn is_of_own_page(headers: &HeaderMap) -> bool {
    let bytes_of = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    origin::is_own(bytes_of(header::ORIGIN), bytes_of(header::HOST))
}

fn protect(headers: &mut HeaderMap, host: Option<&HeaderValue>) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = content_security_policy(host.and_then(|host| host.to_str().ok()));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Only our own files; WebAssembly needs its own word; sockets only to where the page came from.
fn content_security_policy(host: Option<&str>) -> String {
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
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_only_to_where_the_page_came_from() {
        let policy = content_security_policy(Some("127.0.0.1:8700"));
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:8700 wss://127.0.0.1:8700;"));
        let odd = content_security_policy(Some("a; script-src *"));
        assert!(odd.contains("connect-src 'self';") && !odd.contains('*'));
    }
}
