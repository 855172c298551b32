//! The CSV files of a results folder, in columns.

pub(super) mod comparison;
pub(super) mod distributions;
pub(super) mod intervals;
pub(in crate::report) mod table;
pub(super) mod tasks;
pub(super) mod timeline;
pub(super) mod values;
