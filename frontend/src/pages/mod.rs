//! The pages.

mod board;
mod board_address;
mod discover;
mod home;
mod in_turns;
mod not_found;
mod streams;

pub(crate) use board::BoardPage;
pub(crate) use board_address::BoardAddress;
pub(crate) use discover::link as discover_link;
pub(crate) use home::opened;
pub(crate) use not_found::NotFoundPage;

use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};

use crate::lazy::Fetched;

/// The list of dashboards.
#[wasm_split(pages, wasm_split_path = wasm_split, fallible, preload(fetch_pages))]
pub(crate) fn home_page() -> Fetched<AnyView> {
    Ok(home::HomePage().into_any())
}

/// Discover.
#[wasm_split(pages, wasm_split_path = wasm_split, fallible)]
pub(crate) fn discover_page() -> Fetched<AnyView> {
    Ok(discover::DiscoverPage().into_any())
}

/// The streams.
#[wasm_split(pages, wasm_split_path = wasm_split, fallible)]
pub(crate) fn streams_page() -> Fetched<AnyView> {
    Ok(streams::StreamsPage().into_any())
}
