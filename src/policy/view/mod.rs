//! What a policy may see.

mod cluster;
mod task;
mod unit;
mod user;
mod work;

pub use cluster::ClusterView;
pub use task::TaskView;
pub use unit::UnitView;
pub use user::UserView;
