//! Light or dark: what the address says, else what the person chose, else what the system has.

use hailstream_chart::Theme;
use leptos::prelude::*;

use crate::dom;

const KEY: &str = "hailstream.theme";
const DARK_SYSTEM: &str = "(prefers-color-scheme: dark)";

/// What was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Choice {
    /// Reads a stored or addressed word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "system" => Some(Self::System),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The next one of the three, for a button.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// The theme of the page; a root-owned store.
#[derive(Clone, Copy)]
pub(crate) struct ThemeStore {
    /// What was chosen.
    pub(crate) choice: RwSignal<Choice>,
    system_dark: RwSignal<bool>,
}

impl ThemeStore {
    /// As the address and the browser's memory have it.
    pub(crate) fn start(addressed: Option<&str>) -> Self {
        let chosen = addressed.map(str::to_owned).or_else(|| dom::stored(KEY));
        let choice = chosen.and_then(|word| Choice::parse(&word)).unwrap_or_default();
        let store = Self {
            choice: RwSignal::new(choice),
            system_dark: RwSignal::new(dom::matches_media(DARK_SYSTEM)),
        };
        show(choice);
        store
    }

    /// Takes a person's choice.
    pub(crate) fn choose(&self, choice: Choice) {
        dom::store(KEY, choice.word());
        show(choice);
        self.choice.set(choice);
    }

    /// Looks again at what the system has.
    pub(crate) fn system_changed(&self) {
        self.system_dark.set(dom::matches_media(DARK_SYSTEM));
    }

    /// Whether the page is dark now. Tracks.
    pub(crate) fn is_dark(&self) -> bool {
        match self.choice.get() {
            Choice::System => self.system_dark.get(),
            Choice::Light => false,
            Choice::Dark => true,
        }
    }

    /// What charts are painted with. Tracks.
    pub(crate) fn chart_theme(&self) -> Theme {
        if self.is_dark() { Theme::dark() } else { Theme::light() }
    }
}

/// Without the attribute the style sheet follows the system.
fn show(choice: Choice) {
    let Some(root) = dom::root() else { return };
    let _unset = match choice {
        Choice::System => root.remove_attribute("data-theme"),
        Choice::Light | Choice::Dark => root.set_attribute("data-theme", choice.word()),
    };
}
