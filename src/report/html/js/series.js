// Series over time: a panel per quantity under one time axis, with the values at the cursor.

// A step function: a value holds until the next.
R.Steps = class {
  constructor(time, value, end) {
    Object.assign(this, { time, value, end });
    this.area = new Float64Array(value.length + 1);
    this.most = 0;
    for (let k = 0; k < value.length; k += 1) {
      const next = k + 1 < value.length ? time[k + 1] : end;
      this.area[k + 1] = this.area[k] + value[k] * Math.max(next - time[k], 0);
      if (value[k] > this.most) this.most = value[k];
    }
  }

  index(t) {
    return Math.max(R.above(this.time, t) - 1, 0);
  }

  at(t) {
    return this.value[this.index(t)];
  }

  integral(t) {
    const k = this.index(t);
    return this.area[k] + this.value[k] * Math.max(Math.min(t, this.end) - this.time[k], 0);
  }

  mean(from, to) {
    return to > from ? (this.integral(to) - this.integral(from)) / (to - from) : this.at(from);
  }

  // Least and largest value in a stretch.
  range(from, to) {
    const last = this.index(to);
    let [low, high] = [Infinity, -Infinity];
    for (let k = this.index(from); k <= last; k += 1) {
      if (this.value[k] < low) low = this.value[k];
      if (this.value[k] > high) high = this.value[k];
    }
    return [low, high];
  }
};

const STATE_COLORS = { active: 0, idle: 4, sleep: 2, transition: 1 };
const STACKED = ["active", "idle", "sleep", "transition"];

// Which panels there are: title, height, curves, and whether they stack.
R.panels = (table, colors) => {
  const time = table.column.time_s.values;
  const end = table.json.end;
  const used = new Set(["time_s"]);
  const palette = colors.palette;
  const curve = (column, name, color, more = {}) => {
    used.add(column);
    return { column, name, color, steps: new R.Steps(time, table.column[column].values, end), ...more };
  };
  const has = (column) => table.column[column] && !table.column[column].text;
  const beginning = (prefix) => table.list.map((c) => c.name).filter((name) => name.startsWith(prefix) && has(name));
  const some = (curves) => curves.filter((c) => c.steps.most > 0);
  const panels = [];
  const panel = (title, height, curves, more = {}) => {
    if (curves.length) panels.push({ title, height, curves, ...more });
  };
  panel("Waiting", 74, has("queue") ? [curve("queue", "waiting tasks", palette[5])] : [], { whole: true });
  const running = has("running") ? [curve("running", "running tasks", palette[0])] : [];
  if (has("cloud_running")) running.push(...some([curve("cloud_running", "running in the cloud", palette[3], { dash: [5, 3] })]));
  panel("Running", 74, running, { whole: true });
  used.add("in_system");
  for (const name of beginning("utilization_")) {
    const kind = name.slice("utilization_".length);
    panel(kind, 40, [curve(name, "utilization of " + kind, colors.kinds[kind] || colors.other)], { most: 1, few: true });
  }
  const states = STACKED.filter((state) => has("power_" + state + "_w"));
  const stack = some(states.map((state) => curve("power_" + state + "_w", state, palette[STATE_COLORS[state]])));
  if (has("power_w")) {
    const total = curve("power_w", "power", palette[0]);
    if (stack.length) panel("Power", 120, stack, { stacked: true, total });
    else panel("Power", 90, some([total]));
  }
  const kinds = beginning("power_").filter((name) => !used.has(name) && name.endsWith("_w"));
  const byKind = kinds.map((name) => [name, name.slice("power_".length, -"_w".length)]).map(([name, kind]) => curve(name, "power of " + kind, colors.kinds[kind] || colors.other));
  // Of one kind alone it would be the panel above once more.
  if (byKind.length > 1) panel("Power", 90, some(byKind), { stacked: true });
  if (has("memory_used_bytes")) {
    const memory = some([curve("memory_used_bytes", "memory in use", palette[2])]);
    const limit = has("memory_capacity_bytes") ? curve("memory_capacity_bytes", "capacity", "ink", { dash: [4, 3] }) : null;
    // Devices whose memory never binds report more than any machine has.
    const bounded = limit && limit.steps.most > 0 && limit.steps.most < 2 ** 60;
    if (memory.length && bounded && memory[0].steps.most > 0.15 * limit.steps.most) memory.push(limit);
    panel("Memory", 74, memory);
  }
  for (const [name, title, color, more] of [["memory_fragmentation", "Fragmentation", 5, { few: true }], ["temperature_max_c", "Hottest unit", 5, {}], ["units_down", "Units down", 6, { whole: true }]]) {
    if (has(name)) panel(title, 64, some([curve(name, title.toLowerCase(), palette[color])]), more);
  }
  const clocks = beginning("frequency_hz_").map((name) => {
    const kind = name.slice("frequency_hz_".length);
    return curve(name, "clock of " + kind, colors.kinds[kind] || colors.other);
  });
  panel("Clock", 84, some(clocks));
  let next = 0;
  for (const { name, text } of table.list) {
    if (used.has(name) || text) continue;
    panel(name, 64, some([curve(name, name, palette[next % palette.length])]));
    next += 1;
  }
  return panels;
};

const PANEL_GAP = 12;

R.Series = class {
  constructor(canvas, panels, view) {
    Object.assign(this, { panels, view, brush: null });
    let top = 8;
    for (const panel of panels) {
      panel.top = top;
      panel.most = panel.most || R.Series.most(panel);
      panel.id = panel.curves[0].column;
      top += panel.height + PANEL_GAP;
    }
    this.bottom = top - PANEL_GAP;
    this.plot = new R.Plot(canvas, () => this.bottom + AXIS, (...a) => this.draw(...a));
    this.plot.key = () => view.from + " " + view.to;
    this.plot.over = (context, theme) => this.drawCursor(context, this.box(), theme);
    view.listen(() => {
      this.plot.now();
      this.tell();
    });
    R.navigate(this.plot, view, this);
  }

  static most(panel) {
    if (panel.total) return panel.total.steps.most;
    const most = panel.curves.map((curve) => curve.steps.most);
    return Math.max(panel.stacked ? most.reduce((a, b) => a + b, 0) : Math.max(...most), panel.whole ? 1 : 0);
  }

  box() {
    return { left: R.LEFT, top: 8, width: this.plot.width - R.LEFT - R.RIGHT, bottom: this.bottom };
  }

  draw(context, width, height, theme) {
    const box = this.box();
    const { view } = this;
    R.timeAxis(context, view, box, theme, "Time");
    for (const panel of this.panels) this.drawPanel(context, panel, box, theme);
  }

  drawCursor(context, box, theme) {
    const { view } = this;
    if (view.cursor !== null && view.cursor >= view.from && view.cursor <= view.to) {
      const x = box.left + ((view.cursor - view.from) / (view.to - view.from)) * box.width;
      R.line(context, [[x, box.top], [x, box.bottom]], theme.quiet, 0.8);
    }
    R.drawBrush(context, this.brush && [this.brush[0], 0, this.brush[2], 0], box, theme);
  }

  drawPanel(context, panel, box, theme) {
    const bottom = panel.top + panel.height;
    const axis = R.axis.value(panel.id, panel.most, panel.few ? 2 : 4);
    // A little room above the highest value; a full share needs none.
    const most = Math.max(panel.most * (panel.few ? 1 : 1.05), axis.ticks[axis.ticks.length - 1].at);
    const y = (value) => bottom - (value / most) * panel.height;
    // The gap between panels is paper: the lines of the time axis run behind.
    context.fillStyle = theme.paper;
    context.fillRect(box.left - 1, bottom + 1, box.width + 2, bottom < box.bottom ? PANEL_GAP - 1 : 0);
    for (const { at, label } of axis.ticks) {
      const place = Math.round(y(at)) + 0.5;
      R.line(context, [[box.left, place], [box.left + box.width, place]], theme.grid);
      R.label(context, label, box.left - 6, place, theme.ink, "right");
    }
    context.save();
    context.beginPath();
    context.rect(box.left, panel.top - 1, box.width, panel.height + 2);
    context.clip();
    if (panel.stacked) this.drawStack(context, panel, box, y, theme);
    else for (const curve of panel.curves) this.drawCurve(context, curve, box, y, theme, panel);
    context.restore();
    R.line(context, [[box.left - 0.5, panel.top], [box.left - 0.5, bottom]], theme.ink);
    R.line(context, [[box.left, bottom + 0.5], [box.left + box.width, bottom + 0.5]], bottom < box.bottom ? theme.rule : theme.ink);
    this.title(context, panel, axis.symbol, theme);
  }

  // Beside the axis, turned where there is room for it.
  title(context, panel, symbol, theme) {
    const text = panel.title + (symbol ? " (" + symbol + ")" : "");
    context.save();
    const middle = panel.top + panel.height / 2;
    if (panel.height >= 60 && context.measureText(text).width < panel.height + 8) {
      context.translate(12, middle);
      context.rotate(-Math.PI / 2);
      R.label(context, text, 0, 0, theme.ink, "center");
    } else {
      R.label(context, R.fit(context, panel.title, 62), 6, middle - (symbol ? 7 : 0), theme.ink);
      if (symbol) R.label(context, "(" + symbol + ")", 6, middle + 7, theme.quiet);
    }
    context.restore();
  }

  // The pixel columns of a box with the stretch of time in each.
  columns(box, work) {
    const { from, to } = this.view;
    const each = (to - from) / box.width;
    for (let k = 0; k < box.width; k += 1) work(box.left + k, from + k * each, from + (k + 1) * each);
  }

  // Corners of the steps that are seen; of more than pixels, means, with what lies around them.
  drawCurve(context, curve, box, y, theme, panel) {
    const { steps, dash } = curve;
    const color = curve.color === "ink" ? theme.ink : curve.color;
    const { from, to } = this.view;
    const [first, last] = [steps.index(from), steps.index(to)];
    const points = [];
    const x = (t) => box.left + ((t - from) / (to - from)) * box.width;
    if (last - first < 1.5 * box.width) {
      for (let k = first; k <= last; k += 1) {
        const at = x(Math.max(steps.time[k], from));
        if (points.length) points.push([at, points[points.length - 1][1]]);
        points.push([at, y(steps.value[k])]);
      }
      points.push([x(Math.min(to, steps.end)), y(steps.value[last])]);
    } else {
      context.fillStyle = color;
      context.globalAlpha = 0.3;
      this.columns(box, (px, a, b) => {
        const [low, high] = steps.range(a, b);
        context.fillRect(px, y(high), 1, Math.max(y(low) - y(high), 0.5));
        points.push([px + 0.5, y(steps.mean(a, b))]);
      });
      context.globalAlpha = 1;
    }
    if (!dash && panel.curves.length === 1 && points.length) {
      context.beginPath();
      points.forEach(([px, py]) => context.lineTo(px, py));
      context.lineTo(points[points.length - 1][0], y(0));
      context.lineTo(points[0][0], y(0));
      context.fillStyle = color;
      context.globalAlpha = 0.2;
      context.fill();
      context.globalAlpha = 1;
    }
    R.line(context, points, color, 1.3, dash);
  }

  // Layers on each other, each pixel the mean over its stretch: areas are energy.
  drawStack(context, panel, box, y, theme) {
    const outline = [];
    const tops = panel.curves.map(() => []);
    const ground = [];
    this.columns(box, (px, a, b) => {
      let sum = 0;
      ground.push([px + 0.5, y(0)]);
      panel.curves.forEach((curve, k) => tops[k].push([px + 0.5, y(sum += curve.steps.mean(a, b))]));
      outline.push([px + 0.5, y(panel.total ? panel.total.steps.mean(a, b) : sum)]);
    });
    // From the top layer down: each covers what lies below it.
    for (let k = tops.length - 1; k >= 0; k -= 1) {
      context.beginPath();
      [...tops[k], ...ground.slice().reverse()].forEach(([px, py]) => context.lineTo(px, py));
      context.fillStyle = panel.curves[k].color;
      context.fill();
    }
    R.line(context, outline, theme.ink, 0.8);
  }

  // The curves of a panel and their values at an instant.
  values(panel, time) {
    const rows = panel.curves.map((curve) => [curve.name, R.format.named(curve.column, curve.steps.at(time))]);
    if (panel.total && panel.curves.length > 1) rows.push(["total", R.format.named(panel.total.column, panel.total.steps.at(time))]);
    return rows;
  }

  hover(x, y, event) {
    const { cursor } = this.view;
    const panel = this.panels.find((p) => y >= p.top - PANEL_GAP / 2 && y <= p.top + p.height + PANEL_GAP / 2);
    const shown = panel && cursor !== null;
    R.tip(event.clientX, event.clientY, shown ? [R.element("b", {}, R.format.span(cursor)), R.pairs(this.values(panel, cursor))] : null);
  }

  // All values at the cursor in words, for those who do not see the chart or want them all.
  tell() {
    const { cursor, from, to } = this.view;
    const holder = R.find("series-values");
    if (cursor === null) {
      holder.textContent = "Point at a chart for the values at an instant.";
      return;
    }
    const all = this.panels.flatMap((panel) => this.values(panel, cursor)).map(([name, value]) => name + " " + value);
    holder.textContent = "At " + R.format.span(cursor) + ": " + all.join("; ") + ".";
    holder.dataset.from = from;
    holder.dataset.to = to;
  }

  legend(holder) {
    const curves = this.panels.flatMap((panel) => (panel.curves.length > 1 ? panel.curves.map((curve) => [curve, panel.stacked]) : []));
    holder.replaceChildren(...curves.map(([curve, filled]) => {
      const color = curve.color === "ink" ? "var(--ink)" : curve.color;
      const look = filled ? "background:" + color : "border-color:" + color + (curve.dash ? ";border-top-style:dashed" : "");
      return R.element("span", {}, R.element("span", { class: filled ? "key" : "key line", style: look }), filled && !curve.name.startsWith("power") ? curve.name + " power" : curve.name);
    }));
  }
};
