//! What surrounds the pages' content: rail, banner, icons, the row with title and time range.

mod banner;
mod icon;
mod rail;
mod time_menu;
mod title_row;

pub(crate) use banner::Banner;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use rail::Rail;
pub(crate) use title_row::TitleRow;
