//! The page: its files, inside the binary (feature `embed`) or in a folder, as they are sent to browsers.
//!
//! Files whose names carry a hash of their content are kept by browsers for good; the others are asked for again each
//! time and answered "unchanged". Compressed copies that lie beside a file are sent as they are.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// Where the page's files are.
#[derive(Clone, Debug)]
pub enum Assets {
    /// In the binary.
    #[cfg(feature = "embed")]
    Embedded,
    /// In a folder, read anew each time.
    Folder(PathBuf),
    /// Nowhere: the API alone is served.
    Absent,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::Embed)]
#[folder = "../dist"]
struct Dist;

/// Compressed copies, the best first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

impl Assets {
    /// The folder where one is named, else what is in the binary.
    #[must_use]
    pub fn from_option(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self::Folder(folder),
            #[cfg(feature = "embed")]
            None => Self::Embedded,
            #[cfg(not(feature = "embed"))]
            None => Self::Absent,
        }
    }

    fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            #[cfg(feature = "embed")]
            Self::Embedded => Dist::get(path).map(|file| file.data),
            Self::Folder(folder) => {
                let path = Path::new(path);
                let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
                inside.then(|| std::fs::read(folder.join(path)).ok()).flatten().map(Cow::Owned)
            }
            Self::Absent => None,
        }
    }

    /// Names this build of the page.
    pub(crate) fn build(&self) -> String {
        self.read("index.html").map_or_else(|| "no page".to_owned(), |page| digest(&page))
    }

    /// The answer to a request for a file; `None` where there is no such file.
    pub(crate) fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let compressed = ENCODINGS.iter().find_map(|(encoding, suffix)| {
            let copy = || self.read(&format!("{path}.{suffix}"));
            accepts(headers, encoding).then(copy).flatten().map(|bytes| (bytes, *encoding))
        });
        let (bytes, encoding) = match compressed {
            Some((bytes, encoding)) => (bytes, Some(encoding)),
            None => (self.read(path)?, None),
        };
        let tag = format!("\"{}\"", digest(&bytes));
        let unchanged = headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|known| known.as_bytes() == tag.as_bytes() || known.as_bytes() == b"*");
        let mut response = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let bytes = match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            bytes.into_response()
        };
        let set = response.headers_mut();
        set.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime(path)));
        set.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(path)));
        set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            set.insert(header::ETAG, tag);
        }
        if let Some(encoding) = encoding {
            set.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }
}

/// Whether the client takes a content encoding.
pub(crate) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let offered = headers.get_all(header::ACCEPT_ENCODING).iter();
    offered.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        named && !refused
    })
}

fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A name such as `app-3f9c2a7b1d5e8046.js` carries a hash of the content.
fn caching(path: &str) -> &'static str {
    let is_hash = |part: &str| part.len() >= 12 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.split(['-', '.', '_']).any(is_hash) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        let pair = |(name, value): &(header::HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn page() -> (tempfile::TempDir, Assets) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("index.html", "<html>"),
            ("app-3f9c2a7b1d5e8046_bg.wasm", "wasm"),
            ("app-3f9c2a7b1d5e8046_bg.wasm.br", "brotli"),
            ("app-3f9c2a7b1d5e8046_bg.wasm.gz", "gzip"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let assets = Assets::Folder(folder.path().to_owned());
        (folder, assets)
    }

    fn told(response: &Response) -> String {
        let header = |name| response.headers().get(name).map_or("-", |v| v.to_str().unwrap());
        [
            response.status().as_str(),
            header(header::CONTENT_TYPE),
            header(header::CONTENT_ENCODING),
            header(header::CACHE_CONTROL),
        ]
        .join(" | ")
    }

    #[test]
    fn the_best_copy_is_sent_and_kept() {
        let (_folder, assets) = page();
        let wasm = "app-3f9c2a7b1d5e8046_bg.wasm";
        let forever = "public, max-age=31536000, immutable";
        for (accepted, encoding) in [
            ("gzip, deflate, br", "br"),
            ("gzip", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("identity", "-"),
        ] {
            let response =
                assets.answer(wasm, &headers(&[(header::ACCEPT_ENCODING, accepted)])).unwrap();
            assert_eq!(told(&response), format!("200 | application/wasm | {encoding} | {forever}"));
        }
        let response = assets.answer("index.html", &HeaderMap::new()).unwrap();
        assert_eq!(told(&response), "200 | text/html; charset=utf-8 | - | no-cache");
        let tag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again =
            assets.answer("index.html", &headers(&[(header::IF_NONE_MATCH, &tag)])).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let (folder, assets) = page();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        let inner = Assets::Folder(folder.path().join("inner"));
        for path in ["../index.html", "/etc/hostname", "./../index.html", "a/../../index.html"] {
            assert!(inner.answer(path, &HeaderMap::new()).is_none(), "{path}");
        }
        assert!(assets.answer("nothing", &HeaderMap::new()).is_none());
        assert_eq!(assets.build().len(), 16);
        assert_eq!(Assets::Absent.build(), "no page");
    }
}
