//! Which format a file is of, where that is beyond doubt.

use std::path::Path;

use super::{Limits, TraceError, TraceReader, helios, openb, pai, philly, tasks_csv, tiresias};

/// Formats that are tables, with the columns that each must have.
const TABLES: [(&str, &[&str]); 6] = [
    ("openb", openb::COLUMNS),
    ("pai", pai::COLUMNS),
    ("philly", philly::COLUMNS),
    ("helios", helios::COLUMNS),
    ("tiresias", tiresias::COLUMNS),
    ("tasks-csv", tasks_csv::COLUMNS),
];

/// The format of `path` by its name, or by its first line: a comment of a log, or a header that has all
/// columns of one format and of no other. `None` where that does not tell.
///
/// # Errors
/// The name does not tell and the file cannot be read.
pub fn guess_format(path: &Path, limits: Limits) -> Result<Option<&'static str>, TraceError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if name.contains(".swf") {
        return Ok(Some("swf"));
    }
    if name.starts_with("openb_pod") {
        return Ok(Some("openb"));
    }
    by_first_line(TraceReader::open(path, limits)?)
}

fn by_first_line(mut reader: TraceReader) -> Result<Option<&'static str>, TraceError> {
    while let Some(line) = reader.next_line()? {
        match line.bytes.trim_ascii() {
            [] => {}
            [b';', ..] => return Ok(Some("swf")),
            header => return Ok(by_columns(&String::from_utf8_lossy(header))),
        }
    }
    Ok(None)
}

fn by_columns(header: &str) -> Option<&'static str> {
    let present: Vec<&str> = header.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let all = |columns: &[&str]| columns.iter().all(|column| present.contains(column));
    let mut fitting = TABLES.iter().filter(|(_, columns)| all(columns)).map(|(format, _)| *format);
    fitting.next().filter(|_| fitting.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::trace::testing::reader;

    fn guess(text: &str) -> Option<&'static str> {
        by_first_line(reader("t", text)).unwrap()
    }

    #[test]
    fn a_header_tells_its_format() {
        for (header, format) in [
            ("; Version: 2.2\n1 2 3\n", "swf"),
            ("\n  \ntimestamp,duration,num_gpus,gpu_time,cluster\n", "philly"),
            ("gpu_count, service_sec ,arrival_s,\"job_id\"\n", "helios"),
            ("job_id,num_gpu,submit_time,iterations,model_name,duration,interval", "tiresias"),
            // ElasticFlow
            (
                "job_id,submit_time,real_iteration,model_name,ddl,batch_size,num_gpu,real_duration,duration,iteration",
                "tiresias",
            ),
            (
                "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration,gpu_type,user_dur,group_dur,group_gpu_dur",
                "pai",
            ),
            ("task,arrival_s,run_s,units", "tasks-csv"),
            ("task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s", "tasks-csv"),
        ] {
            assert_eq!(guess(header), Some(format), "{header}");
        }
    }

    #[test]
    fn doubt_is_no_guess() {
        let both = "task,arrival_s,run_s,units,job_id,service_sec,gpu_count";
        for text in ["", "1 2 3 4", "job_id,num_gpu,submit_time", "task;arrival_s;run_s;units", both] {
            assert_eq!(guess(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_tells_without_a_look_inside() {
        let guess = |name: &str| guess_format(Path::new(name), Limits::default());
        assert_eq!(guess("nowhere/KTH.SWF.gz").unwrap(), Some("swf"));
        assert_eq!(guess("nowhere/openb_pod_list_default.csv").unwrap(), Some("openb"));
        assert!(guess("nowhere/jobs.csv").is_err());
    }
}
