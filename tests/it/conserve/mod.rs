//! A swarm of random small scenarios, run with all invariants checked at every instant, and then checked again from
//! their tables: nothing vanishes, nothing is held twice, every joule is accounted for.
//!
//! Seed and number of cases are fixed; PROPTEST_RNG_SEED and PROPTEST_CASES change them.

mod books;
mod one_unit;
mod scenario;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use super::support::try_run;
use xpu_manager_rust::scenario::Loader;

/// Fixed, unless the environment says otherwise.
pub fn config(cases: u32) -> Config {
    let set = |name: &str| std::env::var_os(name).is_some();
    let base = Config { failure_persistence: None, ..Config::default() };
    let rng_seed = if set("PROPTEST_RNG_SEED") { base.rng_seed } else { RngSeed::Fixed(20_260_301) };
    Config { cases: if set("PROPTEST_CASES") { base.cases } else { cases }, rng_seed, ..base }
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn every_scenario_balances_its_books(raw in scenario::raw()) {
        let scenario = raw.scenario();
        let run = try_run(scenario.clone(), &Loader::default()).map_err(TestCaseError::fail)?;
        books::check(&raw, &run).map_err(|e| TestCaseError::fail(format!("{e}\n{scenario}")))?;
    }
}
