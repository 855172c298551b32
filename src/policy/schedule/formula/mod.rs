//! Formulas that a user writes: read once, worked out often.
//!
//! From weak to strong: `+ -`, `* /`, the sign `-`, `^` (from the right), then numbers, variables,
//! functions and parentheses. So `-x^2` is `-(x^2)` and `2^3^2` is `2^9`, as in print.
//!
//! All is IEEE double arithmetic: division by zero gives an infinity, `0/0` and the logarithm of a
//! negative number are no number. Powers, logarithms and the like are libm's, so the same formula gives
//! the same bits on every machine.

mod lex;
mod parse;

pub use parse::parse;

/// What a formula cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    /// A piece that cannot stand where it stands.
    #[error("found {found} at character {at}, expected {expected}")]
    Syntax {
        /// Character, counted from 1.
        at: usize,
        /// The piece.
        found: String,
        /// What could stand there.
        expected: &'static str,
    },
    /// A name that means nothing here.
    #[error("found `{name}` at character {at}, which is no known name")]
    Unknown {
        /// Character at which it begins, counted from 1.
        at: usize,
        /// The name.
        name: String,
    },
}

/// A function of one number, or of two or more from the left.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    One(fn(f64) -> f64),
    Many(fn(f64, f64) -> f64),
}

/// A function that formulas can call.
pub struct Function {
    /// How formulas call it.
    pub name: &'static str,
    /// What it gives.
    pub about: &'static str,
    rule: Rule,
}

impl Function {
    const fn one(name: &'static str, about: &'static str, rule: fn(f64) -> f64) -> Self {
        Self { name, about, rule: Rule::One(rule) }
    }

    const fn many(name: &'static str, about: &'static str, rule: fn(f64, f64) -> f64) -> Self {
        Self { name, about, rule: Rule::Many(rule) }
    }
}

/// All functions, by name.
pub const FUNCTIONS: &[Function] = &[
    Function::one("abs", "absolute value", f64::abs),
    Function::one("cbrt", "cube root", libm::cbrt),
    Function::one("ceil", "next whole number above", libm::ceil),
    Function::one("exp", "e to the power of x", libm::exp),
    Function::one("floor", "next whole number below", libm::floor),
    Function::one("ln", "natural logarithm", libm::log),
    Function::one("log", "natural logarithm, as `ln`", libm::log),
    Function::one("log10", "logarithm to base 10", libm::log10),
    Function::one("log2", "logarithm to base 2", libm::log2),
    Function::many("max", "the largest of two or more", f64::max),
    Function::many("min", "the smallest of two or more", f64::min),
    Function::one("round", "nearest whole number, halves away from zero", libm::round),
    Function::one("sqrt", "square root", f64::sqrt),
];

/// One step of a stack machine.
#[derive(Clone, Copy)]
enum Step {
    Number(f64),
    Variable(usize),
    Unary(fn(f64) -> f64),
    Binary(fn(f64, f64) -> f64),
}

/// A formula in postfix order: working it out is one walk over its steps.
pub struct Formula {
    steps: Vec<Step>,
    stack: Vec<f64>,
}

impl Formula {
    /// The numbers of the variables in it, each as often as it occurs.
    pub fn variables(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| match step {
            Step::Variable(number) => Some(*number),
            _ => None,
        })
    }

    /// Its value where each variable has the value that `variable` gives for its number.
    pub fn value(&mut self, mut variable: impl FnMut(usize) -> f64) -> f64 {
        let Self { steps, stack } = self;
        stack.clear();
        // The parser has counted operands; without one a result would be no number.
        let pop = |stack: &mut Vec<f64>| stack.pop().unwrap_or(f64::NAN);
        for step in steps {
            let result = match *step {
                Step::Number(x) => x,
                Step::Variable(number) => variable(number),
                Step::Unary(rule) => rule(pop(stack)),
                Step::Binary(rule) => {
                    let right = pop(stack);
                    rule(pop(stack), right)
                }
            };
            stack.push(result);
        }
        pop(stack)
    }
}

#[cfg(test)]
mod tests;
