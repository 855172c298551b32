//! Where tasks come from.

pub mod trace;
