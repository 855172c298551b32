//! Failures of units and nodes, and checkpoints.

mod hand;
mod presets;
mod words;
