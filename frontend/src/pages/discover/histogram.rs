//! The records in range over time: how many, how many there would be without filters, and how fast they come. A drag over it
//! narrows the range.

use std::sync::Arc;

use hailstream_chart::BucketKind;
use hailstream_client::discover::pace::{interval_words, per_second};
use hailstream_client::freshness::count_words;
use hailstream_protocol::QueryResult;
use leptos::prelude::*;
use serde_json::{Value as Json, json};

use super::BUCKETS;
use crate::live::{live_flag, live_text};
use crate::panel::{Chip, PanelContext, unframed};
use crate::session::{self, AnswerSignal};
use crate::zone;

/// What is asked.
pub(super) fn visualization(stream: &str) -> Json {
    json!({
        "title": "Records over time",
        "type": "histogram",
        "query": {
            "stream": stream,
            "buckets": [{"id": "time", "type": "date_histogram", "auto": BUCKETS}],
            "metrics": [{"id": "records", "type": "count"}],
        },
        "params": {"x": "time", "metric": "records"},
    })
}

/// The panel.
pub(super) fn histogram(context: PanelContext) -> impl IntoView {
    let all = all_in_range(&context);
    let count = {
        let context = context.clone();
        move || match context.result() {
            Some(result) => format!("{} records", count_words(result.total)),
            None => "Records".to_owned(),
        }
    };
    let about = {
        let context = context.clone();
        move || {
            let of = all.with(|answer| answer.result.as_ref().map(|result| result.total));
            let of = of
                .filter(|_| !context.board.filters.with(is_all))
                .map(|all| format!("of {}", count_words(all)));
            let per = context.result().and_then(|result| interval_ms(&context, &result));
            let per = per.map(|interval_ms| format!("per {}", interval_words(interval_ms)));
            of.into_iter().chain(per).collect::<Vec<_>>().join(" · ")
        }
    };
    let state = context.state.clone();
    let word = move || state.with(crate::panel::State::word);
    let is_large = {
        let context = context.clone();
        move || context.is_enlarged()
    };
    view! {
        <section
            class="panel histogram over-time" data-panel-id=context.spec.id.clone() data-state=word
            aria-label="Records over time" class:large=live_flag(is_large)
        >
            <header>
                <h2>{live_text(count)}</h2>
                <span class="sub">{live_text(about)}</span>
                <Chip context=context.clone() />
            </header>
            {unframed(&context, None)}
        </section>
    }
}

fn is_all(filters: &hailstream_client::filters::Filters) -> bool {
    filters.is_empty()
}

/// The length of the buckets of an answer.
pub(super) fn interval_ms(context: &PanelContext, result: &Arc<QueryResult>) -> Option<i64> {
    let shape = context.spec.main.shape(result);
    shape.buckets.first().and_then(|bucket| match bucket.kind {
        BucketKind::DateHistogram { interval_ms } => interval_ms,
        _ => None,
    })
}

/// Records per second now. Tracks.
pub(super) fn rate(context: &PanelContext) -> Option<f64> {
    let result = context.result()?;
    per_second(&result, interval_ms(context, &result)?)
}

/// The answer to the same question without filters, while there are any.
fn all_in_range(context: &PanelContext) -> AnswerSignal {
    let answer = AnswerSignal::default();
    let kept = StoredValue::new_local(None);
    let (context, told) = (context.clone(), answer.clone());
    Effect::new(move |_| {
        let is_filtered = !context.board.filters.with(is_all);
        let range = context.board.range.get();
        let query = context.spec.main.under(&range, &[], &zone::name());
        kept.set_value(is_filtered.then(|| session::follow(query, &told)));
    });
    answer
}
