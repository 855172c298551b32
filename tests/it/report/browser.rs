//! The page in a headless Chromium: scripts run without errors, and what they draw can be asked for by the address.
//!
//! Chromium is looked for in `$CHROMIUM`, then by its usual names in `$PATH`; where there is none, the tests say so and
//! pass.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::support::Folder;

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    let usual =
        std::env::split_paths(&paths).flat_map(|folder| names.map(|name| folder.join(name))).collect::<Vec<_>>();
    let found = named.into_iter().chain(usual).find(|path| path.is_file());
    if found.is_none() {
        println!("ignored: no Chromium (set CHROMIUM)");
    }
    found
}

/// What the page at `path` with `state` in its address looks like to scripts when all of its own have run.
fn dom(browser: &Path, home: &Folder, path: &Path, state: &str) -> String {
    let profile = home.path().join("profile");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"])
        .args(["--window-size=1400,900", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}{state}", path.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("data-ready=\"yes\""), "the scripts did not come to their end:\n{text}");
    assert!(text.contains("<ul id=\"errors\" role=\"alert\" hidden=\"\"></ul>"), "{}", errors(&text));
    text
}

fn errors(text: &str) -> &str {
    let at = text.find("id=\"errors\"").unwrap_or(0);
    &text[at..(at + 2000).min(text.len())]
}

/// What stands between two texts.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let begin = text.find(from).unwrap_or_else(|| panic!("{from} is not in the page")) + from.len();
    &text[begin..begin + text[begin..].find(to).unwrap()]
}

#[test]
fn a_browser_draws_and_searches_a_run() {
    let Some(browser) = chromium() else { return };
    let home = Folder::new();
    let dir = super::folder(&home);
    super::page(&dir);
    let page = dir.join("report.html");
    // At 41 s: task 2 runs on unit 0 and task 5 on unit 1 since 40 s, nothing waits (see the time line above).
    let text = dom(&browser, &home, &page, "#search=class=infer%20failed&at=41&task=2");
    // Asking for a task that the search does not find shows all again.
    assert!(text.contains("data-rows=\"5\""), "{}", between(&text, "id=\"task-table\"", "</section>"));
    // Bars: task 1 on both units is one bar; 2 and 5; the others were in the cloud or never ran.
    assert!(text.contains("data-bars=\"3\""));
    let values = between(&text, "id=\"series-values\"", "</figcaption>");
    for value in ["At 41 s: ", "waiting tasks 0", "running tasks 2", "utilization of gpu 100 %", "total 20 W"] {
        assert!(values.contains(value), "{value} is not in {values}");
    }
    let task = between(&text, "id=\"gantt-caption\"", "</figcaption>");
    for value in [
        "<b>task 2</b>",
        "<td>infer</td>",
        "<td>wait</td><td>35 s</td>",
        "<td>run</td><td>10.5 s</td>",
        "<td>105 J</td>",
        "<td>met</td>",
    ] {
        assert!(task.contains(value), "{value} is not in {task}");
    }
    assert!(between(&text, "id=\"spread-plots\"", "</section>").contains("wait_s of 4 tasks: p50 0 s"));
}

#[test]
fn a_browser_finds_sorts_and_zooms_as_the_address_says() {
    let Some(browser) = chromium() else { return };
    let home = Folder::new();
    let dir = super::folder(&home);
    super::page(&dir);
    let text =
        dom(&browser, &home, &dir.join("report.html"), "#search=class=infer%20wait_s%3E1&sort=-wait_s&from=10&to=20");
    // Of the three tasks of the class 2 waited 35 s and 5 waited 32 s; 3 went to the cloud at once.
    assert!(text.contains("data-rows=\"2\"") && text.contains("2 of 5 rows"));
    let body = between(&text, "<tbody><tr class=\"row\"", "</tbody>");
    let first = body.find(">2</td>").unwrap();
    let second = body.find(">5</td>").unwrap();
    assert!(first < second, "longest wait first: {body}");
    assert!(
        text.contains("<output id=\"range\">10 s to 20 s (10 s)</output>"),
        "{}",
        between(&text, "id=\"range\"", "</div>")
    );
}

#[test]
fn a_browser_shows_a_metric_of_a_comparison() {
    let Some(browser) = chromium() else { return };
    let home = Folder::new();
    home.file(
        "comparison.csv",
        "variant,metric,replications,mean,ci95_low,ci95_high,difference,difference_ci95_low,difference_ci95_high,p_value,p_holm,verdict\n\
         fifo,wait_s.mean,5,20,18,22,,,,,,\nsjf,wait_s.mean,5,8,7,9,-12,-14,-10,0.0002,0.0004,better\n\
         fifo,queue.mean,5,3,2,4,,,,,,\nsjf,queue.mean,5,2,1,3,-1,-1.5,-0.5,0.002,0.002,better\n",
    );
    home.file("values.csv", "variant,metric,replication,value\nfifo,queue.mean,0,2.5\nfifo,queue.mean,1,3.5\n");
    let page = super::page(home.path());
    for part in [
        "20 s <span class=\"pm\">± 2 s</span>",
        "<small class=\"better\">−60.0 %</small>",
        "<td class=\"n\">0.0004</td><td class=\"better\">better</td>",
    ] {
        assert!(page.contains(part), "{part} is not in the page");
    }
    let text = dom(&browser, &home, &home.path().join("report.html"), "#metric=queue.mean&search=p_holm%3C0.001");
    assert!(
        text.contains("Left: mean of queue.mean with its 95 % interval; light dots are single replications"),
        "{text}"
    );
    // Of the two differences one has an adjusted p below 0.001.
    assert!(
        text.contains("1 of 4 rows") || text.contains("data-rows=\"1\""),
        "{}",
        between(&text, "id=\"metric-table\"", "</section>")
    );
}
