//! `devices`: what the catalogue knows, and how well.

use crate::catalogue::{Catalogue, Confidence, DeviceSpec, FitError};
use crate::json::did_you_mean;
use crate::report::tables::render;

use super::args::Devices;
use super::failure::Failure;
use super::output::print;

pub(super) fn devices(args: &Devices) -> Result<(), Failure> {
    let Some(name) = &args.device else {
        let rows = rows();
        let columns = vec![("", false); rows.first().map_or(0, Vec::len)];
        return print(&render(&columns, &rows));
    };
    let catalogue = Catalogue::builtin().map_err(|e| Failure::new(Failure::BUG, e))?;
    let Some((id, spec)) = catalogue.id_of(name).and_then(|id| Some((id, catalogue.get(id)?))) else {
        let names: Vec<&str> = catalogue.ids().collect();
        let hint = did_you_mean(name, &names).map(|h| format!("; {h}")).unwrap_or_default();
        let message = format!("found `{name}`, expected a device, as `xpusim devices` lists them{hint}");
        return Err(Failure::new(Failure::USAGE, message));
    };
    print(&whole(id, spec))
}

/// A row with everything that is known of its figures.
fn whole(id: &str, spec: &DeviceSpec) -> String {
    let mut text = format!("{id}: {} ({})\n\n", spec.name, spec.kind);
    if let Some(fit) = &spec.calibration {
        text.push_str(&fit_table(fit));
        text.push('\n');
    }
    let sources = spec.figures().into_iter().map(|figure| {
        let known = spec.provenance_of(&figure);
        let confidence = known.map_or("-", |p| confidence(p.confidence));
        vec![figure, confidence.to_owned(), known.map_or(String::new(), |p| p.source.clone())]
    });
    text.push_str(&render(
        &[("figure", false), ("confidence", false), ("source", false)],
        &sources.collect::<Vec<_>>(),
    ));
    text.push_str("\nAs the `devices` of a scenario have it:\n");
    text.push_str(&serde_json::to_string_pretty(spec).unwrap_or_default());
    text.push('\n');
    text
}

/// The errors of a fit, in words and per cent.
pub(super) fn fit_table(fit: &crate::catalogue::CalibrationSpec) -> String {
    let row = |name: &str, e: FitError| vec![name.to_owned(), per_cent(e.within), per_cent(e.left_out)];
    let rows = [row("time", fit.time), row("power", fit.power), row("energy", fit.energy)];
    let head = [("mean absolute error", false), ("within", true), ("clock left out", true)];
    format!(
        "{}\n{} measurements of {} kernels, {:.3} to {:.3} GHz\n",
        render(&head, &rows).trim_end(),
        fit.points,
        fit.kernels,
        fit.from.get() / 1e9,
        fit.to.get() / 1e9
    )
}

pub(super) fn per_cent(x: f64) -> String {
    format!("{:.2} %", x * 100.0)
}

fn confidence(c: Confidence) -> &'static str {
    match c {
        Confidence::Example => "example",
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// Devices with their figures; `~` marks example values.
pub(super) fn rows() -> Vec<Vec<String>> {
    let header =
        ["device", "kind", "memory", "fp16 TFLOP/s", "idle W", "active W", "P-states", "fit error", "sleep", "name"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let Ok(catalogue) = Catalogue::builtin() else { return rows };
    for (id, d) in catalogue.devices() {
        let mark = |figure: &str| match d.provenance_of(figure).map(|p| p.confidence) {
            Some(Confidence::Example) | None => "~",
            Some(_) => "",
        };
        let (by_law, states) = (d.power.law.is_some(), d.power.states().len());
        let known = if by_law { "power.law" } else { "power.pstates" };
        rows.push(vec![
            id.to_owned(),
            d.kind.to_string(),
            d.memory.map_or("-".into(), |m| format!("{} GB{}", m.get() as f64 / 1e9, mark("memory"))),
            peak(d),
            format!("{}{}", d.power.idle.get(), mark("power.idle")),
            format!("{:.1}{}", d.power.full().get(), mark(if by_law { "power.law" } else { "power.active" })),
            format!("{}{}", states.max(1), if states == 0 { "" } else { mark(known) }),
            d.calibration.as_ref().map_or("-".into(), |c| format!("{:.1} %", c.power.within * 100.0)),
            d.sleep.as_ref().map_or("-".into(), |s| format!("{} W{}", s.words(), mark("sleep"))),
            d.name.clone(),
        ]);
    }
    rows.push(vec![
        "(~: an example value, not published; fit error: mean error of the power by clock against measurements)".into(),
    ]);
    rows
}

fn peak(device: &DeviceSpec) -> String {
    let peak = device.peak_for(crate::catalogue::Precision::Fp16);
    peak.map_or("-".into(), |p| format!("{}", p.get() / 1e12))
}
