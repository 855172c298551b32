//! `warmup.csv`: the series that a warm-up was found from, for a Welch plot.

use crate::experiment::Pilot;

/// More rows than about this are thinned.
const MOST_ROWS: usize = 10_000;

/// The CSV text: `task,arrival_s,mean,moving_average,deleted`, a row per task in order of arrival (of many: every
/// so many).
///
/// `arrival_s` and `mean` are means over the pilot replications. The moving average reaches a 20th of the series
/// to both sides and, as in Welch (1983), only as far as the beginning or the end allows on both sides. `deleted`
/// is 1 for tasks before the cut.
pub fn csv(pilot: &Pilot) -> String {
    let count = pilot.means.len();
    let mut sums = vec![0.0];
    for (_, value) in &pilot.means {
        sums.push(sums.last().copied().unwrap_or(0.0) + value);
    }
    let reach = count / 20;
    let moving = |i: usize| {
        let side = reach.min(i).min(count - 1 - i);
        (sums[i + side + 1] - sums[i - side]) / (2 * side + 1) as f64
    };
    let mut text = String::from("task,arrival_s,mean,moving_average,deleted\n");
    for (i, (arrival, value)) in pilot.means.iter().enumerate().step_by(count.div_ceil(MOST_ROWS).max(1)) {
        text += &format!("{},{arrival},{value},{},{}\n", i + 1, moving(i), u8::from(i < pilot.delete));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;

    /// 40 values 0, 1, 2, …: the reach is 2, and the average of a straight line is the line itself.
    #[test]
    fn the_moving_average_is_symmetric_at_the_ends_too() {
        let means = (0..40).map(|i| (f64::from(i) * 0.5, f64::from(i))).collect();
        let text = csv(&Pilot { delete: 5, tasks: 40, start: SimTime::ZERO, means });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 41);
        assert_eq!((lines[1], lines[6], lines[40]), ("1,0,0,0,1", "6,2.5,5,5,0", "40,19.5,39,39,0"));
    }

    #[test]
    fn no_tasks_no_rows() {
        let empty = Pilot { delete: 0, tasks: 0, start: SimTime::ZERO, means: Vec::new() };
        assert_eq!(csv(&empty).lines().count(), 1);
    }
}
