//! `tasks.csv`: every task in columns, as many as fit into the page.

use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::read::table::{Csv, Names, Row};

use super::encode::Table;

/// Bytes of the page for tasks; of more tasks than fit into them a part is shown.
pub(super) const ROOM: usize = 7_000_000;
/// Into so many steps even short tasks are divided.
const STEPS: f64 = 200.0;

/// One task that ended. Times in seconds.
#[derive(Clone, Debug)]
pub(super) struct Task {
    name: (usize, usize),
    /// Numbers in the lists of [`Tasks`].
    pub(super) source: usize,
    pub(super) class: usize,
    kind: usize,
    status: usize,
    place: usize,
    units: usize,
    /// How many units it had.
    width: u32,
    arrival: f64,
    pub(super) start: Option<f64>,
    pub(super) finish: f64,
    pub(super) wait: Option<f64>,
    run: Option<f64>,
    pub(super) response: Option<f64>,
    pub(super) slowdown: Option<f64>,
    memory: Option<f64>,
    energy: Option<f64>,
    preemptions: Option<f64>,
    deadline: Option<f64>,
    met: usize,
    cost: Option<f64>,
}

/// All tasks that ended, in order of their arrival.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks {
    pub(super) rows: Vec<Task>,
    pub(super) sources: Names,
    pub(super) classes: Names,
    kinds: Names,
    statuses: Names,
    places: Names,
    /// Sets of units as ranges: `3-7;9`.
    units: Names,
    met: Names,
    names: String,
}

impl Tasks {
    /// Reads the file; `None` when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let columns = Columns::of(&csv)?;
        let mut tasks = Self::default();
        while let Some(row) = csv.next()? {
            tasks.take(&row, &columns)?;
        }
        tasks.rows.sort_by(|a, b| a.arrival.total_cmp(&b.arrival));
        Ok(Some(tasks))
    }

    fn take(&mut self, row: &Row<'_>, columns: &Columns) -> Result<(), PlotError> {
        let start = row.number(Some(columns.start))?;
        let end = row.number(Some(columns.finish))?;
        if start.zip(end).is_some_and(|(from, to)| to < from) {
            return Err(row.bad(Some(columns.finish), "the task finishes before it starts"));
        }
        // A hand-made file may lack what follows from the rest.
        let finish = end.or(start).unwrap_or(0.0);
        let arrival = row.number(columns.arrival)?.or(start).unwrap_or(finish);
        let (units, width) = ranges(row, columns.units)?;
        let first = self.names.len();
        self.names.push_str(row.text(columns.task)?);
        self.rows.push(Task {
            name: (first, self.names.len()),
            source: self.sources.number(row.text(columns.source)?),
            class: self.classes.number(row.text(columns.class)?),
            kind: self.kinds.number(row.text(columns.kind)?),
            status: self.statuses.number(row.text(columns.status)?),
            place: self.places.number(row.text(columns.place)?),
            units: self.units.number(&units),
            width,
            arrival,
            start,
            finish,
            wait: row.number(columns.wait)?,
            run: row.number(columns.run)?,
            response: row.number(columns.response)?,
            slowdown: row.number(columns.slowdown)?,
            memory: row.number(columns.memory)?,
            energy: row.number(columns.energy)?,
            preemptions: row.number(columns.preemptions)?,
            deadline: row.number(columns.deadline)?,
            met: self.met.number(row.text(columns.met)?),
            cost: row.number(columns.cost)?,
        });
        Ok(())
    }

    /// Name and unit seconds of each class, or of each source where there is one class at most: what colours tell.
    pub(super) fn groups(&self) -> (&'static str, Vec<(String, f64)>) {
        let by_source = self.classes.len() < 2 && self.sources.len() > 1;
        let (column, names) = if by_source { ("source", &self.sources) } else { ("class", &self.classes) };
        let mut times = vec![0.0; names.len()];
        for task in &self.rows {
            let group = if by_source { task.source } else { task.class };
            if let Some(time) = times.get_mut(group) {
                *time += task.unit_seconds();
            }
        }
        (column, names.list.iter().cloned().zip(times).collect())
    }

    /// The data of the page, at most about `room` bytes, and, where not all tasks fit, a sentence about it.
    pub(super) fn data(&self, room: usize) -> (String, Option<String>) {
        let all: Vec<usize> = (0..self.rows.len()).collect();
        let mut text = self.encode(&all);
        let mut shown = all.len();
        let mut note = None;
        while text.len() > room && shown > 1 {
            shown = ((shown as f64 * 0.95 * room as f64 / text.len() as f64) as usize).max(1);
            let (chosen, longest, stride) = self.thinned(shown);
            text = self.encode(&chosen);
            note = Some(format!(
                "Of {} tasks {} are here, so that the page stays small: the {longest} with the most unit time, and \
                 one in {stride} of the others. Figures and distributions are of all tasks.",
                self.rows.len(),
                chosen.len(),
            ));
        }
        (text, note)
    }

    /// About `room` tasks in order: half of them those with the most unit time, the rest every so-many-th of the
    /// others. Also how many the first are, and the stride of the rest.
    fn thinned(&self, room: usize) -> (Vec<usize>, usize, usize) {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let time = |i: &usize| self.rows.get(*i).map_or(0.0, Task::unit_seconds);
        order.sort_by(|a, b| time(b).total_cmp(&time(a)).then(a.cmp(b)));
        let longest = room / 2;
        let mut rest = order.split_off(longest.min(order.len()));
        rest.sort_unstable();
        let stride = rest.len().div_ceil((room - longest).max(1)).max(1);
        order.extend(rest.into_iter().step_by(stride));
        order.sort_unstable();
        (order, longest, stride)
    }

    fn encode(&self, chosen: &[usize]) -> String {
        let rows: Vec<&Task> = chosen.iter().filter_map(|i| self.rows.get(*i)).collect();
        let e = exponent(&rows);
        let scale = libm::pow(10.0, f64::from(e));
        let ticks = |t: f64| (t * scale).round() as i64;
        let after = |t: Option<f64>, task: &Task| t.map(|t| ticks(t - task.arrival));
        let mut table = Table::new(rows.len());
        self.names(&mut table, &rows);
        for (name, list, of) in [
            ("source", &self.sources, (|t| t.source) as fn(&Task) -> usize),
            ("class", &self.classes, |t| t.class),
            ("status", &self.statuses, |t| t.status),
            ("location", &self.places, |t| t.place),
            ("unit_kind", &self.kinds, |t| t.kind),
            ("units", &self.units, |t| t.units),
            ("deadline_met", &self.met, |t| t.met),
        ] {
            table.words(name, rows.iter().map(|task| list.get(of(task))));
        }
        table.steps("arrival_s", e, &rows.iter().map(|t| ticks(t.arrival)).collect::<Vec<_>>());
        let mut times = |name: &str, of: fn(&Task) -> Option<f64>| {
            let values: Vec<Option<i64>> = rows.iter().map(|t| after(of(t), t)).collect();
            table.whole(name, e, Some("arrival_s"), &values);
        };
        times("start_s", |t| t.start);
        times("finish_s", |t| Some(t.finish));
        times("deadline_s", |t| t.deadline);
        // Most tasks run from their start to their end: told is for how long one did not.
        let apart = |t: &&Task| Some(ticks(t.finish - t.start? - t.run?));
        table.whole("apart_s", e, None, &rows.iter().map(apart).collect::<Vec<_>>());
        table.reals("bounded_slowdown", 4, rows.iter().map(|t| t.slowdown));
        table.reals("memory_bytes", 5, rows.iter().map(|t| t.memory));
        table.reals("energy_j", 4, rows.iter().map(|t| t.energy));
        table.reals("preemptions", 9, rows.iter().map(|t| t.preemptions));
        table.reals("cost_usd", 4, rows.iter().map(|t| t.cost));
        table.json(&format!("\"of\":{},", self.rows.len()))
    }

    fn names(&self, table: &mut Table, rows: &[&Task]) {
        let name = |task: &Task| self.names.get(task.name.0..task.name.1).unwrap_or_default();
        // A number with a zero in front is a text: it has to stay as it is.
        let whole = |text: &str| text.parse::<i64>().ok().filter(|n| n.abs() < 1 << 53 && n.to_string() == text);
        let numbers: Option<Vec<i64>> = rows.iter().map(|task| whole(name(task))).collect();
        match numbers {
            Some(numbers) => table.steps("task", 0, &numbers),
            None => table.words("task", rows.iter().map(|task| name(task))),
        }
    }
}

impl Task {
    fn unit_seconds(&self) -> f64 {
        self.start.map_or(0.0, |start| (self.finish - start) * f64::from(self.width.max(1)))
    }
}

/// Decimal places of seconds at which even short tasks have [`STEPS`].
fn exponent(rows: &[&Task]) -> u32 {
    let mut lengths: Vec<f64> = rows.iter().filter_map(|t| Some(t.finish - t.start?)).filter(|l| *l > 0.0).collect();
    lengths.sort_by(f64::total_cmp);
    let short = lengths.get(lengths.len() / 100).copied().unwrap_or(1.0);
    libm::ceil(-libm::log10(short / STEPS)).clamp(0.0, 9.0) as u32
}

/// The unit numbers of a cell as rising ranges, and how many they are.
fn ranges(row: &Row<'_>, column: Option<usize>) -> Result<(String, u32), PlotError> {
    let mut numbers: Vec<u64> = Vec::new();
    for number in row.text(column)?.split(';').map(str::trim).filter(|text| !text.is_empty()) {
        numbers.push(number.parse().map_err(|_| row.bad(column, "expected unit numbers as 3;4;5"))?);
    }
    Ok(in_ranges(numbers))
}

/// `[9, 3, 4, 5]` as `3-5;9`, and how many they are.
pub(super) fn in_ranges(mut numbers: Vec<u64>) -> (String, u32) {
    numbers.sort_unstable();
    numbers.dedup();
    let count = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => parts.push((number, number)),
        }
    }
    let part = |(a, b): (u64, u64)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    (parts.into_iter().map(part).collect::<Vec<_>>().join(";"), count)
}

/// Where the columns are.
struct Columns {
    start: usize,
    finish: usize,
    task: Option<usize>,
    source: Option<usize>,
    class: Option<usize>,
    kind: Option<usize>,
    status: Option<usize>,
    place: Option<usize>,
    units: Option<usize>,
    arrival: Option<usize>,
    wait: Option<usize>,
    run: Option<usize>,
    response: Option<usize>,
    slowdown: Option<usize>,
    memory: Option<usize>,
    energy: Option<usize>,
    preemptions: Option<usize>,
    deadline: Option<usize>,
    met: Option<usize>,
    cost: Option<usize>,
}

impl Columns {
    fn of(csv: &Csv) -> Result<Self, PlotError> {
        Ok(Self {
            start: csv.required("start_s")?,
            finish: csv.required("finish_s")?,
            task: csv.column("task"),
            source: csv.column("source"),
            class: csv.column("class"),
            kind: csv.column("unit_kind"),
            status: csv.column("status"),
            place: csv.column("location"),
            units: csv.column("units"),
            arrival: csv.column("arrival_s"),
            wait: csv.column("wait_s"),
            run: csv.column("run_s"),
            response: csv.column("response_s"),
            slowdown: csv.column("bounded_slowdown"),
            memory: csv.column("memory_bytes"),
            energy: csv.column("energy_j"),
            preemptions: csv.column("preemptions"),
            deadline: csv.column("deadline_s"),
            met: csv.column("deadline_met"),
            cost: csv.column("cost_usd"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gangs_are_told_in_ranges() {
        assert_eq!(in_ranges(vec![9, 3, 4, 5, 4]), ("3-5;9".to_owned(), 4));
        assert_eq!(in_ranges(vec![]), (String::new(), 0));
        assert_eq!(in_ranges(vec![u64::MAX, 0]), (format!("0;{}", u64::MAX), 2));
    }

    fn task(start: f64, finish: f64) -> Task {
        Task {
            name: (0, 0),
            source: 0,
            class: 0,
            kind: 0,
            status: 0,
            place: 0,
            units: 0,
            width: 1,
            arrival: 0.0,
            start: Some(start),
            finish,
            wait: None,
            run: None,
            response: None,
            slowdown: None,
            memory: None,
            energy: None,
            preemptions: None,
            deadline: None,
            met: 0,
            cost: None,
        }
    }

    /// Tasks of 50 s: a 200th of them is 0.25 s, so whole seconds are too few and one decimal place is enough.
    #[test]
    fn times_are_as_fine_as_short_tasks_need() {
        let rows = [task(0.0, 50.0), task(3.0, 53.0)];
        assert_eq!(exponent(&rows.iter().collect::<Vec<_>>()), 1);
        let rows = [task(0.0, 1e-9)];
        assert_eq!(exponent(&rows.iter().collect::<Vec<_>>()), 9);
        assert_eq!(exponent(&[]), 3);
    }

    /// Ten tasks of lengths 1 to 10 in room for 4: the two longest, and of the other eight every fourth.
    #[test]
    fn thinning_keeps_the_longest_and_a_fair_part_of_the_rest() {
        let rows = (1..=10).map(|k| task(0.0, f64::from(k))).collect();
        let tasks = Tasks { rows, ..Tasks::default() };
        assert_eq!(tasks.thinned(4), (vec![0, 4, 8, 9], 2, 4));
    }

    #[test]
    fn more_tasks_than_fit_are_thinned_and_the_page_says_so() {
        let mut tasks = Tasks { rows: (1..=2000).map(|k| task(0.0, f64::from(k))).collect(), ..Tasks::default() };
        tasks.names.push('7');
        assert_eq!(tasks.data(1 << 20).1, None);
        let (text, note) = tasks.data(4000);
        assert!(text.len() <= 4000 && text.len() > 1000, "{}", text.len());
        assert!(note.unwrap().starts_with("Of 2000 tasks "));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["of"], 2000);
    }
}
