//! The page: a Leptos app that shows live dashboards. Only this crate knows the DOM.
//!
//! Reading order: [`app`] (pages) → [`session`] (the conversation with the server) → [`frame`] (commit and paint) →
//! [`board`] (a dashboard, typed) → [`panel`] (its panels) → [`edit`] (changing it). What can be decided without a browser is in
//! `hailstream-client` and `hailstream-chart`.

#![allow(
    unreachable_pub,
    reason = "what #[component] generates is `pub` whatever the component is"
)]
#![allow(clippy::needless_pass_by_value, reason = "components own their properties")]

mod address;
mod api;
mod app;
mod board;
mod chrome;
mod dom;
mod edit;
mod form_fields;
mod frame;
mod lazy;
mod live;
mod local_time;
mod observe;
mod pages;
mod panel;
mod session;
mod supervisor;
mod theme;
mod time_words;
mod zone;

fn main() {
    supervisor::start();
    session::start();
    frame::start();
    leptos::mount::mount_to_body(app::App);
    lazy::fetch_rest();
}
