//! Charts of one run from whole folders, beside those of `tests.rs`.

use super::tests::{Folder, TASKS, boxes, names, task, units};

const INTERVALS: &str = "what,task,units,from_s,to_s,detail,source\n";

/// Task 1 works on unit 0 from 0 to 20, is preempted, and works on unit 1 from 60 to 100; unit 0 is down from 20 to 40,
/// and asleep from 50 to 100.
#[test]
fn pieces_of_a_task_stand_where_it_worked() {
    let tasks = [TASKS.to_owned(), task(1, "a", 0.0, 100.0, "1", 0.0)].concat();
    let rows = "run,1,0,0,20,preempted,synthetic\ndown,,0,20,40,repaired,\nsleep,,0,50,100,running,\n\
                save,1,0,20,20,preempted,synthetic\nrun,1,1,60,100,completed,synthetic\n";
    let intervals = format!("{INTERVALS}{rows}");
    let files = [
        ("tasks.csv", tasks.as_bytes()),
        ("units.csv", &*units(2).into_bytes()),
        ("intervals.csv", intervals.as_bytes()),
    ];
    let folder = Folder::new("pieces", &files);
    folder.run().unwrap();
    let svg = folder.chart("gantt");
    for name in ["preempted", "unit down", "unit asleep"] {
        assert!(svg.contains(&format!(">{name}</text>")), "{name}");
    }
    let bars = &boxes(&svg, "#0072B2")[1..];
    assert_eq!(bars.len(), 2);
    // 20 and 40 of 100 s, less the hair; the second on the row below, which begins at 60 s.
    assert!((2.0 * (bars[0][2] + 0.35) - (bars[1][2] + 0.35)).abs() < 0.11, "{bars:?}");
    assert!((bars[1][0] - bars[0][0] - 3.0 * (bars[0][2] + 0.35)).abs() < 0.11 && bars[1][1] > bars[0][1]);
    // A grey box each for the legend and for the stretch from 20 to 40 s, behind which nothing is.
    let down = boxes(&svg, "#E2E2E2");
    let down = down.last().unwrap();
    assert!((down[2] - bars[0][2] - 0.35).abs() < 0.11 && (down[0] - bars[0][0] - down[2]).abs() < 0.11, "{down:?}");
}

/// What has no row in `tasks.csv`, or a name that two sources share, is not mistaken for another task.
#[test]
fn pieces_belong_to_the_task_of_their_source() {
    let other = task(1, "b", 0.0, 10.0, "1", 0.0).replace("synthetic", "other");
    let tasks = [TASKS.to_owned(), task(1, "a", 0.0, 10.0, "0", 0.0), other].concat();
    let intervals = format!(
        "{INTERVALS}run,1,0,0,2,preempted,synthetic\nrun,1,0,8,10,completed,synthetic\nrun,9,0,3,6,running,synthetic\n"
    );
    let folder = Folder::new("sources", &[("tasks.csv", tasks.as_bytes()), ("intervals.csv", intervals.as_bytes())]);
    folder.run().unwrap();
    let svg = folder.chart("gantt");
    assert_eq!((boxes(&svg, "#0072B2").len(), boxes(&svg, "#E69F00").len()), (3, 2));
    assert!(svg.contains(">not ended</text>"));
}

#[test]
fn power_is_stacked_by_kind_where_there_are_kinds() {
    let table = |kinds: &str, rows: &str| format!("time_s,power_w,power_active_w,power_idle_w,{kinds}\n{rows}");
    let two = table("power_cpu_w,power_gpu_w", "0,300,250,50,50,250\n10,100,0,100,50,50\n");
    let folder = Folder::new("kinds", &[("timeline.csv", two.as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["power.svg", "power_by_kind.svg"]);
    let svg = folder.chart("power_by_kind");
    assert!(svg.contains(">gpu</text>") && !svg.contains(">active</text>"));
    assert!(!folder.chart("power").contains(">gpu</text>"));
    let one = table("power_gpu_w", "0,300,250,50,300\n10,100,0,100,100\n");
    let folder = Folder::new("kind", &[("timeline.csv", one.as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["power.svg"]);
}

#[test]
fn temperature_and_fragmentation_are_drawn_where_they_are_known() {
    let header = "time_s,memory_used_bytes,memory_capacity_bytes,memory_fragmentation,temperature_max_c\n";
    let folder =
        Folder::new("heat", &[("timeline.csv", format!("{header}0,1e9,4e9,0,20\n9,3e9,4e9,0.5,45\n").as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["temperature.svg", "memory.svg"]);
    assert!(folder.chart("temperature").contains(">Hottest unit (°C)</text>"));
    assert!(folder.chart("memory").contains(">Fragmentation (%)</text>"));
    let folder = Folder::new("whole", &[("timeline.csv", format!("{header}0,1e9,4e9,0,\n9,3e9,4e9,0,\n").as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["memory.svg"]);
    assert!(!folder.chart("memory").contains("Fragmentation"));
}

/// 6 of 8 unit-seconds at 2 GHz under load, 2 asleep: three quarters of the axis.
#[test]
fn residency_is_a_bar_of_shares() {
    let table = "kind,device,frequency_hz,state,time_s\ngpu,own,1e9,busy,0\ngpu,own,1e9,idle,0\n\
                 gpu,own,2e9,busy,6\ngpu,own,2e9,idle,0\ngpu,own,,sleep,2\n";
    let folder = Folder::new("residency", &[("residency.csv", table.as_bytes())]);
    assert_eq!(names(&folder.run().unwrap()), ["residency.svg"]);
    let svg = folder.chart("residency");
    assert!(svg.contains(">gpu own</text>") && svg.contains(">2</text>"));
    let (busy, asleep) = (boxes(&svg, "#084594"), boxes(&svg, "#A6DDCE"));
    assert_eq!((busy.len(), asleep.len()), (2, 2));
    assert!(((busy[1][2] + 0.3) - 3.0 * (asleep[1][2] + 0.3)).abs() < 0.21, "{busy:?} {asleep:?}");
}

/// Waits 0 to 100 s of class a in one piece each: quartiles at 25, 50 and 75, whiskers from 5 to 95.
#[test]
fn boxes_have_their_quartiles_in_place() {
    let rows = (0..=100).map(|k| task(k, "a", 0.0, 1.0, "0", k as f64));
    let tasks: String =
        [TASKS.to_owned()].into_iter().chain(rows).chain([task(200, "b", 0.0, 1.0, "0;1", 50.0)]).collect();
    let folder = Folder::new("boxes", &[("tasks.csv", tasks.as_bytes())]);
    folder.run().unwrap();
    let svg = folder.chart("box");
    for text in ["a", "b", "1 unit", "2 units", "101"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    // 0.6 of the blue of class a; the axis ends at 100 s.
    let found = boxes(&svg, "#66AAD1");
    let lines: Vec<&str> = svg.lines().filter(|line| line.starts_with("<polyline")).collect();
    assert_eq!(found.len(), 1);
    let (left, width) = (found[0][0], found[0][2]);
    let zero = left - width / 2.0;
    // The whisker from 25 down to 5 s: four tenths of the box further left.
    let end = format!("{},", ((zero + 0.1 * width) * 20.0).round());
    assert!(lines.iter().any(|line| line.contains(&end)), "{end} {lines:?}");
}
