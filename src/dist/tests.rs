//! Samplers against distribution functions, and moments against numbers worked out by hand.
//!
//! The statistical tests use fixed seeds. With a new seed each Kolmogorov-Smirnov test would fail with
//! probability 2 exp(-2 * 2.6^2) = 2.7e-6, and each test of a mean (4.5 standard errors) with 6.8e-6.

use rand::Rng;
use statrs::distribution::{self as oracle, ContinuousCDF};

use super::*;
use crate::rng::{Purpose, Streams};

const DRAWS: usize = 100_000;

fn draws(dist: &Dist, seed: u64) -> Vec<f64> {
    let mut rng = Streams::new(seed, 0).stream(Purpose::Task, 0);
    (0..DRAWS).map(|_| dist.sample(&mut rng)).collect()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "found {found}, expected {expected}");
}

fn moments(dist: Result<Dist, DistError>, mean: f64, second: f64) {
    let dist = dist.unwrap();
    close(dist.mean(), mean);
    close(dist.second_moment(), second);
}

/// Kolmogorov-Smirnov distance to `cdf`, and the mean within its standard error where the variance is finite.
fn follows(dist: Result<Dist, DistError>, cdf: impl Fn(f64) -> f64) {
    let dist = dist.unwrap();
    let mut xs = draws(&dist, 11);
    let n = xs.len() as f64;
    if dist.variance().is_finite() {
        let mean = xs.iter().sum::<f64>() / n;
        let error = (dist.variance() / n).sqrt();
        assert!((mean - dist.mean()).abs() < 4.5 * error, "mean {mean} of {dist:?}, not {}", dist.mean());
    }
    xs.sort_by(f64::total_cmp);
    assert!(xs[0] >= 0.0 && xs[xs.len() - 1].is_finite());
    let distance = xs
        .iter()
        .enumerate()
        .map(|(i, &x)| (cdf(x) - i as f64 / n).abs().max((cdf(x) - (i + 1) as f64 / n).abs()))
        .fold(0.0, f64::max);
    assert!(distance < 2.6 / n.sqrt(), "distance {distance} for {dist:?}");
}

#[test]
fn samples_follow_their_distribution_functions() {
    follows(Dist::uniform(2.0, 5.0), |x| (x - 2.0) / 3.0);
    follows(Dist::exponential(3.0), |x| 1.0 - (-x / 3.0).exp());
    follows(Dist::weibull(0.5, 2.0), |x| 1.0 - (-(x / 2.0).sqrt()).exp());
    follows(Dist::pareto(2.5, 2.0), |x| 1.0 - (2.0 / x).powf(2.5));
    follows(Dist::pareto(0.5, 1.0), |x| 1.0 - x.powf(-0.5));
    follows(Dist::bounded_pareto(1.1, 1.0, 1e4), |x| (1.0 - x.powf(-1.1)) / (1.0 - 1e4f64.powf(-1.1)));
    follows(Dist::hyperexponential(&[3.0, 1.0], &[1.0, 10.0]), |x| 1.0 - 0.75 * (-x).exp() - 0.25 * (-x / 10.0).exp());
    // Erlang-3 with mean 6: each stage has mean 2.
    follows(Dist::erlang(3, 6.0), |x| 1.0 - (-x / 2.0).exp() * (1.0 + x / 2.0 + x * x / 8.0));
    follows(Dist::exponential(3.0).unwrap().shifted(1.0), |x| 1.0 - (-(x - 1.0) / 3.0).exp());
}

#[test]
fn samples_follow_an_independent_library() {
    let normal = oracle::Normal::new(1.0, 1.0).unwrap();
    follows(Dist::normal(1.0, 1.0), |x| (normal.cdf(x) - normal.cdf(0.0)) / (1.0 - normal.cdf(0.0)));
    let far = oracle::Normal::new(50.0, 2.0).unwrap();
    follows(Dist::normal(50.0, 2.0), |x| far.cdf(x));
    // cv 2: sigma^2 = ln 5, mu = ln 3 - ln(5)/2.
    let lognormal = oracle::LogNormal::new(3f64.ln() - 5f64.ln() / 2.0, 5f64.ln().sqrt()).unwrap();
    follows(Dist::lognormal(3.0, 2.0), |x| lognormal.cdf(x));
    for cv in [0.1, 1.0, 2.0] {
        let shape = 1.0 / (cv * cv);
        let gamma = oracle::Gamma::new(shape, shape / 3.0).unwrap();
        follows(Dist::gamma(3.0, cv), |x| gamma.cdf(x));
    }
}

#[test]
fn discrete_values_come_at_their_shares() {
    // Each count is binomial: 4.5 standard deviations, as above.
    let shares = |dist: &Dist, expected: &[(f64, f64)]| {
        let xs = draws(dist, 5);
        for &(value, p) in expected {
            let found = xs.iter().filter(|&&x| x == value).count() as f64 / DRAWS as f64;
            let error = (p * (1.0 - p) / DRAWS as f64).sqrt();
            assert!((found - p).abs() <= 4.5 * error, "{value} came at {found}, not {p}");
        }
    };
    // 1 + 1/2 + 1/3 + 1/4 = 25/12.
    let zipf = Dist::zipf(4, 1.0).unwrap();
    shares(&zipf, &[(1.0, 12.0 / 25.0), (2.0, 6.0 / 25.0), (3.0, 4.0 / 25.0), (4.0, 3.0 / 25.0)]);
    let weighted = Dist::empirical(&[5.0, 0.0, 7.0, 9.0], Some(&[1.0, 2.0, 0.0, 5.0])).unwrap();
    shares(&weighted, &[(5.0, 0.125), (0.0, 0.25), (7.0, 0.0), (9.0, 0.625)]);
    let even = Dist::empirical(&[1.0, 2.0, 3.0], None).unwrap();
    shares(&even, &[(1.0, 1.0 / 3.0), (2.0, 1.0 / 3.0), (3.0, 1.0 / 3.0)]);
    shares(&Dist::empirical(&[4.0], Some(&[0.1])).unwrap(), &[(4.0, 1.0)]);
}

#[test]
fn moments_equal_hand_worked_numbers() {
    moments(Dist::constant(3.0), 3.0, 9.0);
    moments(Dist::uniform(2.0, 5.0), 3.5, 13.0);
    moments(Dist::exponential(3.0), 3.0, 18.0);
    // Half normal: mean sqrt(2/pi), second moment 1.
    moments(Dist::normal(0.0, 1.0), 0.797_884_560_802_865_4, 1.0);
    // Far from 0 the condition changes nothing.
    moments(Dist::normal(100.0, 1.0), 100.0, 10_001.0);
    // a = 1: phi(1)/Phi(1) = 0.24197072451914337/0.8413447460685429; E[X^2] = 1 + 1 + h.
    let h = 0.241_970_724_519_143_37 / 0.841_344_746_068_542_9;
    moments(Dist::normal(1.0, 1.0), 1.0 + h, 2.0 + h);
    moments(Dist::lognormal(3.0, 2.0), 3.0, 45.0);
    moments(Dist::gamma(3.0, 2.0), 3.0, 45.0);
    moments(Dist::erlang(4, 2.0), 2.0, 5.0);
    moments(Dist::erlang(1, 2.0), 2.0, 8.0);
    // Shape 2: gamma(3/2) = sqrt(pi)/2, gamma(2) = 1. Shape 1/2: gamma(3) = 2, gamma(5) = 24.
    moments(Dist::weibull(2.0, 3.0), 3.0 * 0.886_226_925_452_758, 9.0);
    moments(Dist::weibull(0.5, 1.0), 2.0, 24.0);
    moments(Dist::pareto(3.0, 2.0), 3.0, 12.0);
    // Shape 1 on [1, 4]: density 4/(3 x^2), mean (4/3) ln 4, second moment 4. Shape 2: (32/15)(3/4) = 8/5.
    moments(Dist::bounded_pareto(1.0, 1.0, 4.0), 4.0 / 3.0 * 4f64.ln(), 4.0);
    moments(Dist::bounded_pareto(2.0, 1.0, 4.0), 1.6, 32.0 / 15.0 * 4f64.ln());
    moments(Dist::hyperexponential(&[3.0, 1.0], &[1.0, 10.0]), 3.25, 51.5);
    moments(Dist::zipf(4, 1.0), 4.0 * 12.0 / 25.0, 10.0 * 12.0 / 25.0);
    moments(Dist::empirical(&[5.0, 0.0, 9.0], Some(&[1.0, 2.0, 5.0])), 6.25, 53.75);
    moments(Dist::exponential(3.0).unwrap().shifted(1.0), 4.0, 25.0);
}

#[test]
fn moments_that_do_not_exist_are_infinite() {
    let heavy = Dist::pareto(1.0, 2.0).unwrap();
    assert_eq!((heavy.mean(), heavy.cv2()), (f64::INFINITY, f64::INFINITY));
    let medium = Dist::pareto(2.0, 2.0).unwrap();
    assert_eq!((medium.mean(), medium.second_moment(), medium.cv2()), (4.0, f64::INFINITY, f64::INFINITY));
}

#[test]
fn cv2_is_the_parameter_squared() {
    close(Dist::lognormal(7.0, 2.0).unwrap().cv2(), 4.0);
    close(Dist::gamma(7.0, 0.5).unwrap().cv2(), 0.25);
    close(Dist::erlang(5, 7.0).unwrap().cv2(), 0.2);
    assert_eq!(Dist::lognormal(7.0, 0.0), Dist::constant(7.0));
    assert_eq!(Dist::gamma(7.0, 0.0), Dist::constant(7.0));
    assert_eq!(Dist::constant(0.0).unwrap().cv2(), 0.0);
}

#[test]
fn extreme_parameters_still_give_non_negative_finite_values() {
    let extremes = [
        Dist::gamma(1e30, 1e3),
        Dist::gamma(1e-30, 1e-6),
        Dist::lognormal(1e30, 1e3),
        Dist::weibull(0.02, 1e30),
        Dist::weibull(1e3, 1e-30),
        Dist::pareto(1e-3, 1e30),
        Dist::pareto(1e6, 1e-30),
        Dist::bounded_pareto(1e6, 1e-30, 1e30),
        Dist::bounded_pareto(1e-3, 1e-30, 1e30),
        Dist::normal(1e30, 1e-30),
        Dist::normal(0.0, 1e30),
        Dist::zipf(1000, 100.0),
        Dist::pareto(1e-3, 1e30).unwrap().shifted(1e30),
    ];
    for dist in extremes {
        let dist = dist.unwrap();
        assert!(draws(&dist, 3).iter().all(|x| (0.0..=f64::MAX).contains(x)), "{dist:?}");
        assert!(!dist.mean().is_nan() && dist.variance() >= 0.0 && !dist.cv2().is_nan(), "{dist:?}");
    }
}

#[test]
fn bad_parameters_are_refused_by_name() {
    let name = |r: Result<Dist, DistError>| match r.unwrap_err() {
        DistError::OutOfRange { parameter, .. } | DistError::Length { parameter, .. } => parameter,
    };
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e31] {
        assert_eq!(name(Dist::constant(bad)), "value");
        assert_eq!(name(Dist::uniform(bad, 1.0)), "low");
        assert_eq!(name(Dist::uniform(0.0, bad)), "high");
        assert_eq!(name(Dist::exponential(bad)), "mean");
        assert_eq!(name(Dist::normal(bad, 1.0)), "mean");
        assert_eq!(name(Dist::normal(bad, 0.0)), "mean");
        assert_eq!(name(Dist::normal(1.0, bad)), "sd");
        assert_eq!(name(Dist::lognormal(bad, 1.0)), "mean");
        assert_eq!(name(Dist::lognormal(1.0, bad)), "cv");
        assert_eq!(name(Dist::gamma(bad, 0.0)), "mean");
        assert_eq!(name(Dist::gamma(1.0, bad)), "cv");
        assert_eq!(name(Dist::erlang(2, bad)), "mean");
        assert_eq!(name(Dist::weibull(bad, 1.0)), "shape");
        assert_eq!(name(Dist::weibull(1.0, bad)), "scale");
        assert_eq!(name(Dist::pareto(bad, 1.0)), "shape");
        assert_eq!(name(Dist::pareto(1.0, bad)), "scale");
        assert_eq!(name(Dist::bounded_pareto(1.0, bad, 2.0)), "low");
        assert_eq!(name(Dist::bounded_pareto(1.0, 1.0, bad)), "high");
        assert_eq!(name(Dist::hyperexponential(&[1.0], &[bad])), "means");
        assert_eq!(name(Dist::hyperexponential(&[bad], &[1.0])), "weights");
        assert_eq!(name(Dist::zipf(3, bad)), "exponent");
        assert_eq!(name(Dist::empirical(&[1.0, bad], None)), "values");
        assert_eq!(name(Dist::empirical(&[1.0], Some(&[bad]))), "weights");
        assert_eq!(name(Dist::constant(1.0).unwrap().shifted(bad)), "by");
    }
    assert_eq!(name(Dist::uniform(2.0, 1.0)), "high");
    assert_eq!(name(Dist::bounded_pareto(1.0, 2.0, 2.0)), "high");
    assert_eq!(name(Dist::exponential(0.0)), "mean");
    assert_eq!(name(Dist::gamma(0.0, 0.0)), "mean");
    assert_eq!(name(Dist::erlang(0, 1.0)), "k");
    assert_eq!(name(Dist::zipf(0, 1.0)), "n");
    assert_eq!(name(Dist::zipf(u32::MAX, 1.0)), "n");
    assert_eq!(name(Dist::empirical(&[], None)), "values");
    assert_eq!(name(Dist::empirical(&[1.0, 2.0], Some(&[1.0]))), "weights");
    assert_eq!(name(Dist::empirical(&[1.0, 2.0], Some(&[0.0, 0.0]))), "weights");
    assert_eq!(name(Dist::hyperexponential(&[], &[])), "means");
    let said = Dist::uniform(2.0, 1.0).unwrap_err().to_string();
    assert_eq!(said, "`high` is 1, expected at least `low`");
}

#[test]
fn an_inverted_sample_costs_one_draw() {
    // What keeps policies comparable: the stream stands at the same place after each family.
    for dist in [Dist::uniform(1.0, 2.0), Dist::lognormal(1.0, 1.0), Dist::zipf(9, 1.0), Dist::normal(1.0, 1.0)] {
        let mut used = Streams::new(1, 0).stream(Purpose::Task, 0);
        let mut skipped = used.clone();
        dist.unwrap().sample(&mut used);
        skipped.next_u64();
        assert_eq!(used.next_u64(), skipped.next_u64());
    }
}
