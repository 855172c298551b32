//! How far a sweep has come.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::run::state;
use super::{CellState, Place, Store, SweepError, SweepPlan};

/// What is known of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Finished, by this program and version.
    Done(String),
    /// The last attempt failed.
    Failed,
    /// Its file is cut off or changed.
    Broken,
    /// Its file is of another plan.
    Foreign,
    /// Not run yet.
    Missing,
}

/// Cells by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub cells: u64,
    /// Finished.
    pub done: u64,
    /// The last attempt failed.
    pub failed: u64,
    /// Cut off, changed, or of another plan.
    pub damaged: u64,
    /// Not run yet.
    pub missing: u64,
}

impl Tally {
    /// Whether all cells are finished.
    pub fn is_whole(&self) -> bool {
        self.done == self.cells
    }

    fn add(&mut self, state: &State) {
        self.cells += 1;
        *match state {
            State::Done(_) => &mut self.done,
            State::Failed => &mut self.failed,
            State::Broken | State::Foreign => &mut self.damaged,
            State::Missing => &mut self.missing,
        } += 1;
    }
}

/// All cells of a plan.
#[derive(Clone, Debug)]
pub struct Survey {
    /// By cell.
    pub states: Vec<State>,
}

impl Survey {
    /// Looks at every cell, on the current thread pool.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn new(store: &Store, plan: &SweepPlan) -> Result<Self, SweepError> {
        let look = |cell: u64| {
            Ok(match state(store, plan, cell)? {
                CellState::Done(file) => State::Done(file.program),
                CellState::Broken => State::Broken,
                CellState::Foreign => State::Foreign,
                CellState::Missing if store.failed_path(cell).exists() => State::Failed,
                CellState::Missing => State::Missing,
            })
        };
        let states: Vec<Result<State, SweepError>> = (0..plan.cells).into_par_iter().map(look).collect();
        Ok(Self { states: states.into_iter().collect::<Result<_, _>>()? })
    }

    /// The cells that a rule picks, by state.
    pub fn tally(&self, picks: impl Fn(u64) -> bool) -> Tally {
        let mut tally = Tally::default();
        self.picked(picks).for_each(|(_, state)| tally.add(state));
        tally
    }

    /// All cells of a scenario's variant, by state.
    pub fn of_variant(&self, plan: &SweepPlan, scenario: usize, variant: usize) -> Tally {
        let replications = plan.scenarios.get(scenario).map_or(0, |s| u64::from(s.replications));
        let first = plan.first_cell(scenario) + replications * variant as u64;
        let own = |cell: u64| usize::try_from(cell).ok().and_then(|c| self.states.get(c));
        let mut tally = Tally::default();
        (first..first + replications).filter_map(own).for_each(|state| tally.add(state));
        tally
    }

    /// Cells that are not finished, in ascending order.
    pub fn unfinished(&self) -> Vec<u64> {
        let open = |(cell, state): (u64, &State)| (!matches!(state, State::Done(_))).then_some(cell);
        self.picked(|_| true).filter_map(open).collect()
    }

    /// Numbers of the shards, of `of`, that are not finished.
    pub fn open_shards(&self, of: u64) -> Vec<u64> {
        let open: BTreeSet<u64> = self.unfinished().into_iter().map(|cell| cell % of.max(1)).collect();
        open.into_iter().collect()
    }

    /// How many finished cells each program and version has.
    pub fn programs(&self) -> BTreeMap<&str, u64> {
        let mut found = BTreeMap::new();
        for state in &self.states {
            if let State::Done(program) = state {
                *found.entry(program.as_str()).or_default() += 1;
            }
        }
        found
    }

    fn picked(&self, picks: impl Fn(u64) -> bool) -> impl Iterator<Item = (u64, &State)> {
        self.states.iter().enumerate().map(|(i, s)| (i as u64, s)).filter(move |(cell, _)| picks(*cell))
    }
}

impl SweepPlan {
    /// A cell in words: its number, variant and replication.
    pub fn words(&self, cell: u64) -> String {
        let named = |place: Place| {
            let label = &self.variant(place)?.label;
            let name = &self.scenarios.get(place.scenario)?.name;
            let of = if self.scenarios.len() > 1 { format!("`{name}`, ") } else { String::new() };
            Some(format!("cell {cell} ({of}variant `{label}`, replication {})", place.replication))
        };
        self.place(cell).and_then(named).unwrap_or_else(|| format!("cell {cell}"))
    }
}
