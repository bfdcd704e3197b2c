//! Motion: where a vehicle is drawn between its fixes, which come about once a minute.
//!
//! Pure: no I/O, no clock, no chance; whoever calls says what time it is. Drawing, silence and expiry are the caller's.
//!
//! # The model
//!
//! A fix is put onto the street it lies on ([`Ground`](ground)), in the direction in which the vehicle came. Then the fleet itself is
//! asked how it goes on: [`memory`] holds the newest steps that vehicles were seen to take from there, and those that began most
//! alike (near by, on the same stretch in the same direction, at a like speed, with the same activity, standing for about as long)
//! are possible futures of this one. That is prediction by nearest neighbours, as it is known from forecasting time series by analogues:
//! one-way streets, usual turns, lights, ranks and queues need no model of their own, and nothing knows a city. Where the fleet has not
//! passed yet, the course of the last step is what remains.
//!
//! Of the futures one place is made ([`foresight`]): not their mean, which for a vehicle that either waits or drives on lies where it never
//! is, but the place with most of them near by (the mode of a kernel density, found by mean shift). The way there along streets, with
//! times, is the [`Plan`] that frames look up. How far the futures lie from that place is the radius of uncertainty, held to
//! its promise by counting how many fixes really came within it ([`trust`]).
//!
//! Only what was seen before is used: the memory learns from each fix after it was told how the vehicle goes on.
//!
//! Reading order: [`Motion`] → [`Track`] → [`memory`] → [`foresight`] → [`Plan`].

mod easing;
mod foresight;
mod ground;
mod memory;
mod motion;
mod nearest;
mod plan;
mod routes;
mod track;
mod trust;

pub use motion::{Fix, Mode, Motion, Taken};
pub use plan::{Piece, Plan};
pub use track::{Shown, Track};
