//! Who listens to a run: metrics, CSV files, the time line.

mod events;
mod file;
mod fold;
mod intervals;
pub mod metric;
mod packing;
mod residency;
mod row;
mod tasks;
mod timeline;
mod units;

pub use events::EventsCsv;
pub use file::OutputFile;
pub use fold::{Distributions, Fold, Metrics, grid};
pub use intervals::IntervalsCsv;
pub use packing::Packing;
pub use residency::write_residency;
pub use tasks::TasksCsv;
pub use timeline::{Sampling, Timeline};
pub use units::write_units;

use std::sync::Arc;

use crate::model::kind::UnitKind;
use crate::model::task::{Class, Task};
use crate::model::world::World;

/// The names that rows need, copied once so that a sink needs no world.
#[derive(Clone, Debug)]
pub struct Names {
    sources: Vec<Arc<str>>,
    classes: Vec<Class>,
    kinds: Vec<UnitKind>,
}

impl Names {
    /// The names of `world` and of its sources.
    pub fn new(world: &World, sources: Vec<Arc<str>>) -> Self {
        let kinds = world.cluster.pools.iter().map(|p| p.device.kind).collect();
        Self { sources, classes: world.classes.clone(), kinds }
    }

    fn class(&self, task: &Task) -> &str {
        self.classes.get(task.spec.class as usize).map_or("", |c| &c.name)
    }

    fn source(&self, task: &Task) -> &str {
        let source = self.classes.get(task.spec.class as usize).map_or(usize::MAX, |c| usize::from(c.source));
        self.sources.get(source).map_or("", |s| s)
    }

    fn kind(&self, task: &Task) -> Option<UnitKind> {
        self.kinds.get(task.pool.index()).copied()
    }
}
