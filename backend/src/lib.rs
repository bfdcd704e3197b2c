//! The server side of Hailstream: Kafka in, live views out. The `hailstream` binary is a thin shell over this library,
//! so that integration tests can use its parts.
//!
//! Reading order: [`source`] (Kafka → batches) → runner (batches → engine) → hub → WebSocket.

pub mod assets;
pub mod broker;
pub mod cli;
pub mod clock;
mod commands;
pub mod config;
pub mod dashboards;
pub mod demo;
mod derived;
pub mod geofence;
mod health;
mod http;
mod hub;
pub mod maps;
pub mod observation;
pub mod presets;
pub mod replay;
pub mod rollup;
mod runner;
mod saved_objects;
pub mod serve;
pub mod simulation;
pub mod source;
mod ws;
