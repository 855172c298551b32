// One metric of a comparison: means with intervals, and paired differences from the baseline.

// Rows up to which each has its name; of more, as many as fit.
const ROW = 22;

R.Metric = class {
  constructor(table, values, colors) {
    Object.assign(this, { table, values, colors, rows: [] });
    const { metric, variant } = table.column;
    this.variants = variant.words;
    this.byMetric = metric.words.map(() => []);
    for (let row = 0; row < table.rows; row += 1) this.byMetric[metric.index[row]].push(row);
    this.plot = new R.Plot(R.find("metric-plot"), () => 14 + this.rows.length * this.each() + 44, (...a) => this.draw(...a));
    const canvas = this.plot.canvas;
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => R.tip(0, 0, null));
    this.select();
  }

  each() {
    return Math.max(Math.min(ROW, 2400 / Math.max(this.rows.length, 1)), 3);
  }

  select() {
    const chooser = R.find("metric-name");
    const words = this.table.column.metric.words;
    const headlines = this.table.json.headlines.filter((k) => this.byMetric[k]);
    const group = (label, list) => R.element("optgroup", { label }, ...list.map((k) => R.element("option", { value: k }, words[k])));
    const rest = words.map((_, k) => k).filter((k) => !headlines.includes(k));
    chooser.replaceChildren(...(headlines.length ? [group("most asked for", headlines)] : []), group("all others", rest));
    const asked = words.indexOf(R.state.get("metric"));
    const first = asked >= 0 ? asked : headlines.length ? headlines[0] : 0;
    chooser.value = String(first);
    chooser.addEventListener("change", () => this.show(Number(chooser.value)));
    this.show(first);
  }

  show(metric) {
    this.name = this.table.column.metric.words[metric];
    this.rows = this.byMetric[metric] || [];
    this.dots = new Map();
    if (this.values) {
      const c = this.values.column;
      for (let k = 0; k < this.values.rows; k += 1) {
        if (c.metric.at(k) !== this.name || Number.isNaN(c.value.values[k])) continue;
        if (!this.dots.has(c.variant.at(k))) this.dots.set(c.variant.at(k), []);
        this.dots.get(c.variant.at(k)).push(c.value.values[k]);
      }
    }
    this.plot.now();
    this.caption();
  }

  caption() {
    const any = this.rows.some((row) => !Number.isNaN(this.number("ci95_low", row)));
    const parts = ["Left: mean of " + this.name + (any ? " with its 95 % interval" : "") + (this.dots.size ? "; light dots are single replications" : "")];
    if (this.paired()) parts.push("right: paired difference from the baseline" + (any ? " with its 95 % interval" : ""));
    R.find("metric-caption").textContent = parts.join("; ") + ".";
  }

  number(column, row) {
    return this.table.column[column] ? this.table.column[column].values[row] : NaN;
  }

  paired() {
    return this.rows.some((row) => !Number.isNaN(this.number("difference", row)));
  }

  draw(context, width, height, theme) {
    const names = this.rows.map((row) => this.table.column.variant.at(row));
    const most = Math.min(Math.max(...names.map((name) => context.measureText(name).width), 40), width * 0.34);
    const left = most + 14;
    const paired = this.paired();
    const room = width - left - 16;
    const bottom = 8 + this.rows.length * this.each();
    const means = { left, width: paired ? room * 0.54 : room, top: 8, bottom };
    const ends = this.rows.flatMap((row) => [this.number("mean", row), this.number("ci95_low", row), this.number("ci95_high", row)]);
    for (const list of this.dots.values()) ends.push(...list);
    this.frame(context, means, ends, false, theme, this.name);
    let differences = null;
    if (paired) {
      differences = { left: left + room * 0.54 + 36, width: room * 0.46 - 36, top: 8, bottom };
      const spread = this.rows.flatMap((row) => ["difference", "difference_ci95_low", "difference_ci95_high"].map((c) => this.number(c, row)));
      this.frame(context, differences, [0, ...spread], true, theme, "difference");
    }
    let free = -Infinity;
    this.rows.forEach((row, k) => {
      const y = 8 + (k + 0.5) * this.each();
      if (y - free >= 11) {
        R.label(context, R.fit(context, names[k], most), left - 8, y, theme.ink, "right");
        free = y;
      }
      this.mark(context, means, row, k, y, theme);
      if (differences) this.difference(context, differences, row, y, theme);
    });
  }

  // Axis, grid and scale of one side.
  frame(context, box, values, zero, theme, title) {
    const known = values.filter((v) => Number.isFinite(v));
    let [low, high] = [known.reduce((a, b) => Math.min(a, b), Infinity), known.reduce((a, b) => Math.max(a, b), -Infinity)];
    if (!(high > low)) [low, high] = [low - (Math.abs(low) || 1) * 0.5, high + (Math.abs(high) || 1) * 0.5];
    const edge = (high - low) * 0.06;
    // Counts and times begin at 0 where that does not squeeze what there is to see.
    if (!zero && low >= 0 && low < 0.5 * high) low = 0;
    else low -= edge;
    high += edge;
    box.x = (value) => box.left + ((value - low) / (high - low)) * box.width;
    const timed = /_s(\.|$)/.test(this.name) && !/_per_s/.test(this.name);
    const largest = Math.max(Math.abs(low), Math.abs(high));
    const [factor, symbol] = timed ? R.Metric.timeUnit(largest) : R.axis.unit(this.name.startsWith("utilization") ? "utilization" : this.name, largest);
    for (const { at, label } of R.axis.ticks(low / factor, high / factor, Math.max(2, box.width / 85))) {
      const place = Math.round(box.x(at * factor)) + 0.5;
      R.line(context, [[place, box.top], [place, box.bottom]], theme.grid);
      R.label(context, label, place, box.bottom + 12, theme.ink, "center");
    }
    if (zero) R.line(context, [[Math.round(box.x(0)) + 0.5, box.top], [Math.round(box.x(0)) + 0.5, box.bottom]], theme.ink, 1, [4, 3]);
    R.line(context, [[box.left, box.bottom + 0.5], [box.left + box.width, box.bottom + 0.5]], theme.ink);
    R.label(context, R.fit(context, title + (symbol ? " (" + symbol + ")" : ""), box.width), box.left + box.width / 2, box.bottom + 30, theme.ink, "center");
  }

  static timeUnit(largest) {
    return [[3 * 86400, 86400, "d"], [7200, 3600, "h"], [600, 60, "min"], [0.9, 1, "s"], [0.9e-3, 1e-3, "ms"], [0, 1e-6, "µs"]].find(([least]) => largest >= least).slice(1);
  }

  mark(context, box, row, k, y, theme) {
    const color = this.color(this.table.column.variant.index[row]);
    const single = this.dots.get(this.table.column.variant.at(row)) || [];
    context.fillStyle = color;
    context.globalAlpha = 0.3;
    for (const value of single) {
      context.beginPath();
      context.arc(box.x(value), y, 2.2, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    this.whisker(context, box, this.number("ci95_low", row), this.number("ci95_high", row), y, color);
    this.dot(context, box.x(this.number("mean", row)), y, color);
  }

  difference(context, box, row, y, theme) {
    const value = this.number("difference", row);
    if (Number.isNaN(value)) return;
    const verdict = this.table.column.verdict ? this.table.column.verdict.at(row) : "";
    const color = verdict === "better" ? theme.better : verdict === "worse" ? theme.worse : theme.quiet;
    this.whisker(context, box, this.number("difference_ci95_low", row), this.number("difference_ci95_high", row), y, color);
    this.dot(context, box.x(value), y, color);
  }

  color(variant) {
    return this.colors[this.variants[variant]] || "#777777";
  }

  whisker(context, box, low, high, y, color) {
    if (Number.isNaN(low)) return;
    const cap = Math.min(4, this.each() / 3);
    R.line(context, [[box.x(low), y], [box.x(high), y]], color, 1.5);
    for (const end of [low, high]) R.line(context, [[box.x(end), y - cap], [box.x(end), y + cap]], color, 1.5);
  }

  dot(context, x, y, color) {
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, Math.min(4, this.each() / 2.2), 0, 7);
    context.fill();
  }

  hover(event) {
    const frame = this.plot.canvas.getBoundingClientRect();
    const k = Math.floor((event.clientY - frame.top - 8) / this.each());
    const row = this.rows[k];
    R.tip(event.clientX, event.clientY, row === undefined ? null : this.describe(row));
  }

  describe(row) {
    const show = (value) => R.format.named(this.name, value);
    const interval = (low, high) => (Number.isNaN(low) ? null : show(low) + " to " + show(high));
    const signed = (value) => (value > 0 ? "+" : "") + show(value);
    const rows = [["mean", show(this.number("mean", row))]];
    const add = (name, text) => { if (text) rows.push([name, text]); };
    add("95 % interval", interval(this.number("ci95_low", row), this.number("ci95_high", row)));
    const difference = this.number("difference", row);
    if (!Number.isNaN(difference)) {
      add("difference", signed(difference));
      add("95 % interval", interval(this.number("difference_ci95_low", row), this.number("difference_ci95_high", row)));
    }
    for (const [name, column] of [["p", "p_value"], ["p (Holm)", "p_holm"]]) {
      const p = this.number(column, row);
      if (!Number.isNaN(p)) add(name, p < 1e-4 ? "< 0.0001" : p.toFixed(4));
    }
    add("verdict", this.table.column.verdict ? this.table.column.verdict.at(row) : "");
    return [R.element("b", {}, this.table.column.variant.at(row)), R.pairs(rows)];
  }
};
