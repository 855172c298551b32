//! The page put together: its frame, style and scripts are files beside this one.

use std::fmt::Write as _;

use super::escape::html;

const FRAME: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// In the order in which they build on each other; one job each.
const SCRIPTS: [&str; 12] = [
    include_str!("js/core.js"),
    include_str!("js/data.js"),
    include_str!("js/format.js"),
    include_str!("js/axis.js"),
    include_str!("js/view.js"),
    include_str!("js/plot.js"),
    include_str!("js/bars.js"),
    include_str!("js/gantt.js"),
    include_str!("js/series.js"),
    include_str!("js/curves.js"),
    include_str!("js/metric.js"),
    include_str!("js/table.js"),
];
const START: &str = include_str!("js/start.js");

pub(super) const TIME: &str = include_str!("parts/time.html");
pub(super) const GANTT: &str = include_str!("parts/gantt.html");
pub(super) const SERIES: &str = include_str!("parts/series.html");
pub(super) const SPREAD: &str = include_str!("parts/spread.html");
pub(super) const TASKS: &str = include_str!("parts/tasks.html");
pub(super) const METRIC: &str = include_str!("parts/metric.html");
pub(super) const OTHERS: &str = "<div id=\"other-tables\"></div>\n";

/// A heading with what stands under it.
pub(super) struct Section {
    id: &'static str,
    title: &'static str,
    body: String,
}

impl Section {
    /// `body` is HTML.
    pub(super) fn new(id: &'static str, title: &'static str, body: String) -> Self {
        Self { id, title, body }
    }
}

/// A page under way.
pub(super) struct Page {
    title: String,
    description: String,
    sections: Vec<Section>,
    data: String,
}

impl Page {
    pub(super) fn new(title: &str, description: &str) -> Self {
        Self { title: html(title), description: html(description), sections: Vec::new(), data: String::new() }
    }

    /// Adds a section; one without anything in it is left out.
    pub(super) fn section(&mut self, section: Section) {
        if !section.body.trim().is_empty() {
            self.sections.push(section);
        }
    }

    /// Adds data for the scripts: JSON without `<`.
    pub(super) fn data(&mut self, name: &str, json: &str) {
        let _ = writeln!(self.data, "<script type=\"application/json\" id=\"data-{name}\">{json}</script>");
    }

    /// The whole page.
    pub(super) fn text(&self) -> String {
        let contents = |s: &Section| format!("<a href=\"#{}\">{}</a>", s.id, s.title);
        let section = |s: &Section| {
            format!(
                "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
                s.id, s.title, s.body
            )
        };
        let sections: String = self.sections.iter().map(section).collect();
        let contents = self.sections.iter().map(contents).collect::<Vec<_>>().join("\n");
        let description = if self.description.is_empty() {
            String::new()
        } else {
            format!("<p class=\"lead\">{}</p>", self.description)
        };
        let scripts = SCRIPTS.concat() + START;
        fill(FRAME, &|name| match name {
            "title" => &self.title,
            "description" => &description,
            "style" => STYLE,
            "sections" => &sections,
            "data" => &self.data,
            "scripts" => &scripts,
            "contents" => &contents,
            _ => "",
        })
    }
}

/// Puts texts in the place of each `{{name}}` of `frame`; what is put in is not looked at again.
fn fill<'a>(frame: &str, text: &dyn Fn(&str) -> &'a str) -> String {
    let mut out = String::new();
    let mut rest = frame;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = behind.split_once("}}") else { break };
        out.push_str(text(name));
        rest = after;
    }
    out.push_str(rest);
    out
}
