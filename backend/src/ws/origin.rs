//! Who may talk to the server from a browser: pages of its own only.
//!
//! A page of another origin must not open a socket (browsers do not ask beforehand), and a foreign name that resolves
//! to this machine (DNS rebinding) must not reach a server that only listens for this machine.

use axum::http::uri::Authority;

/// Whether a request with this `Origin` and `Host` comes from a page of this server, or from a program, which sends none.
pub(crate) fn is_own(origin: Option<&[u8]>, host: Option<&[u8]>) -> bool {
    let Some(origin) = origin else { return true };
    let (Ok(origin), Some(Ok(host))) = (std::str::from_utf8(origin), host.map(std::str::from_utf8))
    else {
        return false;
    };
    let Some(("http" | "https", authority)) = origin.split_once("://") else { return false };
    authority.eq_ignore_ascii_case(host)
}

/// Whether `Host` names this machine: what a browser on it was told to open.
pub(crate) fn is_loopback(host: Option<&[u8]>) -> bool {
    let Some(Ok(authority)) = host.map(Authority::try_from) else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_and_programs_may_connect() {
        let host = Some(&b"127.0.0.1:8700"[..]);
        for (origin, own) in [
            (None, true),
            (Some("http://127.0.0.1:8700"), true),
            (Some("https://127.0.0.1:8700"), true),
            (Some("null"), false),
            (Some(""), false),
            (Some("http://127.0.0.1:8701"), false),
            (Some("http://127.0.0.1"), false),
            (Some("http://127.0.0.1:8700.evil.example"), false),
            (Some("http://evil.example"), false),
            (Some("file://127.0.0.1:8700"), false),
        ] {
            assert_eq!(is_own(origin.map(str::as_bytes), host), own, "{origin:?}");
        }
        assert!(!is_own(Some(b"http://a"), None));
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for (host, want) in [
            ("127.0.0.1:8700", true),
            ("127.8.0.1", true),
            ("localhost:1", true),
            ("LOCALHOST", true),
            ("demo.localhost:8700", true),
            ("[::1]:8700", true),
            ("10.0.0.1:8700", false),
            ("evil.example:8700", false),
            ("localhost.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(Some(host.as_bytes())), want, "{host}");
        }
        assert!(!is_loopback(None));
    }
}
