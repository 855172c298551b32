//! `verify`: the simulator against closed-form theory.

use serde_json::json;

use crate::report::tables::render;
use crate::stats::student_t_outside;
use crate::verify::{Row, Size, systems, verify as check};

use super::Session;
use super::args::Verify;
use super::failure::Failure;
use super::output::{print, tell};
use super::run::on_threads;

pub(super) fn verify(session: &Session, args: &Verify) -> Result<(), Failure> {
    let size = Size { tasks: args.tasks, replications: args.replications, seed: args.seed };
    let wanted: Vec<_> =
        systems().into_iter().filter(|s| args.only.as_ref().is_none_or(|o| s.name.contains(o.as_str()))).collect();
    if wanted.is_empty() {
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
        let by_chance = student_t_outside(f64::from(args.replications) - 1.0, 3.0) * rows.len() as f64;
        print(&format!(
            "\n{} of {} within 3 standard errors ({} replications of {} tasks, seed {}).\n\
             A perfect simulator would miss {by_chance:.2} of them on average: another seed tells chance from a bug.\n",
            rows.len() - missed,
            rows.len(),
            args.replications,
            args.tasks,
            args.seed
        ))?;
    }
    if missed == 0 { Ok(()) } else { Err(Failure::new(Failure::CHECK, format_args!("{missed} rows missed"))) }
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
    json!({
        "system": row.system, "quantity": row.quantity, "expected": row.expected, "measured": row.measured,
        "ci95": [row.low, row.high], "standard_errors": row.deviation(), "holds": row.holds(),
    })
}
