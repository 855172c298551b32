//! How device memory is handed out, one rule per file.

mod contiguous;
mod counter;

pub use contiguous::{BestFit, Contiguous, FirstFit};
pub use counter::Counter;
