//! What an importer left out or changed, by rule and in numbers.

use std::fmt;

use serde::Serialize;

/// How often one thing happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// What happened, as a phrase.
    pub what: &'static str,
    /// To how many records.
    pub count: u64,
}

/// The account of an import: `read = kept + the counts of skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CleaningReport {
    /// Records in the file.
    pub read: u64,
    /// Records that became rows.
    pub kept: u64,
    /// Records left out, each for its first reason, in order of first occurrence.
    pub skipped: Vec<Tally>,
    /// Rules applied to kept records (one record can be in several), in order of first occurrence.
    pub changed: Vec<Tally>,
}

impl CleaningReport {
    /// Counts a record that is left out.
    pub(crate) fn skip(&mut self, reason: &'static str) {
        bump(&mut self.skipped, reason);
    }

    /// Counts a rule applied to a kept record.
    pub(crate) fn change(&mut self, what: &'static str) {
        bump(&mut self.changed, what);
    }

    /// How many records were left out for `reason`.
    pub fn skipped_for(&self, reason: &str) -> u64 {
        count_of(&self.skipped, reason)
    }

    /// To how many records the rule `what` was applied.
    pub fn changed_by(&self, what: &str) -> u64 {
        count_of(&self.changed, what)
    }
}

fn bump(tallies: &mut Vec<Tally>, what: &'static str) {
    match tallies.iter_mut().find(|t| t.what == what) {
        Some(tally) => tally.count += 1,
        None => tallies.push(Tally { what, count: 1 }),
    }
}

fn count_of(tallies: &[Tally], what: &str) -> u64 {
    tallies.iter().find(|t| t.what == what).map_or(0, |t| t.count)
}

impl fmt::Display for CleaningReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records read, {} kept", self.read, self.kept)?;
        for tally in &self.skipped {
            write!(f, "\n  left out {:>9}  {}", tally.count, tally.what)?;
        }
        for tally in &self.changed {
            write!(f, "\n  changed  {:>9}  {}", tally.count, tally.what)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_text_and_as_json() {
        let mut report = CleaningReport { read: 3, kept: 1, ..Default::default() };
        report.skip("no runtime");
        report.skip("no runtime");
        report.change("sorted");
        assert_eq!(
            report.to_string(),
            "3 records read, 1 kept\n  left out         2  no runtime\n  changed          1  sorted"
        );
        assert_eq!(
            serde_json::to_string(&report).unwrap(),
            r#"{"read":3,"kept":1,"skipped":[{"what":"no runtime","count":2}],"changed":[{"what":"sorted","count":1}]}"#
        );
        assert_eq!((report.skipped_for("no runtime"), report.skipped_for("else")), (2, 0));
    }
}
