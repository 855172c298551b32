//! Orders of the queue, one per file.

mod edf;
mod fifo;
mod forecast;
mod ljf;
mod priority;
mod sjf;

pub use edf::Edf;
pub use fifo::Fifo;
pub use forecast::Forecast;
pub use ljf::Ljf;
pub use priority::Priority;
pub use sjf::Sjf;
