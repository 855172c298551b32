//! What people get to see: JSON summaries, tables, charts.

pub mod comparison;
pub mod load;
pub mod manifest;
pub mod plots;
pub mod summary;
pub mod tables;
pub mod ties;
