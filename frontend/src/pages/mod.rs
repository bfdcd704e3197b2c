//! The pages.

mod board;
mod home;
mod not_found;

pub(crate) use board::BoardPage;
pub(crate) use home::HomePage;
pub(crate) use not_found::NotFoundPage;
