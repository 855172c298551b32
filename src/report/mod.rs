//! What people get to see: JSON summaries, tables, charts.

pub mod comparison;
pub mod html;
pub mod manifest;
pub mod plots;
pub mod policy;
pub mod summary;
pub mod tables;
pub mod ties;
