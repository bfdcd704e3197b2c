//! The pages.

mod board;
mod board_address;
mod discover;
mod home;
mod not_found;
mod streams;

pub(crate) use board::BoardPage;
pub(crate) use board_address::BoardAddress;
pub(crate) use discover::{DiscoverPage, link as discover_link};
pub(crate) use home::{HomePage, opened};
pub(crate) use not_found::NotFoundPage;
pub(crate) use streams::StreamsPage;
