//! Where axes are labelled: at round numbers ([`number`]) and at natural breaks of local time ([`time`]).

pub(crate) mod number;
pub(crate) mod time;
