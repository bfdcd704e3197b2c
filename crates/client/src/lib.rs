//! What one tab knows, without the tab: the link to the server, the freshness of what it holds, the board it shows, and
//! the arithmetic of its map.
//!
//! Pure: no socket, no DOM, no clock. The page feeds events with their time and shows what comes out, so everything that
//! can go wrong between a server and a viewer is tested natively, in seconds.
//!
//! Reading order: [`link`] → [`freshness`] → [`board`] and [`time_range`] → [`fleet`].

pub mod link;
