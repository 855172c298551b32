// What a Gantt chart shows: rows of units, and bars with their lanes. No drawing.

// `3-5;9` as pairs of first and last number.
R.ranges = (text) => (text ? text.split(";").map((part) => {
  const [first, last] = part.split("-").map(Number);
  return [first, last === undefined ? first : last];
}) : []);

R.ROWS_MOST = 200000;

R.Bars = class {
  constructor(tasks, units, intervals) {
    this.tasks = tasks;
    // Times in the page are rounded: what ends and what begins at one instant may overlap by as much.
    this.slack = 2.5 * Math.pow(10, -tasks.column.arrival_s.decimals);
    this.rows = R.Bars.rows(tasks, units);
    this.rowOf = new Map(this.rows.map((row, k) => [row.unit, k]));
    this.away = this.absences(intervals);
    const pieces = this.pieces(intervals);
    this.build(pieces);
    this.cloud = this.cloudBars();
  }

  // The units of units.csv in its order; without it, those that tasks name.
  static rows(tasks, units) {
    if (units) {
      const { unit, kind, device, node } = units.column;
      return Array.from({ length: units.rows }, (_, k) => ({ unit: unit.values[k], kind: kind.at(k), device: device.at(k), node: node.at(k) }));
    }
    const kinds = new Map();
    const { units: sets, unit_kind: kind } = tasks.column;
    for (let k = 0; k < tasks.rows; k += 1) {
      for (const [first, last] of R.ranges(sets.at(k))) {
        for (let unit = first; unit <= last && kinds.size < R.ROWS_MOST; unit += 1) if (!kinds.has(unit)) kinds.set(unit, kind.at(k));
      }
    }
    const rows = [...kinds].map(([unit, of]) => ({ unit, kind: of, device: "", node: "" }));
    return rows.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.unit - b.unit));
  }

  // Runs of neighbouring rows for ranges of unit numbers.
  runs(ranges) {
    const rows = [];
    for (const [first, last] of ranges) {
      for (let unit = first; unit <= last && rows.length < R.ROWS_MOST; unit += 1) {
        const row = this.rowOf.get(unit);
        if (row !== undefined) rows.push(row);
      }
    }
    rows.sort((a, b) => a - b);
    const runs = [];
    for (const row of rows) {
      const run = runs[runs.length - 1];
      if (run && run[1] + 1 === row) run[1] = row;
      else runs.push([row, row]);
    }
    return runs;
  }

  runsOf(set) {
    this.runCache = this.runCache || new Map();
    if (!this.runCache.has(set)) this.runCache.set(set, this.runs(R.ranges(set)));
    return this.runCache.get(set);
  }

  // Times in which units were not to be had: down, asleep, on their way.
  absences(intervals) {
    if (!intervals) return [];
    const { what, units, from_s: from, to_s: to, detail } = intervals.column;
    const away = [];
    for (let k = 0; k < intervals.rows; k += 1) {
      if (!["down", "sleep", "transition"].includes(what.at(k))) continue;
      away.push({ what: what.at(k), detail: detail.at(k), from: from.at(k), to: to.at(k), runs: this.runsOf(units.at(k)) });
    }
    return away;
  }

  // Stretches of time of tasks on units, by their start: one a task, or those of intervals.csv.
  pieces(intervals) {
    const { start_s: start, finish_s: finish, units, location, task, source } = this.tasks.column;
    const pieces = [];
    const broken = new Set();
    if (intervals) {
      const c = intervals.column;
      const known = new Map();
      for (let k = 0; k < this.tasks.rows; k += 1) {
        known.set(task.at(k) + "\n" + source.at(k), k);
        known.set(task.at(k) + "\n", k);
      }
      for (let k = 0; k < intervals.rows; k += 1) {
        const what = c.what.at(k);
        if (!["run", "save", "load"].includes(what)) continue;
        // A task that had not ended when the run did has pieces, but no row.
        const found = known.get(c.task.at(k) + "\n" + c.source.at(k));
        const owner = found === undefined ? -1 : found;
        if (what === "run" && owner >= 0) broken.add(owner);
        pieces.push({ task: owner, name: c.task.at(k), from: c.from_s.at(k), to: c.to_s.at(k), set: c.units.at(k), what, detail: c.detail.at(k) });
      }
    }
    for (let k = 0; k < this.tasks.rows; k += 1) {
      if (Number.isNaN(start.values[k]) || location.at(k) === "cloud" || broken.has(k) || !units.at(k)) continue;
      pieces.push({ task: k, from: start.values[k], to: finish.values[k], set: units.at(k), what: "run" });
    }
    return pieces.sort((a, b) => a.from - b.from || a.to - b.to);
  }

  // Bars of the pieces: a gang on neighbouring units is one bar; on a unit that tasks share each has a lane.
  build(pieces) {
    const shared = this.sharedRows(pieces);
    const ends = this.rows.map(() => null);
    this.lanes = new Uint16Array(this.rows.length).fill(1);
    const columns = { from: [], to: [], top: [], bottom: [], lane: [], piece: [] };
    const add = (piece, k, top, bottom, lane) => {
      columns.from.push(piece.from);
      columns.to.push(piece.to);
      columns.top.push(top);
      columns.bottom.push(bottom);
      columns.lane.push(lane);
      columns.piece.push(k);
    };
    pieces.forEach((piece, k) => {
      for (const [first, last] of this.runsOf(piece.set)) {
        let open = first;
        for (let row = first; row <= last; row += 1) {
          if (!shared[row]) continue;
          if (open < row) add(piece, k, open, row - 1, 0);
          open = row + 1;
          const taken = ends[row] || (ends[row] = []);
          let lane = taken.findIndex((end) => end <= piece.from + this.slack);
          if (lane < 0) lane = Math.min(taken.length, 15);
          taken[lane] = Math.max(taken[lane] || -Infinity, piece.to);
          this.lanes[row] = Math.max(this.lanes[row], lane + 1);
          add(piece, k, row, row, lane);
        }
        if (open <= last) add(piece, k, open, last, 0);
      }
    });
    this.pieces_ = pieces;
    this.from = Float64Array.from(columns.from);
    this.to = Float64Array.from(columns.to);
    this.top = Uint32Array.from(columns.top);
    this.bottom = Uint32Array.from(columns.bottom);
    this.lane = Uint8Array.from(columns.lane);
    this.piece = Uint32Array.from(columns.piece);
    this.count = this.from.length;
  }

  // Which units run several tasks at once.
  sharedRows(pieces) {
    const shared = new Uint8Array(this.rows.length);
    const end = new Float64Array(this.rows.length).fill(-Infinity);
    for (const piece of pieces) {
      for (const [first, last] of this.runsOf(piece.set)) {
        for (let row = first; row <= last; row += 1) {
          if (piece.from < end[row] - this.slack) shared[row] = 1;
          if (piece.to > end[row]) end[row] = piece.to;
        }
      }
    }
    return shared;
  }

  // Tasks in the cloud by their start, with lanes; and how many there are at once from each instant on.
  cloudBars() {
    const { start_s: start, finish_s: finish, location } = this.tasks.column;
    const bars = [];
    for (let k = 0; k < this.tasks.rows; k += 1) {
      if (location.at(k) === "cloud" && !Number.isNaN(start.values[k])) bars.push({ task: k, from: start.values[k], to: finish.values[k], lane: 0 });
    }
    bars.sort((a, b) => a.from - b.from);
    const ends = [];
    for (const bar of bars) {
      const free = ends.length > 64 ? 0 : ends.findIndex((end) => end <= bar.from);
      bar.lane = free < 0 ? ends.length : free;
      ends[bar.lane] = bar.to;
    }
    const changes = bars.flatMap((bar) => [[bar.from, 1], [bar.to, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let now = 0;
    const time = [];
    const running = [];
    for (const [at, by] of changes) {
      now += by;
      time.push(at);
      running.push(now);
    }
    const most = running.reduce((a, b) => Math.max(a, b), 0);
    return { bars, lanes: ends.length, time, running, most };
  }
};
