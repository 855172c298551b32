//! What may overtake a blocked head, one rule per file.

mod conservative;
mod easy;
mod ends;
mod greedy;
mod none;
mod profile;

pub use conservative::Conservative;
pub use easy::Easy;
pub use greedy::Greedy;
pub use none::Strict;
