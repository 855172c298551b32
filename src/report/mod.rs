//! What people get to see: JSON summaries, tables, charts.

pub mod bundle;
pub mod comparison;
pub mod export;
pub mod html;
pub mod load;
pub mod manifest;
pub mod plots;
pub mod policy;
pub mod recorded;
pub mod selection;
pub mod summary;
pub mod tables;
pub mod ties;
pub mod tuning;
pub mod welch;
