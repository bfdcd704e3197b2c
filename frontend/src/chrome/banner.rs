//! What concerns the whole page: the connection is lost, or there is a newer build of it.

use crate::live::live;
use hailstream_client::link::{Input, Status};
use leptos::prelude::*;

use super::Icon;
use crate::{dom, session};

/// Silence shorter than this has no banner: most reconnections are quicker.
const GRACE_MS: i64 = 2_500;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Notice {
    Lost { retry_in_s: i64 },
    OtherProtocol,
    NewerBuild,
}

/// The banner, while there is something to say.
#[component]
pub(crate) fn Banner() -> impl IntoView {
    let notice = Memo::new(move |_| {
        let now_ms = session::pulse().get();
        session::with_link(|link| match link.status() {
            Status::Refused => Some(Notice::OtherProtocol),
            Status::Lost { since_ms, retry_ms } if now_ms - since_ms >= GRACE_MS => {
                Some(Notice::Lost { retry_in_s: ((retry_ms - now_ms).max(0) + 999) / 1_000 })
            }
            _ if link.newer_build() => Some(Notice::NewerBuild),
            _ => None,
        })
        .flatten()
    });
    live(move || notice.get().map(show))
}

fn show(notice: Notice) -> impl IntoView {
    let retry = |_| session::feed(Input::Wake);
    let reload = |_| {
        if let Some(window) = dom::window() {
            let _staying = window.location().reload();
        }
    };
    let load = view! { <button class="textbtn" on:click=reload>"Load it"</button> }.into_any();
    let (class, words, next, way_out) = match notice {
        Notice::Lost { retry_in_s } => {
            let next = match retry_in_s {
                0 => " Trying now.".to_owned(),
                seconds => format!(" Next try in {seconds} s."),
            };
            let button = view! { <button class="textbtn" on:click=retry>"Try now"</button> };
            ("banner", "The connection to the server is lost.", next, button.into_any())
        }
        Notice::OtherProtocol => (
            "banner",
            "The server was updated and no longer speaks with this page.",
            String::new(),
            load,
        ),
        Notice::NewerBuild => {
            ("banner note", "A newer version of this page is there.", String::new(), load)
        }
    };
    // The countdown is not part of what is read out: it would be read every second.
    view! {
        <div class=class>
            <Icon name="link" />
            <span class="grow"><span role="status">{words}</span>{next}</span>
            {way_out}
        </div>
    }
}
