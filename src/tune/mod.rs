//! Tuning: a search for the values of a scenario's parameters that make one metric best.
//!
//! ```text
//! space ──candidates──▶ halving | improvement ──winner──▶ final comparison on fresh replications
//!                             ▲ │
//!                     values  │ ▼ candidates, replications
//!                          Evaluate: the simulator, or a function in a test
//! ```
//!
//! All candidates of a stage meet the same seeds and replications (common random numbers), so that what they differ in
//! is what they do, not what they met. The winner of a search looks better than it is, because it was chosen for that;
//! so the final answer comes from replications that the search has not seen and, for a log, from jobs that it has not
//! seen.

mod best;
mod design;
mod gp;
mod halving;
mod holdout;
mod improvement;
mod run;
mod search;
mod space;
mod trial;
mod verdict;

pub use best::moved;
pub use gp::GaussianProcess;
pub use halving::{ETA, Rung, successive_halving};
pub use holdout::{Window, hold_out};
pub use improvement::{Curve, expected_improvement, expected_improvement_search};
pub use run::{Asked, Method, Tuning, tune};
pub use search::{Direction, Evaluate, Evaluation, Measured, Trail};
pub use space::{Candidate, Domain, Parameter, ParameterError, Space};
pub use trial::{Trial, TuneError, place};
pub use verdict::{Answer, Final, edges};
