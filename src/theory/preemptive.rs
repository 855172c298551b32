//! One server that is taken away: preemption by size, by age, by priority.

use super::positive;

/// A mixture of exponential services; one phase is the exponential itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Phases(Vec<(f64, f64)>);

impl Phases {
    /// Phases `(weight, mean)`; the weights need not add up to one. `None` where a weight or a mean is not above 0.
    pub fn new(phases: &[(f64, f64)]) -> Option<Self> {
        let total: f64 = phases.iter().map(|(w, _)| w).sum();
        let sound = !phases.is_empty() && phases.iter().all(|&(w, m)| positive(&[w, m]));
        sound.then(|| Self(phases.iter().map(|&(w, m)| (w / total, m)).collect()))
    }

    /// The exponential of this mean.
    pub fn exponential(mean: f64) -> Option<Self> {
        Self::new(&[(1.0, mean)])
    }

    /// Mean service.
    pub fn mean(&self) -> f64 {
        self.0.iter().map(|(w, m)| w * m).sum()
    }

    fn sum(&self, x: f64, of: impl Fn(f64, f64) -> f64) -> f64 {
        self.0.iter().map(|&(w, m)| w * of(m, libm::exp(-x / m))).sum()
    }

    fn density(&self, x: f64) -> f64 {
        self.sum(x, |m, e| e / m)
    }

    /// `P(S > x)`.
    fn tail(&self, x: f64) -> f64 {
        self.sum(x, |_, e| e)
    }

    /// `E[S; S <= x]`.
    fn first(&self, x: f64) -> f64 {
        self.sum(x, |m, e| m - (x + m) * e)
    }

    /// `E[S^2; S <= x]`.
    fn second(&self, x: f64) -> f64 {
        self.sum(x, |m, e| 2.0 * m * m - (x * x + 2.0 * x * m + 2.0 * m * m) * e)
    }

    /// `integral of g(x) f(x) dx`, where `g` is told the points in ascending order with their distance.
    fn expectation(&self, mut g: impl FnMut(f64, f64) -> f64) -> f64 {
        let longest = self.0.iter().map(|(_, m)| *m).fold(0.0, f64::max);
        let step = 40.0 * longest / f64::from(STEPS);
        // The midpoint rule needs no value at the ends.
        (0..STEPS)
            .map(|i| (f64::from(i) + 0.5) * step)
            .map(|x| {
                let value = g(x, step);
                value * self.density(x) * step
            })
            .sum()
    }
}

/// Points of an integral up to 40 times the longest mean, beyond which lies 4e-18 of the mass.
const STEPS: u32 = 200_000;

fn stable(arrival_rate: f64, service: &Phases) -> bool {
    positive(&[arrival_rate]) && arrival_rate * service.mean() < 1.0
}

/// Mean response in s of M/G/1 by shortest remaining processing time.
///
/// `T(x) = lambda (m2(x) + x^2 (1 - F(x))) / (2 (1 - rho(x))^2) + integral_0^x dt / (1 - rho(t))`, with
/// `m2(x) = E[S^2; S <= x]` and `rho(x) = lambda E[S; S <= x]` (Schrage & Miller, Operations Research 14, 1966).
pub fn srpt(arrival_rate: f64, service: &Phases) -> Option<f64> {
    let load = |x: f64| arrival_rate * service.first(x);
    let mut residence = 0.0;
    stable(arrival_rate, service).then(|| {
        service.expectation(|x, step| {
            // Up to x: half of the last step, and half of this one.
            let here = 0.5 * step / (1.0 - load(x));
            let until = residence + here;
            residence = until + here;
            let work = service.second(x) + x * x * service.tail(x);
            let free = 1.0 - load(x);
            arrival_rate * work / (2.0 * free * free) + until
        })
    })
}

/// Mean response in s of M/G/1 by preemptive shortest job first.
///
/// `T(x) = x / (1 - rho(x)) + lambda m2(x) / (2 (1 - rho(x))^2)` (Harchol-Balter 2013, section 32.3).
pub fn psjf(arrival_rate: f64, service: &Phases) -> Option<f64> {
    stable(arrival_rate, service).then(|| {
        service.expectation(|x, _| {
            let free = 1.0 - arrival_rate * service.first(x);
            x / free + arrival_rate * service.second(x) / (2.0 * free * free)
        })
    })
}

/// Mean response in s of M/G/1 by least attained service, also called foreground-background.
///
/// `T(x) = x / (1 - rho_x) + lambda E[min(S, x)^2] / (2 (1 - rho_x)^2)` with `rho_x = lambda E[min(S, x)]`
/// (Schrage, Management Science 13, 1967; Kleinrock, Queueing Systems 2, 1976, section 4.6).
pub fn least_attained(arrival_rate: f64, service: &Phases) -> Option<f64> {
    stable(arrival_rate, service).then(|| {
        service.expectation(|x, _| {
            let tail = service.tail(x);
            let free = 1.0 - arrival_rate * (service.first(x) + x * tail);
            x / free + arrival_rate * (service.second(x) + x * x * tail) / (2.0 * free * free)
        })
    })
}

/// Mean response in s of M/G/1 where all share the server equally: `E[S] / (1 - rho)`, whatever the law of the service
/// (Kleinrock 1976, section 4.4). Round-robin comes to it as its quantum shrinks.
pub fn processor_sharing(arrival_rate: f64, mean_service: f64) -> Option<f64> {
    let rho = arrival_rate * mean_service;
    (positive(&[arrival_rate, mean_service]) && rho < 1.0).then(|| mean_service / (1.0 - rho))
}

/// Mean responses in s of M/G/1 with preemptive-resume priorities, first class first.
///
/// `T_k = E[S_k] / (1 - s_(k-1)) + sum_(i<=k) lambda_i E[S_i^2] / (2 (1 - s_(k-1)) (1 - s_k))` with
/// `s_k = rho_1 + … + rho_k` (Conway, Maxwell & Miller 1967, section 8-7; Kleinrock 1976, section 3.4).
///
/// `classes` lists `(arrival rate, mean service, second moment of service)` from the most urgent to the least. `None`
/// where the classes together load the server fully.
pub fn preemptive_priorities(classes: &[(f64, f64, f64)]) -> Option<Vec<f64>> {
    if !classes.iter().all(|&(rate, mean, second)| positive(&[rate, mean, second])) {
        return None;
    }
    let (mut above, mut residual) = (0.0, 0.0);
    let mut responses = Vec::with_capacity(classes.len());
    for &(rate, mean, second) in classes {
        let through = above + rate * mean;
        if !(0.0..1.0).contains(&through) {
            return None;
        }
        residual += rate * second / 2.0;
        responses.push(mean / (1.0 - above) + residual / ((1.0 - above) * (1.0 - through)));
        above = through;
    }
    Some(responses)
}

#[cfg(test)]
mod tests {
    use super::super::{close, mm1};
    use super::*;

    #[track_caller]
    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() <= 1e-6 * expected, "found {found}, expected {expected}");
    }

    /// Exponential services of mean 1 that hardly ever meet. When two do, the newcomer finds a rest that is as long as
    /// itself in law. By remaining time the longer waits for the shorter: `E[min] = 1/2`. By size the one that is served
    /// goes on if its whole is shorter: `E[X m1(X)] + E[m2(X)] / 2 = 1/2 + 1/8`. By age the newcomer goes first, up to the
    /// other's age, and then they share: as any rule that is blind to the rest, 1.
    #[test]
    fn two_that_meet() {
        let (rate, service) = (1e-5, Phases::exponential(1.0).unwrap());
        let slope = |t: Option<f64>| ((t.unwrap() - 1.0) / rate * 1e3).round() / 1e3;
        assert_eq!(slope(srpt(rate, &service)), 0.5);
        assert_eq!(slope(psjf(rate, &service)), 0.625);
        assert_eq!(slope(least_attained(rate, &service)), 1.0);
    }

    #[test]
    fn blind_to_exponential_services_is_mm1() {
        let service = Phases::exponential(0.25).unwrap();
        for rate in [0.4, 2.0, 3.6] {
            let mm1 = mm1(rate, 0.25).unwrap().response;
            near(least_attained(rate, &service), mm1);
            near(processor_sharing(rate, 0.25), mm1);
        }
    }

    /// The remaining time is the best thing to know (Schrage 1968); with a decreasing hazard rate age beats sharing.
    #[test]
    fn the_order_of_the_rules() {
        let service = Phases::new(&[(0.9, 0.5), (0.1, 5.5)]).unwrap();
        close(service.mean(), 1.0);
        let [best, size, age] = [srpt, psjf, least_attained].map(|t| t(0.7, &service).unwrap());
        let shared = processor_sharing(0.7, 1.0).unwrap();
        assert!(best < size && size < age && age < shared, "{best} {size} {age} {shared}");
    }

    #[test]
    fn priorities_by_hand() {
        // Two classes, exponential with mean 1, rates 0.3 and 0.5: the first sees only itself, 1/0.7;
        // the second: 1/0.7 + 0.8/(0.7 * 0.2).
        let t = preemptive_priorities(&[(0.3, 1.0, 2.0), (0.5, 1.0, 2.0)]).unwrap();
        close(t[0], 1.0 / 0.7);
        close(t[1], 1.0 / 0.7 + 0.8 / 0.14);
    }

    #[test]
    fn no_steady_state() {
        let service = Phases::exponential(1.0).unwrap();
        for bad in [1.0, 0.0, -1.0, f64::NAN] {
            assert_eq!((srpt(bad, &service), psjf(bad, &service), least_attained(bad, &service)), (None, None, None));
            assert_eq!(processor_sharing(bad, 1.0), None);
        }
        assert_eq!(preemptive_priorities(&[(0.5, 1.0, 2.0), (0.5, 1.0, 2.0)]), None);
        assert_eq!((Phases::new(&[]), Phases::new(&[(1.0, 0.0)])), (None, None));
    }
}
