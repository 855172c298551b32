// A canvas to draw on: sharp on every screen, in the colours of the page, light in print; and what a mouse, a finger or
// a keyboard does to it.

R.FONT = '11.5px Helvetica, Arial, "Liberation Sans", sans-serif';

// The page's colours at this moment: dark or light.
R.theme = () => {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue("--" + name).trim();
  return { paper: read("paper"), ink: read("ink"), quiet: read("quiet"), grid: read("grid"), rule: read("rule"), wash: read("wash"), better: read("better"), worse: read("worse") };
};

R.Plot = class {
  // `height(width)` in CSS pixels; `draw(context, width, height, theme)`.
  constructor(canvas, height, draw, printed = 1000) {
    this.canvas = canvas;
    // As wide as the chart is taken to be in print: the narrower, the larger its letters.
    this.printed = printed;
    this.height = height;
    this.draw = draw;
    // Of a chart with much to draw: `key()` tells what the picture depends on, `over` draws what moves above it.
    this.key = null;
    this.over = null;
    this.width = 0;
    this.print = false;
    R.plots.push(this);
    new ResizeObserver(() => {
      if (!this.print && Math.abs(canvas.clientWidth - this.width) > 0.5) this.now();
    }).observe(canvas);
  }

  now() {
    const canvas = this.canvas;
    const width = this.print ? this.printed : canvas.clientWidth;
    if (width < 40) return;
    const ratio = this.print ? 2.5 : window.devicePixelRatio || 1;
    const height = Math.round(this.height(width));
    this.width = width;
    canvas.style.height = this.print ? "auto" : height + "px";
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const context = canvas.getContext("2d");
    const theme = R.theme();
    const key = this.key && [...size, theme.paper, this.key()].join(" ");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, ...size);
    const known = key !== null && key === this.known;
    if (known) context.drawImage(this.still, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = R.FONT;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    if (!known) {
      this.draw(context, width, height, theme);
      this.keep(key);
    }
    if (this.over) this.over(context, theme);
  }

  // A copy of the picture, so that a cursor can move over it without it being drawn anew.
  keep(key) {
    if (key === null) return;
    this.still = this.still || document.createElement("canvas");
    [this.still.width, this.still.height] = [this.canvas.width, this.canvas.height];
    this.still.getContext("2d").drawImage(this.canvas, 0, 0);
    this.known = key;
  }
};

R.plots = [];
R.redraw = () => R.plots.forEach((plot) => R.part("drawing", () => plot.now()));

// Paper is white, whatever the screen is.
R.watchPrint = () => {
  const turn = (print) => () => {
    document.documentElement.toggleAttribute("data-print", print);
    R.plots.forEach((plot) => { plot.print = print; });
    R.redraw();
  };
  window.addEventListener("beforeprint", turn(true));
  window.addEventListener("afterprint", turn(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", R.redraw);
};

R.line = (context, points, color, width = 1, dash = []) => {
  context.beginPath();
  points.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
};

R.label = (context, text, x, y, color, align = "left") => {
  context.fillStyle = color;
  context.textAlign = align;
  context.fillText(text, x, y);
};

// `text` cut so that it takes at most `room` pixels.
R.fit = (context, text, room) => {
  if (context.measureText(text).width <= room) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(text.slice(0, middle) + "…").width <= room) low = middle;
    else high = middle - 1;
  }
  return low ? text.slice(0, low) + "…" : "";
};

// The time axis under a chart, with lines up through it.
R.timeAxis = (context, view, box, theme, title) => {
  const x = (time) => box.left + ((time - view.from) / (view.to - view.from)) * box.width;
  const { symbol, ticks } = R.axis.time(view.from, view.to, Math.max(2, Math.floor(box.width / 90)));
  for (const { at, label } of ticks) {
    const place = Math.round(x(at)) + 0.5;
    R.line(context, [[place, box.top], [place, box.bottom]], theme.grid);
    R.line(context, [[place, box.bottom], [place, box.bottom + 4]], theme.ink);
    const half = context.measureText(label).width / 2;
    R.label(context, label, Math.min(place, box.left + box.width + R.RIGHT - half), box.bottom + 12, theme.ink, "center");
  }
  R.line(context, [[box.left, box.bottom + 0.5], [box.left + box.width, box.bottom + 0.5]], theme.ink);
  R.label(context, title + " (" + symbol + ")", box.left + box.width / 2, box.bottom + 28, theme.ink, "center");
};

// All charts over time have these margins, so that instants stand under each other.
R.LEFT = 96;
R.RIGHT = 14;

// A window beside the pointer with what is under it.
R.tip = (x, y, content) => {
  const tip = R.find("tip");
  tip.hidden = !content;
  if (!content) return;
  tip.replaceChildren(...content);
  const [width, height] = [tip.offsetWidth, tip.offsetHeight];
  tip.style.left = Math.max(4, x + 14 + width > innerWidth ? x - width - 14 : x + 14) + "px";
  tip.style.top = Math.max(4, Math.min(y + 14, innerHeight - height - 6)) + "px";
};

// Rows of a name and a value for a tip.
R.pairs = (rows) => R.element("table", {}, R.element("tbody", {}, ...rows.map(([name, value]) =>
  R.element("tr", {}, R.element("td", {}, name), R.element("td", {}, value)))));

// What pointer and keys do to a chart over time. `chart` has `box()`, and may have `hover(x, y, event)`, `leave()`,
// `click(x, y)`, `rows` (a range that can be zoomed and moved), `band(y)` (the row at a height).
R.navigate = (plot, view, chart) => {
  const canvas = plot.canvas;
  const time = (x) => {
    const box = chart.box();
    return view.from + ((x - box.left) / box.width) * (view.to - view.from);
  };
  let drag = null;
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const inside = (x) => x >= chart.box().left && x <= chart.box().left + chart.box().width;

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place(event);
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const moving = event.shiftKey || event.pointerType === "touch";
    drag = { x, y, last: x, moving, far: false };
    R.tip(0, 0, null);
  });

  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (!drag) {
      view.point(inside(x) ? time(x) : null);
      if (chart.hover) chart.hover(x, y, event);
      return;
    }
    drag.far = drag.far || Math.abs(x - drag.x) > 4 || Math.abs(y - drag.y) > 4;
    if (drag.moving) {
      view.move(-(x - drag.last) / chart.box().width);
      drag.last = x;
      return;
    }
    chart.brush = drag.far ? [drag.x, drag.y, x, y] : null;
    plot.now();
  });

  const finish = (event) => {
    if (!drag) return;
    const [x, y] = place(event);
    const { moving, far, x: x0, y: y0 } = drag;
    drag = null;
    chart.brush = null;
    if (!far) {
      if (chart.click && event.type === "pointerup") chart.click(x, y);
    } else if (!moving && Math.abs(x - x0) > 4) {
      const [from, to] = [time(Math.min(x, x0)), time(Math.max(x, x0))];
      if (chart.rows && Math.abs(y - y0) > 24) chart.zoomRows(Math.min(y, y0), Math.max(y, y0));
      view.set(Math.max(from, view.from), Math.min(to, view.to));
    }
    view.changed();
  };
  canvas.addEventListener("pointerup", finish);
  canvas.addEventListener("pointercancel", finish);
  canvas.addEventListener("pointerleave", () => {
    view.point(null);
    R.tip(0, 0, null);
    if (chart.leave) chart.leave();
  });
  canvas.addEventListener("dblclick", () => {
    if (chart.rows) chart.resetRows();
    view.reset();
  });

  canvas.addEventListener("wheel", (event) => {
    // Without focus the wheel moves the page, as everywhere.
    const zooms = event.ctrlKey || document.activeElement === canvas;
    const across = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!zooms && !across) return;
    event.preventDefault();
    const [x] = place(event);
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (across || event.shiftKey) view.move(((event.deltaX || event.deltaY) * unit) / chart.box().width);
    else view.zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY * unit)) / 300), time(x));
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => view.move(-0.15), ArrowRight: () => view.move(0.15),
      "+": () => view.zoom(0.6), "=": () => view.zoom(0.6), "-": () => view.zoom(1 / 0.6),
      "0": () => { if (chart.rows) chart.resetRows(); view.reset(); },
      Home: () => view.move(-1e9), End: () => view.move(1e9),
    };
    if (chart.rows) Object.assign(actions, { ArrowUp: () => chart.moveRows(-0.15), ArrowDown: () => chart.moveRows(0.15) });
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
};
