//! Charts across variants, and what a `plots.json` does to them.

use super::*;

/// EASY waits half as long as FIFO; SJF's difference is not shown.
const THREE: &str = "variant,metric,replications,mean,ci95_low,ci95_high,difference,difference_ci95_low,\
                     difference_ci95_high,p_value,p_holm,verdict\n\
                     fifo,wait_s.mean,10,40,36,44,,,,,,\n\
                     easy,wait_s.mean,10,20,18,22,-20,-24,-16,0.001,0.002,better\n\
                     sjf,wait_s.mean,10,44,40,48,4,-4,12,0.3,0.3,no difference shown\n\
                     fifo,response_s.mean,10,80,75,85,,,,,,\n\
                     easy,response_s.mean,10,60,55,65,-20,-24,-16,0.001,0.002,better\n\
                     sjf,response_s.mean,10,90,85,95,10,2,18,0.04,0.08,no difference shown\n\
                     fifo,energy_j.total,10,500,490,510,,,,,,\n\
                     easy,energy_j.total,10,700,690,710,200,190,210,0.001,0.002,worse\n\
                     sjf,energy_j.total,10,800,790,810,300,290,310,0.001,0.002,worse\n";
const BLUE: &str = "#0072B2";
const ORANGE: &str = "#E69F00";
const GREEN: &str = "#009E73";

fn values() -> String {
    // Of FIFO 1 to 7 and 30, of EASY and SJF the same twice and three times as large.
    let numbers = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 30.0];
    let rows = [("fifo", 1.0), ("easy", 2.0), ("sjf", 3.0)].into_iter().flat_map(|(name, factor)| {
        numbers.iter().enumerate().map(move |(run, x)| format!("{name},wait_s.mean,{run},{}\n", x * factor))
    });
    "variant,metric,replication,value\n".to_owned() + &rows.collect::<String>()
}

fn folder(name: &str, choice: &str) -> Folder {
    let quantiles = "variant,metric,q,value\nfifo,wait_s,0,0\nfifo,wait_s,0.5,10\nfifo,wait_s,1,20\n\
                     easy,wait_s,0,0\neasy,wait_s,0.5,4\neasy,wait_s,1,20\n";
    let (values, choice) = (values(), choice.as_bytes());
    let mut files: Vec<(&str, &[u8])> = vec![
        ("comparison.csv", THREE.as_bytes()),
        ("values.csv", values.as_bytes()),
        ("distributions.csv", quantiles.as_bytes()),
    ];
    if !choice.is_empty() {
        files.push((PLOTS_FILE, choice));
    }
    Folder::new(&format!("variants-{name}"), &files)
}

/// The mistake that a choice makes with the three variants above.
fn mistake(name: &str, choice: &str) -> String {
    match folder(name, choice).compare() {
        Err(PlotError::Choice(problems)) => problems.to_string(),
        other => format!("{other:?}"),
    }
}

/// (x, y, radius) of all circles in a colour, in points.
fn circles(svg: &str, color: &str) -> Vec<[f64; 3]> {
    let lines = svg.lines().filter(|line| line.starts_with("<circle") && line.contains(color));
    lines.map(|line| ["cx", "cy", "r"].map(|name| attribute(line, name) / 20.0)).collect()
}

#[test]
fn a_comparison_has_all_charts_across_variants() {
    assert_eq!(
        names(&folder("all", "").compare().unwrap()),
        [
            "bars_wait_s_mean.svg",
            "bars_response_s_mean.svg",
            "bars_energy_j_total.svg",
            "forest.svg",
            "energy_response.svg",
            "box_wait_s_mean.svg",
            "cdf_wait.svg",
            "ccdf_wait.svg",
        ]
    );
}

#[test]
fn the_forest_stands_at_per_cents_of_the_baseline_and_fills_what_is_shown() {
    let folder = folder("forest", r#"{"metrics": ["wait_s.mean"]}"#);
    folder.compare().unwrap();
    let svg = folder.chart("forest");
    // -20 of 40 is -50 %, 4 of 40 is +10 %; nothing else is drawn for the baseline itself.
    for text in ["−50.0 %", "+10.0 %", "Difference from fifo (%)", "Mean waiting time (lower is better)"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    let (easy, sjf, hollow) = (circles(&svg, ORANGE), circles(&svg, GREEN), circles(&svg, "#FFFFFF"));
    assert_eq!((easy.len(), sjf.len(), hollow.len()), (1, 1, 1));
    // SJF's is the hollow one.
    assert_eq!((hollow[0][0], hollow[0][1]), (sjf[0][0], sjf[0][1]));
    // On one scale: from -50 % to +10 %, and the interval of EASY from -60 % to -40 % around its point.
    let per_cent = (sjf[0][0] - easy[0][0]) / 60.0;
    let (low, high) = (easy[0][0] - 10.0 * per_cent, easy[0][0] + 10.0 * per_cent);
    let y = easy[0][1] * 20.0;
    let whisker = svg.lines().filter(|line| line.starts_with("<polyline") && line.contains(ORANGE)).any(|line| {
        let points: Vec<f64> = line
            .split("points=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .split([',', ' '])
            .filter_map(|number| number.parse().ok())
            .collect();
        matches!(points.as_slice(), [x1, y1, x2, y2] if (x1 / 20.0 - low).abs() < 0.2 && (x2 / 20.0 - high).abs() < 0.2
            && *y1 == y && *y2 == y)
    });
    assert!(whisker, "{low} {high}");
}

#[test]
fn what_another_variant_beats_is_faded_and_the_front_is_named() {
    let folder = folder("front", "");
    folder.compare().unwrap();
    let svg = folder.chart("energy_response");
    // SJF takes more energy and more time than FIFO. Its own colour is left in the legend alone.
    assert!(svg.contains(">Pareto front</text>") && svg.contains("faded: another variant is better in both means"));
    assert_eq!(boxes(&svg, GREEN).len(), 1);
    // FIFO has its circle in the legend, and one on the plot.
    assert_eq!(circles(&svg, BLUE).len(), 2);
}

#[test]
fn boxes_end_at_quartiles() {
    let folder = folder("boxes", "");
    folder.compare().unwrap();
    let svg = folder.chart("box_wait_s_mean");
    // Quartiles 2.75 and 6.25 of FIFO (see `boxes`), so EASY's box is twice as long and SJF's three times; one value
    // of each lies beyond.
    let border = |color: &str| {
        let line = svg.lines().find(|line| line.starts_with("<polyline") && line.contains(color)).unwrap();
        let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        let x: Vec<f64> = points.split(' ').filter_map(|p| p.split(',').next()?.parse().ok()).collect();
        x[1] - x[0]
    };
    assert!((border(ORANGE) / border(BLUE) - 2.0).abs() < 0.02, "{} {}", border(ORANGE), border(BLUE));
    assert!((border(GREEN) / border(BLUE) - 3.0).abs() < 0.02);
    assert_eq!((circles(&svg, BLUE).len(), circles(&svg, GREEN).len()), (1, 1));
    assert!(svg.contains("of 8 replications"));
}

#[test]
fn colours_follow_names_not_places() {
    let folder = folder("subset", r#"{"variants": ["sjf", "fifo"], "charts": ["bars_wait_s.mean"]}"#);
    assert_eq!(names(&folder.compare().unwrap()), ["bars_wait_s_mean.svg"]);
    let svg = folder.chart("bars_wait_s_mean");
    let (sjf, fifo) = (boxes(&svg, GREEN), boxes(&svg, BLUE));
    assert_eq!((sjf.len(), fifo.len(), boxes(&svg, ORANGE).len()), (1, 1, 0));
    // In the order that was asked for, as high as their means 44 and 40.
    assert!(sjf[0][0] < fifo[0][0] && (sjf[0][3] / fifo[0][3] - 1.1).abs() < 0.01);
}

#[test]
fn everything_chosen_is_done() {
    let choice = r##"{"charts": ["bars_wait_s_mean", "forest", "cdf_wait"], "exclude": ["forest"], "columns": 2,
                      "titles": true, "font_size": 15, "labels": {"easy": "EASY", "wait_s.mean": "Delay"},
                      "colors": {"easy": "#123"}, "units": {"time": "min"}, "height": 2}"##;
    let folder = folder("chosen", choice);
    assert_eq!(names(&folder.compare().unwrap()), ["bars_wait_s_mean.svg", "cdf_wait.svg"]);
    let svg = folder.chart("bars_wait_s_mean");
    assert!(svg.starts_with("<svg width=\"504pt\""), "{}", svg.lines().next().unwrap());
    for text in ["EASY", "Delay (min)", "Delay: mean over replications"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text}");
    }
    assert_eq!(boxes(&svg, "#112233").len(), 1);
    // Labels of 15 points, 300 units: twice the usual.
    assert!(svg.contains("font-size=\"300\""));
    assert!(folder.chart("cdf_wait").contains(">Waiting time (min)</text>"));
}

#[test]
fn any_metric_can_have_bars_and_points_on_a_logarithmic_axis() {
    let folder = folder("log", r#"{"charts": ["bars_energy_j.total"], "log": ["energy_j.total"]}"#);
    assert_eq!(names(&folder.compare().unwrap()), ["bars_energy_j_total.svg"]);
    let svg = folder.chart("bars_energy_j_total");
    assert!(boxes(&svg, BLUE).is_empty() && circles(&svg, BLUE).len() == 1);
    assert!(svg.contains(">Energy (J)</text>") && svg.contains("logarithmic axis"));
}

#[test]
fn every_mistake_in_a_choice_is_told_with_its_place_and_the_nearest_name() {
    for (number, (choice, words)) in [
        (r#"{"colums": 1}"#, "unknown key `colums`"),
        (r#"{"colums": 1}"#, "did you mean `columns`?"),
        (r#"{"columns": 3}"#, "(/columns): found 3, expected 1 or 2"),
        (r#"{"font_size": 2}"#, "a number from 5 to 16"),
        (r#"{"charts": ["forrest"]}"#, "did you mean `forest`?"),
        (r#"{"charts": ["bars_wait_s.maen"]}"#, "did you mean `bars_wait_s.mean`?"),
        (
            r#"{"variants": ["fifo", "esay"]}"#,
            "(/variants/1): found `esay`, expected a variant of the comparison; did you mean `easy`?",
        ),
        (r#"{"metrics": ["energy_j.totl"]}"#, "did you mean `energy_j.total`?"),
        (r#"{"log": ["wait"]}"#, "(/log/0): found `wait`"),
        (r#"{"labels": {"wait_s.men": "x"}}"#, "did you mean `wait_s.mean`?"),
        (r#"{"colors": {"easy": "blue"}}"#, "found `blue`, expected a colour as `#0072B2`"),
        (r#"{"units": {"wait_s.mean": "hours"}}"#, "expected one of `ns`, `µs`, `ms`, `s`, `min`, `h`, `d`"),
        (r#"{"units": {"bounded_slowdown.mean": "s"}}"#, "shown without a choice of units"),
        (r#"{"charts": }"#, "1:12"),
        ("[]", "found"),
    ]
    .into_iter()
    .enumerate()
    {
        let told = mistake(&format!("mistake{number}"), choice);
        assert!(told.contains(words) && told.contains(PLOTS_FILE), "{choice}: {told}");
    }
    // A policy of another folder is no mistake.
    assert!(folder("other", r##"{"colors": {"gavel": "#000000"}}"##).compare().is_ok());
}

#[test]
fn bad_tables_are_named_with_their_lines() {
    for (number, (file, text, words)) in [
        ("distributions.csv", "variant,metric,q,value\nfifo,wait_s,2,0\n", "line 2: column `q`: expected a share"),
        ("distributions.csv", "variant,metric,q,value\nfifo,wait_s,0,5\nfifo,wait_s,1,4\n", "line 3: column `value`"),
        ("values.csv", "variant,metric,replication,value\nfifo,wait_s.mean,0,x\n", "line 2: column `value`"),
        ("values.csv", "variant,metric,replication\n", "no column `value`"),
    ]
    .into_iter()
    .enumerate()
    {
        let files = [("comparison.csv", THREE.as_bytes()), (file, text.as_bytes())];
        let error = Folder::new(&format!("variants-bad{number}"), &files).compare().unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
