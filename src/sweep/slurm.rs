//! The batch script that gives each shard of a sweep to a task of a Slurm array.

use std::path::Path;

use super::SweepError;

/// What the script asks Slurm for. Values are as `sbatch` takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbatch {
    /// Array tasks.
    pub shards: u64,
    /// Cores of each.
    pub cores: u32,
    /// Name of the job.
    pub name: String,
    /// `--time`.
    pub time: Option<String>,
    /// `--mem`.
    pub memory: Option<String>,
    /// `--partition`.
    pub partition: Option<String>,
}

impl Sbatch {
    /// The script that runs `program` on the sweep in `folder`, both absolute; it is submitted from there.
    ///
    /// # Errors
    /// A path or value that a script cannot hold: not UTF-8, or with a line break.
    pub fn script(&self, program: &Path, folder: &Path) -> Result<String, SweepError> {
        let mut options = vec![
            format!("job-name={}", word(&self.name)),
            format!("array=0-{}", self.shards.saturating_sub(1)),
            "ntasks=1".to_owned(),
            format!("cpus-per-task={}", self.cores),
        ];
        for (option, value) in [("time", &self.time), ("mem", &self.memory), ("partition", &self.partition)] {
            options.extend(value.as_ref().map(|value| format!("{option}={}", word(value))));
        }
        options.extend(["output=logs/%A_%a.log", "open-mode=append", "requeue", "signal=B:TERM@60"].map(String::from));
        let directives: String = options.iter().map(|option| format!("#SBATCH --{option}\n")).collect();
        let (program, folder, Self { shards, cores, .. }) = (quoted(program)?, quoted(folder)?, self);
        Ok(format!(
            "#!/bin/bash\n\
             # A shard that is told to stop exits with 75, and RequeueExit=75 in slurm.conf brings it back.\n\
             # Submitting this again does no harm: finished cells are skipped.\n\
             {directives}\n\
             exec {program} sweep run {folder} --shard \"$SLURM_ARRAY_TASK_ID\" --of {shards} --jobs {cores} --quiet\n"
        ))
    }
}

/// A value fit for a directive: letters, digits and a few signs.
fn word(value: &str) -> String {
    value.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.:,+".contains(c) { c } else { '-' }).collect()
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> Result<String, SweepError> {
    let fit = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = fit.ok_or_else(|| {
        SweepError::Input(format!("found {path:?}, expected a path of one line of UTF-8 for a batch script"))
    })?;
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> Sbatch {
        Sbatch { shards: 4, cores: 2, name: "a b".into(), time: Some("1:00:00".into()), memory: None, partition: None }
    }

    #[test]
    fn a_script_asks_for_one_task_a_shard() {
        let text = ask().script(Path::new("/x/it's"), Path::new("/d $HOME")).unwrap();
        for line in ["#SBATCH --array=0-3", "#SBATCH --job-name=a-b", "#SBATCH --time=1:00:00", "#SBATCH --requeue"] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
        let last = r#"exec '/x/it'\''s' sweep run '/d $HOME' --shard "$SLURM_ARRAY_TASK_ID" --of 4 --jobs 2 --quiet"#;
        assert_eq!(text.lines().last(), Some(last));
        assert!(!text.contains("--mem"), "{text}");
    }

    /// What would begin a line of its own in the script does not get in.
    #[test]
    fn nothing_breaks_out_of_its_line() {
        assert!(ask().script(Path::new("/x\nrm -rf"), Path::new("/d")).is_err());
        let sly = Sbatch { partition: Some("a\nrm b".into()), ..ask() };
        assert!(sly.script(Path::new("/x"), Path::new("/d")).unwrap().contains("--partition=a-rm-b\n"));
    }
}
