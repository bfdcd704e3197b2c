//! Panels enter the page a few at a time, so that the first are live before the last are made, and the page answers meanwhile.

use std::time::Duration;

use leptos::prelude::*;

use crate::dom;
use crate::panel::{PanelContext, Panels};

/// Panels that are made with the board: they are there when the first answers are.
const FIRST: usize = 2;

/// So long further panels wait for the first answer, ms: making them would keep it waiting at the door.
const PATIENCE_MS: i64 = 200;

/// Panels that a further turn of the browser makes: on a slow machine it answers a hand between them.
const AT_A_TIME: usize = 8;

/// The panels that are in the page by now: the first in reading order, and more with every turn until all are.
pub(super) fn in_turns(panels: &Panels) -> impl Fn() -> Vec<PanelContext> + Send + use<> {
    let made = RwSignal::new(FIRST);
    // All are asked for before the first is made: the answers come meanwhile. Each panel then asks for itself.
    let ask = || panels.with(|panels| panels.iter().flat_map(PanelContext::follow).collect());
    let asked: Vec<_> = untrack(ask);
    let asked = StoredValue::new_local(asked);
    let until_ms = dom::now_ms() + PATIENCE_MS;
    make_more(panels.clone(), made, until_ms, move || drop(asked.try_set_value(Vec::new())));
    let panels = panels.clone();
    move || panels.with(|panels| panels.iter().take(made.get()).cloned().collect())
}

fn make_more(
    panels: Panels,
    made: RwSignal<usize>,
    until_ms: i64,
    when_all_are: impl FnOnce() + 'static,
) {
    let turn = move || {
        let Some(count) = made.try_get_untracked() else { return };
        let is_awaited =
            panels.with_untracked(|panels| is_awaited(&panels[..FIRST.min(panels.len())]));
        if is_awaited && dom::now_ms() < until_ms {
            return make_more(panels, made, until_ms, when_all_are);
        }
        let count = count + AT_A_TIME;
        if count < panels.with_untracked(Vec::len) {
            made.set(count);
            make_more(panels, made, until_ms, when_all_are);
        } else {
            // What is added later is there at once.
            made.set(usize::MAX);
            set_timeout(when_all_are, Duration::ZERO);
        }
    };
    if dom::is_hidden() {
        set_timeout(turn, Duration::ZERO);
    } else {
        // After a frame: it shows what has been answered meanwhile.
        request_animation_frame(move || set_timeout(turn, Duration::ZERO));
    }
}

/// Whether these ask, and none has an answer.
fn is_awaited(panels: &[PanelContext]) -> bool {
    let has_answer = |panel: &PanelContext| {
        panel.answer.with_untracked(|answer| answer.result.is_some() || answer.refusal.is_some())
    };
    let mut asking = panels.iter().filter(|panel| panel.spec.asks()).peekable();
    asking.peek().is_some() && !asking.any(has_answer)
}
