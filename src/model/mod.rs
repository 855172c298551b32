//! State and physics of a cluster: no policy, no random numbers, no files.

mod capacity;
pub mod cloud;
pub mod cluster;
pub mod device;
pub mod elastic;
pub mod event;
pub mod facility;
pub mod fragmentation;
pub mod free_set;
pub mod heat;
pub mod kind;
pub mod link;
pub mod max_tree;
pub mod memory;
pub mod outage;
pub mod power_cap;
pub mod preemption;
pub mod recovery;
pub mod sleep;
pub mod source;
pub mod steps;
pub mod task;
pub mod thermal;
pub mod unit;
pub mod world;
