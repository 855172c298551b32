//! Failures of units and nodes, and checkpoints.

mod hand;
mod laws;
mod presets;
mod words;
