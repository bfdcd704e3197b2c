//! `GET /api/streams[/{name}]`: what the streams hold, the account of every record, and what views cost.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures_util::future::join_all;
use hailstream_protocol::stream_info::{StreamInfo, StreamSummary, ViewCost};

use super::problem::{Answer, problem};
use crate::dashboards::in_words;
use crate::hub::control::Control;
use crate::hub::desk::Desk;
use crate::ws::Host;

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// A stream that takes longer is listed with what was known of it.
const LIST_WITHIN: Duration = Duration::from_secs(2);

pub(super) async fn list(State(host): State<Arc<Host>>) -> Json<Vec<StreamSummary>> {
    let summary = async |desk: &Arc<Desk>| match ask(desk, LIST_WITHIN).await {
        Some(info) => info.summary,
        None => StreamSummary { error: Some(silence(desk)), ..desk.summary() },
    };
    Json(join_all(host.hub.desks().map(summary)).await)
}

pub(super) async fn one(
    State(host): State<Arc<Host>>,
    Path(name): Path<String>,
) -> Result<Json<StreamInfo>, Answer> {
    let desk = host.hub.desk(&name)?;
    let Some(mut info) = ask(desk, ANSWER_WITHIN).await else {
        return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &silence(desk)));
    };
    info.view_costs = view_costs(&host, desk.name());
    Ok(Json(*info))
}

async fn ask(desk: &Desk, within: Duration) -> Option<Box<StreamInfo>> {
    let (reply, answer) = tokio::sync::oneshot::channel();
    if !desk.control.send(Control::Info(reply)) {
        return None;
    }
    tokio::time::timeout(within, answer).await.ok()?.ok()
}

fn silence(desk: &Desk) -> String {
    format!("the stream \"{}\" does not answer: it is busy or not running", desk.name())
}

/// The most costly first; equals by number.
fn view_costs(host: &Host, stream: &str) -> Vec<ViewCost> {
    let shelf = host.library.shelf();
    let views = host.hub.views().into_iter().filter(|view| view.query.stream == stream);
    let mut costs: Vec<ViewCost> = views
        .map(|view| {
            let (rates, watchers) = (view.rates(), view.watchers() as u32);
            let newest = view.newest().filter(|_| watchers > 0);
            ViewCost {
                view: view.number,
                question: in_words(&view.query),
                panels: shelf.askers.panels(&view.query).to_vec(),
                watchers,
                records: newest.map(|newest| newest.result().total),
                milli_updates_s: rates.milli_updates,
                bytes_s: rates.bytes,
                cpu_us_s: rates.cpu_ns / 1_000,
            }
        })
        .collect();
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.cpu_us_s));
    costs
}
