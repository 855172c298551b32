//! All tests from outside, in one binary.
//!
//! Expected values come from theory, from arithmetic by hand that stands beside them, or from independent
//! code; never from an earlier run of this program.

mod support;

mod cli;
mod conserve;
mod crn;
mod determinism;
mod golden;
mod hand;
mod layers;
mod metamorphic;
mod naive;
mod reference;
mod stuck;
mod theory;
