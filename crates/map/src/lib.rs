//! The page's map without the page: which part of the world is seen, and where each vehicle is drawn in a frame.
//!
//! Apart from `hailstream-client`, because this runs for each vehicle and pixel of each frame: it is compiled for speed, the rest
//! of the page for size.
//!
//! Reading order: [`map_view`] → [`tiles`] → [`fleet`] → [`area`].

pub mod area;
pub mod fleet;
pub mod map_view;
pub mod tiles;
