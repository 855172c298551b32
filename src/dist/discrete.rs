//! Finitely many values: the alias table, Zipf, empirical.

use rand::Rng;

use super::check::{list, non_negative, require, weights};
use super::{DistError, Law};
use crate::rng::StreamRng;

/// One column of the alias table: `own` up to the threshold, `other` above it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Column {
    /// Probability of `own` in this column, times 2^64.
    threshold: u64,
    own: f64,
    other: f64,
}

/// Draws from weighted values in constant time (Walker 1977; built as in Vose, IEEE TSE 17, 1991).
///
/// Moments come from the weights themselves; the 64-bit thresholds differ from them by at most
/// 1.1e-16 a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    columns: Vec<Column>,
    mean: f64,
    variance: f64,
}

impl Table {
    /// Both slices have the same length, at least 1; the weights do not all vanish.
    pub(super) fn new(values: &[f64], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let share = |w: f64| w / total;
        let pairs = || values.iter().zip(weights).map(|(&x, &w)| (x, share(w)));
        let mean: f64 = pairs().map(|(x, p)| p * x).sum();
        let variance = pairs().map(|(x, p)| p * (x - mean) * (x - mean)).sum();

        let n = values.len() as f64;
        let mut columns = Vec::with_capacity(values.len());
        // Columns short of the even share wait for a donor; donors pay until they are short themselves.
        let (mut short, mut donors) = (Vec::new(), Vec::new());
        for (i, (x, p)) in pairs().enumerate() {
            columns.push(Column { threshold: u64::MAX, own: x, other: x });
            let filled = p * n;
            if filled < 1.0 { short.push((i, filled)) } else { donors.push((i, x, filled)) }
        }
        while let (Some((i, filled)), Some((j, x, left))) = (short.pop(), donors.pop()) {
            if let Some(column) = columns.get_mut(i) {
                column.threshold = (filled * (1u128 << 64) as f64) as u64;
                column.other = x;
            }
            let left = left - (1.0 - filled);
            if left < 1.0 { short.push((j, left)) } else { donors.push((j, x, left)) }
        }
        // What is left over on either stack is full up to rounding, which its columns already say.
        Self { columns, mean, variance }
    }

    /// One of the values. The product's upper half picks the column, its lower half the place in it.
    #[inline]
    pub(super) fn draw(&self, rng: &mut StreamRng) -> f64 {
        let wide = u128::from(rng.next_u64()) * self.columns.len() as u128;
        match self.columns.get((wide >> 64) as usize) {
            Some(column) if (wide as u64) < column.threshold => column.own,
            Some(column) => column.other,
            None => 0.0,
        }
    }

    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    pub(super) fn variance(&self) -> f64 {
        self.variance
    }
}

/// Finitely many values; see [`Dist::zipf`](super::Dist::zipf) and [`Dist::empirical`](super::Dist::empirical).
#[derive(Clone, Debug, PartialEq)]
pub struct Discrete {
    table: Table,
}

impl Discrete {
    pub(super) fn zipf(n: u32, exponent: f64) -> Result<Self, DistError> {
        let ranks = 1..=n;
        require((1..=1 << 20).contains(&n), "n", f64::from(n), "an integer from 1 to 1048576")?;
        require((0.0..=100.0).contains(&exponent), "exponent", exponent, "a number from 0 to 100")?;
        let values: Vec<f64> = ranks.map(f64::from).collect();
        let weights: Vec<f64> = values.iter().map(|&k| libm::pow(k, -exponent)).collect();
        Ok(Self { table: Table::new(&values, &weights) })
    }

    pub(super) fn empirical(values: &[f64], given: Option<&[f64]>) -> Result<Self, DistError> {
        list("values", values)?;
        for &x in values {
            non_negative("values", x)?;
        }
        let table = match given {
            Some(w) => {
                weights("weights", w, values.len())?;
                Table::new(values, w)
            }
            None => Table::new(values, &vec![1.0; values.len()]),
        };
        Ok(Self { table })
    }
}

impl Law for Discrete {
    #[inline]
    fn sample(&self, rng: &mut StreamRng) -> f64 {
        self.table.draw(rng)
    }
    fn mean(&self) -> f64 {
        self.table.mean()
    }
    fn variance(&self) -> f64 {
        self.table.variance()
    }
}
