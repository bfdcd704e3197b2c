//! Properties tried on made-up inputs: some hundreds in every test run, as many as one likes in `make fuzz`.
//!
//! Here are the runs ([`holds`]) and what spoils good inputs ([`spoil`]); the properties stand in the tests of the crates
//! they are about. Only tests depend on this crate. Why not a coverage-guided fuzzer: those need a nightly compiler;
//! what is worth reaching is reached by generators that know the structure of their input.

mod plan;
mod run;
pub mod spoil;

pub use plan::Plan;
pub use run::holds;
