//! Panels enter the page a few at a time, so that the first are live before the last are made, and the page answers meanwhile.

use std::time::Duration;

use leptos::prelude::*;

use crate::panel::{PanelContext, Panels};

/// Panels that a turn of the browser makes: on a slow machine it answers a hand between them.
const AT_A_TIME: usize = 8;

/// The panels that are in the page by now: the first in reading order, and more with every turn until all are.
pub(super) fn in_turns(panels: &Panels) -> impl Fn() -> Vec<PanelContext> + Send + use<> {
    let made = RwSignal::new(0);
    // All are asked for before the first is made: the answers come meanwhile. Each panel then asks for itself.
    let ask = || panels.with(|panels| panels.iter().flat_map(PanelContext::follow).collect());
    let asked: Vec<_> = untrack(ask);
    let asked = StoredValue::new_local(asked);
    make_more(panels.clone(), made, move || drop(asked.try_set_value(Vec::new())));
    let panels = panels.clone();
    move || panels.with(|panels| panels.iter().take(made.get()).cloned().collect())
}

fn make_more(panels: Panels, made: RwSignal<usize>, when_all_are: impl FnOnce() + 'static) {
    let turn = move || {
        let Some(count) = made.try_get_untracked() else { return };
        let count = count + AT_A_TIME;
        if count < panels.with_untracked(Vec::len) {
            made.set(count);
            make_more(panels, made, when_all_are);
        } else {
            // What is added later is there at once.
            made.set(usize::MAX);
            set_timeout(when_all_are, Duration::ZERO);
        }
    };
    set_timeout(turn, Duration::ZERO);
}
