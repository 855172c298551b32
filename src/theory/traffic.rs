//! Offered load where several kinds of work share several pools of units.

use super::simplex::{Row, Simplex};

/// Pools whose work can be shifted among them, directly or through others, and how much of them is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Numbers of the pools, ascending.
    pub pools: Vec<usize>,
    /// Their traffic intensity.
    pub intensity: f64,
}

/// Work of one kind that comes: each pool that can do it, with the units that would be busy on average if that
/// pool did all of it.
pub type Flow = Vec<(usize, f64)>;

/// The traffic intensity of pools with `capacity` units each under `flows`: the least ρ for which some fixed division
/// of every flow among its pools asks none for more than ρ of its units. Below 1 some policy keeps the queues
/// bounded, above 1 none can. That is the static planning problem of Harrison and López (Queueing Systems 33, 1999):
///
/// `min ρ  with  Σ_p x_fp = 1 for each flow f,  Σ_f a_fp x_fp ≤ ρ C_p for each pool p,  x ≥ 0`.
///
/// For one pool it is `Σ a / C`, and λ/μ for M/M/1. Pools that no flow joins are told apart: one entry for
/// each connected group of pools with work, in the order of their first pools. `None` where a flow has no pool, a pool
/// with work has no units, or a number is negative or not finite.
pub fn traffic_intensity(flows: &[Flow], capacity: &[f64]) -> Option<Vec<Share>> {
    let possible = |&(pool, work): &(usize, f64)| {
        work >= 0.0 && work.is_finite() && capacity.get(pool).is_some_and(|c| *c > 0.0 && c.is_finite())
    };
    if !flows.iter().all(|flow| !flow.is_empty() && flow.iter().all(possible)) {
        return None;
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for flow in flows {
        let mut joined: Vec<usize> = flow.iter().map(|(pool, _)| *pool).collect();
        groups.retain(|group| {
            let apart = !group.iter().any(|p| joined.contains(p));
            if !apart {
                joined.extend(group);
            }
            apart
        });
        joined.sort_unstable();
        joined.dedup();
        groups.push(joined);
    }
    groups.sort();
    let one = |pools: Vec<usize>| {
        let own: Vec<&Flow> = flows.iter().filter(|f| f.iter().any(|(pool, _)| pools.contains(pool))).collect();
        let intensity = match pools.as_slice() {
            [pool] => own.iter().flat_map(|f| f.iter()).map(|(_, work)| work).sum::<f64>() / capacity.get(*pool)?,
            _ => shared(&own, &pools, capacity)?,
        };
        Some(Share { pools, intensity })
    };
    groups.into_iter().map(one).collect()
}

/// The least ρ of pools that share work. The program is turned round: of all flows the same part θ as large as the
/// pools can do, so that 0 is feasible and ρ = 1/θ.
fn shared(flows: &[&Flow], pools: &[usize], capacity: &[f64]) -> Option<f64> {
    let flows = merged(flows);
    let units: f64 = pools.iter().filter_map(|p| capacity.get(*p)).sum();
    // No division does with less: everything where it takes least, and all units alike. θ is then at most about 1.
    let least = |flow: &Flow| flow.iter().map(|(_, work)| *work).fold(f64::INFINITY, f64::min);
    let scale = flows.iter().map(least).sum::<f64>() / units;
    if scale == 0.0 {
        return Some(0.0);
    }
    let variables = 1 + flows.iter().map(Vec::len).sum::<usize>();
    let mut by_pool: Vec<Row> = pools.iter().map(|_| Row { terms: Vec::new(), bound: 1.0 }).collect();
    let mut rows = Vec::new();
    let mut next = 1;
    for flow in &flows {
        let mut divided = vec![(0, 1.0)];
        for (pool, work) in flow {
            let at = pools.iter().position(|p| p == pool)?;
            by_pool.get_mut(at)?.terms.push((next, work / (capacity.get(*pool)? * scale)));
            divided.push((next, -1.0));
            next += 1;
        }
        rows.push(Row { terms: divided, bound: 0.0 });
    }
    rows.extend(by_pool);
    let mut objective = vec![0.0; variables];
    *objective.first_mut()? = 1.0;
    let mut program = Simplex::new(variables, &rows);
    let theta = program.maximise(&objective).then(|| program.solution().first().copied()).flatten()?;
    (theta > 0.0).then(|| scale / theta)
}

/// Flows that are multiples of one another, as one: for the program they are, and there may be thousands of them.
fn merged(flows: &[&Flow]) -> Vec<Flow> {
    let mut merged: Vec<Flow> = Vec::new();
    let parallel = |a: &Flow, b: &Flow| {
        let ratio =
            |flow: &Flow, i: usize| flow.get(i).map_or(0.0, |(_, w)| *w) / flow.first().map_or(1.0, |(_, w)| *w);
        a.len() == b.len()
            && a.iter().zip(b).all(|((p, _), (q, _))| p == q)
            && (0..a.len()).all(|i| (ratio(a, i) - ratio(b, i)).abs() <= 1e-12 * ratio(a, i))
    };
    for flow in flows {
        // Work that is nothing somewhere is nothing, and would be parallel to all.
        if flow.iter().any(|(_, work)| *work == 0.0) {
            continue;
        }
        match merged.iter_mut().find(|known| parallel(known, flow)) {
            Some(known) => known.iter_mut().zip(flow.iter()).for_each(|((_, sum), (_, work))| *sum += work),
            None => merged.push((*flow).clone()),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intensities(flows: &[Flow], capacity: &[f64]) -> Vec<f64> {
        traffic_intensity(flows, capacity).unwrap().into_iter().map(|s| s.intensity).collect()
    }

    /// λ = 0.8 and μ = 1 on one unit, and 3 Erlangs on 4.
    #[test]
    fn one_pool_is_work_over_units() {
        assert_eq!(intensities(&[vec![(0, 0.8)]], &[1.0]), [0.8]);
        assert_eq!(intensities(&[vec![(0, 1.0)], vec![(0, 2.0)]], &[4.0]), [0.75]);
    }

    /// Two pools of one unit. The first flow needs 0.6 of the first pool; the second 0.9 there or 1.2 on the second pool.
    /// With the part x of it on the first: 0.6 + 0.9 x = 1.2 (1 − x), so x = 2/7 and ρ = 6/7.
    #[test]
    fn work_goes_where_it_evens_out() {
        let found = intensities(&[vec![(0, 0.6)], vec![(0, 0.9), (1, 1.2)]], &[1.0, 1.0]);
        assert_eq!(found.len(), 1);
        assert!((found[0] - 6.0 / 7.0).abs() < 1e-12, "{found:?}");
    }

    /// Each flow is cheap on one pool and dear on the other: both stay where they are cheap. With as much work on any
    /// pool, 3 units of work on 2 + 4 units are ρ = 1/2.
    #[test]
    fn the_best_division_is_found() {
        let crossed = intensities(&[vec![(0, 0.5), (1, 5.0)], vec![(0, 7.0), (1, 0.5)]], &[1.0, 1.0]);
        assert!((crossed[0] - 0.5).abs() < 1e-12, "{crossed:?}");
        let even = intensities(&[vec![(0, 3.0), (1, 3.0)]], &[2.0, 4.0]);
        assert!((even[0] - 0.5).abs() < 1e-12, "{even:?}");
    }

    /// A flow that only uses pool 2 says nothing of pools 0 and 1; one that uses 1 and 2 joins all three.
    #[test]
    fn pools_without_common_work_are_apart() {
        let apart = traffic_intensity(&[vec![(2, 0.5)], vec![(0, 0.2), (1, 0.2)]], &[1.0; 3]).unwrap();
        let pools: Vec<Vec<usize>> = apart.iter().map(|s| s.pools.clone()).collect();
        assert_eq!(pools, [vec![0, 1], vec![2]]);
        assert!((apart[0].intensity - 0.1).abs() < 1e-12 && apart[1].intensity == 0.5);
        let flows = [vec![(2, 0.5)], vec![(0, 0.2), (1, 0.2)], vec![(1, 0.1), (2, 0.1)]];
        assert_eq!(traffic_intensity(&flows, &[1.0; 3]).unwrap().len(), 1);
    }

    /// 1 000 flows over three pools whose speeds are 1, 2 and 4: work w takes w, w/2 or w/4, all parallel. The pools
    /// together do 1·1 + 2·2 + 4·4 = 21 of slow work a second, so ρ = Σ w / 21.
    #[test]
    fn many_like_flows_are_one() {
        let flows: Vec<Flow> =
            (1..=1000).map(|i| f64::from(i) * 1e-5).map(|w| vec![(0, w), (1, w / 2.0), (2, w / 4.0)]).collect();
        let found = intensities(&flows, &[1.0, 2.0, 4.0]);
        assert!((found[0] - 5.005 / 21.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn what_has_no_load_has_none() {
        assert_eq!(traffic_intensity(&[], &[1.0]), Some(Vec::new()));
        for bad in [vec![], vec![(1, 0.5)], vec![(0, f64::INFINITY)], vec![(0, -1.0)]] {
            assert_eq!(traffic_intensity(&[bad], &[1.0]), None);
        }
        assert_eq!(intensities(&[vec![(0, 0.0), (1, 0.0)]], &[1.0, 1.0]), [0.0]);
    }
}
