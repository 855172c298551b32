// Where ticks stand, and in which unit an axis counts.

const TIME_UNITS = [
  [86400, "d", 3 * 86400, [1, 2, 5, 7, 14, 28]],
  [3600, "h", 2 * 3600, [1, 2, 3, 6, 12, 24]],
  [60, "min", 600, [1, 2, 5, 10, 15, 30, 60]],
  [1, "s", 0.9, []],
  [1e-3, "ms", 0.9e-3, []],
  [1e-6, "µs", 0.9e-6, []],
  [1e-9, "ns", 0, []],
];

R.axis = {
  // The distance of about `count` ticks over `span`, from `steps` where one fits, else 1, 2 or 5 times a power of ten.
  step(span, count, steps = []) {
    const least = span / Math.max(count, 1);
    const fit = steps.find((step) => step >= least && least >= step / 4);
    if (fit) return fit;
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    return [1, 2, 5, 10].find((k) => k * power >= least * 0.999) * power;
  },

  ticks(from, to, count, steps) {
    if (!(to > from && Number.isFinite(to - from))) return [{ at: from, label: R.format.digits(from) }];
    const step = R.axis.step(to - from, count, steps);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const ticks = [];
    const last = to / step + 1e-9;
    // Beyond 2^53 one more is the same number: such an axis has no ticks.
    for (let k = Math.ceil(from / step - 1e-9); k <= last && k + 1 > k; k += 1) {
      ticks.push({ at: k * step, label: R.format.plain(k * step, decimals, true) });
    }
    return ticks;
  },

  // Ticks of a time axis: the unit goes by what is seen, so that numbers stay short when one zooms in.
  time(from, to, count) {
    const span = to - from;
    const [factor, symbol, , steps] = TIME_UNITS.find(([, , least]) => span >= least);
    const ticks = R.axis.ticks(from / factor, to / factor, count, steps);
    return { symbol, factor, ticks: ticks.map(({ at, label }) => ({ at: at * factor, label })) };
  },

  // Ticks of a value axis from 0 to a little above `most`, in the unit of the column `name`.
  value(name, most, count) {
    const [factor, symbol] = R.axis.unit(name, most);
    const ticks = R.axis.ticks(0, (most / factor) * 1.02 || 1, count);
    return { symbol, factor, ticks: ticks.map(({ at, label }) => ({ at: at * factor, label })) };
  },

  unit(name, most) {
    const pick = (ladder) => ladder.find(([size]) => most >= size * 0.9) || ladder[ladder.length - 1];
    if (name.startsWith("utilization") || name.includes("fragmentation")) return [0.01, "%"];
    if (name.startsWith("temperature")) return [1, "°C"];
    if (name.includes("bytes")) return pick([[2 ** 50, "PiB"], [2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [1024, "KiB"], [1, "B"]]);
    if (name.includes("_hz")) return pick([[1e9, "GHz"], [1e6, "MHz"], [1, "Hz"]]);
    if (name.includes("_w")) return pick([[1e6, "MW"], [1e3, "kW"], [1, "W"]]);
    return [1, ""];
  },

  // Powers of ten, with 2 and 5 between them where there are few.
  log(from, to) {
    const ticks = [];
    const decades = Math.log10(to / from);
    if (!(from > 0 && decades > 0 && decades < 400)) return ticks;
    for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += 1) {
      if (decades > 9 && power % 2) continue;
      for (const k of decades < 2.2 ? [1, 2, 5] : [1]) {
        const at = k * Math.pow(10, power);
        const label = Math.abs(power) > 4 ? at.toExponential(0).replace("e+", "e") : R.format.plain(at, 4);
        if (at >= from * 0.999 && at <= to * 1.001) ticks.push({ at, label });
      }
    }
    return ticks;
  },
};
