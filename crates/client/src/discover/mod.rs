//! What the page of records decides without a browser: columns and their order, what waits while one reads, what leaves it as CSV,
//! JSON or a command line, and the addresses that lead to it.

pub mod columns;
pub mod link;
pub mod narrow;
pub mod pace;
pub mod record;
pub mod tail;
pub mod values;
