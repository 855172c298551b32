//! Distributions of waits, responses and slowdowns over all tasks, as points of their curves.

use super::encode::real;
use super::escape;
use super::tasks::{Task, Tasks};

/// Points of a curve where there are more tasks.
const POINTS: usize = 400;
/// Most curves of one figure beside that of all tasks.
const CURVES: usize = 8;

/// A value of a task; `None` where it has none.
type Of = fn(&Task) -> Option<f64>;

/// The figures that have something to show: name of the column, and its value of a task.
const FIGURES: [(&str, Of); 3] =
    [("wait_s", |t| t.wait), ("response_s", |t| t.response), ("bounded_slowdown", |t| t.slowdown)];

/// `[{"name", "curves": [{"name", "tasks", "v": [values], "q": [shares of tasks up to each]}]}]`; `groups` are the
/// names of the groups and whether the first of a task is its source.
pub(super) fn data(tasks: &Tasks, by_source: bool) -> Option<String> {
    let mut figures = Vec::new();
    let groups = if by_source { &tasks.sources } else { &tasks.classes };
    for (name, of) in FIGURES {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); groups.len()];
        for task in &tasks.rows {
            let group = if by_source { task.source } else { task.class };
            if let (Some(value), Some(list)) = (of(task), values.get_mut(group)) {
                list.push(value);
            }
        }
        let all: Vec<f64> = values.iter().flatten().copied().collect();
        if all.is_empty() {
            continue;
        }
        let mut curves = vec![curve("all tasks", all)];
        if groups.len() > 1 && groups.len() <= CURVES {
            let named = groups.list.iter().zip(values).filter(|(_, list)| !list.is_empty());
            curves.extend(named.map(|(name, list)| curve(name, list)));
        }
        figures.push(format!("{{\"name\":{},\"curves\":[\n{}\n]}}", escape::string(name), curves.join(",\n")));
    }
    (!figures.is_empty()).then(|| format!("[{}]", figures.join(",\n")))
}

fn curve(name: &str, mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let points = points(&values);
    let v: Vec<String> = points.iter().map(|p| real(p.0, 5)).collect();
    let q: Vec<String> = points.iter().map(|p| real(p.1, 7)).collect();
    let name = escape::string(name);
    format!("{{\"name\":{name},\"tasks\":{},\"v\":[{}],\"q\":[{}]}}", values.len(), v.join(","), q.join(","))
}

/// Values of the empirical distribution with the share of values up to each: all corners of a few values, else
/// about [`POINTS`] with more of them towards the end, where tails are.
fn points(sorted: &[f64]) -> Vec<(f64, f64)> {
    let n = sorted.len();
    let mut ranks: Vec<usize> = if n <= POINTS {
        (1..=n).collect()
    } else {
        let middle = (1..=POINTS).map(|k| (k * n).div_ceil(POINTS));
        // Ten steps for each further factor of ten of the rarest tasks.
        let tail = (0..60).map(|k| n - ((n as f64 / POINTS as f64) * libm::pow(10.0, -f64::from(k) / 10.0)) as usize);
        middle.chain(tail).chain([1]).collect()
    };
    ranks.sort_unstable();
    ranks.dedup();
    let mut points: Vec<(f64, f64)> = Vec::new();
    for rank in ranks {
        let Some(&value) = rank.checked_sub(1).and_then(|i| sorted.get(i)) else { continue };
        match points.last_mut() {
            // Of equal values the last: so many are up to it.
            Some(last) if last.0 == value => last.1 = rank as f64 / n as f64,
            _ => points.push((value, rank as f64 / n as f64)),
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_tells_the_share_of_values_up_to_each() {
        assert_eq!(points(&[0.0, 0.0, 3.0, 7.0]), [(0.0, 0.5), (3.0, 0.75), (7.0, 1.0)]);
        assert_eq!(points(&[]), []);
    }

    /// Of 1 to 100,000 the share up to v is v / 100,000 at every point, and the last ten are told one by one.
    #[test]
    fn many_values_keep_their_tail() {
        let sorted: Vec<f64> = (1..=100_000).map(f64::from).collect();
        let found = points(&sorted);
        assert!(found.len() < 500 && found.iter().all(|(v, q)| (v / 1e5 - q).abs() < 1e-12));
        assert!(found.iter().filter(|(v, _)| *v > 99_990.0).count() >= 5);
        assert_eq!((found[0].0, found[found.len() - 1].0), (1.0, 1e5));
    }
}
