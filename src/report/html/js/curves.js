// Distributions: the share of tasks up to a value, or above it, with values under the pointer.

R.Curves = class {
  constructor(holder, figure, colors, options) {
    Object.assign(this, { figure, options, pointer: null });
    const canvas = R.element("canvas", { role: "img", "aria-label": "Distribution of " + figure.name });
    const caption = R.element("figcaption", {}, R.Curves.caption(figure));
    holder.append(R.element("figure", { class: "chart" }, canvas, caption));
    this.color = (name, k) => (k === 0 ? null : colors.groups[name] || colors.other);
    this.plot = new R.Plot(canvas, () => 240, (...a) => this.draw(...a), 380);
    this.plot.now();
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => {
      this.pointer = null;
      R.tip(0, 0, null);
      this.plot.now();
    });
  }

  static caption(figure) {
    const all = figure.curves[0];
    const words = [0.5, 0.9, 0.99].map((share) => {
      const k = all.q.findIndex((q) => q >= share - 1e-12);
      return "p" + 100 * share + " " + R.format.named(figure.name, all.v[k < 0 ? all.v.length - 1 : k]);
    });
    return figure.name + " of " + R.format.plain(all.tasks) + " tasks: " + words.join(", ") + ", most " + R.format.named(figure.name, all.v[all.v.length - 1]);
  }

  // From the least positive value on where the axis is logarithmic; what is 0 stands at its left end.
  range() {
    const positive = this.figure.curves.flatMap((c) => [c.v.find((v) => v > 0)]).filter((v) => v !== undefined);
    const most = Math.max(...this.figure.curves.map((c) => c.v[c.v.length - 1]));
    const least = Math.min(...positive);
    this.log = this.options().log && positive.length > 0 && most / least > 3;
    if (!this.log) return [0, most || 1];
    return [Math.max(least, most * 1e-9), most];
  }

  draw(context, width, height, theme) {
    const box = { left: 52, top: 8, width: width - 52 - 10, bottom: height - 40 };
    const [from, to] = this.range();
    const { tail } = this.options();
    const rarest = Math.min(...this.figure.curves.map((c) => 1 / c.tasks));
    const x = (v) => box.left + box.width * (this.log ? Math.log10(Math.max(v, from) / from) / Math.log10(to / from) : (v - from) / (to - from));
    const tall = box.bottom - box.top;
    const y = (q) => box.bottom - tall * (tail ? 1 - Math.log10(Math.max(1 - q, rarest)) / Math.log10(rarest) : q);
    this.box = box;
    this.valueAt = (px) => (this.log ? from * Math.pow(to / from, (px - box.left) / box.width) : from + ((px - box.left) / box.width) * (to - from));
    const shares = tail ? R.axis.log(rarest, 1) : [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: String(at) }));
    for (const { at, label } of shares) {
      const place = Math.round(y(tail ? 1 - at : at)) + 0.5;
      R.line(context, [[box.left, place], [box.left + box.width, place]], theme.grid);
      R.label(context, label, box.left - 6, place, theme.ink, "right");
    }
    this.drawAxis(context, box, x, from, to, theme);
    this.figure.curves.forEach((curve, k) => this.drawCurve(context, curve, x, y, this.color(curve.name, k) || theme.ink, box, k, tail));
    R.line(context, [[box.left - 0.5, box.top], [box.left - 0.5, box.bottom + 0.5], [box.left + box.width, box.bottom + 0.5]], theme.ink);
    if (this.pointer !== null) R.line(context, [[this.pointer, box.top], [this.pointer, box.bottom]], theme.quiet, 0.8);
  }

  drawAxis(context, box, x, from, to, theme) {
    const timed = this.figure.name.endsWith("_s");
    let symbol = timed ? "s" : "";
    let ticks;
    if (this.log) ticks = R.axis.log(from, to);
    else ({ symbol, ticks } = timed ? R.axis.time(from, to, box.width / 80) : { symbol, ticks: R.axis.ticks(from, to, box.width / 80) });
    let free = -Infinity;
    for (const { at, label } of ticks) {
      const place = Math.round(x(at)) + 0.5;
      const half = context.measureText(label).width / 2;
      R.line(context, [[place, box.top], [place, box.bottom]], theme.grid);
      if (place - half < free) continue;
      R.label(context, label, Math.min(place, box.left + box.width + 8 - half), box.bottom + 12, theme.ink, "center");
      free = place + half + 6;
    }
    const title = { wait_s: "Wait", response_s: "Response", bounded_slowdown: "Bounded slowdown" }[this.figure.name] || this.figure.name;
    R.label(context, title + (symbol ? " (" + symbol + ")" : ""), box.left + box.width / 2, box.bottom + 29, theme.ink, "center");
  }

  drawCurve(context, curve, x, y, color, box, k, tail) {
    const points = [[box.left, y(0)]];
    let q = 0;
    curve.v.forEach((v, i) => {
      points.push([x(v), y(q)]);
      q = curve.q[i];
      if (!tail || q < 1) points.push([x(v), y(q)]);
    });
    if (!tail) points.push([box.left + box.width, y(1)]);
    R.line(context, points, color, k === 0 ? 1.8 : 1.3, k === 0 ? [] : [[6, 2.5], [2, 2], [7, 2, 2, 2], [3.5, 2]][(k - 1) % 4]);
  }

  hover(event) {
    const frame = this.plot.canvas.getBoundingClientRect();
    const x = event.clientX - frame.left;
    const { left, width } = this.box;
    const inside = x >= left && x <= left + width;
    this.pointer = inside ? x : null;
    this.plot.now();
    if (!inside) return R.tip(0, 0, null);
    const value = this.valueAt(x);
    const share = (curve) => {
      const k = R.above(curve.v, value) - 1;
      return k < 0 ? 0 : curve.q[k];
    };
    const tail = this.options().tail;
    const rows = this.figure.curves.map((c) => [c.name || "tasks", R.format.digits(100 * (tail ? 1 - share(c) : share(c)), 4) + " %"]);
    return R.tip(event.clientX, event.clientY, [R.element("b", {}, (tail ? "above " : "up to ") + R.format.named(this.figure.name, value)), R.pairs(rows)]);
  }
};
