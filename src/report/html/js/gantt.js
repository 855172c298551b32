// The Gantt chart: rows of units, bars of tasks, a band for the cloud.

const CLOUD_LANES = 8;
const AXIS = 42;

R.Gantt = class {
  constructor(canvas, bars, view, colors, onTask) {
    Object.assign(this, { bars, view, colors, onTask, brush: null, selected: -1 });
    this.rows = [0, Math.max(bars.rows.length, 1)];
    this.colorOf = this.taskColors();
    this.patterns = new Map();
    const band = bars.cloud.bars.length ? (bars.rows.length ? 74 : 160) : 0;
    this.cloudHeight = band;
    const shared = bars.lanes.some((lanes) => lanes > 1);
    const [, tall] = [[8, 26], [24, 18], [60, 13], [Infinity, 8]].find(([most]) => bars.rows.length <= most);
    const body = Math.min(Math.max(bars.rows.length * (shared ? tall * 1.4 : tall), bars.rows.length ? 40 : 0), 560);
    this.bodyHeight = body;
    this.plot = new R.Plot(canvas, () => 6 + body + band + AXIS, (...a) => this.draw(...a));
    this.plot.key = () => [view.from, view.to, ...this.rows, this.selected].join(" ");
    this.plot.over = (context, theme) => this.drawCursor(context, this.box(), theme);
    view.listen(() => this.plot.now());
    R.navigate(this.plot, view, this);
  }

  box() {
    const top = 6;
    return { left: R.LEFT, top, width: this.plot.width - R.LEFT - R.RIGHT, bottom: top + this.bodyHeight + this.cloudHeight, body: top + this.bodyHeight };
  }

  taskColors() {
    const { column, groups, other } = this.colors;
    const words = this.bars.tasks.column[column];
    const byWord = words.words.map((word) => groups[word] || other);
    return (task) => (task < 0 ? other : byWord[words.index[task]]);
  }

  y(row) {
    return this.box().top + ((row - this.rows[0]) / (this.rows[1] - this.rows[0])) * this.bodyHeight;
  }

  band(y) {
    return this.rows[0] + ((y - this.box().top) / this.bodyHeight) * (this.rows[1] - this.rows[0]);
  }

  zoomRows(y0, y1) {
    const body = this.box().body;
    if (y0 >= body) return;
    this.setRows(Math.floor(this.band(y0)), Math.ceil(this.band(Math.min(y1, body))));
  }

  setRows(from, to) {
    const most = Math.max(this.bars.rows.length, 1);
    const count = Math.min(Math.max(to - from, 1), most);
    const first = Math.min(Math.max(from, 0), most - count);
    this.rows = [first, first + count];
    this.view.changed();
  }

  moveRows(share) {
    const by = Math.max(1, Math.round((this.rows[1] - this.rows[0]) * Math.abs(share))) * Math.sign(share);
    this.setRows(this.rows[0] + by, this.rows[1] + by);
  }

  resetRows() {
    this.setRows(0, this.bars.rows.length);
  }

  draw(context, width, height, theme) {
    const box = this.box();
    const view = this.view;
    R.timeAxis(context, view, box, theme, "Time");
    this.drawRows(context, box, theme);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, this.bodyHeight);
    context.clip();
    this.drawAbsences(context, box, theme);
    this.drawBars(context, box, theme);
    context.restore();
    if (this.cloudHeight) this.drawCloud(context, box, theme);
    R.line(context, [[box.left - 0.5, box.top], [box.left - 0.5, box.bottom]], theme.ink);
  }

  drawRows(context, box, theme) {
    const each = this.bodyHeight / (this.rows[1] - this.rows[0]);
    let kind = null;
    let free = -Infinity;
    for (let row = this.rows[0]; row < this.rows[1]; row += 1) {
      const info = this.bars.rows[row];
      if (!info) break;
      const top = this.y(row);
      const begins = info.kind !== kind;
      if (begins || each >= 4) R.line(context, [[box.left, Math.round(top) + 0.5], [box.left + box.width, Math.round(top) + 0.5]], begins ? theme.rule : theme.grid);
      if (top + each / 2 - free >= 12 && (each >= 9 || begins || free < top - 40)) {
        R.label(context, R.fit(context, info.kind + " " + info.unit, R.LEFT - 12), box.left - 6, top + each / 2, theme.ink, "right");
        free = top + each / 2;
      }
      kind = info.kind;
    }
  }

  drawAbsences(context, box, theme) {
    const looks = { down: theme.quiet, sleep: theme.grid, transition: this.colors.palette[1] };
    const x = (time) => box.left + ((time - this.view.from) / (this.view.to - this.view.from)) * box.width;
    for (const { what, from, to, runs } of this.bars.away) {
      if (to < this.view.from || from > this.view.to) continue;
      const [left, right] = [Math.max(x(from), box.left), Math.min(x(to), box.left + box.width)];
      context.fillStyle = what === "down" ? this.hatch(context, looks.down) : looks[what];
      context.globalAlpha = what === "transition" ? 0.35 : 1;
      for (const [first, last] of runs) context.fillRect(left, this.y(first) + 1, Math.max(right - left, 0.4), this.y(last + 1) - this.y(first) - 1.5);
    }
    context.globalAlpha = 1;
  }

  // Lines across, for what failed, was killed, or is down.
  hatch(context, color) {
    if (!this.patterns.has(color)) {
      const tile = document.createElement("canvas");
      [tile.width, tile.height] = [6, 6];
      const ink = tile.getContext("2d");
      ink.globalAlpha = 0.25;
      ink.fillStyle = color;
      ink.fillRect(0, 0, 6, 6);
      ink.globalAlpha = 1;
      R.line(ink, [[-1, 7], [7, -1]], color, 1.6);
      R.line(ink, [[-1, 1], [1, -1]], color, 1.6);
      R.line(ink, [[5, 7], [7, 5]], color, 1.6);
      this.patterns.set(color, context.createPattern(tile, "repeat"));
    }
    return this.patterns.get(color);
  }

  // Top and height of a bar.
  span(k) {
    const { top, bottom, lane, lanes } = this.bars;
    const y = this.y(top[k]);
    const whole = this.y(bottom[k] + 1) - y;
    const count = top[k] === bottom[k] ? lanes[top[k]] : 1;
    const gap = whole / count > 4 ? 1 : whole / count > 1.5 ? 0.4 : 0;
    return [y + (whole / count) * lane[k] + gap / 2, whole / count - gap];
  }

  drawBars(context, box, theme) {
    const { from, to, top, bottom, piece, count, pieces_: pieces, tasks } = this.bars;
    const view = this.view;
    const scale = box.width / (view.to - view.from);
    const statuses = tasks.column.status;
    const names = tasks.column.task;
    let color = null;
    for (let k = 0; k < count; k += 1) {
      if (from[k] > view.to) break;
      if (to[k] < view.from || bottom[k] < this.rows[0] || top[k] >= this.rows[1]) continue;
      const left = Math.max(box.left + (from[k] - view.from) * scale, box.left - 2);
      const right = Math.min(box.left + (to[k] - view.from) * scale, box.left + box.width + 2);
      const [y, height] = this.span(k);
      const { task, what, detail } = pieces[piece[k]];
      // A hair of paper tells neighbours apart; the shortest bar leaves a trace.
      const width = Math.max(right - left - (right - left > 3 ? 0.6 : 0), 0.35);
      const own = this.colorOf(task);
      const status = task < 0 ? "running" : statuses.at(task);
      const cut = what !== "run" || (detail ? detail === "failed" || detail === "killed" : status === "failed" || status === "killed");
      const fill = cut ? this.hatch(context, own) : own;
      if (fill !== color) context.fillStyle = color = fill;
      context.fillRect(left, y, width, height);
      if (cut && width > 3) {
        context.strokeStyle = own;
        context.lineWidth = 1;
        context.strokeRect(left + 0.5, y + 0.5, width - 1, height - 1);
      }
      if (detail === "preempted" && width > 2) {
        // It goes on later: a dark end.
        context.fillStyle = theme.ink;
        context.fillRect(right - 2, y, 2, height);
        color = null;
      }
      if (task >= 0 && task === this.selected) {
        context.strokeStyle = theme.ink;
        context.lineWidth = 2;
        context.strokeRect(left, y, Math.max(width, 2), height);
      }
      if (width > 34 && height >= 12 && !cut && task >= 0) {
        const name = String(names.at(task));
        if (context.measureText(name).width < width - 8) {
          R.label(context, name, left + width / 2, y + height / 2 + 0.5, R.inkOn(own), "center");
          color = null;
        }
      }
    }
  }

  drawCloud(context, box, theme) {
    const { bars, lanes, time, running, most } = this.bars.cloud;
    const view = this.view;
    const top = box.body + 6;
    const height = this.cloudHeight - 8;
    const x = (t) => box.left + ((t - view.from) / (view.to - view.from)) * box.width;
    R.line(context, [[box.left, box.body + 0.5], [box.left + box.width, box.body + 0.5]], theme.rule);
    R.label(context, "cloud", box.left - 6, top + height / 2, theme.ink, "right");
    context.save();
    context.beginPath();
    context.rect(box.left, box.body, box.width, this.cloudHeight);
    context.clip();
    if (lanes <= CLOUD_LANES) {
      const each = height / lanes;
      for (const bar of bars) {
        if (bar.to < view.from || bar.from > view.to) continue;
        context.fillStyle = this.colorOf(bar.task);
        context.fillRect(x(bar.from), top + each * bar.lane, Math.max(x(bar.to) - x(bar.from) - 0.5, 0.6), Math.max(each - 1, 1));
      }
    } else {
      context.fillStyle = theme.rule;
      const first = Math.max(R.above(time, view.from) - 1, 0);
      for (let k = first; k < time.length && time[k] <= view.to; k += 1) {
        const next = k + 1 < time.length ? time[k + 1] : time[k];
        const tall = (running[k] / most) * (height - 2);
        context.fillRect(x(time[k]), top + height - tall, Math.max(x(next) - x(time[k]), 0.3), tall);
      }
      R.label(context, "at most " + most + " at once", box.left + box.width - 4, top + 6, theme.ink, "right");
    }
    context.restore();
  }

  drawCursor(context, box, theme) {
    const { cursor, from, to } = this.view;
    if (cursor !== null && cursor >= from && cursor <= to) {
      const x = box.left + ((cursor - from) / (to - from)) * box.width;
      R.line(context, [[x, box.top], [x, box.bottom]], theme.quiet, 0.8);
    }
    R.drawBrush(context, this.brush, box, theme);
  }

  // The bar under a point of the canvas, -1 for none.
  barAt(x, y) {
    const box = this.box();
    const time = this.view.from + ((x - box.left) / box.width) * (this.view.to - this.view.from);
    const slack = (2 / box.width) * (this.view.to - this.view.from);
    const row = Math.floor(this.band(y));
    const { from, to, top, bottom, count } = this.bars;
    let near = -1;
    for (let k = 0; k < count && from[k] <= time + slack; k += 1) {
      if (to[k] + slack < time || row < top[k] || row > bottom[k]) continue;
      const [above, height] = this.span(k);
      if (y < above - 1 || y > above + height + 1) continue;
      if (from[k] <= time && time <= to[k]) return k;
      near = k;
    }
    return near;
  }

  cloudAt(x, y) {
    const { bars, lanes, time, running } = this.bars.cloud;
    const box = this.box();
    const t = this.view.from + ((x - box.left) / box.width) * (this.view.to - this.view.from);
    if (lanes > CLOUD_LANES) {
      const k = R.above(time, t) - 1;
      return { task: -1, running: k < 0 ? 0 : running[k] };
    }
    const lane = Math.floor(((y - box.body - 6) / (this.cloudHeight - 8)) * lanes);
    const bar = bars.find((b) => b.lane === lane && b.from <= t && t <= b.to);
    return bar ? { task: bar.task } : null;
  }

  hover(x, y, event) {
    const box = this.box();
    let content = null;
    if (x >= box.left && x <= box.left + box.width) {
      if (y < box.body) content = this.describeAt(x, y);
      else if (y < box.bottom) {
        const found = this.cloudAt(x, y);
        if (found) content = found.task >= 0 ? R.describeTask(this.bars.tasks, found.task) : [R.element("b", {}, "cloud"), found.running + " tasks at once"];
      }
    }
    R.tip(event.clientX, event.clientY, content);
  }

  describeAt(x, y) {
    const k = this.barAt(x, y);
    if (k >= 0) return this.describe(k);
    const info = this.bars.rows[Math.floor(this.band(y))];
    if (!info) return null;
    const row = Math.floor(this.band(y));
    const t = this.view.cursor;
    const away = this.bars.away.find((a) => a.from <= t && t <= a.to && a.runs.some(([first, last]) => row >= first && row <= last));
    const place = [info.device, info.node].filter(Boolean).join(", ");
    const lines = [R.element("b", {}, info.kind + " " + info.unit), place];
    if (away) lines.push(R.pairs([[away.what, away.detail], ["from", R.format.span(away.from)], ["for", R.format.span(away.to - away.from)]]));
    return lines;
  }

  describe(k) {
    const piece = this.bars.pieces_[this.bars.piece[k]];
    const whole = piece.task >= 0 ? R.describeTask(this.bars.tasks, piece.task) : [R.element("b", {}, "task " + piece.name), "had not ended"];
    if (piece.detail === undefined) return whole;
    const words = { run: "this piece", save: "saving its state", load: "loading" }[piece.what] || piece.what;
    return [...whole, R.pairs([[words, piece.detail], ["from", R.format.span(piece.from)], ["for", R.format.span(piece.to - piece.from)]])];
  }

  click(x, y) {
    const k = y < this.box().body ? this.barAt(x, y) : -1;
    this.select(k < 0 ? -1 : this.bars.pieces_[this.bars.piece[k]].task);
    if (k >= 0 && this.onTask) this.onTask(this.selected);
  }

  select(task) {
    this.selected = task;
    this.view.changed();
  }

  // Shows a task of the table, with some time around it.
  show(task) {
    const { start_s: start, finish_s: finish, arrival_s: arrival } = this.bars.tasks.column;
    const from = Number.isNaN(start.values[task]) ? arrival.values[task] : start.values[task];
    const length = Math.max(finish.values[task] - from, (this.view.all[1] - this.view.all[0]) * 1e-4);
    this.selected = task;
    this.view.set(from - 3 * length, finish.values[task] + 3 * length);
  }
};

// The window of a drag.
R.drawBrush = (context, brush, box, theme) => {
  if (!brush) return;
  const [x0, y0, x1, y1] = brush;
  const flat = Math.abs(y1 - y0) <= 24;
  context.fillStyle = theme.quiet;
  context.globalAlpha = 0.2;
  context.fillRect(Math.min(x0, x1), flat ? box.top : Math.min(y0, y1), Math.abs(x1 - x0), flat ? box.bottom - box.top : Math.abs(y1 - y0));
  context.globalAlpha = 1;
};

// Dark or white text on a colour, whichever reads better (ITU-R BT.601 luma).
R.inkOn = (color) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1e1e1e" : "#ffffff";
};

// What there is to tell of a task.
R.describeTask = (tasks, task) => {
  const c = tasks.column;
  const rows = [];
  const add = (name, text) => { if (text) rows.push([name, text]); };
  add("class", c.class.at(task));
  add("source", c.source.at(task));
  add("status", c.status.at(task));
  const units = c.units.at(task);
  add("units", c.location.at(task) === "cloud" ? "cloud" : [c.unit_kind.at(task), units.length > 60 ? units.slice(0, 60) + "…" : units].filter(Boolean).join(" "));
  for (const [name, column] of [["arrival", "arrival_s"], ["wait", "wait_s"], ["start", "start_s"], ["finish", "finish_s"], ["run", "run_s"], ["energy", "energy_j"], ["memory", "memory_bytes"], ["preemptions", "preemptions"], ["cost", "cost_usd"]]) {
    const value = c[column] ? c[column].values[task] : NaN;
    const quiet = value === 0 && ["energy_j", "memory_bytes", "preemptions", "cost_usd"].includes(column);
    if (!Number.isNaN(value) && !quiet) add(name, R.format.named(column, value));
  }
  if (c.deadline_met.at(task)) add("deadline", c.deadline_met.at(task) === "true" ? "met" : "missed");
  return [R.element("b", {}, "task " + c.task.at(task)), R.pairs(rows)];
};

// Names of classes or sources with their colours, and what hatching means.
R.ganttLegend = (holder, bars, colors) => {
  const words = bars.tasks.column[colors.column].words;
  const entry = (color, name, hatched) => R.element("span", {}, R.element("span", { class: "key", style: hatched ? "background:repeating-linear-gradient(135deg," + color + " 0 1.5px,transparent 1.5px 4px)" : "background:" + color }), name);
  const known = words.filter((word) => colors.groups[word] && colors.groups[word] !== colors.other);
  const ordered = Object.keys(colors.groups).filter((word) => known.includes(word));
  holder.replaceChildren(...ordered.map((word) => entry(colors.groups[word], word || "tasks")));
  const others = words.length - known.length;
  if (others > 0) holder.append(entry(colors.other, others + " others"));
  const ended = new Set(bars.tasks.column.status.words);
  if (ended.has("failed") || ended.has("killed")) holder.append(entry(colors.other, "failed or killed", true));
  if (bars.pieces_.some((piece) => piece.detail === "preempted")) {
    holder.append(R.element("span", {}, R.element("span", { class: "key", style: "background:" + colors.other + ";border-right:3px solid var(--ink)" }), "preempted here"));
  }
  const what = new Set(bars.away.map((a) => a.what));
  if (what.has("down")) holder.append(entry("#777777", "unit down", true));
  if (what.has("sleep")) holder.append(entry("var(--grid)", "unit asleep"));
  if (what.has("transition")) holder.append(entry(colors.palette[1] + "59", "falling asleep or waking"));
};
