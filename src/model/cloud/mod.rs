//! What a cloud is made of: regions, instance types, prices, pools of instances, and how to live with its failures.

mod backoff;
mod breaker;
mod fact;
mod pool;
mod price;
mod region;

pub use backoff::{BackOff, Jitter};
pub use breaker::Breaker;
pub use fact::Fact;
pub use pool::{Instance, Pool};
pub use price::Tariff;
pub use region::{InstanceType, Region, Spot};
