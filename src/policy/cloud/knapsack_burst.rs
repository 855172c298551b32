//! Every now and then, offload the waiting tasks that save most time for a budget.

use schemars::JsonSchema;
use serde::Deserialize;

use super::local::behind;
use super::{Candidate, best};
use crate::json::{Dollars, Seconds};
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{CloudPolicy, ClusterView};
use crate::units::SimDuration;

/// Every `period` chooses, among the waiting tasks, the set that saves most expected time and costs at most `budget`;
/// newcomers stay. A task saves what it would still take here, behind those before it, over its fastest way there.
///
/// A 0/1 knapsack: exact by dynamic programming over cents, each price rounded up to one, while that takes at most a
/// million steps; beyond, by saved time over price, greedily (Dantzig, Operations Research 5, 1957). What is not
/// spent in a period is not carried over.
#[derive(Clone, Copy, Debug)]
pub struct KnapsackBurst {
    period: SimDuration,
    budget: f64,
    cent: f64,
}

/// Parameters of [`KnapsackBurst`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two choices, > 0. Default 60 s.
    pub period: Seconds,
    /// What may be spent each time. Default 0.1 USD.
    pub budget: Dollars,
    /// Step in which money is counted. Default 0.01 USD.
    pub step: Dollars,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(60.0), budget: Dollars(0.1), step: Dollars(0.01) }
    }
}

/// Most steps of the exact solution.
const MOST_STEPS: f64 = 1e6;

/// Something that can be put into the knapsack.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Item {
    value: f64,
    cost: f64,
}

/// The items of most value for at most `budget`, ascending; of equally good sets one with early items.
fn pack(items: &[Item], budget: f64, step: f64) -> Vec<usize> {
    let steps = libm::floor(budget / step * (1.0 + 1e-12));
    if steps * items.len() as f64 <= MOST_STEPS {
        exactly(items, steps as usize, step)
    } else {
        greedily(items, budget)
    }
}

fn exactly(items: &[Item], steps: usize, step: f64) -> Vec<usize> {
    let mut value = vec![0.0f64; steps + 1];
    let mut taken = vec![false; items.len() * (steps + 1)];
    // Prices that are whole numbers of steps but for rounding stay so.
    let weight = |item: &Item| libm::ceil(item.cost / step * (1.0 - 1e-12)).min(steps as f64 + 1.0) as usize;
    // From the last item on, so that reading the choices back begins with the first.
    for (i, item) in items.iter().enumerate().rev() {
        let weight = weight(item);
        for room in (weight..=steps).rev() {
            let with = value[room - weight] + item.value;
            if with >= value[room] && item.value > 0.0 {
                value[room] = with;
                taken[i * (steps + 1) + room] = true;
            }
        }
    }
    let mut room = steps;
    let mut chosen = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if taken[i * (steps + 1) + room] {
            chosen.push(i);
            room -= weight(item);
        }
    }
    chosen
}

fn greedily(items: &[Item], budget: f64) -> Vec<usize> {
    let ratio = |i: &usize| items[*i].value / items[*i].cost.max(f64::MIN_POSITIVE);
    let mut order: Vec<usize> = (0..items.len()).filter(|i| items[*i].value > 0.0).collect();
    order.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)));
    let mut left = budget;
    let mut chosen: Vec<usize> = Vec::new();
    for i in order {
        if items[i].cost <= left {
            left -= items[i].cost;
            chosen.push(i);
        }
    }
    chosen.sort_unstable();
    chosen
}

impl CloudPolicy for KnapsackBurst {
    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn burst(&mut self, candidates: &[Candidate<'_>], view: &ClusterView<'_>) -> Vec<(usize, usize)> {
        // Those that may not leave stand between the candidates; where, is not known.
        let scale = view.waiting() as f64 / candidates.len().max(1) as f64;
        let offer = |(at, c): (usize, &Candidate<'_>)| {
            let fastest = best(&c.options, |o| o.quote.response)?;
            let quote = c.options[fastest].quote;
            let here = behind(c.task, (at as f64 * scale) as usize, view).response;
            let item = Item { value: (here - quote.response).min(1e15), cost: quote.usd };
            Some((at, fastest, item))
        };
        let offers: Vec<(usize, usize, Item)> = candidates.iter().enumerate().filter_map(offer).collect();
        let items: Vec<Item> = offers.iter().map(|(_, _, item)| *item).collect();
        pack(&items, self.budget, self.cent).into_iter().map(|i| (offers[i].0, offers[i].1)).collect()
    }
}

impl Plugin for KnapsackBurst {
    const NAME: &'static str = "knapsack-burst";
    const ABOUT: &'static str = "every `period`, offload the waiting tasks that save most time within a budget";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let period = params.period.duration();
        if period.is_zero() {
            return Err(BuildError::new("found 0, expected a time > 0").inside("period"));
        }
        if params.step.get() <= 0.0 {
            return Err(BuildError::new("found 0, expected an amount > 0").inside("step"));
        }
        Ok(Self { period, budget: params.budget.get(), cent: params.step.get() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(list: &[(f64, f64)]) -> Vec<Item> {
        list.iter().map(|&(value, cost)| Item { value, cost }).collect()
    }

    #[test]
    fn the_exact_choice_beats_the_greedy_one() {
        // For 10 cents: the best ratio (60 for 6) leaves room for nothing; two of 50 for 5 are worth 100.
        let items = items(&[(60.0, 0.055), (50.0, 0.05), (50.0, 0.05), (-3.0, 0.0)]);
        assert_eq!(pack(&items, 0.10, 0.01), [1, 2]);
        assert_eq!(greedily(&items, 0.10), [0]);
        // Finer money is dearer to count: the greedy rule.
        assert_eq!(pack(&items, 0.10, 1e-9), [0]);
    }

    #[test]
    fn every_small_instance_agrees_with_all_subsets() {
        let list = items(&[(7.0, 0.031), (4.0, 0.02), (9.0, 0.049), (1.0, 0.0), (3.0, 0.011), (5.0, 0.04)]);
        let cents = |i: &Item| (i.cost * 100.0).ceil() as u32;
        for budget in 0..=16u32 {
            let worth = |chosen: &[usize]| chosen.iter().map(|i| list[*i].value).sum::<f64>();
            let subsets = (0..1u32 << list.len())
                .map(|mask| (0..list.len()).filter(|i| mask >> i & 1 == 1).collect::<Vec<usize>>());
            let fits = |s: &Vec<usize>| s.iter().map(|i| cents(&list[*i])).sum::<u32>() <= budget;
            let best = subsets.filter(fits).map(|s| worth(&s)).fold(0.0, f64::max);
            let chosen = exactly(&list, budget as usize, 0.01);
            assert!(fits(&chosen) && worth(&chosen) == best, "{budget}: {chosen:?}");
        }
    }
}
