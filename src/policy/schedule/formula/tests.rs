use super::*;
use proptest::prelude::*;

fn names(name: &str) -> Option<usize> {
    ["x", "y", "minimum"].iter().position(|n| *n == name)
}

/// The value at x = 3, y = 2, minimum = 7.
fn at(text: &str) -> f64 {
    let mut formula = parse(text, names).unwrap_or_else(|e| panic!("{text}: {e}"));
    formula.value(|number| [3.0, 2.0, 7.0][number])
}

/// Each value worked out by hand.
#[test]
fn operators_bind_as_in_print() {
    for (text, value) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("12 / 2 / 3", 2.0),
        ("12 / x * x", 12.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-x ^ 2", -9.0),
        ("(-x) ^ 2", 9.0),
        ("2 ^ -y", 0.25),
        ("2 ^ -y ^ 2", 0.0625),
        ("- -x", 3.0),
        ("+x - -y", 5.0),
        ("-x * y", -6.0),
        ("2 * y ^ 2", 8.0),
        ("1.5e2 + .5 + 2.", 152.5),
        ("6.86E-1", 0.686),
        ("minimum - min(x, y)", 5.0),
        ("\tx\n+ y ", 5.0),
    ] {
        assert_eq!(at(text), value, "{text}");
    }
}

#[test]
fn functions_take_what_they_take() {
    for (text, value) in [
        ("log10(1000) + log2(8) + ln(1) + log(1)", 6.0),
        ("sqrt(16) + cbrt(27) + abs(-2) + exp(0)", 10.0),
        ("floor(2.7) + ceil(2.1) + round(2.5)", 8.0),
        ("max(1, min(x, 9), y)", 3.0),
        ("min(max(x, 1), max(y, 1), 5)", 2.0),
        ("min(-(x), 1)", -3.0),
        ("2 * max(1, x) ^ 2", 18.0),
    ] {
        assert_eq!(at(text), value, "{text}");
    }
}

#[test]
fn arithmetic_is_ieee() {
    assert_eq!(at("1 / (x - 3)"), f64::INFINITY);
    assert_eq!(at("-1 / (x - 3)"), f64::NEG_INFINITY);
    assert_eq!(at("log10(x - 3)"), f64::NEG_INFINITY);
    assert!(at("(x - 3) / (x - 3)").is_nan());
    assert!(at("sqrt(-x)").is_nan());
}

#[test]
fn every_mistake_is_told_with_its_place() {
    for (text, at, found) in [
        ("", 1, "the end"),
        ("1 +", 4, "the end"),
        ("x y", 3, "`y`"),
        ("2x", 2, "`x`"),
        ("(x", 3, "the end"),
        ("x)", 2, "`)`"),
        ("x + * y", 5, "`*`"),
        ("log10 x", 7, "`x`"),
        ("sqrt(x, y)", 7, "`,`"),
        ("max(x)", 6, "`)`"),
        ("max(x,)", 7, "`)`"),
        ("x(2)", 2, "`(`"),
        ("1.2.3", 1, "`1.2.3`"),
        ("1e999", 1, "`1e999`"),
        ("x == y", 3, "`=`"),
        ("é + \u{1b}", 1, "`é`"),
    ] {
        match parse(text, names).err() {
            Some(FormulaError::Syntax { at: there, found: what, .. }) => {
                assert_eq!((there, what.as_str()), (at, found), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let unknown = FormulaError::Unknown { at: 5, name: "z1".into() };
    assert_eq!(parse("x + z1 * y", names).err(), Some(unknown));
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |n: usize| format!("{}x{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&nested(60), names).is_ok());
    assert!(parse(&nested(900), names).is_err());
    assert!(parse(&"-".repeat(1_000), names).is_err());
    assert!(parse(&"x+".repeat(2_000), names).is_err());
    assert_eq!(at(&format!("{}x", "x+".repeat(900))), 2703.0);
}

proptest! {
    #[test]
    fn no_text_makes_it_fall_over(text in "[-+*/^(),.0-9exylogmin \u{e9}]{0,40}") {
        if let Ok(mut formula) = parse(&text, names) {
            let _ = formula.value(|_| 1.0);
        }
    }

    #[test]
    fn sums_and_products_agree_with_the_processor(a in -1e6f64..1e6, b in -1e6f64..1e6, c in 1.0f64..1e6) {
        let text = format!("({a:?}) * x - ({b:?}) / ({c:?}) + y");
        prop_assert_eq!(at(&text), a * 3.0 - b / c + 2.0);
    }
}
