//! What surrounds the pages' content: rail, banner, icons, the rows with title, time range and filters, keys.

mod banner;
mod field_values;
mod filter_row;
mod icon;
mod pill_form;
mod popover;
mod preferences;
mod query_bar;
mod rail;
mod share;
mod shortcuts;
mod time_menu;
mod title_row;

pub(crate) use banner::Banner;
pub(crate) use filter_row::FilterRow;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use popover::{PopButton, arrows, close_itself, focus_when_open};
pub(crate) use rail::Rail;
pub(crate) use shortcuts::Shortcuts;
pub(crate) use title_row::{PauseButton, TimeButton, TitleRow};

use hailstream_client::time_range::TimeRange;
use leptos::prelude::*;
use leptos::wasm_split::{self, wasm_split};

use crate::lazy::Fetched;
use crate::panel::BoardContext;

/// The menu of the time range.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn time_menu(range: ArcRwSignal<TimeRange>, open: RwSignal<bool>) -> Fetched<AnyView> {
    Ok(view! { <time_menu::TimeMenu range open /> }.into_any())
}

/// The menu of sharing.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn share_menu(board: BoardContext, open: RwSignal<bool>) -> Fetched<AnyView> {
    Ok(view! { <share::ShareMenu board open /> }.into_any())
}

/// What a person has chosen for themselves.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn preference_fields() -> Fetched<AnyView> {
    Ok(preferences::fields())
}

/// The form of a filter.
#[wasm_split(tools, wasm_split_path = wasm_split, fallible)]
fn pill_form(board: BoardContext, place: Option<usize>, open: RwSignal<bool>) -> Fetched<AnyView> {
    Ok(view! { <pill_form::PillForm board place open /> }.into_any())
}
