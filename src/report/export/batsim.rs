//! The tables that Batsim writes (4.x: `jobs.csv`, `schedule.csv`, `machine_states.csv`), for tools that draw those.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::report::plots::PlotError;
use crate::sink::OutputFile;

use super::folder::{Run, Task};
use super::seconds::{nanos, seconds};

const JOBS: &str = "job_id,workload_name,profile,submission_time,requested_number_of_resources,requested_time,success,\
final_state,starting_time,execution_time,finish_time,waiting_time,turnaround_time,stretch,allocated_resources,\
consumed_energy,metadata\n";

/// Writes the three tables of the run in `folder` into `target`; returns their paths.
///
/// Tasks that ended in the cloud had no machine and are left out of all three. A unit that is down counts as
/// sleeping, for Batsim's states know no failures. Requested times are not in a results folder: the column is empty.
///
/// # Errors
/// `tasks.csv` is absent or a table is malformed; a file cannot be written.
pub fn write_batsim(folder: &Path, target: &Path) -> Result<Vec<PathBuf>, PlotError> {
    let run = Run::read(folder)?;
    let cannot = |path: &Path| {
        let path = path.to_owned();
        move |source| PlotError::Write { path, source }
    };
    std::fs::create_dir_all(target).map_err(cannot(target))?;
    let mut written = Vec::new();
    for (name, text) in
        [("jobs.csv", jobs(&run)?), ("schedule.csv", schedule(&run)), ("machine_states.csv", states(&run))]
    {
        let path = target.join(name);
        OutputFile::write(&path, text.as_bytes()).map_err(cannot(&path))?;
        written.push(path);
    }
    Ok(written)
}

fn at_home(run: &Run) -> impl Iterator<Item = &Task> {
    run.tasks.iter().filter(|t| !t.cloud)
}

fn jobs(run: &Run) -> Result<String, PlotError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let draw = |e: &dyn std::fmt::Display| PlotError::Draw(e.to_string());
    for task in at_home(run) {
        let cell = |x: Option<u64>| x.map(seconds).unwrap_or_default();
        let (start, finish) = (task.span.map(|s| s.0), task.span.map(|s| s.1));
        let since = |x: Option<u64>| cell(x.map(|t| t.saturating_sub(task.arrival)));
        let ran = nanos(&task.run);
        let turnaround = finish.map(|t| t.saturating_sub(task.arrival));
        let stretch = turnaround.zip(ran).filter(|(_, ran)| *ran > 0).map(|(t, ran)| t as f64 / ran as f64);
        let (success, state) = match task.status.as_str() {
            "completed" => ("1", "COMPLETED_SUCCESSFULLY"),
            "killed" => ("0", "COMPLETED_WALLTIME_REACHED"),
            "failed" => ("0", "COMPLETED_FAILED"),
            _ => ("0", "REJECTED"),
        };
        out.write_record([
            task.label.clone(),
            task.source.clone(),
            task.class.clone(),
            seconds(task.arrival),
            task.units.len().max(1).to_string(),
            String::new(),
            success.to_owned(),
            state.to_owned(),
            cell(start),
            cell(task.span.map(|(from, to)| to - from)),
            cell(finish),
            since(start),
            cell(turnaround),
            stretch.map(|x| x.to_string()).unwrap_or_default(),
            intervals(&task.units),
            task.energy.clone(),
            String::new(),
        ])
        .map_err(|e| draw(&e))?;
    }
    let rows = out.into_inner().map_err(|e| draw(&e))?;
    Ok(JOBS.to_owned() + &String::from_utf8_lossy(&rows))
}

/// `3;4;5;9` as Batsim writes sets of machines: `3-5 9`.
fn intervals(units: &[u64]) -> String {
    let mut sorted = units.to_vec();
    sorted.sort_unstable();
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for unit in sorted {
        match parts.last_mut() {
            Some((_, last)) if unit <= last.saturating_add(1) => *last = unit,
            _ => parts.push((unit, unit)),
        }
    }
    let word = |(a, b): &(u64, u64)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    parts.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn schedule(run: &Run) -> String {
    let tasks: Vec<&Task> = at_home(run).collect();
    let count = |status: &str| tasks.iter().filter(|t| t.status == status).count();
    let ended: Vec<(&&Task, (u64, u64))> = tasks.iter().filter_map(|t| Some((t, t.span?))).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0u32), |(sum, count), x| (sum + x, count + 1));
        if count == 0 { String::new() } else { (sum / f64::from(count)).to_string() }
    };
    let most = |values: &mut dyn Iterator<Item = u64>| values.max().map(seconds).unwrap_or_default();
    let waits = || ended.iter().map(|(t, (from, _))| from.saturating_sub(t.arrival));
    let turnarounds = || ended.iter().map(|(t, (_, to))| to.saturating_sub(t.arrival));
    let first = tasks.iter().map(|t| t.arrival).min().unwrap_or(0);
    let last = tasks.iter().filter_map(|t| t.finish).max().unwrap_or(first);
    let joules: f64 = run.units.iter().filter_map(|u| u.energy.parse::<f64>().ok()).sum();
    let success = count("completed") as f64 / tasks.len().max(1) as f64;
    let cells = [
        ("nb_jobs", tasks.len().to_string()),
        ("nb_jobs_finished", ended.len().to_string()),
        ("nb_jobs_success", count("completed").to_string()),
        ("nb_jobs_killed", count("killed").to_string()),
        ("nb_jobs_rejected", count("rejected").to_string()),
        ("success_rate", success.to_string()),
        ("makespan", seconds(last.saturating_sub(first))),
        ("mean_waiting_time", mean(&mut waits().map(|w| w as f64 / 1e9))),
        ("max_waiting_time", most(&mut waits())),
        ("mean_turnaround_time", mean(&mut turnarounds().map(|w| w as f64 / 1e9))),
        ("max_turnaround_time", most(&mut turnarounds())),
        ("nb_computing_machines", run.units.len().to_string()),
        ("consumed_joules", joules.to_string()),
    ];
    let names: Vec<&str> = cells.iter().map(|c| c.0).collect();
    let values: Vec<&str> = cells.iter().map(|c| c.1.as_str()).collect();
    format!("{}\n{}\n", names.join(","), values.join(","))
}

/// How many units compute, sleep and idle, a row at every change.
fn states(run: &Run) -> String {
    // By time: changes of (computing, asleep) per unit, of which only the first and last of what overlaps count.
    let mut changes: Vec<(u64, bool, usize, u64)> = Vec::new();
    for piece in &run.pieces {
        let state = match (piece.task, piece.what.as_str()) {
            (Some(_), _) => 0,
            (None, "sleep" | "down") => 1,
            (None, _) => continue,
        };
        for unit in piece.units.iter().filter(|_| piece.to > piece.from) {
            changes.push((piece.from, true, state, *unit));
            changes.push((piece.to, false, state, *unit));
        }
    }
    changes.sort_unstable();
    let mut held: std::collections::BTreeMap<u64, [u64; 2]> = run.units.iter().map(|u| (u.number, [0, 0])).collect();
    let mut counts = [0u64; 2];
    let mut text = String::from("time,nb_sleeping,nb_switching_on,nb_switching_off,nb_idle,nb_computing\n");
    let total = run.units.len() as u64;
    let mut row = |at: u64, counts: [u64; 2]| {
        let idle = total.saturating_sub(counts[0] + counts[1]);
        let _ = writeln!(text, "{},{},0,0,{idle},{}", seconds(at), counts[1], counts[0]);
    };
    if changes.first().is_none_or(|c| c.0 > 0) {
        row(0, counts);
    }
    for group in changes.chunk_by(|a, b| a.0 == b.0) {
        for (_, begins, state, unit) in group {
            let Some(unit) = held.get_mut(unit) else { continue };
            let before = of(*unit);
            unit[*state] = if *begins { unit[*state] + 1 } else { unit[*state].saturating_sub(1) };
            for (count, (was, is)) in counts.iter_mut().zip(before.into_iter().zip(of(*unit))) {
                *count = *count + is - was;
            }
        }
        row(group[0].0, counts);
    }
    text
}

/// A unit with work computes; one without sleeps where it does.
fn of(held: [u64; 2]) -> [u64; 2] {
    [u64::from(held[0] > 0), u64::from(held[0] == 0 && held[1] > 0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn sets_of_machines_are_written_as_ranges() {
        assert_eq!(intervals(&[9, 3, 4, 5]), "3-5 9");
        assert_eq!(intervals(&[]), "");
    }

    /// Two units: a gang on both from 0 to 2, then one task on unit 1 from 2 to 3; unit 0 sleeps from 2.5 to 4.
    #[test]
    fn a_run_in_three_tables() {
        let folder = std::env::temp_dir().join(format!("xpusim-batsim-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let tasks = "task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,response_s,energy_j\n\
                     a,s,c,0,0,2,completed,local,gpu,0;1,0,2,2,7\n\
                     b,s,c,1,2,3,killed,local,gpu,1,1,1,2,3\n\
                     d,s,c,0,1,3,completed,cloud,,,1,2,3,\n\
                     e,s,c,1,,1,rejected,local,,,,,,\n";
        fs::write(folder.join("tasks.csv"), tasks).unwrap();
        fs::write(folder.join("units.csv"), "unit,kind,device,node,energy_j\n0,gpu,x,n,10\n1,gpu,x,n,2.5\n").unwrap();
        let told = "what,task,units,from_s,to_s,detail\nsleep,,0,2.5,4,\n";
        fs::write(folder.join("intervals.csv"), told).unwrap();
        let written = write_batsim(&folder, &folder.join("batsim")).unwrap();
        let text = |i: usize| fs::read_to_string(&written[i]).unwrap();
        let rows: Vec<String> = text(0).lines().skip(1).map(str::to_owned).collect();
        assert_eq!(
            rows,
            [
                "a,s,c,0,2,,1,COMPLETED_SUCCESSFULLY,0,2,2,0,2,1,0-1,7,",
                "b,s,c,1,1,,0,COMPLETED_WALLTIME_REACHED,2,1,3,1,2,2,1,3,",
                "e,s,c,1,1,,0,REJECTED,,,,,,,,,",
            ]
        );
        // Makespan from the first arrival, 0, to the last end, 3; waits 0 and 1; turnarounds 2 and 2.
        assert_eq!(text(1).lines().nth(1).unwrap(), "3,2,1,1,1,0.3333333333333333,3,0.5,1,2,2,2,12.5");
        let states: Vec<String> = text(2).lines().skip(1).map(str::to_owned).collect();
        assert_eq!(states, ["0,0,0,0,0,2", "2,0,0,0,1,1", "2.5,1,0,0,0,1", "3,1,0,0,1,0", "4,0,0,0,2,0"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
