//! The way of moves: a fleet that no single answer holds is asked for tile by tile, where one looks and as precisely as the zoom
//! shows it. What is shown stays until all that follows it is there, so that nothing flashes when one drags or zooms.

use std::sync::Arc;

use hailstream_geo::mercator::Tile;
use hailstream_map::fleet::TileAnswer;
use hailstream_map::map_view::MapView;
use hailstream_map::tiles::Grid;
use hailstream_protocol::QueryResult;
use hailstream_protocol::visualization::MapParams;
use leptos::prelude::*;
use serde_json::Value as Json;

use super::questions;
use crate::session::{self, AnswerSignal, Following};

/// A tile that is followed.
struct Asked {
    tile: Tile,
    grid: Grid,
    /// As it was asked, but for the tile.
    base: Json,
    answer: AnswerSignal,
    _following: Following,
}

impl Asked {
    fn result(&self) -> Option<Arc<QueryResult>> {
        self.answer.with_untracked(|answer| answer.result.clone())
    }

    /// Whether there is nothing more to wait for.
    fn has_come(&self) -> bool {
        self.answer.with_untracked(|answer| answer.result.is_some() || answer.refusal.is_some())
    }
}

/// See the module's words.
#[derive(Default)]
pub(super) struct Moves {
    /// What is shown.
    asked: Vec<Asked>,
    /// What takes its place once all of it is there: another grid, another question.
    coming: Vec<Asked>,
    grid: Option<Grid>,
    /// The answers that the fleet has taken.
    taken: Vec<Arc<QueryResult>>,
}

impl Moves {
    /// Asks for what a view needs; whether there are other answers to follow now.
    pub(super) fn ask(&mut self, base: &Json, view: &MapView, params: &MapParams) -> bool {
        let grid = Grid::of(view.zoom(), self.grid);
        self.grid = Some(grid);
        let cover = grid.cover(view);
        let is_as = |asked: &[Asked]| {
            asked.first().is_some_and(|asked| asked.grid == grid && asked.base == *base)
        };
        let had_coming = !self.coming.is_empty();
        if is_as(&self.asked) {
            self.coming.clear();
            return followed(&mut self.asked, base, grid, &cover, params) || had_coming;
        }
        if !is_as(&self.coming) {
            self.coming.clear();
        }
        let mut is_other = followed(&mut self.coming, base, grid, &cover, params);
        let has_any = self.coming.iter().any(|asked| asked.result().is_some());
        if has_any && self.coming.iter().all(Asked::has_come) {
            self.asked = std::mem::take(&mut self.coming);
            self.taken.clear();
            is_other = true;
        }
        is_other
    }

    /// The answers to be followed.
    pub(super) fn answers(&self) -> Vec<AnswerSignal> {
        self.asked.iter().chain(&self.coming).map(|asked| asked.answer.clone()).collect()
    }

    /// What the fleet has to take, where something is new.
    pub(super) fn news(&mut self) -> bool {
        let results: Vec<Arc<QueryResult>> = self.asked.iter().filter_map(Asked::result).collect();
        let is_same = results.len() == self.taken.len()
            && results.iter().zip(&self.taken).all(|(new, old)| Arc::ptr_eq(new, old));
        if !is_same {
            self.taken = results;
        }
        !is_same
    }

    /// The answers taken last, with what their numbers mean.
    pub(super) fn tiles<'a>(&'a self, statuses: &'a [String]) -> Vec<TileAnswer<'a>> {
        let come = self.asked.iter().filter(|asked| asked.result().is_some());
        come.zip(&self.taken)
            .map(|(asked, result)| TileAnswer {
                tile: asked.tile,
                extent: asked.grid.extent(),
                result,
                statuses,
            })
            .collect()
    }

    /// Vehicles that tiles leave out because there are too many of them.
    pub(super) fn left_out(&self) -> u64 {
        let beyond =
            |result: &Arc<QueryResult>| result.total.saturating_sub(result.rows.len() as u64);
        self.taken.iter().map(beyond).sum()
    }

    /// Asks for nothing any more.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}

/// Follows the tiles of `cover`, and no others; whether any came or went.
fn followed(
    asked: &mut Vec<Asked>,
    base: &Json,
    grid: Grid,
    cover: &[Tile],
    params: &MapParams,
) -> bool {
    let before = asked.len();
    asked.retain(|asked| cover.contains(&asked.tile));
    let mut is_other = asked.len() != before;
    for tile in cover {
        if !asked.iter().any(|asked| asked.tile == *tile) {
            let answer = AnswerSignal::default();
            let query = questions::of_tile(base, grid, *tile, params);
            let _following = session::follow(query, &answer);
            asked.push(Asked { tile: *tile, grid, base: base.clone(), answer, _following });
            is_other = true;
        }
    }
    is_other
}
