//! Which units a task gets, one rule per file.
//!
//! A gang is of one device model; pools are tried fastest first, but by those that weigh nodes (`ByNode`, `fgd`)
//! or energy, in which all pools compete. A task that asks for host resources stays in one
//! node; one of several instances has each of them in one.

mod best_fit;
mod by_node;
mod dot_product;
mod energy_aware;
mod fastest_finish;
mod fgd;
mod fill_nodes;
mod first_fit;
mod jiq;
mod jsq;
mod least_loaded;
mod locality;
mod node_best_fit;
mod pack;
mod power_of_d;
mod random;
mod ranked;
mod round_robin;
mod spread;
mod worst_fit;

pub use best_fit::BestFit;
pub use by_node::{ByNode, NodeRanking};
pub use dot_product::DotProduct;
pub use energy_aware::EnergyAware;
pub use fastest_finish::FastestFinish;
pub use fgd::Fgd;
pub use fill_nodes::{FillNodes, fill};
pub use first_fit::FirstFit;
pub use jiq::Jiq;
pub use jsq::Jsq;
pub use least_loaded::LeastLoaded;
pub use locality::Locality;
pub use node_best_fit::NodeBestFit;
pub use pack::Pack;
pub use power_of_d::PowerOfD;
pub use random::Random;
pub use ranked::{Rank, Ranking, place_ranked};
pub use round_robin::RoundRobin;
pub use spread::Spread;
pub use worst_fit::WorstFit;
