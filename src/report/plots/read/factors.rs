//! `variants.csv`: what was varied.

use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use std::collections::BTreeMap;
use std::path::Path;

/// The values of each variant.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Factors {
    /// What was varied, in the order of the file.
    names: Names,
    /// By variant and factor.
    values: BTreeMap<(String, usize), String>,
}

/// A comparison that crosses two factors.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Grid {
    /// What varies from row to row, and its values.
    pub(in crate::report::plots) rows: (String, Vec<String>),
    /// What varies from column to column, and its values.
    pub(in crate::report::plots) columns: (String, Vec<String>),
    /// Number of the variant in each cell, by row and column.
    pub(in crate::report::plots) cells: BTreeMap<(usize, usize), usize>,
}

impl Factors {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let [variant, factor, value] = ["variant", "factor", "value"].map(|name| csv.required(name));
        let (variant, factor, value) = (variant?, factor?, value?);
        let mut factors = Self::default();
        while let Some(row) = csv.next()? {
            let number = factors.names.number(row.text(Some(factor))?);
            let key = (row.text(Some(variant))?.to_owned(), number);
            if factors.values.insert(key, row.text(Some(value))?.to_owned()).is_some() {
                return Err(row.bad(None, "a second value for this variant and factor"));
            }
        }
        Ok(Some(factors))
    }

    /// The grid of `variants`, where two factors vary and no two variants are in one cell.
    pub(in crate::report::plots) fn grid(&self, variants: &[String]) -> Option<Grid> {
        let value = |variant: &String, factor: usize| self.values.get(&(variant.clone(), factor));
        let varies = |factor: &usize| {
            let mut all = variants.iter().map(|v| value(v, *factor));
            let first = all.next();
            all.any(|other| Some(other) != first)
        };
        let varying: Vec<usize> = (0..self.names.len()).filter(varies).collect();
        let &[one, other] = varying.as_slice() else { return None };
        let (mut rows, mut columns, mut cells) = (Names::default(), Names::default(), BTreeMap::new());
        for (number, variant) in variants.iter().enumerate() {
            let place = (rows.number(value(variant, one)?), columns.number(value(variant, other)?));
            if cells.insert(place, number).is_some() {
                return None;
            }
        }
        let named = |factor: usize, levels: Names| (self.names.get(factor).to_owned(), levels.list);
        Some(Grid { rows: named(one, rows), columns: named(other, columns), cells })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(rows: &[(&str, &str, &str)]) -> Factors {
        let mut factors = Factors::default();
        for (variant, factor, value) in rows {
            let number = factors.names.number(factor);
            factors.values.insert(((*variant).to_owned(), number), (*value).to_owned());
        }
        factors
    }

    #[test]
    fn two_factors_make_a_grid_and_three_do_not() {
        let rows = [
            ("a", "x", "1"),
            ("a", "y", "p"),
            ("a", "z", "same"),
            ("b", "x", "1"),
            ("b", "y", "q"),
            ("b", "z", "same"),
            ("c", "x", "2"),
            ("c", "y", "p"),
            ("c", "z", "same"),
        ];
        let names = ["a", "b", "c"].map(str::to_owned);
        let grid = factors(&rows).grid(&names).unwrap();
        assert_eq!(grid.rows, ("x".to_owned(), vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(grid.columns, ("y".to_owned(), vec!["p".to_owned(), "q".to_owned()]));
        assert_eq!(grid.cells, BTreeMap::from([((0, 0), 0), ((0, 1), 1), ((1, 0), 2)]));
        // One factor alone, or a third one that varies.
        assert!(factors(&rows).grid(&names[..2]).is_none());
        let mut third = rows;
        third[8].2 = "other";
        assert!(factors(&third).grid(&names).is_none());
    }
}
