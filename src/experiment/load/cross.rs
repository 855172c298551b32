//! Variants at several loads.

use serde_json::json;

use crate::experiment::compare::{Factor, Variant};
use crate::json::{Document, Problems, Setting, SettingError};
use crate::scenario::{ClusterSpec, NoLoad, Scenario};

use super::points::LOAD;
use super::values::Loads;

/// What is scaled to reach a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadMethod {
    /// Tasks come faster: `scale.arrivals` of every source.
    Arrivals,
    /// Tasks are larger: `scale.sizes` of every source.
    Sizes,
    /// The machine is smaller: the counts of nodes, or of the units of a single node, at least 1 each.
    Machine,
}

/// Why a scenario cannot be brought to a load.
#[derive(Debug, thiserror::Error)]
pub enum LoadSweepError {
    /// Its load is not defined.
    #[error("no offered load can be reached: {0}")]
    None(#[from] NoLoad),
    /// There is no work.
    #[error("no offered load can be reached: the tasks take no time")]
    NoWork,
    /// Its nodes are not counted in the scenario.
    #[error("the nodes come from a list, whose machine cannot be scaled: scale `arrivals` or `sizes` instead")]
    Listed,
    /// A variant is no scenario.
    #[error("variant `{label}`:\n{problems}")]
    Variant {
        /// Which variant.
        label: String,
        /// Why.
        problems: Problems,
    },
    /// Never in practice: the paths are well formed.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// Every variant at every load, load by load in the order of `loads`, compared with its baseline at the same load.
///
/// `offered` is the offered load of the baseline before it is scaled. All variants are scaled by the same factor.
///
/// # Errors
/// A variant cannot be read, or its machine cannot be scaled.
pub fn cross_loads(
    document: &Document,
    variants: &[Variant],
    offered: f64,
    loads: &Loads,
    method: LoadMethod,
) -> Result<Vec<Variant>, LoadSweepError> {
    if offered <= 0.0 {
        return Err(LoadSweepError::NoWork);
    }
    let scenarios: Vec<Scenario> = variants.iter().map(|v| scenario(document, v)).collect::<Result<_, _>>()?;
    let mut crossed = Vec::new();
    for (number, &load) in loads.values().iter().enumerate() {
        for (variant, scenario) in variants.iter().zip(&scenarios) {
            let mut at_load = variant.clone();
            at_load.settings.extend(settings(scenario, load / offered, method)?);
            // A load sweep asks whether each point has a steady state.
            at_load.settings.push(Setting::new("output.growth", json!(true))?);
            let joint = if variant.factors.is_empty() { String::new() } else { format!("{} / ", variant.label) };
            at_load.label = format!("{joint}load {load}");
            at_load.factors.push(Factor { name: LOAD.to_owned(), value: load.to_string() });
            at_load.baseline = number * variants.len() + variant.baseline;
            crossed.push(at_load);
        }
    }
    Ok(crossed)
}

/// A variant's scenario as it would be without a load.
fn scenario(document: &Document, variant: &Variant) -> Result<Scenario, LoadSweepError> {
    let wrong = |problems| LoadSweepError::Variant { label: variant.label.clone(), problems };
    let mut changed = document.clone();
    for setting in &variant.settings {
        changed.set(setting).map_err(wrong)?;
    }
    changed.decode().map_err(wrong)
}

fn settings(scenario: &Scenario, factor: f64, method: LoadMethod) -> Result<Vec<Setting>, LoadSweepError> {
    let sources = scenario.workload.iter().enumerate();
    let scaled = match method {
        LoadMethod::Arrivals => sources
            .map(|(i, s)| Setting::new(&format!("workload.{i}.scale.arrivals"), json!(s.scale().arrivals * factor)))
            .collect::<Result<_, _>>(),
        LoadMethod::Sizes => sources
            .map(|(i, s)| Setting::new(&format!("workload.{i}.scale.sizes"), json!(s.scale().sizes * factor)))
            .collect(),
        LoadMethod::Machine if scenario.cluster.nodes_from.is_some() => return Err(LoadSweepError::Listed),
        LoadMethod::Machine => machine(&scenario.cluster, factor),
    };
    Ok(scaled?)
}

/// Nodes stay as they are where there are several of a kind; a single one loses or gains units.
fn machine(cluster: &ClusterSpec, factor: f64) -> Result<Vec<Setting>, SettingError> {
    let scaled = |count: u32| json!((f64::from(count) / factor).round().clamp(1.0, f64::from(u32::MAX)) as u32);
    let mut settings = Vec::new();
    for (i, node) in cluster.nodes.iter().enumerate() {
        if node.count > 1 {
            settings.push(Setting::new(&format!("cluster.nodes.{i}.count"), scaled(node.count))?);
            continue;
        }
        for (k, units) in node.units.iter().enumerate().filter(|(_, u)| u.count > 0) {
            settings.push(Setting::new(&format!("cluster.nodes.{i}.units.{k}.count"), scaled(units.count))?);
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::from_value(json!({
            "name": "x",
            "cluster": {"nodes": [
                {"name": "many", "count": 10, "units": [{"device": "gpu-generic", "count": 8}]},
                {"name": "one", "units": [{"device": "cpu-generic", "count": 9}, {"device": "tpu-generic", "count": 1}]}]},
            "workload": [
                {"source": "synthetic", "arrivals": {"process": "poisson", "rate": 1}, "count": 1, "tasks": []},
                {"source": "tasks", "tasks": [], "scale": {"sizes": 3}}],
        }))
    }

    fn crossed(method: LoadMethod) -> Vec<Variant> {
        let pair = ["a", "b"].map(|label| {
            let factors = vec![Factor { name: "name".into(), value: label.into() }];
            Variant { factors, baseline: 1, ..Variant::new(label, vec![Setting::new("name", json!(label)).unwrap()]) }
        });
        cross_loads(&document(), &pair, 0.4, &"0.2,0.8".parse().unwrap(), method).unwrap()
    }

    fn told(variant: &Variant) -> Vec<String> {
        variant.settings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_load_has_its_own_baseline() {
        let all = crossed(LoadMethod::Arrivals);
        let named: Vec<_> = all.iter().map(|v| (v.label.as_str(), v.baseline)).collect();
        assert_eq!(named, [("a / load 0.2", 1), ("b / load 0.2", 1), ("a / load 0.8", 3), ("b / load 0.8", 3)]);
        assert_eq!(all[2].factors[1], Factor { name: "load".into(), value: "0.8".into() });
    }

    /// By hand: from load 0.4 to 0.2 and 0.8 it is half and twice; a source that is three times as large already becomes
    /// 1.5 and 6 times; 10 nodes, 9 units and 1 unit become 20, 18, 2 and 5, 4.5 rounded to 5, and 1.
    #[test]
    fn scaling_is_by_the_factor_that_is_lacking() {
        let settings = |method: LoadMethod, at: usize| told(&crossed(method)[at]);
        let arrivals =
            ["name=\"a\"", "workload.0.scale.arrivals=2.0", "workload.1.scale.arrivals=2.0", "output.growth=true"];
        assert_eq!(settings(LoadMethod::Arrivals, 2), arrivals);
        let sizes = ["name=\"a\"", "workload.0.scale.sizes=0.5", "workload.1.scale.sizes=1.5", "output.growth=true"];
        assert_eq!(settings(LoadMethod::Sizes, 0), sizes);
        let counts = |many: u32, cpus: u32, tpus: u32| {
            [
                "name=\"b\"".to_owned(),
                format!("cluster.nodes.0.count={many}"),
                format!("cluster.nodes.1.units.0.count={cpus}"),
                format!("cluster.nodes.1.units.1.count={tpus}"),
                "output.growth=true".to_owned(),
            ]
        };
        assert_eq!(settings(LoadMethod::Machine, 1), counts(20, 18, 2));
        assert_eq!(settings(LoadMethod::Machine, 3), counts(5, 5, 1));
    }
}
