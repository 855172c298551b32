//! From pieces to steps: precedence climbing (Richards 1979).

use super::lex::{Token, tokens};
use super::{FUNCTIONS, Formula, FormulaError, Function, Rule, Step};

/// Longest formula in characters.
const LONGEST: usize = 2_000;

/// Parentheses, functions and signs within each other.
const DEEPEST: usize = 64;

const OPERAND: &str = "a number, a variable, a function or `(`";
const OPERATOR: &str = "an operator + - * / ^, or the end";

/// How strongly a sign binds: more than `*`, less than `^`.
const SIGN: u8 = 5;

/// An operator between two operands.
struct Operator {
    /// How strongly it binds to its left, and to its right.
    binds: (u8, u8),
    rule: fn(f64, f64) -> f64,
}

fn operator(symbol: char) -> Option<Operator> {
    let (left, right, rule): (u8, u8, fn(f64, f64) -> f64) = match symbol {
        '+' => (1, 2, |a, b| a + b),
        '-' => (1, 2, |a, b| a - b),
        '*' => (3, 4, |a, b| a * b),
        '/' => (3, 4, |a, b| a / b),
        '^' => (6, 5, libm::pow),
        _ => return None,
    };
    Some(Operator { binds: (left, right), rule })
}

/// Reads a formula; `variable` gives the number of a variable of that name.
///
/// # Errors
/// A piece stands where it cannot, a name is unknown, or the formula is longer than 2000 characters or
/// nested deeper than 64.
pub fn parse(text: &str, variable: impl Fn(&str) -> Option<usize>) -> Result<Formula, FormulaError> {
    let length = text.chars().count();
    if length > LONGEST {
        let found = format!("a formula of {length} characters");
        return Err(FormulaError::Syntax { at: LONGEST, found, expected: "at most 2000 characters" });
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end: length + 1, steps: Vec::new(), variable };
    parser.expression(0, 0)?;
    if parser.peek().is_some() {
        return Err(parser.surprise(OPERATOR));
    }
    Ok(Formula { steps: parser.steps, stack: Vec::new() })
}

struct Parser<V> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    /// The character behind the last one.
    end: usize,
    steps: Vec<Step>,
    variable: V,
}

impl<V: Fn(&str) -> Option<usize>> Parser<V> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    /// Takes `symbol` if it is next.
    fn accept(&mut self, symbol: char) -> bool {
        let here = self.peek() == Some(&Token::Symbol(symbol));
        self.next += usize::from(here);
        here
    }

    fn surprise(&self, expected: &'static str) -> FormulaError {
        let found = match self.peek() {
            Some(Token::Number(x)) => format!("`{x}`"),
            Some(Token::Name(name)) => format!("`{name}`"),
            Some(Token::Symbol(symbol)) => format!("`{symbol}`"),
            None => "the end".to_owned(),
        };
        FormulaError::Syntax { at: self.at(), found, expected }
    }

    /// An operand and the operators behind it that bind at least as strongly as `least`.
    fn expression(&mut self, least: u8, depth: usize) -> Result<(), FormulaError> {
        if depth > DEEPEST {
            return Err(self.surprise("no more than 64 levels of parentheses, functions and signs"));
        }
        self.operand(depth)?;
        while let Some(Token::Symbol(symbol)) = self.peek()
            && let Some(Operator { binds: (left, right), rule }) = operator(*symbol)
            && left >= least
        {
            self.next += 1;
            self.expression(right, depth + 1)?;
            self.steps.push(Step::Binary(rule));
        }
        Ok(())
    }

    fn operand(&mut self, depth: usize) -> Result<(), FormulaError> {
        if self.accept('-') {
            self.expression(SIGN, depth + 1)?;
            self.steps.push(Step::Unary(|x| -x));
            return Ok(());
        }
        if self.accept('+') {
            return self.expression(SIGN, depth + 1);
        }
        if self.accept('(') {
            self.expression(0, depth + 1)?;
            return self.close("an operator or `)`");
        }
        let at = self.at();
        match self.peek().cloned() {
            Some(Token::Number(x)) => self.steps.push(Step::Number(x)),
            Some(Token::Name(name)) => {
                if let Some(function) = FUNCTIONS.iter().find(|f| f.name == name) {
                    self.next += 1;
                    return self.call(function, depth);
                }
                let Some(number) = (self.variable)(&name) else { return Err(FormulaError::Unknown { at, name }) };
                self.steps.push(Step::Variable(number));
            }
            _ => return Err(self.surprise(OPERAND)),
        }
        self.next += 1;
        Ok(())
    }

    /// The arguments of a function.
    fn call(&mut self, function: &Function, depth: usize) -> Result<(), FormulaError> {
        if !self.accept('(') {
            return Err(self.surprise("`(` after the name of a function"));
        }
        self.expression(0, depth + 1)?;
        let Rule::Many(rule) = function.rule else {
            if let Rule::One(rule) = function.rule {
                self.steps.push(Step::Unary(rule));
            }
            return self.close("an operator or `)`: the function takes one number");
        };
        if self.peek() == Some(&Token::Symbol(')')) {
            return Err(self.surprise("`,`: the function takes two numbers or more"));
        }
        while self.accept(',') {
            self.expression(0, depth + 1)?;
            self.steps.push(Step::Binary(rule));
        }
        self.close("an operator, `,` or `)`")
    }

    fn close(&mut self, expected: &'static str) -> Result<(), FormulaError> {
        if self.accept(')') { Ok(()) } else { Err(self.surprise(expected)) }
    }
}
