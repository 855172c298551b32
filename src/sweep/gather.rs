//! Cells made into a comparison.

use rayon::prelude::*;

use crate::experiment::{Comparison, Replication, Variant, assemble};

use super::run::state;
use super::{CellState, Store, SweepError, SweepPlan};

/// The finished cells of one scenario.
#[derive(Debug)]
pub struct Gathered<'a> {
    plan: &'a SweepPlan,
    scenario: usize,
    /// By variant, then by replication.
    cells: Vec<Vec<Option<Replication>>>,
}

impl<'a> Gathered<'a> {
    /// Reads the cells of the scenario with index `scenario`, on the current thread pool.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(store: &Store, plan: &'a SweepPlan, scenario: usize) -> Result<Self, SweepError> {
        let (variants, replications) =
            plan.scenarios.get(scenario).map_or((0, 0), |s| (s.variants.len() as u64, u64::from(s.replications)));
        let first = plan.first_cell(scenario);
        let one = |cell: u64| {
            Ok(match state(store, plan, cell)? {
                CellState::Done(file) => Some(file.into_replication()),
                _ => None,
            })
        };
        let of = |variant: u64| {
            let from = first + variant * replications;
            let read: Vec<_> = (from..from + replications).into_par_iter().map(one).collect();
            read.into_iter().collect::<Result<Vec<_>, SweepError>>()
        };
        Ok(Self { plan, scenario, cells: (0..variants).map(of).collect::<Result<_, _>>()? })
    }

    /// Finished cells, and all.
    pub fn count(&self) -> (u64, u64) {
        let all = self.cells.iter().flatten();
        (all.clone().flatten().count() as u64, all.count() as u64)
    }

    /// The tidy table of all finished cells: a row per cell and metric.
    ///
    /// # Errors
    /// Never in practice: it writes to memory.
    pub fn cells_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["cell", "scenario", "variant", "replication", "metric", "value"])?;
        let Some(scenario) = self.plan.scenarios.get(self.scenario) else { return Ok(Vec::new()) };
        let mut cell = self.plan.first_cell(self.scenario);
        for (variant, row) in scenario.variants.iter().zip(&self.cells) {
            for (number, replication) in row.iter().enumerate() {
                let (cell_text, number) = (cell.to_string(), number.to_string());
                for (metric, value) in replication.iter().flat_map(|r| &r.metrics) {
                    let value = (value + 0.0).to_string();
                    out.write_record([&cell_text, &scenario.name, &variant.label, &number, metric, &value])?;
                }
                cell += 1;
            }
        }
        out.into_inner().map_err(|e| e.into_error().into())
    }

    /// Replications that every variant has: others cannot be paired.
    pub fn shared(&self) -> Vec<u32> {
        let each = self.plan.scenarios.get(self.scenario).map_or(0, |s| s.replications);
        let everywhere =
            |number: &u32| self.cells.iter().all(|row| row.get(*number as usize).is_some_and(Option::is_some));
        (0..each).filter(everywhere).collect()
    }

    /// The comparison that one process would have come to, over the replications that every variant has.
    ///
    /// # Errors
    /// Variants saw different work, and the plan does not allow that.
    pub fn into_comparison(self) -> Result<Comparison, SweepError> {
        let shared = self.shared();
        let planned = self.plan.scenarios.get(self.scenario).map_or(&[][..], |s| &s.variants);
        let variants: Result<Vec<Variant>, _> = planned.iter().map(super::PlannedVariant::variant).collect();
        let variants = variants.map_err(|e| SweepError::Input(format!("sweep.json: {e}")))?;
        let kept = |row: Vec<Option<Replication>>| {
            let numbered = (0..).zip(row).filter(|(number, _)| shared.binary_search(number).is_ok());
            numbered.filter_map(|(_, replication)| replication).collect::<Vec<_>>()
        };
        let runs = self.cells.into_iter().map(kept).collect();
        Ok(assemble(&variants, runs, self.plan.work())?)
    }
}
