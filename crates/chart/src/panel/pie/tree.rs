//! The slices of a pie with rings: the keys of the first bucket, around each those of the next one within it, and so on.

use hailstream_protocol::{QueryResult, Value};

use crate::order::sort_stable;
use crate::shape::{BucketShape, MetricShape, Roles};
use crate::table::{Series, SeriesKey, Table};
use crate::view::View;

/// The slices, and how they lie within each other.
pub(super) struct Tree {
    /// Each slice is a series with one value, that of an inner one the sum of those around it. Parents come before what is in them.
    pub table: Table,
    /// Of each the ring, from the innermost, and its parent.
    pub nodes: Vec<Node>,
    /// How many rings there are.
    pub rings: usize,
}

/// Where a slice belongs.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub ring: usize,
    pub parent: Option<usize>,
}

impl Tree {
    pub(super) fn read(
        result: &QueryResult,
        buckets: &[BucketShape],
        metric: &MetricShape,
        view: &View<'_>,
    ) -> Self {
        let roles = Roles {
            x: None,
            series: buckets.first().cloned(),
            metrics: vec![metric.clone()],
            series_first: true,
        };
        let mut table = Table::read(result, &roles, view);
        let root = Node { ring: 0, parent: None };
        if buckets.len() < 2 {
            let nodes = vec![root; table.series.len()];
            return Self { table, nodes, rings: 1 };
        }
        table.series.clear();
        let mut tree = Self { table, nodes: Vec::new(), rings: buckets.len() };
        tree.grow(result, buckets, metric, view);
        tree.in_order(view.order);
        tree
    }

    fn grow(
        &mut self,
        result: &QueryResult,
        buckets: &[BucketShape],
        metric: &MetricShape,
        view: &View<'_>,
    ) {
        let place = |id: &str| result.columns.iter().position(|column| column == id);
        let columns: Vec<_> = buckets.iter().map(|bucket| place(&bucket.id)).collect();
        let at = place(&metric.id);
        for (row, cells) in result.rows.iter().enumerate() {
            let cell = |at: Option<usize>| at.and_then(|at| cells.get(at));
            let value = cell(at).and_then(Value::as_f64).unwrap_or(0.0);
            let is_flagged = result.row_flags.get(row).is_some_and(|flags| flags.other);
            let mut parent = None;
            for (ring, (bucket, column)) in buckets.iter().zip(&columns).enumerate() {
                let key = cell(*column).cloned().unwrap_or(Value::Null);
                let bucket_id = bucket.id.clone();
                let own = match is_flagged && key.is_null() {
                    true => SeriesKey::Other { bucket_id },
                    false => SeriesKey::Value { bucket_id, value: key },
                };
                let node = self.node(Node { ring, parent }, own, view);
                if let Some(sum) = self.table.series[node].values.first_mut() {
                    *sum = Some(sum.unwrap_or(0.0) + value);
                }
                parent = Some(node);
            }
        }
    }

    /// The slice with that key in that place, made where there is none.
    fn node(&mut self, node: Node, own: SeriesKey, view: &View<'_>) -> usize {
        let name = match &own {
            SeriesKey::Value { bucket_id, value } => view.value_name(bucket_id, value),
            _ => "Other".to_owned(),
        };
        let (key, name) = match node.parent.and_then(|parent| self.table.series.get(parent)) {
            None => (own, name),
            Some(parent) => (
                SeriesKey::Under { parent: Box::new(parent.key.clone()), own: Box::new(own) },
                format!("{} › {name}", parent.name),
            ),
        };
        if let Some(known) = self.table.series.iter().position(|series| series.key == key) {
            return known;
        }
        self.table.series.push(Series { key, name, metric: 0, values: vec![None] });
        self.nodes.push(node);
        self.table.series.len() - 1
    }

    /// Ring by ring, each slice beside those of its parent: as they were before, new ones as they come, the rest last.
    fn in_order(&mut self, before: &[SeriesKey]) {
        let series = &self.table.series;
        let nodes = &self.nodes;
        let rank = |at: usize| {
            let key = &series[at].key;
            let known = before.iter().position(|known| known == key).unwrap_or(usize::MAX);
            (matches!(key.within(), SeriesKey::Other { .. }), known, at)
        };
        let path = |at: usize| {
            let mut path = vec![rank(at)];
            let mut node = nodes[at];
            while let Some(parent) = node.parent {
                path.push(rank(parent));
                node = nodes[parent];
            }
            path.reverse();
            path
        };
        let paths: Vec<_> = (0..series.len()).map(path).collect();
        let mut order: Vec<usize> = (0..series.len()).collect();
        sort_stable(&mut order, &|a, b| {
            nodes[*a].ring.cmp(&nodes[*b].ring).then_with(|| paths[*a].cmp(&paths[*b]))
        });
        let moved = |old: usize| order.iter().position(|at| *at == old);
        let nodes = order
            .iter()
            .map(|at| Node { parent: nodes[*at].parent.and_then(moved), ..nodes[*at] })
            .collect();
        let series = order.iter().map(|at| series[*at].clone()).collect();
        self.nodes = nodes;
        self.table.series = series;
    }
}
