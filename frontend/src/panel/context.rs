//! What a panel's parts share: its saved form, its answers, and how fresh and in what state it is.

use std::ops::Deref;
use std::sync::Arc;

use hailstream_chart::{Density, Theme};
use hailstream_client::csv::csv;
use hailstream_client::filters::Filters;
use hailstream_client::freshness::{Facts, Freshness, Legs};
use hailstream_client::time_range::TimeRange;
use hailstream_protocol::QueryResult;
use hailstream_protocol::saved_object::GridData;
use hailstream_protocol::visualization::Params;
use leptos::prelude::*;

use super::drilldown::Clicked;
use crate::board::{Board, PanelSpec, Question, Schemas};
use crate::edit::Editing;
use crate::pages::BoardAddress;
use crate::session::{self, AnswerSignal, Following};
use crate::theme::ThemeStore;
use crate::{dom, supervisor, zone};

/// What all panels of a board share.
#[derive(Clone)]
pub(crate) struct BoardContext(Arc<BoardParts>);

/// What a [`BoardContext`] points to.
pub(crate) struct BoardParts {
    /// The board.
    pub(crate) board: Arc<Board>,
    /// The range in force.
    pub(crate) range: ArcRwSignal<TimeRange>,
    /// Light or dark.
    pub(crate) theme: ThemeStore,
    /// The filters in force.
    pub(crate) filters: ArcRwSignal<Filters>,
    /// The address that keeps both.
    pub(crate) address: BoardAddress,
    /// What is known of the streams it asks.
    pub(crate) schemas: ArcRwSignal<Schemas>,
    /// The instant a person points at in one time panel, epoch ms: all time panels show it.
    pub(crate) cursor_ms: ArcRwSignal<Option<f64>>,
    /// Id of the panel that fills the window.
    pub(crate) enlarged: ArcRwSignal<Option<String>>,
    /// Ids of the panels shown as tables.
    pub(crate) tables: ArcRwSignal<Vec<String>>,
    /// Its document, and what is being changed in it.
    pub(crate) editing: Editing,
}

/// See the module's words. One pointer: a view clones it into each of its closures.
#[derive(Clone)]
pub(crate) struct PanelContext(Arc<Parts>);

/// What a [`PanelContext`] points to.
pub(crate) struct Parts {
    /// As saved.
    pub(crate) spec: Arc<PanelSpec>,
    /// Its board.
    pub(crate) board: BoardContext,
    /// Where it stands now.
    pub(crate) grid: ArcRwSignal<GridData>,
    /// The main answer.
    pub(crate) answer: AnswerSignal,
    /// The answers to further questions, in their order.
    pub(crate) extras: Vec<AnswerSignal>,
    /// What went wrong in the page itself while drawing.
    pub(crate) failure: ArcRwSignal<Option<String>>,
    /// How often somebody asked for what it shows as CSV; whatever draws it answers.
    pub(crate) csv_asked: ArcRwSignal<u32>,
    /// The main answer may be cut to its first row: who draws it asks elsewhere for what it needs, and only wants to know how many
    /// there are.
    pub(crate) is_counted_only: ArcRwSignal<bool>,
    /// The value that was clicked, while one chooses where to go from there.
    pub(crate) clicked: ArcRwSignal<Option<Clicked>>,
    /// How fresh it is.
    pub(crate) freshness: ArcMemo<Freshness>,
    /// In what state it is.
    pub(crate) state: ArcMemo<State>,
}

/// The state of a panel, as `data-state` says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// No picture yet.
    Loading,
    /// Nothing to show, and nothing wrong.
    Empty,
    /// Up to date.
    Live,
    /// A picture that should move and does not.
    Stale,
    /// No picture can be made.
    Error {
        /// What failed.
        title: String,
        /// What exactly, and where.
        detail: String,
        /// The place in the query, if it is there.
        at: Option<String>,
    },
}

impl State {
    /// Its word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Empty => "empty",
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Error { .. } => "error",
        }
    }

    fn error(title: &str, detail: String, at: Option<String>) -> Self {
        Self::Error { title: title.to_owned(), detail, at }
    }
}

impl BoardContext {
    /// Shares the parts.
    pub(crate) fn new(parts: BoardParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Whether who sees it may change it: not on a wall, not in another page, and Discover is no dashboard.
    pub(crate) fn can_edit(&self) -> bool {
        let is_dashboard = !self.editing.id.is_empty();
        is_dashboard && untrack(|| !self.address.is_wall() && !self.address.store().is_embedded())
    }

    /// A panel fills the window, or goes back to its place.
    pub(crate) fn enlarge(&self, panel: &str) {
        self.enlarged.update(|enlarged| {
            let is_large = enlarged.as_deref() == Some(panel);
            *enlarged = (!is_large).then(|| panel.to_owned());
        });
    }

    /// A panel shows its data as a table, or its picture again.
    pub(crate) fn toggle_table(&self, panel: &str) {
        self.tables.update(|tables| match tables.iter().position(|id| id == panel) {
            Some(place) => drop(tables.remove(place)),
            None => tables.push(panel.to_owned()),
        });
    }
}

impl Deref for BoardContext {
    type Target = BoardParts;

    fn deref(&self) -> &BoardParts {
        &self.0
    }
}

impl Deref for PanelContext {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl PanelContext {
    /// A panel of a board, following nothing yet.
    pub(crate) fn new(spec: Arc<PanelSpec>, board: BoardContext) -> Self {
        let extras = spec.extras.iter().map(|_| AnswerSignal::default()).collect();
        Self::with_answers(spec, board, AnswerSignal::default(), extras)
    }

    /// The panel as it is after an edit. One that asks what it asked before keeps its answers.
    pub(crate) fn renewed(&self, spec: Arc<PanelSpec>) -> Self {
        let board = self.board.clone();
        if spec.asks_as(&self.spec) {
            Self::with_answers(spec, board, self.answer.clone(), self.extras.clone())
        } else {
            Self::new(spec, board)
        }
    }

    fn with_answers(
        spec: Arc<PanelSpec>,
        board: BoardContext,
        answer: AnswerSignal,
        extras: Vec<AnswerSignal>,
    ) -> Self {
        let grid = ArcRwSignal::new(spec.grid);
        let failure = ArcRwSignal::default();
        let freshness = ArcMemo::new({
            let (spec, board, answer) = (Arc::clone(&spec), board.clone(), answer.clone());
            move |_| judge_freshness(&spec, &board, &answer)
        });
        let state = ArcMemo::new({
            let (spec, answer) = (Arc::clone(&spec), answer.clone());
            let (freshness, failure) = (freshness.clone(), ArcRwSignal::clone(&failure));
            move |_| judge_state(&spec, &answer, &failure, &freshness)
        });
        let csv_asked = ArcRwSignal::new(0);
        Self(Arc::new(Parts {
            spec,
            board,
            grid,
            answer,
            extras,
            failure,
            csv_asked,
            is_counted_only: ArcRwSignal::new(false),
            clicked: ArcRwSignal::new(None),
            freshness,
            state,
        }))
    }

    /// Tells it from what it was before an edit, wherever it stands.
    pub(crate) fn key(&self) -> (String, u64) {
        (self.spec.id.clone(), self.spec.content)
    }

    /// Follows all questions under the board's range and filters. Tracks. Where there are filters, it waits until it is known
    /// which of them each stream can have.
    pub(crate) fn follow(&self) -> Vec<Following> {
        let Some(main) = self.main_query().filter(|_| self.spec.asks()) else { return Vec::new() };
        let ask_main = || {
            let mut query = main;
            let entities = query.get_mut("entities").filter(|_| self.is_counted_only.get());
            if let Some(entities) = entities.and_then(serde_json::Value::as_object_mut) {
                entities.insert("size".to_owned(), 1.into());
            }
            session::follow(query, &self.answer)
        };
        let extras = self.spec.extras.iter().map(|(_, question)| question).zip(&self.extras);
        let ask = |(question, answer): (&Question, &AnswerSignal)| {
            Some(session::follow(self.under(question)?, answer))
        };
        std::iter::once(ask_main()).chain(extras.filter_map(ask)).collect()
    }

    /// The main question under the board's range and filters; none while it is not known which of them its stream can have.
    /// Tracks.
    pub(crate) fn main_query(&self) -> Option<serde_json::Value> {
        self.under(&self.spec.main)
    }

    fn under(&self, question: &Question) -> Option<serde_json::Value> {
        let (range, filters) = (self.board.range.get(), self.board.filters.get());
        let has_filters = !filters.is_empty();
        let schemas = if has_filters { self.board.schemas.get() } else { Schemas::default() };
        if !schemas.is_complete() {
            return None;
        }
        let filters = schemas.filters(question.stream(), &filters);
        Some(question.under(&range, &filters, &zone::name()))
    }

    /// Fields of filters that have no effect on this panel. Tracks.
    pub(crate) fn without_effect(&self) -> Vec<String> {
        let filters = self.board.filters.get();
        if filters.is_empty() || !self.is_filtered() {
            return Vec::new();
        }
        self.board.schemas.with(|schemas| {
            let questions = self.spec.questions().filter(|_| schemas.is_complete());
            let fields =
                questions.flat_map(|question| schemas.without_effect(question.stream(), &filters));
            fields.fold(Vec::new(), |mut once, field| {
                if !once.contains(&field) {
                    once.push(field);
                }
                once
            })
        })
    }

    /// Whether the board's filters are meant for it: controls offer what they do not leave over, too.
    fn is_filtered(&self) -> bool {
        !matches!(self.spec.params, Ok(Params::Controls(_)))
    }

    /// A further question and its answer, by name.
    pub(crate) fn extra(&self, name: &str) -> Option<(&Question, &AnswerSignal)> {
        let place = self.spec.extras.iter().position(|(of, _)| of == name)?;
        Some((&self.spec.extras.get(place)?.1, self.extras.get(place)?))
    }

    /// Saves `rows` as a file called like the panel, whenever somebody asks for them.
    pub(super) fn answer_csv(&self, rows: impl Fn() -> Vec<Vec<String>> + 'static) {
        let context = self.clone();
        Effect::new(move |before: Option<u32>| {
            let asked = context.csv_asked.get();
            if before.is_some_and(|before| before != asked) {
                context.save_csv(&untrack(&rows));
            }
            asked
        });
    }

    /// Saves rows as a file called like the panel.
    pub(super) fn save_csv(&self, rows: &[Vec<String>]) {
        dom::download(&format!("{}.csv", self.spec.title), &csv(rows));
    }

    /// The newest result. Tracks.
    pub(crate) fn result(&self) -> Option<Arc<QueryResult>> {
        self.answer.with(|answer| answer.result.clone())
    }

    /// What charts are painted with. Tracks.
    pub(crate) fn theme(&self) -> Theme {
        let is_wall = self.board.address.is_wall();
        let density = if is_wall { Density::Wall } else { Density::Desk };
        self.board.theme.chart_theme().with_density(density)
    }

    /// The way of its newest record. Tracks.
    pub(crate) fn legs(&self) -> Option<Legs> {
        legs(&self.spec, &self.board, &self.answer)
    }

    /// Whether it fills the window. Tracks.
    pub(crate) fn is_enlarged(&self) -> bool {
        self.board.enlarged.with(|enlarged| enlarged.as_ref() == Some(&self.spec.id))
    }

    /// Whether its data is to be shown as a table. Tracks.
    pub(crate) fn is_table(&self) -> bool {
        self.board.tables.with(|tables| tables.contains(&self.spec.id))
    }

    /// Of each question about all records of a stream in the board's range: the stream, and how many they are. Tracks.
    pub(crate) fn totals(&self) -> Vec<(String, u64)> {
        let answers = std::iter::once(&self.answer).chain(&self.extras);
        let about_all = self.spec.questions().zip(answers).filter(|(question, _)| {
            let is_of_records =
                self.board.schemas.with(|schemas| schemas.has_single_records(question.stream()));
            is_of_records && self.is_filtered() && question.asks_all_in_range()
        });
        about_all
            .filter_map(|(question, answer)| {
                let total =
                    answer.with(|answer| answer.result.as_ref().map(|result| result.total))?;
                Some((question.stream().to_owned(), total))
            })
            .collect()
    }

    /// Whether there is something to show: of a stream never read even the zero of a count is none. Tracks.
    pub(crate) fn has_picture(&self) -> bool {
        self.result().is_some_and(|result| result.as_of.received_ms.is_some())
    }

    /// Whether what it shows is old. Tracks.
    pub(crate) fn is_stale(&self) -> bool {
        self.freshness.with(Freshness::is_stale)
    }

    /// Whether some of what is shown may still change without any record being late. Tracks.
    pub(crate) fn is_provisional(&self) -> bool {
        self.result().is_some_and(|result| {
            let end_ms = result.range.map_or(i64::MAX, |range| range.to_ms);
            result.provisional_from_ms.is_some_and(|from_ms| from_ms <= end_ms)
        })
    }

    /// The present of its stream: the wall clock by the server, or in a replay the newest event.
    pub(crate) fn stream_now_ms(&self) -> i64 {
        const REPLAY_MS: i64 = 3_600_000;
        let now_ms = dom::now_ms();
        let told = session::with_link(|link| {
            let wall_ms = link.clock().server_ms(now_ms);
            let clock_ms = link.stream(self.spec.stream()).and_then(|health| health.clock_ms);
            (wall_ms, clock_ms)
        });
        match told {
            Some((wall_ms, Some(clock_ms))) if (wall_ms - clock_ms).abs() > REPLAY_MS => clock_ms,
            Some((wall_ms, _)) => wall_ms,
            None => now_ms,
        }
    }
}

fn legs(spec: &PanelSpec, board: &BoardContext, answer: &AnswerSignal) -> Option<Legs> {
    let stream = spec.stream();
    let single_records = board.schemas.with(|schemas| schemas.has_single_records(stream));
    answer.with(|answer| {
        let result = answer.result.as_ref()?;
        session::with_link(|link| {
            Legs::of(&result.as_of, answer.stamps, link.clock(), single_records)
        })?
    })
}

/// Tracks the pulse, not each answer: ages that change ten times a second cannot be read.
fn judge_freshness(spec: &PanelSpec, board: &BoardContext, answer: &AnswerSignal) -> Freshness {
    let now_ms = session::pulse().get();
    let is_live = board.range.with(|range| spec.main.is_live(range));
    let legs = untrack(|| legs(spec, board, answer));
    let (has_result, open_end_ms) = answer.with_untracked(|answer| {
        let result = answer.result.as_deref();
        (result.is_some(), result.and_then(open_end_ms))
    });
    session::with_link(|link| {
        Freshness::judge(&Facts {
            now_ms,
            status: &link.status(),
            clock: link.clock(),
            stream: link.stream_pulse(spec.stream()),
            legs,
            has_result,
            is_live,
            open_end_ms,
        })
    })
    .unwrap_or(Freshness::Waiting)
}

/// The end of a result's range while some of it may still change without any record being late.
fn open_end_ms(result: &QueryResult) -> Option<i64> {
    let end_ms = result.range?.to_ms;
    result.provisional_from_ms.filter(|from_ms| *from_ms <= end_ms).map(|_| end_ms)
}

fn judge_state(
    spec: &PanelSpec,
    answer: &AnswerSignal,
    failure: &ArcRwSignal<Option<String>>,
    freshness: &ArcMemo<Freshness>,
) -> State {
    if let Err(why) = &spec.params {
        return State::error("This panel cannot be shown", why.clone(), None);
    }
    if let Some(why) = supervisor::set_aside(&spec.key) {
        return State::error("Drawing this panel failed, it was set aside", why, None);
    }
    if let Some(why) = failure.get() {
        return State::error("This panel cannot be drawn", why, None);
    }
    if !spec.asks() {
        return State::Live;
    }
    let is_stale = freshness.with(Freshness::is_stale);
    answer.with(|answer| {
        if let Some(refusal) = &answer.refusal {
            let title = match refusal.code.as_str() {
                "not_yet" => "Not supported yet",
                "unknown_stream" => "Its stream is not there",
                _ => "The server refused the query",
            };
            return State::error(title, refusal.detail.clone(), refusal.at.clone());
        }
        match &answer.result {
            None if is_stale => State::Stale,
            None => State::Loading,
            Some(_) if is_stale => State::Stale,
            Some(result) if is_empty(spec, result) => State::Empty,
            Some(_) => State::Live,
        }
    })
}

/// Nothing to show. The zero of a metric is something.
fn is_empty(spec: &PanelSpec, result: &QueryResult) -> bool {
    let is_one = spec.kind == "metric" || matches!(spec.kind.as_str(), "gauge" | "goal");
    if is_one && result.rows.len() < 2 {
        return result
            .rows
            .first()
            .is_none_or(|row| row.iter().all(hailstream_protocol::Value::is_null));
    }
    result.total == 0 || result.rows.is_empty()
}
