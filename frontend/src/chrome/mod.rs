//! What surrounds the pages' content: rail, banner, icons, the rows with title, time range and filters, keys.

mod banner;
mod filter_row;
mod icon;
mod pill_form;
mod popover;
mod query_bar;
mod rail;
mod share;
mod shortcuts;
mod time_menu;
mod title_row;

pub(crate) use banner::Banner;
pub(crate) use filter_row::FilterRow;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use popover::{arrows, close_itself, focus_when_open};
pub(crate) use rail::Rail;
pub(crate) use shortcuts::Shortcuts;
pub(crate) use title_row::{PauseButton, TimeButton, TitleRow};
