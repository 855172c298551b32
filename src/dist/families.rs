//! The families by name, for help texts and lists.

/// Name, parameters, and use with source of every family, in the order of the documentation.
pub const FAMILIES: &[(&str, &str, &str)] = &[
    ("constant", "value", "always the same value: the D of M/D/1 (Erlang 1909)"),
    ("uniform", "low, high", "evenly between two bounds"),
    ("exponential", "mean", "memoryless: times between the arrivals of a Poisson process (Erlang 1909)"),
    ("normal", "mean, sd", "normal conditioned on values >= 0; the parameters are those before the condition"),
    ("lognormal", "mean, cv", "right-skewed run times and latencies; cv of the values, not of their logarithms"),
    (
        "shifted-lognormal",
        "shift, mean, cv",
        "a lognormal on top of a fixed part: network round trips; mean and cv are of the lognormal part",
    ),
    (
        "shifted-gamma",
        "shift, mean, cv",
        "a gamma on top of a fixed part: round trips over the Internet (Mukherjee 1994); mean and cv are of the gamma part",
    ),
    ("gamma", "mean, cv", "any cv at a given mean; shape 1/cv^2 (sampler: Marsaglia & Tsang 2000)"),
    ("erlang", "k, mean", "sum of k exponentials, cv 1/sqrt(k): less variable than exponential (Erlang 1917)"),
    ("weibull", "shape, scale", "times to failure; shape < 1: the older, the more reliable (Weibull 1951)"),
    (
        "pareto",
        "shape, scale",
        "heavy tail above scale; infinite mean for shape <= 1, infinite variance for shape <= 2",
    ),
    (
        "bounded-pareto",
        "shape, low, high",
        "heavy-tailed job sizes with a maximum (Harchol-Balter, Crovella & Murta 1999)",
    ),
    ("hyperexponential", "weights, means", "mixture of exponentials, cv > 1: mostly short, some long"),
    ("zipf", "n, exponent", "the integers 1 to n, k proportional to k^-exponent: popularity ranks (Zipf 1949)"),
    ("empirical", "values, weights?", "measured values, each with its weight or all alike"),
];
