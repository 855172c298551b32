// Puts the parts together, each where the page has data for it.

R.startTime = (tasks) => {
  const colors = R.json("colors");
  const table = R.table("series");
  const units = R.table("units");
  const intervals = R.table("intervals");
  if (!tasks && !table) return null;
  const range = R.timeRange(tasks, table);
  const view = new R.View(...range);
  const output = R.find("range");
  view.listen(() => {
    output.textContent = R.format.span(view.from) + " to " + R.format.span(view.to) + " (" + R.format.span(view.to - view.from) + ")";
  });
  const gantt = tasks && R.part("Gantt chart", () => {
    const bars = new R.Bars(tasks, units, intervals);
    R.ganttLegend(R.find("gantt-legend"), bars, colors);
    const chart = new R.Gantt(R.find("gantt"), bars, view, colors, null);
    R.find("gantt-caption").textContent = R.ganttCaption(bars);
    R.find("gantt").dataset.bars = bars.count;
    return chart;
  });
  if (table) {
    R.part("series", () => {
      const series = new R.Series(R.find("series"), R.panels(table, colors), view);
      series.legend(R.find("series-legend"));
    });
  }
  R.buttons(view, gantt);
  const [from, to] = [R.stateNumber("from"), R.stateNumber("to")];
  if (from !== null || to !== null) view.set(from === null ? view.from : from, to === null ? view.to : to);
  view.cursor = R.stateNumber("at");
  view.now();
  return { view, gantt };
};

// From 0, or from the first task where most of the axis would be empty, to the end.
R.timeRange = (tasks, table) => {
  let [first, last] = [Infinity, -Infinity];
  const take = (t) => {
    if (Number.isNaN(t)) return;
    first = Math.min(first, t);
    last = Math.max(last, t);
  };
  if (table) [table.column.time_s.values[0], table.json.end].forEach(take);
  if (tasks) {
    tasks.column.arrival_s.values.forEach(take);
    tasks.column.finish_s.values.forEach(take);
  }
  if (first >= 0 && first < 0.3 * last) first = 0;
  return [first, last > first ? last : first + 1];
};

R.ganttCaption = (bars) => {
  const shown = R.format.plain(bars.tasks.rows);
  const gangs = bars.tasks.column.units.words.some((set) => /[-;]/.test(set));
  const cloud = bars.cloud.bars.length;
  return shown + " tasks on " + R.format.plain(bars.rows.length) + " units" + (cloud ? ", " + R.format.plain(cloud) + " of them in the cloud" : "") + "." +
    (gangs ? " A gang stands on all its units." : "") +
    (bars.rows.length > 20 ? " A drag downwards also zooms into rows; ↑ and ↓ move them." : "") +
    " A click on a bar shows it in the table of tasks.";
};

R.buttons = (view, gantt) => {
  const actions = {
    in: () => view.zoom(0.5), out: () => view.zoom(2), left: () => view.move(-0.4), right: () => view.move(0.4),
    all: () => { if (gantt) gantt.resetRows(); view.reset(); },
  };
  for (const button of R.find("time-controls").querySelectorAll("button")) button.addEventListener("click", actions[button.dataset.do]);
};

const TASK_COLUMNS = ["task", "class", "source", "status", "location", "unit_kind", "units", "arrival_s", "wait_s", "run_s", "response_s", "bounded_slowdown", "energy_j", "memory_bytes", "preemptions", "deadline_met", "cost_usd"];

// Columns that follow from others: the page does not carry them twice.
R.deriveTasks = (tasks) => {
  const { arrival_s: arrival, start_s: start, finish_s: finish, apart_s: apart } = tasks.column;
  const scale = Math.pow(10, arrival.decimals);
  const between = (a, b) => (row) => (b.ticks[row] - a.ticks[row]) / scale;
  const ran = (of) => (row) => (Number.isNaN(start.ticks[row]) ? NaN : of(row));
  R.derive(tasks, "wait_s", arrival.decimals, between(arrival, start));
  R.derive(tasks, "run_s", arrival.decimals, (row) => (finish.ticks[row] - start.ticks[row] - (apart.ticks[row] || 0)) / scale);
  R.derive(tasks, "response_s", arrival.decimals, ran(between(arrival, finish)));
};

R.startTasks = (tasks, time) => {
  const differs = (name) => {
    const column = tasks.column[name];
    if (!column) return false;
    return column.text ? column.words.length > 1 : column.values.some((v) => v !== column.values[0] && !(Number.isNaN(v) && Number.isNaN(column.values[0])));
  };
  // A column with the same in every row tells nothing.
  const columns = TASK_COLUMNS.filter((name, k) => k === 0 || ["arrival_s", "wait_s", "run_s"].includes(name) || differs(name));
  const sort = R.state.get("sort");
  const table = new R.DataTable(R.find("task-table"), tasks, {
    columns, label: "tasks", hint: "words, class=name, wait_s>60", search: R.state.get("search"),
    sort: sort ? { column: sort.replace(/^-/, ""), falls: sort.startsWith("-") } : null,
    onRow: (row) => {
      table.select(row);
      if (time && time.gantt) time.gantt.show(row);
    },
  });
  if (time && time.gantt) time.gantt.onTask = (task) => table.select(task);
  const asked = R.state.get("task");
  if (asked !== null) {
    const column = tasks.column.task;
    const row = Array.from({ length: tasks.rows }, (_, k) => k).find((k) => String(column.at(k)) === asked);
    if (row !== undefined) {
      table.select(row);
      if (time && time.gantt) {
        time.gantt.show(row);
        R.find("gantt-caption").replaceChildren(...R.describeTask(tasks, row));
      }
    }
  }
};

R.startSpread = () => {
  const figures = R.json("spread");
  if (!figures) return;
  const colors = R.json("colors");
  const boxes = { log: R.find("spread-log"), tail: R.find("spread-tail") };
  const options = () => ({ log: boxes.log.checked, tail: boxes.tail.checked });
  const plots = figures.map((figure) => new R.Curves(R.find("spread-plots"), figure, colors, options));
  for (const box of Object.values(boxes)) box.addEventListener("change", () => plots.forEach((p) => p.plot.now()));
  const curves = figures[0].curves;
  const key = (name, k) => R.element("span", {}, R.element("span", { class: "key line", style: "border-color:" + (k ? colors.groups[name] || colors.other : "var(--ink)") + (k ? ";border-top-style:dashed" : "") }), name || "tasks");
  if (curves.length > 1) R.find("spread-legend").replaceChildren(...curves.map((c, k) => key(c.name, k)));
};

R.startComparison = () => {
  const table = R.table("comparison");
  if (!table) return;
  R.metric = new R.Metric(table, R.table("values"), R.json("variants"));
  const all = R.find("metric-all");
  const build = () => {
    if (!R.find("metric-table").childElementCount) new R.DataTable(R.find("metric-table"), table, { label: "all values", hint: "words, metric=name, p_holm<0.05", search: R.state.get("search") });
  };
  all.addEventListener("toggle", build);
  if (R.state.has("search") || table.column.variant.words.length > 40) {
    all.open = true;
    build();
  }
};

R.startOthers = () => {
  const tables = R.json("others");
  if (!tables) return;
  for (const json of tables) {
    const holder = R.element("div", { class: "table" });
    const more = json.of > json.rows ? ", first " + R.format.plain(json.rows) : "";
    const folded = R.element("details", {}, R.element("summary", {}, json.file + " (" + R.format.plain(json.of) + " rows" + more + ")"), holder);
    folded.addEventListener("toggle", () => {
      if (!holder.childElementCount) R.part(json.file, () => new R.DataTable(holder, R.decode(json), { label: json.file }));
    });
    R.find("other-tables").append(folded);
    if (tables.length === 1) folded.open = true;
  }
};

R.part("start", () => {
  R.watchPrint();
  const tasks = R.part("tasks", () => R.table("tasks"));
  if (tasks) R.deriveTasks(tasks);
  const time = R.part("time", () => R.startTime(tasks));
  if (tasks) R.part("task table", () => R.startTasks(tasks, time));
  R.part("distributions", R.startSpread);
  R.part("comparison", R.startComparison);
  R.part("further tables", R.startOthers);
});
document.documentElement.dataset.ready = "yes";
