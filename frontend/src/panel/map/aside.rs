//! A question beside the panel's own, which changes as a person works.

use std::sync::Arc;

use hailstream_protocol::QueryResult;
use leptos::prelude::*;
use serde_json::Value as Json;

use crate::session::{self, AnswerSignal, Following};

/// See the module's words.
#[derive(Clone, Copy)]
pub(super) struct Aside {
    asked: StoredValue<Option<Json>>,
    following: StoredValue<Option<Following>, LocalStorage>,
    answer: RwSignal<AnswerSignal>,
}

impl Default for Aside {
    fn default() -> Self {
        Self {
            asked: StoredValue::new(None),
            following: StoredValue::new_local(None),
            answer: RwSignal::new(AnswerSignal::default()),
        }
    }
}

impl Aside {
    /// Asks, unless that is what it asked last.
    pub(super) fn ask(self, question: Option<Json>) {
        if self.asked.with_value(|asked| *asked == question) {
            return;
        }
        let answer = AnswerSignal::default();
        let following = question.clone().map(|question| session::follow(question, &answer));
        self.following.set_value(following);
        self.asked.set_value(question);
        self.answer.set(answer);
    }

    /// Its newest answer. Tracks.
    pub(super) fn result(self) -> Option<Arc<QueryResult>> {
        self.answer.get().with(|answer| answer.result.clone())
    }
}
