//! What one tab knows, without the tab: the link to the server, the freshness of what it holds, and the range it asks for.
//!
//! Pure: no socket, no DOM, no clock. The page feeds events with their time and shows what comes out, so everything that
//! can go wrong between a server and a viewer is tested natively, in seconds.
//!
//! Reading order: [`link`] → [`freshness`], [`coverage`] → [`time_range`], [`filters`]; [`data_table`],
//! [`controls`], [`ranking`], [`csv`] and [`event_line`] serve single panels, [`draft`], [`layout`] and [`editor`] those who
//! edit boards, [`discover`] the page of records, [`board_list`] and [`suggested_board`] the first one.

pub mod board_list;
pub mod controls;
pub mod coverage;
pub mod csv;
pub mod data_table;
pub mod discover;
pub mod document;
pub mod draft;
pub mod drilldown;
pub mod editor;
pub mod event_line;
pub mod filters;
pub mod freshness;
pub mod layout;
pub mod link;
pub mod ranking;
pub mod stream_fields;
pub mod suggest;
pub mod suggested_board;
pub mod time_range;
