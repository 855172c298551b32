//! Linear programs: maximise `c·x` subject to `A x ≤ b` and `x ≥ 0`, where `b ≥ 0`.
//!
//! The simplex method on a dictionary (Dantzig 1951; Chvátal, "Linear Programming", 1983). As `x = 0` is feasible, no
//! first phase is needed. It adds, multiplies and divides in a fixed order, so that its result has the same bits
//! everywhere.

/// Smaller coefficients are taken for 0; callers scale theirs to about 1.
const EPSILON: f64 = 1e-9;

/// A program with the dictionary of its present vertex: basic variable `i` is `bound[i] − Σ cells[i][j] x_j` over
/// the others, which are 0.
pub(crate) struct Simplex {
    cells: Vec<Vec<f64>>,
    bound: Vec<f64>,
    /// Variable of each row; those from `variables` on are the slacks of the rows.
    basic: Vec<usize>,
    /// Variable of each column.
    others: Vec<usize>,
    /// Columns that must stay 0, or an objective already maximised would suffer.
    barred: Vec<bool>,
    variables: usize,
}

/// `Σ coefficient x[variable] ≤ bound`.
pub(crate) struct Row {
    /// Variables, each once, with their coefficients.
    pub terms: Vec<(usize, f64)>,
    /// At least 0.
    pub bound: f64,
}

impl Simplex {
    /// `variables` variables under `rows`.
    pub fn new(variables: usize, rows: &[Row]) -> Self {
        let dense = |row: &Row| {
            let mut cells = vec![0.0; variables];
            for &(variable, coefficient) in &row.terms {
                cells[variable] = coefficient;
            }
            cells
        };
        Self {
            cells: rows.iter().map(dense).collect(),
            bound: rows.iter().map(|r| r.bound.max(0.0)).collect(),
            basic: (variables..variables + rows.len()).collect(),
            others: (0..variables).collect(),
            barred: vec![false; variables],
            variables,
        }
    }

    /// Goes to a vertex where `objective` is greatest among those where the objectives before it are; `false` where
    /// it has no greatest value or is not found in reasonable time.
    pub fn maximise(&mut self, objective: &[f64]) -> bool {
        let mut gains = self.in_columns(objective);
        let most = 100 * (self.basic.len() + self.others.len()) + 1000;
        // Steps that change nothing can go round in circles; Bland's rule (1977) cannot.
        let mut idle = 0;
        for _ in 0..most {
            let patient = idle <= self.basic.len();
            let Some(column) = self.entering(&gains, patient) else {
                for (barred, gain) in self.barred.iter_mut().zip(&gains) {
                    *barred |= *gain < -EPSILON;
                }
                return true;
            };
            let Some(row) = self.leaving(column) else { return false };
            idle = if self.bound[row] > EPSILON { 0 } else { idle + 1 };
            self.exchange(row, column, &mut gains);
        }
        false
    }

    /// The variables' values at the present vertex.
    pub fn solution(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.variables];
        for (variable, value) in self.basic.iter().zip(&self.bound) {
            if let Some(x) = x.get_mut(*variable) {
                *x = *value;
            }
        }
        x
    }

    /// An objective in terms of the variables that are 0 now.
    fn in_columns(&self, objective: &[f64]) -> Vec<f64> {
        let weight = |variable: &usize| objective.get(*variable).copied().unwrap_or(0.0);
        let mut gains: Vec<f64> = self.others.iter().map(weight).collect();
        for (variable, cells) in self.basic.iter().zip(&self.cells) {
            let w = weight(variable);
            if w != 0.0 {
                gains.iter_mut().zip(cells).for_each(|(gain, cell)| *gain -= w * cell);
            }
        }
        gains
    }

    /// The column with the greatest gain, or by Bland's rule the lowest variable with any.
    fn entering(&self, gains: &[f64], greatest: bool) -> Option<usize> {
        let open = (0..gains.len()).filter(|j| gains[*j] > EPSILON && !self.barred[*j]);
        if greatest {
            open.reduce(|best, j| if gains[j] > gains[best] { j } else { best })
        } else {
            open.min_by_key(|j| self.others[*j])
        }
    }

    /// The row that bounds `column` first; ties: the lowest variable.
    fn leaving(&self, column: usize) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for (i, cells) in self.cells.iter().enumerate() {
            if cells[column] > EPSILON {
                let ratio = self.bound[i] / cells[column];
                let better =
                    |(least, row): (f64, usize)| ratio < least || (ratio == least && self.basic[i] < self.basic[row]);
                if best.is_none_or(better) {
                    best = Some((ratio, i));
                }
            }
        }
        best.map(|(_, row)| row)
    }

    /// The variable of `row` becomes 0 and that of `column` basic.
    fn exchange(&mut self, row: usize, column: usize, gains: &mut [f64]) {
        let mut pivot = std::mem::take(&mut self.cells[row]);
        let inverse = 1.0 / pivot[column];
        pivot.iter_mut().for_each(|cell| *cell *= inverse);
        pivot[column] = inverse;
        let value = self.bound[row] * inverse;
        // Most cells are 0.
        let filled: Vec<(usize, f64)> = pivot.iter().copied().enumerate().filter(|(_, p)| *p != 0.0).collect();
        let reduce = |cells: &mut [f64]| {
            let factor = std::mem::replace(&mut cells[column], 0.0);
            if factor != 0.0 {
                filled.iter().for_each(|(j, p)| cells[*j] -= factor * p);
            }
            factor
        };
        for (i, cells) in self.cells.iter_mut().enumerate().filter(|(i, _)| *i != row) {
            // Rounding may not make a bound negative.
            self.bound[i] = (self.bound[i] - reduce(cells) * value).max(0.0);
        }
        reduce(gains);
        self.bound[row] = value;
        self.cells[row] = pivot;
        std::mem::swap(&mut self.basic[row], &mut self.others[column]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(terms: &[(usize, f64)], bound: f64) -> Row {
        Row { terms: terms.to_vec(), bound }
    }

    fn close(found: &[f64], expected: &[f64]) {
        let same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(same && found.len() == expected.len(), "{found:?}, expected {expected:?}");
    }

    /// max 5x + 4y + 3z: 2x + 3y + z ≤ 5, 4x + y + 2z ≤ 11, 3x + 4y + 2z ≤ 8: 13 at (2, 0, 1) (Chvátal, chapter 2).
    #[test]
    fn the_first_example_of_the_textbook() {
        let rows = [
            row(&[(0, 2.0), (1, 3.0), (2, 1.0)], 5.0),
            row(&[(0, 4.0), (1, 1.0), (2, 2.0)], 11.0),
            row(&[(0, 3.0), (1, 4.0), (2, 2.0)], 8.0),
        ];
        let mut lp = Simplex::new(3, &rows);
        assert!(lp.maximise(&[5.0, 4.0, 3.0]));
        close(&lp.solution(), &[2.0, 0.0, 1.0]);
    }

    /// Beale's example (1955), on which the greatest gain with lowest-row ties goes round for ever: 1/20 at
    /// (1/25, 0, 1, 0).
    #[test]
    fn circles_are_left() {
        let rows = [
            row(&[(0, 0.25), (1, -60.0), (2, -0.04), (3, 9.0)], 0.0),
            row(&[(0, 0.5), (1, -90.0), (2, -0.02), (3, 3.0)], 0.0),
            row(&[(2, 1.0)], 1.0),
        ];
        let mut lp = Simplex::new(4, &rows);
        assert!(lp.maximise(&[0.75, -150.0, 0.02, -6.0]));
        close(&lp.solution(), &[0.04, 0.0, 1.0, 0.0]);
    }

    /// x + y ≤ 2, x ≤ 1.5: the greatest sum is a whole edge; of it, the greatest y is (0, 2) and the greatest x (1.5, 0.5).
    #[test]
    fn a_second_objective_chooses_among_the_best_of_the_first() {
        for (second, expected) in [([0.0, 1.0], [0.0, 2.0]), ([1.0, 0.0], [1.5, 0.5])] {
            let mut lp = Simplex::new(2, &[row(&[(0, 1.0), (1, 1.0)], 2.0), row(&[(0, 1.0)], 1.5)]);
            assert!(lp.maximise(&[1.0, 1.0]) && lp.maximise(&second));
            close(&lp.solution(), &expected);
        }
    }

    #[test]
    fn what_has_no_bound_is_not_solved() {
        assert!(!Simplex::new(2, &[row(&[(0, 1.0)], 1.0)]).maximise(&[1.0, 1.0]));
    }
}
