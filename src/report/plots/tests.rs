//! Whole charts from whole folders.

mod variants;

use super::*;
use rand::{RngExt, SeedableRng};
use std::fmt::Write as _;

pub(super) const TASKS: &str = "task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,\
                     response_s,bounded_slowdown,memory_bytes,energy_j,preemptions,deadline_s,deadline_met,cost_usd\n";
const UNITS: &str = "unit,kind,device,node,busy_s,idle_s,sleep_s,transition_s,energy_j,tasks,memory_capacity_bytes,\
                     memory_peak_bytes,mean_frequency_hz\n";
const TIMELINE: &str = "time_s,queue,running,in_system,cloud_running,power_w,power_active_w,power_idle_w,\
                        power_sleep_w,power_transition_w,memory_used_bytes,memory_capacity_bytes,utilization_gpu,\
                        frequency_hz_gpu\n";
const COMPARISON: &str = "variant,metric,replications,mean,ci95_low,ci95_high,difference,difference_ci95_low,\
                          difference_ci95_high\n";

/// A results folder that is gone after the test.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
        let path = std::env::temp_dir().join(format!("xpusim-plots-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        for (file, text) in files {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }

    pub(super) fn run(&self) -> Result<Vec<PathBuf>, PlotError> {
        draw_run(&self.0, &PlotOptions::default())
    }

    fn compare(&self) -> Result<Vec<PathBuf>, PlotError> {
        draw_comparison(&self.0, &PlotOptions::default())
    }

    pub(super) fn chart(&self, name: &str) -> String {
        let text = fs::read_to_string(self.0.join("plots").join(format!("{name}.svg"))).unwrap();
        check_xml(&text);
        text
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

pub(super) fn task(id: usize, class: &str, start: f64, finish: f64, units: &str, wait: f64) -> String {
    let run = finish - start;
    format!(
        "{id},synthetic,{class},{start},{start},{finish},completed,local,gpu,{units},{wait},{run},{run},1,0,5,0,,,\n"
    )
}

pub(super) fn units(count: usize) -> String {
    (0..count).fold(UNITS.to_owned(), |text, unit| text + &format!("{unit},gpu,h100,n0,1,1,0,0,5,1,,,\n"))
}

/// Tags balance, attributes are quoted, `<` and `&` are escaped.
fn check_xml(text: &str) {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (content, tag) = rest.split_at(at);
        for (index, _) in content.match_indices('&') {
            let entity = content[index..].split_inclusive(';').next().unwrap();
            assert!(["&lt;", "&gt;", "&amp;", "&quot;", "&apos;"].contains(&entity), "{entity}");
        }
        assert!(!content.contains('>'), "{content}");
        let end = tag.find('>').unwrap();
        let (inner, after) = (&tag[1..end], &tag[end + 1..]);
        assert!(!inner.contains('<') && inner.matches('"').count() % 2 == 0, "{inner}");
        let name = inner.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if inner.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inner.ends_with('/') {
            open.push(name);
        }
        rest = after;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
}

fn attribute(line: &str, name: &str) -> f64 {
    let from = line.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
    line[from..].split('"').next().unwrap().parse().unwrap()
}

/// (x, y, width, height) of all boxes in a colour, in points.
pub(super) fn boxes(svg: &str, color: &str) -> Vec<[f64; 4]> {
    let lines = svg.lines().filter(|line| line.starts_with("<rect") && line.contains(color));
    lines.map(|line| ["x", "y", "width", "height"].map(|name| attribute(line, name) / 20.0)).collect()
}

#[test]
fn a_folder_without_files_has_no_charts_and_no_folder_is_an_error() {
    let folder = Folder::new("empty", &[]);
    assert!(folder.run().unwrap().is_empty() && folder.compare().unwrap().is_empty());
    assert!(!folder.0.join("plots").exists());
    let missing = draw_run(&folder.0.join("nowhere"), &PlotOptions::default());
    assert!(matches!(missing, Err(PlotError::Read { .. })));
}

#[test]
fn headers_alone_have_no_charts() {
    let files: [(&str, &[u8]); 4] = [
        ("tasks.csv", TASKS.as_bytes()),
        ("units.csv", UNITS.as_bytes()),
        ("timeline.csv", TIMELINE.as_bytes()),
        ("comparison.csv", COMPARISON.as_bytes()),
    ];
    let folder = Folder::new("headers", &files);
    assert!(folder.run().unwrap().is_empty() && folder.compare().unwrap().is_empty());
}

#[test]
fn a_gang_has_one_bar_over_its_rows() {
    // Row 0: task 1 from 0 to 50; rows 1 to 3: task 2 from 50 to 100.
    let tasks = [TASKS.to_owned(), task(1, "a", 0.0, 50.0, "0", 0.0), task(2, "b", 50.0, 100.0, "1;2;3", 5.0)];
    let folder = Folder::new("gang", &[("tasks.csv", tasks.concat().as_bytes()), ("units.csv", units(4).as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["gantt.svg", "wait_cdf.svg", "wait_ccdf.svg", "box.svg"]);
    let svg = folder.chart("gantt");
    for label in ["gpu 0", "gpu 3", "Time (s)"] {
        assert!(svg.contains(&format!(">{label}</text>")), "{label}");
    }
    // The first box of a colour is its key in the legend.
    let (first, gang) = (boxes(&svg, "#0072B2"), boxes(&svg, "#E69F00"));
    assert_eq!((first.len(), gang.len()), (2, 2));
    let (first, gang) = (first[1], gang[1]);
    // Half the axis each, but for the hair between them.
    assert!((gang[2] - first[2]).abs() < 0.11 && gang[0] > first[0] + first[2]);
    // Rows of 15 points, 0.8 free above and below: 13.4, and 43.4 over three.
    assert!((first[3] - 13.4).abs() < 0.06 && (gang[3] - 43.4).abs() < 0.06, "{first:?} {gang:?}");
    assert!((gang[1] - first[1] - 15.0).abs() < 0.06);
}

#[test]
fn one_task_and_one_unit_are_enough() {
    let tasks = [TASKS.to_owned(), task(1, "", 3.0, 4.0, "0", 0.0)].concat();
    // Without units.csv the rows come from the tasks.
    let folder = Folder::new("one", &[("tasks.csv", tasks.as_bytes())]);
    assert_eq!(folder.run().unwrap().len(), 2);
    assert!(folder.chart("gantt").contains(">gpu 0</text>"));
    assert!(folder.chart("wait_cdf").contains(">Fraction of tasks</text>"));
}

#[test]
fn names_cannot_break_the_file() {
    let class =
        "\"<&>'\"\" \u{1}\u{202e}a class with a name that never comes to an end, never ever, not at all, at all\"";
    let tasks = [TASKS.to_owned(), task(1, class, 0.0, 9.0, "0", 1.0), task(2, "b", 1.0, 9.0, "1", 2.0)].concat();
    let folder = Folder::new("names", &[("tasks.csv", tasks.as_bytes())]);
    folder.run().unwrap();
    for name in ["gantt", "wait_cdf"] {
        let svg = folder.chart(name);
        assert!(svg.contains("&lt;&amp;&gt;&apos;&quot;") && svg.contains('…'), "{name}");
        assert!(!svg.contains(['\u{1}', '\u{202e}']));
    }
}

#[test]
fn a_timeline_has_four_charts_with_named_axes() {
    let rows = "0,2,1,3,0,700,650,50,0,0,1000,4000,0.5,1e9\n10,0,2,2,0,1300,1300,0,0,0,3000,4000,1,1e9\n\
                20,0,0,0,0,100,0,100,0,0,0,4000,0,1e9\n";
    let folder = Folder::new("timeline", &[("timeline.csv", format!("{TIMELINE}{rows}").as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["utilization.svg", "queue.svg", "power.svg", "memory.svg"]);
    for (name, titles) in [
        ("utilization", vec!["Utilization (%)", "gpu"]),
        ("queue", vec!["Waiting (tasks)", "Running (tasks)"]),
        ("power", vec!["Power (kW)", "total", "active", "idle"]),
        ("memory", vec!["Memory (KiB)", "in use"]),
    ] {
        let svg = folder.chart(name);
        for title in titles.into_iter().chain(["Time (s)"]) {
            assert!(svg.contains(&format!(">{title}</text>")), "{name}: {title}");
        }
    }
    // A state without power is not in the legend.
    assert!(!folder.chart("power").contains(">sleep</text>"));
}

#[test]
fn empty_columns_leave_out_their_charts() {
    let rows = "0,2,1,3,,,,,,,,,,\n10,0,2,2,,,,,,,,,,\n";
    let folder = Folder::new("columns", &[("timeline.csv", format!("{TIMELINE}{rows}").as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["queue.svg"]);
    let endless = "0,,,,,,,,,,5,18446744073709551615,,\n10,,,,,,,,,,0,18446744073709551615,,\n";
    let folder = Folder::new("endless", &[("timeline.csv", format!("{TIMELINE}{endless}").as_bytes())]);
    assert!(folder.run().unwrap().is_empty());
}

#[test]
fn large_runs_stay_small_files() {
    let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(7);
    let (mut tasks, mut timeline) = (TASKS.to_owned(), TIMELINE.to_owned());
    for id in 0..200_000 {
        let start = f64::from(id) * 0.5;
        let (unit, length, wait) =
            (random.random_range(0..1300), random.random_range(1.0..900.0), random.random::<f64>());
        tasks += &task(id as usize, ["a", "b", "c"][id as usize % 3], start, start + length, &unit.to_string(), wait);
        let (queue, used) = (random.random_range(0..500), random.random_range(0.0..4e12));
        let (active, idle) = (random.random_range(0..300_000), random.random_range(0..90_000));
        let share = random.random::<f64>();
        let total = active + idle;
        writeln!(timeline, "{start},{queue},9,9,3,{total},{active},{idle},0,0,{used},4e12,{share},1e9").unwrap();
    }
    let units = units(1300);
    let files =
        [("tasks.csv", tasks.as_bytes()), ("units.csv", units.as_bytes()), ("timeline.csv", timeline.as_bytes())];
    let folder = Folder::new("large", &files);
    let written = folder.run().unwrap();
    assert_eq!(written.len(), 8);
    for path in &written {
        let size = fs::metadata(path).unwrap().len();
        assert!((2_000..300_000).contains(&size), "{}: {size}", path.display());
    }
    let gantt = folder.chart("gantt");
    assert!(gantt.contains("unit of each kind shown") && gantt.contains("of 1300"));
    assert!(folder.chart("queue").contains("mean and range"));
}

#[test]
fn tasks_that_share_a_unit_have_lanes_and_a_crowd_is_owned_up_to() {
    for (count, crowded) in [(6, false), (7, true)] {
        let tasks = (0..count).fold(TASKS.to_owned(), |text, id| text + &task(id, "a", 0.0, 5.0, "0", 0.0));
        let folder = Folder::new(&format!("share{count}"), &[("tasks.csv", tasks.as_bytes())]);
        folder.run().unwrap();
        let svg = folder.chart("gantt");
        let bars = &boxes(&svg, "#0072B2")[1..];
        let mut tops: Vec<i64> = bars.iter().map(|bar| (bar[1] * 20.0) as i64).collect();
        tops.dedup();
        assert_eq!((bars.len(), tops.len()), (count, 6));
        assert_eq!(svg.contains("overlap in its last lane"), crowded);
    }
}

#[test]
fn tasks_of_no_length_at_one_instant_are_thinned() {
    let tasks = (0..20_000).fold(TASKS.to_owned(), |text, id| text + &task(id, "a", 5.0, 5.0, "0", 0.0));
    let folder = Folder::new("instant", &[("tasks.csv", tasks.as_bytes())]);
    folder.run().unwrap();
    let svg = folder.chart("gantt");
    assert!(svg.len() < 300_000 && svg.contains("every 6th task of each unit shown"), "{}", svg.len());
}

#[test]
fn a_malformed_file_is_named_with_its_line() {
    let good = task(1, "a", 0.0, 1.0, "0", 0.0);
    let cases: [(&str, Vec<u8>, u64, &str); 9] = [
        ("tasks.csv", format!("{TASKS}{good}1,2,3\n").into(), 3, "expected 20 fields, found 3"),
        ("tasks.csv", format!("{TASKS}{}", good.replace("completed", "done")).into(), 2, "completed, rejected"),
        ("tasks.csv", format!("{TASKS}{}", task(1, "a", 5.0, 1.0, "0", 0.0)).into(), 2, "before it starts"),
        ("tasks.csv", format!("{TASKS}{}", task(1, "a", 0.0, 1.0, "gpu0", 0.0)).into(), 2, "unit numbers"),
        ("tasks.csv", Vec::new(), 1, "empty"),
        (
            "tasks.csv",
            [TASKS.as_bytes(), b"1,x,\xff,0,0,1,completed,local,gpu,0,0,1,1,1,0,5,0,,,\n"].concat(),
            2,
            "UTF-8",
        ),
        ("timeline.csv", format!("{TIMELINE}0,,,,,,,,,,,,,\nNaN,,,,,,,,,,,,,\n").into(), 3, "found `NaN`"),
        ("timeline.csv", format!("{TIMELINE}5,,,,,,,,,,,,,\n4,,,,,,,,,,,,,\n").into(), 3, "backwards"),
        ("timeline.csv", b"when,queue\n1,2\n".to_vec(), 1, "no column `time_s`"),
    ];
    for (index, (file, text, expected, words)) in cases.into_iter().enumerate() {
        let folder = Folder::new(&format!("bad{index}"), &[(file, &text)]);
        let error = folder.run().unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, PlotError::Csv { line, .. } if line == expected), "{message}");
        assert!(message.contains(file) && message.contains(words), "{message}");
    }
}

#[test]
fn bars_are_as_high_as_their_values() {
    let rows = "fifo,wait_s.mean,10,40,36,44,,,\neasy,wait_s.mean,10,20,18,22,-20,-22,-18\n\
                fifo,cloud.cost_usd,10,0,0,0,,,\neasy,cloud.cost_usd,10,0,0,0,,,\n\
                fifo,energy_j.total,10,7e6,6e6,8e6,,,\neasy,energy_j.total,10,5e6,4e6,6e6,,,\n\
                fifo,response_s.mean,10,70,60,80,,,\neasy,response_s.mean,10,50,45,55,,,\n\
                fifo,utilization.gpu,10,0.5,,,,,\neasy,utilization.gpu,10,0.7,,,,,\n\
                fifo,utilization.cpu,10,0.2,,,,,\neasy,utilization.cpu,10,0.1,,,,,\n";
    let folder = Folder::new("bars", &[("comparison.csv", format!("{COMPARISON}{rows}").as_bytes())]);
    let written = names(&folder.compare().unwrap());
    assert_eq!(
        written,
        [
            "bars_wait_s_mean.svg",
            "bars_response_s_mean.svg",
            "bars_energy_j_total.svg",
            "bars_utilization.svg",
            "forest.svg",
            "energy_response.svg"
        ]
    );
    let svg = folder.chart("bars_wait_s_mean");
    let (fifo, easy) = (boxes(&svg, "#0072B2"), boxes(&svg, "#E69F00"));
    assert_eq!((fifo.len(), easy.len()), (1, 1));
    // The axis goes to 50 (whiskers reach 44) over 125 points: 2.5 points a second.
    assert!((fifo[0][3] - 100.0).abs() < 0.06 && (easy[0][3] - 50.0).abs() < 0.06, "{fifo:?} {easy:?}");
    // The whisker of fifo goes from 36 to 44, so 10 points above and below the bar's end.
    let x = ((fifo[0][0] + fifo[0][2] / 2.0) * 20.0).round();
    let end = (fifo[0][1] * 20.0).round();
    let whisker = format!("points=\"{x},{} {x},{} \"", end + 200.0, end - 200.0);
    assert!(svg.contains(&whisker), "{whisker}");
    // Both stand on the axis.
    assert!((fifo[0][1] + fifo[0][3] - easy[0][1] - easy[0][3]).abs() < 0.06);
    for text in ["Mean waiting time (s)", "fifo", "easy", "whiskers: 95 % confidence intervals, 10 replications"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    let groups = folder.chart("bars_utilization");
    // Two bars of a colour and its key in the legend.
    assert_eq!(boxes(&groups, "#0072B2").len(), 3);
    let scatter = folder.chart("energy_response");
    assert!(scatter.contains(">Energy (MJ)</text>") && scatter.contains(">Mean response time (s)</text>"));
}

#[test]
fn long_variant_names_lie_beside_their_bars() {
    let rows = (0..30).fold(COMPARISON.to_owned(), |text, k| {
        text + &format!("\"scheduler=fifo, sleep=timeout, number={k}\",makespan_s,1,{},,,,,\n", 1000 + k)
    });
    let folder = Folder::new("long", &[("comparison.csv", rows.as_bytes())]);
    assert_eq!(names(&folder.compare().unwrap()), ["bars_makespan_s.svg"]);
    let svg = folder.chart("bars_makespan_s");
    assert!(svg.contains(">scheduler=fifo, sleep=timeout, number=29</text>") && svg.contains(">Makespan (min)</text>"));
    assert!(!svg.contains("whiskers"));
}

#[test]
fn the_same_folder_gives_the_same_bytes_and_leaves_nothing_else() {
    let tasks = (0..50).fold(TASKS.to_owned(), |text, k| {
        let start = k as f64;
        text + &task(k, ["a", "b"][k % 2], start, start + 3.0, &format!("{}", k % 4), 0.0)
    });
    let folder = Folder::new("twice", &[("tasks.csv", tasks.as_bytes())]);
    let options = PlotOptions { png: true };
    let read = |paths: &[PathBuf]| paths.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
    let first = draw_run(&folder.0, &options).unwrap();
    assert_eq!(names(&first), ["gantt.svg", "gantt.png", "wait_cdf.svg", "wait_cdf.png"]);
    let before = read(&first);
    assert!(before[1].starts_with(b"\x89PNG\r\n") && before[0].starts_with(b"<svg "));
    assert_eq!(before, read(&draw_run(&folder.0, &options).unwrap()));
    assert_eq!(fs::read_dir(folder.0.join("plots")).unwrap().count(), 4);
}

#[test]
fn odd_cells_are_errors_or_charts_and_never_a_panic() {
    const NUMBERS: [&str; 9] = ["", "0", "1", "2.5", "-3", "1e30", "1e-300", "86400", "1e9"];
    const WORDS: [&str; 5] = ["<a & b>", "killed", "cloud", "0;1", "NaN"];
    // Seeded, so it either always passes or always fails.
    let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(11);
    let mut drawn = std::collections::BTreeSet::new();
    for round in 0..400 {
        let mut row = |columns: usize| {
            let mut cell = || {
                let odd = round % 4 == 0 && random.random_range(0..8) == 0;
                if odd { WORDS[random.random_range(0..5)] } else { NUMBERS[random.random_range(0..9)] }
            };
            (0..columns).map(|_| cell()).collect::<Vec<_>>().join(",") + "\n"
        };
        let (mut tasks, mut timeline, mut comparison) =
            ("start_s,finish_s,wait_s,units\n".to_owned(), TIMELINE.to_owned(), COMPARISON.to_owned());
        for variant in 0..4 {
            // Half of all random spans run backwards, an error: few of them.
            tasks += &if variant < 2 { row(3).replace('\n', ",7;8\n") } else { String::new() };
            timeline += &format!("{variant}e5,{}", row(13));
            for metric in ["energy_j.total", "response_s.mean", "utilization.gpu"] {
                // Random intervals are mostly upside down, an error: few of them.
                let tail = if variant == 0 { row(4) } else { row(2).replace('\n', ",,\n") };
                comparison += &format!("{variant},{metric},{}", tail.replace('\n', ",,,\n"));
            }
        }
        // A folder each: an error in one file would hide the others.
        for (file, text) in [("tasks.csv", tasks), ("timeline.csv", timeline), ("comparison.csv", comparison)] {
            let folder = Folder::new("odd", &[(file, text.as_bytes())]);
            for path in folder.run().unwrap_or_default().into_iter().chain(folder.compare().unwrap_or_default()) {
                check_xml(&fs::read_to_string(&path).unwrap());
                drawn.extend(names(&[path]));
            }
        }
    }
    // All charts there can be came up, not only errors.
    assert_eq!(drawn.len(), 11, "{drawn:?}");
}

#[test]
fn packing_is_drawn_as_far_as_it_is_known() {
    let header = "arrived_percent,arrived,placed,turned_away,allocated,fragmented,fragmented_of_idle\n";
    let table = format!("{header}0,0,0,0,0,0,0.1\n50,1,1,0,0.5,0.05,0.2\n100,2,2,0,1,0,\n");
    let folder = Folder::new("packing", &[("packing.csv", table.as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["packing.svg"]);
    let chart = folder.chart("packing");
    assert!(["allocated", "in fragments", "of what is idle", "Demand that arrived"].iter().all(|w| chart.contains(w)));
    // Nothing came.
    let nothing = format!("{header}0,0,0,0,0,0,\n");
    assert!(Folder::new("packing-none", &[("packing.csv", nothing.as_bytes())]).run().unwrap().is_empty());
    let wrong = Folder::new("packing-wrong", &[("packing.csv", format!("{header}x,0,0,0,0,0,\n").as_bytes())]);
    assert!(wrong.run().unwrap_err().to_string().contains("line 2: column `arrived_percent`"));
}
