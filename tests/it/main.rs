//! All tests from outside, in one binary.
//!
//! Expected values come from theory, from arithmetic by hand that stands beside them, or from independent
//! code; never from an earlier run of this program.

mod support;

mod calibrate;
mod carbon;
mod choosing;
mod cli;
mod clouds;
mod comparing;
mod conserve;
mod coverage;
mod crn;
mod dag;
mod determinism;
mod dispatch;
mod drain;
mod elastic;
mod facility;
mod failures;
mod gavel;
mod golden;
mod hand;
mod heat;
mod import;
mod intervals;
mod layers;
mod load;
mod mapper;
mod memory;
mod metamorphic;
mod naive;
mod offload;
mod orders;
mod outside;
mod packing;
mod pai;
mod placements;
mod preemption;
mod pressure;
mod reference;
mod relations;
mod report;
mod shipped;
mod sleep;
mod statistics;
mod stuck;
mod sweep;
mod theory;
mod ties;
mod timelines;
mod tiresias;
mod together;
mod tune;
mod warmup;
