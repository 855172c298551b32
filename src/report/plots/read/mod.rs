//! The CSV files of a results folder, in columns.

pub(super) mod comparison;
pub(in crate::report) mod table;
pub(super) mod tasks;
pub(super) mod timeline;
