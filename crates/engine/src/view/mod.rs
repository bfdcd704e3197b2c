//! Views: one distinct query each, over one stream.

mod bucket;
mod entities;
mod grouped;
mod hits;
mod metric;
mod window;

pub(crate) use entities::EntityTable;

use std::sync::Arc;

use hailstream_protocol::QueryResult;
use hailstream_query::{Over, Query};

use crate::fields::{Dictionary, FieldId, Fields};
use crate::rows::Rows;

use self::grouped::Grouped;
use self::hits::NewestHits;
use self::window::Bounds;

/// What a view reads while it works.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) words: &'a Dictionary,
    pub(crate) topics: &'a [Arc<str>],
    pub(crate) now_ms: Option<i64>,
}

/// The state of a view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) query: Query,
    body: Body,
    /// Rows come as replacements of earlier ones: groups are worked out anew from the current rows.
    recomputed: bool,
    bounds: Option<Bounds>,
    pub(crate) dirty: bool,
}

#[derive(Clone, Debug)]
enum Body {
    Grouped(Box<Grouped>),
    Hits(NewestHits),
    Entities,
}

impl View {
    pub(crate) fn new(query: Query, time_field: Option<FieldId>, upsert: bool) -> Self {
        let recomputed = upsert || query.over == Over::Entities;
        let body = match (&query.hits, &query.entities) {
            (Some(hits), _) => Body::Hits(NewestHits::new(&query, hits)),
            (None, Some(_)) => Body::Entities,
            (None, None) => Body::Grouped(Box::new(Grouped::new(&query, time_field))),
        };
        Self { query, body, recomputed, bounds: None, dirty: true }
    }

    fn bounds_at(&self, now_ms: Option<i64>) -> Bounds {
        match &self.body {
            Body::Grouped(grouped) => grouped.window.at(now_ms),
            Body::Hits(hits) => hits.window.at(now_ms),
            Body::Entities => window::Window::of(&self.query, None).at(now_ms),
        }
    }

    /// Takes in accepted rows, those at `rows[from..]`.
    pub(crate) fn add(&mut self, rows: &Arc<Rows>, from: usize, context: &Context<'_>) {
        if self.recomputed || matches!(self.body, Body::Entities) {
            self.dirty |= rows.len() > 0;
            return;
        }
        let bounds = self.bounds_at(context.now_ms);
        let (fields, words) = (context.fields, context.words);
        self.dirty |= match &mut self.body {
            Body::Grouped(grouped) => grouped.add(rows, from..rows.len(), &bounds, fields, words),
            Body::Hits(hits) => hits.add(rows, from..rows.len(), &bounds, fields, words),
            Body::Entities => false,
        };
    }

    /// Moves the window; the view is dirty where that changes its answer.
    pub(crate) fn advance(&mut self, now_ms: Option<i64>) {
        let bounds = self.bounds_at(now_ms);
        let moved = self.bounds.is_none_or(|old| {
            (old.from_ms, old.range.map(|r| r.from_ms))
                != (bounds.from_ms, bounds.range.map(|r| r.from_ms))
        });
        if moved {
            self.dirty = true;
            match &mut self.body {
                Body::Grouped(grouped) => grouped.slide(&bounds),
                Body::Hits(hits) => hits.slide(&bounds),
                Body::Entities => {}
            }
        }
        self.bounds = Some(bounds);
    }

    /// The answer now. `current`: rows of an upsert stream; `entities`: the newest row of each live entity.
    pub(crate) fn result<'a>(
        &mut self,
        context: &Context<'_>,
        current: &mut dyn Iterator<Item = (&'a Arc<Rows>, usize)>,
        entities: &EntityTable,
        entity_field: Option<FieldId>,
    ) -> QueryResult {
        let bounds = self.bounds_at(context.now_ms);
        let mut result = match &mut self.body {
            Body::Entities => entities.result(&self.query, context, &bounds, entity_field),
            Body::Hits(hits) => {
                if self.recomputed {
                    hits.clear();
                    current.for_each(|(rows, row)| {
                        hits.add(
                            rows,
                            std::iter::once(row),
                            &bounds,
                            context.fields,
                            context.words,
                        );
                    });
                }
                hits.result(context, &bounds)
            }
            Body::Grouped(grouped) => {
                if self.recomputed {
                    grouped.clear();
                    let mut add = |(rows, row): (&Arc<Rows>, usize)| {
                        grouped.add(
                            rows,
                            std::iter::once(row),
                            &bounds,
                            context.fields,
                            context.words,
                        );
                    };
                    if self.query.over == Over::Entities {
                        entities.live(context.now_ms).for_each(&mut add);
                    } else {
                        current.for_each(&mut add);
                    }
                }
                grouped.result(&bounds, context.words)
            }
        };
        result.range = bounds.range;
        self.dirty = false;
        result
    }

    /// Where buckets begin that may still change while the watermark is at `watermark_ms`.
    pub(crate) fn provisional_from_ms(&self, watermark_ms: Option<i64>) -> Option<i64> {
        let watermark = watermark_ms?;
        match &self.body {
            Body::Grouped(grouped) => {
                grouped.date_interval_ms().map(|interval| watermark.div_euclid(interval) * interval)
            }
            Body::Hits(_) | Body::Entities => None,
        }
    }

    pub(crate) fn from_ms(&self, now_ms: Option<i64>) -> i64 {
        self.bounds_at(now_ms).from_ms
    }
}
