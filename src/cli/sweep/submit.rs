//! `sweep submit`.

use std::fs;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use crate::sink::OutputFile;
use crate::sweep::Sbatch;

use super::super::args::SweepSubmit;
use super::super::failure::Failure;
use super::super::output::print;
use super::{count, open, shown};

/// Array tasks where nothing else is asked for: a task costs Slurm about half a second.
const SHARDS: u64 = 16;

pub(super) fn submit(args: &SweepSubmit) -> Result<(), Failure> {
    let (_, plan) = open(&args.dir)?;
    let real = |path: &std::path::Path| path.canonicalize().map_err(|e| Failure::io(path, &e));
    let folder = real(&args.dir)?;
    let program =
        std::env::current_exe().map_err(|e| Failure::new(Failure::FILES, format_args!("this program: {e}")))?;
    let name = plan.scenarios.first().map_or("", |s| s.name.as_str());
    let batch = Sbatch {
        shards: args.shards.unwrap_or(SHARDS.min(plan.cells)).max(1),
        cores: args.cores,
        name: format!("xpusim-{name}"),
        time: args.time.clone(),
        memory: args.mem.clone(),
        partition: args.partition.clone(),
    };
    let script = folder.join("sweep.sbatch");
    let text = batch.script(&program, &folder)?;
    OutputFile::write(&script, text.as_bytes()).map_err(|e| Failure::io(&script, &e))?;
    let logs = folder.join("logs");
    fs::create_dir_all(&logs).map_err(|e| Failure::io(&logs, &e))?;
    let by_hand = format!("sbatch --chdir={} {}", shown(&folder), shown(&script));
    if args.dry_run {
        return print(&format!("{}: written, not submitted\nsubmit it with: {by_hand}\n", script.display()));
    }
    let called = Command::new("sbatch")
        .arg("--parsable")
        .arg(format!("--chdir={}", folder.display()))
        .arg(&script)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output();
    let output = called.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "there is no sbatch on this machine".to_owned(),
            _ => format!("sbatch: {error}"),
        };
        let script = script.display();
        Failure::new(Failure::FILES, format_args!("{why}; {script} is written: on a node of the cluster, {by_hand}"))
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let message = format!("sbatch refused {} ({}): {}", script.display(), output.status, said.trim());
        return Err(Failure::new(Failure::FILES, message));
    }
    // `123` or `123;cluster`.
    let said = String::from_utf8_lossy(&output.stdout);
    let job = said.trim().split(';').next().unwrap_or_default();
    let (shards, cells, dir) = (count(batch.shards, "shard"), count(plan.cells, "cell"), shown(&args.dir));
    print(&format!(
        "job {job}: {shards}, {cells}\n\nwatch    squeue --job {job}\nhow far  xpusim sweep status {dir} --of {}\n\
         then     xpusim sweep collect {dir}\nlogs     {}\n",
        batch.shards,
        logs.display()
    ))
}
