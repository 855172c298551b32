//! What an operator knows of a workload before it comes.

use std::collections::BTreeMap;

use crate::model::fragmentation::{Shape, Shapes};
use crate::model::task::{Class, Label, Submission};
use crate::rng::{Purpose, Streams};
use crate::units::{PoolId, Share};

use super::sources::SourcePlan;

/// Tasks looked at of a generated source.
const GENERATED: u64 = 10_000;

/// The replication that never runs: history is drawn from streams of its own.
const HISTORY: u64 = u64::MAX;

/// How many tasks of each class ask for so many units, such a share and such processors.
type Tally = BTreeMap<(u32, u32, Share, u64), u64>;

/// The shapes of the workload: of a list all its tasks, else of tasks that the source would generate in a run of
/// its own.
pub(super) fn shapes(sources: &[SourcePlan], classes: &[Class], seed: u64) -> Shapes {
    let streams = Streams::new(seed, HISTORY);
    let mut tally = Tally::new();
    for (number, plan) in sources.iter().enumerate() {
        let family = streams.root_of(Purpose::Task, number as u64);
        let mut see = |task: &Submission| {
            *tally.entry((task.class, task.units, task.share, task.host_cpus)).or_insert(0) += 1;
        };
        match plan {
            SourcePlan::List(list) | SourcePlan::Drawn { list, .. } => list.iter().for_each(|(_, task)| see(task)),
            SourcePlan::Open { mix, count, .. } | SourcePlan::Closed { mix, count, .. } => {
                let many = count.map_or(GENERATED, |n| n.min(GENERATED));
                let drawn = (0..many).filter_map(|i| mix.draw(Label::Number(i), &mut streams.keyed(family, i)));
                drawn.for_each(|task| see(&task));
            }
            SourcePlan::Written(tasks) => {
                for (i, task) in tasks.iter().enumerate() {
                    let drawn = task.mix.draw(task.label.clone(), &mut streams.keyed(family, i as u64));
                    drawn.iter().for_each(&mut see);
                }
            }
        }
    }
    let mut by_shape = BTreeMap::new();
    for ((class, units, share, host_cpus), count) in tally {
        let options = classes.get(class as usize).map_or(&[][..], |c| &c.options);
        let mut pools: Vec<PoolId> = options.iter().map(|o| o.pool).collect();
        pools.sort_unstable();
        *by_shape.entry(Shape { host_cpus, share, units, pools }).or_insert(0) += count;
    }
    Shapes::new(by_shape)
}
