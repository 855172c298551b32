//! `verify`: the simulator against closed-form theory.

use serde_json::json;

use crate::report::tables::render;
use crate::stats::student_t_outside;
use crate::verify::coverage::{self, Experiments, coverage};
use crate::verify::{Row, Size, systems, verify as check};

use super::Session;
use super::args::Verify;
use super::failure::Failure;
use super::output::{print, tell};
use super::run::on_threads;

pub(super) fn verify(session: &Session, args: &Verify) -> Result<(), Failure> {
    let size = Size { tasks: args.tasks, replications: args.replications, seed: args.seed };
    let is_wanted = |name: &str| args.only.as_ref().is_none_or(|o| name.contains(o.as_str()));
    let wanted: Vec<_> = systems().into_iter().filter(|s| is_wanted(s.name)).collect();
    let counts_intervals = coverage::SYSTEMS.into_iter().any(is_wanted);
    if wanted.is_empty() && !counts_intervals {
        return Err(Failure::new(Failure::USAGE, "no system's name contains that text"));
    }
    let mut rows = Vec::new();
    for system in &wanted {
        if !args.json {
            tell(&format!("{} …", system.name));
        }
        let found = on_threads(args.jobs, || check(system, size, &session.registry, session.stop.flag()))?;
        rows.extend(found.map_err(|message| Failure::new(Failure::BUG, message))?);
    }
    if counts_intervals {
        let size = Experiments::full(args.seed);
        if !args.json {
            tell(&format!("coverage, {} experiments of {} replications …", size.count, size.replications));
        }
        let found = on_threads(args.jobs, || coverage(size, &session.registry, &session.stop.flag()))?;
        let found = found.map_err(|message| Failure::new(Failure::BUG, message))?;
        rows.extend(found.into_iter().filter(|r| is_wanted(r.system)));
    }
    let missed = rows.iter().filter(|r| !r.holds()).count();
    if args.json {
        let rows: Vec<_> = rows.iter().map(to_json).collect();
        print(&(serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"))?;
    } else {
        let table: Vec<Vec<String>> = rows.iter().map(to_cells).collect();
        let head = [
            ("system", false),
            ("quantity", false),
            ("expected", true),
            ("measured", true),
            ("95 % interval", false),
            ("in SE", true),
            ("verdict", false),
        ];
        print(&render(&head, &table))?;
        print(&verdict(&rows, args))?;
    }
    if missed == 0 { Ok(()) } else { Err(Failure::new(Failure::CHECK, format_args!("{missed} rows missed"))) }
}

/// How many rows hold, and what that means.
fn verdict(rows: &[Row], args: &Verify) -> String {
    let (banded, plain): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|r| r.band.is_some());
    let holding = |rows: &[&Row]| rows.iter().filter(|r| r.holds()).count();
    let mut text = String::new();
    if !plain.is_empty() {
        let by_chance = student_t_outside(f64::from(args.replications) - 1.0, 3.0) * plain.len() as f64;
        text += &format!(
            "\n{} of {} within 3 standard errors ({} replications of {} tasks, seed {}).\n\
             A perfect simulator would miss {by_chance:.2} of them on average: another seed tells chance from a bug.\n",
            holding(&plain),
            plain.len(),
            args.replications,
            args.tasks,
            args.seed
        );
    }
    if !banded.is_empty() {
        text += &format!(
            "\n{} of {} shares of intervals within their bands: 93 to 97 % hold the truth, at most 6 % show a difference\n\
             between equals ({} experiments, seed {}; perfect intervals miss a band of the first kind with probability 0.003,\n\
             of the second with 0.07).\n",
            holding(&banded),
            banded.len(),
            Experiments::full(args.seed).count,
            args.seed
        );
    }
    text
}

fn to_cells(row: &Row) -> Vec<String> {
    let number = |x: f64| format!("{x:.6}");
    vec![
        row.system.to_owned(),
        row.quantity.to_owned(),
        number(row.expected),
        number(row.measured),
        format!("[{}, {}]", number(row.low), number(row.high)),
        format!("{:+.2}", row.deviation()),
        if row.holds() { "ok".into() } else { "MISS".into() },
    ]
}

fn to_json(row: &Row) -> serde_json::Value {
    let mut cells = json!({
        "system": row.system, "quantity": row.quantity, "expected": row.expected, "measured": row.measured,
        "ci95": [row.low, row.high], "standard_errors": row.deviation(), "holds": row.holds(),
    });
    if let Some(band) = row.band {
        cells["band"] = json!(band);
    }
    cells
}
