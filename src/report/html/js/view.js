// Which stretch of time is seen, and where the cursor is: shared by all charts over time.

R.View = class {
  constructor(from, to) {
    this.all = [from, to];
    this.from = from;
    this.to = to;
    this.cursor = null;
    this.listeners = [];
    this.due = false;
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // Charts are drawn once a frame, however often something changes.
  changed() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.now();
    });
  }

  now() {
    for (const listener of this.listeners) R.part("drawing", listener);
  }

  set(from, to) {
    const [first, last] = this.all;
    const least = (last - first) * 1e-9;
    const width = Math.min(Math.max(to - from, least), last - first);
    this.from = Math.min(Math.max(from, first), last - width);
    this.to = this.from + width;
    this.changed();
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    this.set(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  // By a share of what is seen.
  move(share) {
    const by = (this.to - this.from) * share;
    this.set(this.from + by, this.to + by);
  }

  reset() {
    this.set(...this.all);
  }

  point(time) {
    if (this.cursor === time) return;
    this.cursor = time;
    this.changed();
  }
};
