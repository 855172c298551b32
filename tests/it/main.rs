//! All tests from outside, in one binary.
//!
//! Expected values come from theory, from arithmetic by hand that stands beside them, or from independent
//! code; never from an earlier run of this program.

mod support;

mod cli;
mod conserve;
mod crn;
mod dag;
mod determinism;
mod dispatch;
mod golden;
mod hand;
mod layers;
mod mapper;
mod metamorphic;
mod reference;
mod stuck;
mod theory;
