//! `replay`: a log as the whole workload.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::json::{Document, Setting};
use crate::model::kind::UnitKind;
use crate::scenario::{LoadError, Loader};
use crate::workload::trace::default_kind;
use crate::workload::trace::swf::{SwfOptions, read_swf};

use super::Session;
use super::args::{Precision, Replay};
use super::failure::Failure;
use super::format::format_of;
use super::{compare, run, variants};

pub(super) fn replay(session: &Session, args: &Replay) -> Result<(), Failure> {
    let (loader, document) = scenario_of(args)?;
    execute(session, document, &loader, args)
}

/// Runs or compares, as the arguments say, what they have been made into.
pub(super) fn execute(session: &Session, document: Document, loader: &Loader, args: &Replay) -> Result<(), Failure> {
    if args.vary.is_empty() && args.load.load.is_none() {
        run::execute(session, document, loader, &args.common)
    } else {
        let asked = variants::Asked {
            vary: &args.vary,
            load: &args.load,
            pairing: &args.pairing,
            expect: &[],
            tie_sweep: None,
            precision: &Precision::default(),
        };
        compare::execute(session, document, loader, &asked, &args.common)
    }
}

/// The scenario that the arguments describe.
fn scenario_of(args: &Replay) -> Result<(Loader, Document), Failure> {
    let format = format_of(&args.trace, args.format.as_deref())?;
    let folder = args.trace.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let absolute = std::path::absolute(&args.trace).map_err(|e| Failure::io(&args.trace, &e))?;
    let mut workload = json!({"source": "trace", "format": format, "path": absolute.to_string_lossy()});
    if args.no_kill {
        workload["kill_at_estimate"] = json!(false);
    }
    if let Some(limit) = args.limit {
        workload["limit"] = json!(limit);
    }
    if let Some(vc) = &args.vc {
        workload["vc"] = json!(vc);
    }
    let kind: Option<UnitKind> =
        args.kind.as_ref().map(|k| k.parse()).transpose().map_err(|e| Failure::new(Failure::USAGE, e))?;
    // On a machine of one kind, that is what everything runs on, whatever the file says.
    let only = args.units.map(|_| kind.unwrap_or_else(|| default_kind(&format)));
    if let Some(kind) = kind.or(only) {
        workload["runs_on"] = json!([kind.name()]);
    }
    let (mut loader, mut document) = match &args.scenario {
        Some(path) => Loader::open(path, &[], &args.common.allow_path)?,
        None => {
            let scenario = bare_scenario(args, &format, kind.unwrap_or_else(|| default_kind(&format)))?;
            (
                Loader { base: folder.to_owned(), allowed: args.common.allow_path.clone() },
                Document::from_value(scenario),
            )
        }
    };
    loader.allowed.push(folder.to_owned());
    if let Some(nodes) = args.nodes.as_ref().and_then(|n| n.parent()) {
        loader.allowed.push(if nodes.as_os_str().is_empty() { PathBuf::from(".") } else { nodes.to_owned() });
    }
    set(&mut document, "workload", json!([workload]))?;
    if let Some(scheduler) = &args.scheduler {
        let choice = serde_json::from_str(scheduler).ok().filter(Value::is_object).unwrap_or_else(|| json!(scheduler));
        set(&mut document, "policies.scheduler", choice)?;
    }
    Ok((loader, document))
}

fn set(document: &mut Document, path: &str, value: Value) -> Result<(), Failure> {
    let setting = Setting::new(path, value).map_err(|e| Failure::new(Failure::USAGE, e))?;
    Ok(document.set(&setting).map_err(LoadError::from)?)
}

/// A scenario around the log alone.
fn bare_scenario(args: &Replay, format: &str, kind: UnitKind) -> Result<Value, Failure> {
    let file = args.trace.file_name().unwrap_or_default().to_string_lossy();
    let name = file.trim_end_matches(".gz").trim_end_matches(".swf").trim_end_matches(".csv").to_owned();
    if format == "gavel" {
        let why = "a Gavel trace needs its table of throughputs: write a scenario with a source of `format` \"gavel\"";
        return Err(Failure::new(Failure::USAGE, why));
    }
    let cluster = match (args.units, node_list(args, format)?) {
        (None, Some(nodes)) => {
            let nodes = std::path::absolute(&nodes).map_err(|e| Failure::io(&nodes, &e))?;
            json!({"nodes_from": {"format": format, "path": nodes.to_string_lossy()}})
        }
        (units, _) => {
            let units = units.map_or_else(|| units_of_log(&args.trace, format), Ok)?;
            let group = json!({"device": format!("{kind}-generic"), "count": units});
            json!({"nodes": [{"name": "machine", "units": [group]}]})
        }
    };
    Ok(json!({"name": name, "cluster": cluster, "workload": []}))
}

/// The machine that the log's header tells of.
fn units_of_log(path: &Path, format: &str) -> Result<u32, Failure> {
    let said = match format {
        "swf" => read_swf(path, &SwfOptions::default())?.processors,
        _ => None,
    };
    let needed = match format {
        "swf" => "the header names no machine size: give --units N",
        "openb" => "a pod list needs its nodes: give --nodes FILE, or --units N, or --scenario FILE",
        "tiresias" => "a job list needs its cluster: give --units N, or --nodes FILE, or --scenario FILE",
        _ => "the log does not say how large its machine was: give --units N, or --scenario FILE",
    };
    said.ok_or_else(|| Failure::new(Failure::USAGE, format_args!("{}: {needed}", path.display())))
}

/// The node list that was given, or that stands beside openb's pods: GPU nodes first.
fn node_list(args: &Replay, format: &str) -> Result<Option<PathBuf>, Failure> {
    match (&args.nodes, format) {
        (Some(nodes), "openb" | "tiresias") => Ok(Some(nodes.clone())),
        (Some(_), _) => {
            let message = format_args!("--nodes goes with a log of format openb or tiresias, found {format}");
            Err(Failure::new(Failure::USAGE, message))
        }
        (None, "openb") => {
            let beside = ["openb_node_list_gpu_node.csv", "openb_node_list_all_node.csv"];
            let names = beside.iter().flat_map(|n| [(*n).to_owned(), format!("{n}.gz")]);
            Ok(names.map(|n| args.trace.with_file_name(n)).find(|p| p.is_file()))
        }
        (None, _) => Ok(None),
    }
}
