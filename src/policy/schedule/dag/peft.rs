//! Predict earliest finish time.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::{PoolId, SimDuration, SimTime, UnitId};

use super::graph::{Choice, Graph, Node};
use super::{Cost, Planner, Rule};

/// Each task where it ends first, what must come after it included at its best.
///
/// `OCT(i, p) = max over children j, min over units q (OCT(j, q) + time of j on q + transfer(i, j) if q is not p)`: the
/// shortest that can follow task i on p. Priority: the mean of OCT over the units that the task can use. Place: least
/// `finish + OCT`. Units of one pool have the same OCT, so the table has a column for each pool. Source: Arabnejad &
/// Barbosa, IEEE TPDS 25(3), 2014.
pub type Peft = Planner<PeftRule>;

/// The rule of [`Peft`].
#[derive(Default)]
pub struct PeftRule {
    /// By node of the graph: OCT of each of its choices.
    table: Vec<Vec<(Option<PoolId>, SimDuration)>>,
}

impl PeftRule {
    /// The shortest that can follow on child `j`, its own time and its data included, where its parent ran on `pool`.
    fn through(&self, j: usize, child: &Node, transfer: SimDuration, pool: Option<PoolId>) -> SimDuration {
        let on = |(choice, (_, after)): (&Choice, &(Option<PoolId>, SimDuration))| {
            let apart = pool.is_none() || choice.pool != pool;
            choice.time + *after + if apart { transfer } else { SimDuration::ZERO }
        };
        child.choices.iter().zip(&self.table[j]).map(on).min().unwrap_or_default()
    }
}

impl Rule for PeftRule {
    fn priorities(&mut self, graph: &Graph) -> Vec<SimDuration> {
        self.table = vec![Vec::new(); graph.nodes.len()];
        let mut priority = vec![SimDuration::ZERO; graph.nodes.len()];
        for (i, node) in graph.nodes.iter().enumerate().rev() {
            let after = |pool: Option<PoolId>| {
                let ways = node.children.iter().map(|(j, t)| self.through(*j, &graph.nodes[*j], *t, pool));
                ways.max().unwrap_or_default()
            };
            let row: Vec<_> = node.choices.iter().map(|c| (c.pool, after(c.pool))).collect();
            priority[i] = node.mean(|k, _| row.get(k).map_or(SimDuration::ZERO, |(_, oct)| *oct));
            self.table[i] = row;
        }
        priority
    }

    fn cost(&self, node: usize, pool: Option<PoolId>, _first: Option<UnitId>, finish: SimTime) -> Cost {
        let after = self.table[node].iter().find(|(p, _)| *p == pool).map_or(SimDuration::ZERO, |(_, oct)| *oct);
        (false, finish + after)
    }
}

impl Plugin for Peft {
    const NAME: &'static str = "peft";
    const ABOUT: &'static str = "plans task graphs: earliest finish of what follows (Arabnejad & Barbosa 2014)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
