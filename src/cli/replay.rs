//! `replay`: a log as the whole workload.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::json::{Document, Setting};
use crate::model::kind::UnitKind;
use crate::scenario::{LoadError, Loader};
use crate::workload::trace::swf::{SwfOptions, read_swf};
use crate::workload::trace::{FORMATS, TraceError, TraceErrorKind};

use super::Session;
use super::args::Replay;
use super::failure::Failure;
use super::{compare, run};

pub(super) fn replay(session: &Session, args: &Replay) -> Result<(), Failure> {
    let format = format_of(args)?;
    let folder = args.trace.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let absolute = std::path::absolute(&args.trace).map_err(|e| Failure::io(&args.trace, &e))?;
    let mut workload = json!({"source": "trace", "format": format, "path": absolute.to_string_lossy()});
    if args.no_kill {
        workload["kill_at_estimate"] = json!(false);
    }
    if let Some(limit) = args.limit {
        workload["limit"] = json!(limit);
    }
    let kind: Option<UnitKind> =
        args.kind.as_ref().map(|k| k.parse()).transpose().map_err(|e| Failure::new(Failure::USAGE, e))?;
    if let Some(kind) = kind {
        workload["runs_on"] = json!([kind.name()]);
    }
    let (mut loader, mut document) = match &args.scenario {
        Some(path) => Loader::open(path, &[], &args.common.allow_path)?,
        None => {
            let scenario = bare_scenario(args, &format, kind.unwrap_or(UnitKind::Cpu))?;
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
    if args.vary.is_empty() {
        run::execute(session, document, &loader, &args.common)
    } else {
        let asked = compare::Asked { vary: &args.vary, ..compare::Asked::default() };
        compare::execute(session, document, &loader, &asked, &args.common)
    }
}

fn set(document: &mut Document, path: &str, value: Value) -> Result<(), Failure> {
    let setting = Setting::new(path, value).map_err(|e| Failure::new(Failure::USAGE, e))?;
    Ok(document.set(&setting).map_err(LoadError::from)?)
}

/// The format that was given, or that the file's name tells.
fn format_of(args: &Replay) -> Result<String, Failure> {
    let known: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
    if let Some(format) = &args.format {
        if known.contains(&format.as_str()) {
            return Ok(format.clone());
        }
        let hint = crate::json::did_you_mean(format, &known).map(|h| format!("; {h}")).unwrap_or_default();
        let message = format!("--format: found `{format}`, expected one of {}{hint}", known.join(", "));
        return Err(Failure::new(Failure::USAGE, message));
    }
    let name = args.trace.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.contains(".swf") {
        return Ok("swf".into());
    }
    if name.starts_with("openb_pod") {
        return Ok("openb".into());
    }
    Err(Failure::new(Failure::USAGE, format_args!("{name}: give its format: --format {}", known.join("|"))))
}

/// A scenario around the log alone.
fn bare_scenario(args: &Replay, format: &str, kind: UnitKind) -> Result<Value, Failure> {
    let file = args.trace.file_name().unwrap_or_default().to_string_lossy();
    let name = file.trim_end_matches(".gz").trim_end_matches(".swf").trim_end_matches(".csv").to_owned();
    if format == "gavel" {
        let why = "a Gavel trace needs its table of throughputs: write a scenario with a source of `format` \"gavel\"";
        return Err(Failure::new(Failure::USAGE, why));
    }
    let cluster = if format == "openb" {
        let nodes = node_list(args)?;
        let nodes = std::path::absolute(&nodes).map_err(|e| Failure::io(&nodes, &e))?;
        json!({"nodes_from": {"format": "openb", "path": nodes.to_string_lossy()}})
    } else {
        let units = match args.units {
            Some(units) => units,
            None => units_of_log(&args.trace)?,
        };
        let group = json!({"device": format!("{kind}-generic"), "count": units});
        json!({"nodes": [{"name": "machine", "units": [group]}]})
    };
    Ok(json!({"name": name, "cluster": cluster, "workload": []}))
}

/// The machine that the log's header tells of.
fn units_of_log(path: &Path) -> Result<u32, Failure> {
    let log = read_swf(path, &SwfOptions::default()).map_err(trace_failure)?;
    log.processors.ok_or_else(|| {
        Failure::new(
            Failure::USAGE,
            format_args!("{}: the header names no machine size: give --units N", path.display()),
        )
    })
}

fn trace_failure(error: TraceError) -> Failure {
    let code = if error.kind == TraceErrorKind::Io { Failure::FILES } else { Failure::INPUT };
    Failure::new(code, error)
}

/// The node list that was given, or the one beside the pods: GPU nodes first.
fn node_list(args: &Replay) -> Result<PathBuf, Failure> {
    if let Some(nodes) = &args.nodes {
        return Ok(nodes.clone());
    }
    let beside = ["openb_node_list_gpu_node.csv", "openb_node_list_all_node.csv"];
    let names = beside.iter().flat_map(|n| [(*n).to_owned(), format!("{n}.gz")]);
    names.map(|n| args.trace.with_file_name(n)).find(|p| p.is_file()).ok_or_else(|| {
        Failure::new(Failure::USAGE, "a pod list needs its nodes: give --nodes FILE, or --scenario FILE")
    })
}
