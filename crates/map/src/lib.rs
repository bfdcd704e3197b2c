//! The page's map without the page: which part of the world is seen, and where each vehicle is drawn in a frame.
//!
//! Apart from `hailstream-client`, because this runs for each vehicle and pixel of each frame: it is compiled for speed, the rest
//! of the page for size. What runs for each of them is not to be inlined into what runs once a frame: it would be compiled for size
//! with it, and as a part of a function too large for registers (`wasm-opt` has a limit for the same reason, in `index.html`).
//!
//! Reading order: [`map_view`] → [`tiles`] → [`fleet`] → [`area`].

pub mod area;
pub mod fleet;
pub mod map_view;
pub mod tiles;
