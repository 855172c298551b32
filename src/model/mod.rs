//! State and physics of a cluster: no policy, no random numbers, no files.

mod capacity;
pub mod cluster;
pub mod device;
pub mod elastic;
pub mod event;
pub mod fragmentation;
pub mod free_set;
pub mod kind;
pub mod link;
pub mod max_tree;
pub mod memory;
pub mod power_cap;
pub mod preemption;
pub mod source;
pub mod task;
pub mod unit;
pub mod world;
