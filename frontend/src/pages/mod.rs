//! The pages.

mod board;
mod board_address;
mod home;
mod not_found;
mod streams;

pub(crate) use board::BoardPage;
pub(crate) use board_address::BoardAddress;
pub(crate) use home::HomePage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use streams::StreamsPage;
