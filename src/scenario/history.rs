//! What an operator knows of a workload before it comes.

use std::collections::BTreeMap;

use crate::model::fragmentation::{Shape, Shapes};
use crate::model::source::Source;
use crate::model::task::{Class, Submission};
use crate::rng::Streams;
use crate::units::PoolId;
use crate::workload::list::TaskList;

use super::sources::SourcePlan;

/// Tasks looked at of a generated source.
const GENERATED: usize = 10_000;

/// The replication that never runs: history is drawn from streams of its own.
const HISTORY: u64 = u64::MAX;

/// The shapes of the workload: of a list all its tasks, else of the first tasks that the source would generate in
/// a run of its own.
pub(super) fn shapes(sources: &[SourcePlan], classes: &[Class], seed: u64) -> Shapes {
    let streams = Streams::new(seed, HISTORY);
    let mut tally = BTreeMap::new();
    for (number, plan) in sources.iter().enumerate() {
        let (mut past, most): (Box<dyn Source>, usize) = match plan.clone() {
            SourcePlan::List(list) | SourcePlan::Drawn { list, .. } => (Box::new(TaskList::new(list)), usize::MAX),
            generated => (generated.start(number as u64, streams), GENERATED),
        };
        for _ in 0..most {
            let Some(task) = past.peek().and_then(|_| past.pop()) else { break };
            if let Some(class) = classes.get(task.class as usize) {
                *tally.entry(shape(&task, class)).or_insert(0) += 1;
            }
        }
    }
    Shapes::new(tally)
}

fn shape(task: &Submission, class: &Class) -> Shape {
    let mut pools: Vec<PoolId> = class.options.iter().map(|o| o.pool).collect();
    pools.sort_unstable();
    Shape { host_cpus: task.host_cpus, share: task.share, units: task.units, pools }
}
