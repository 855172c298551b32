// Numbers as people read them.

// A space that groups digits and does not break.
const THIN = "\u202f";

R.format = {
  // Digits in groups of three, with at most `decimals` places, fixed where `fixed`.
  plain(value, decimals = 6, fixed = false) {
    if (!Number.isFinite(value)) return "";
    let text = Math.abs(value) >= 1e15 ? value.toExponential(4) : value.toFixed(Math.min(decimals, 12));
    if (text.includes("e")) return text;
    if (!fixed && text.includes(".")) text = text.replace(/\.?0+$/, "");
    const [whole, rest] = text.replace("-", "").split(".");
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
    const sign = text.startsWith("-") && /[1-9]/.test(text) ? "−" : "";
    return sign + grouped + (rest === undefined ? "" : "." + rest);
  },

  // So many significant digits, never a power of ten for everyday sizes.
  digits(value, count = 4) {
    if (!Number.isFinite(value)) return "";
    if (value === 0) return "0";
    const size = Math.floor(Math.log10(Math.abs(value)));
    if (size >= 9 || size < -4) return value.toExponential(count - 1).replace("-", "−").replace("e+", "e");
    return R.format.plain(value, Math.max(0, count - 1 - size));
  },

  scaled(value, ladder) {
    if (!Number.isFinite(value)) return "";
    const rung = ladder.find(([size]) => Math.abs(value) >= size) || ladder[ladder.length - 1];
    return R.format.digits(value === 0 ? 0 : value / rung[0]) + " " + rung[1];
  },

  // A length of time.
  span(seconds) {
    if (!Number.isFinite(seconds)) return "";
    const size = Math.abs(seconds);
    const sign = seconds < 0 ? "−" : "";
    const two = (big, small, first, second) => {
      let upper = Math.floor(size / big);
      let lower = Math.round((size - upper * big) / small);
      if (lower * small >= big) [upper, lower] = [upper + 1, 0];
      return sign + upper + " " + first + (lower ? " " + lower + " " + second : "");
    };
    if (size === 0) return "0 s";
    if (size < 120) return R.format.scaled(seconds, [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]);
    if (size < 7200) return two(60, 1, "min", "s");
    if (size < 172800) return two(3600, 60, "h", "min");
    return two(86400, 3600, "d", "h");
  },

  // A value with the unit that the name of its column or metric tells.
  named(name, value) {
    const f = R.format;
    if (!Number.isFinite(value)) return "n/a";
    const ends = (unit) => name.split(".").some((part) => part.endsWith(unit)) || name.includes(unit + "_");
    if (/^(utilization|deadline|packing|availability|goodput)/.test(name)) return f.plain(100 * value, 2) + " %";
    if (/fragmentation|fraction/.test(name)) return f.plain(100 * value, 2) + " %";
    if (/^temperature|_c$/.test(name)) return f.plain(value, 1) + " °C";
    if (ends("_usd")) return f.plain(value, 2) + " USD";
    if (ends("bytes")) return f.scaled(value, [[2 ** 50, "PiB"], [2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]]);
    if (ends("_hz")) return f.scaled(value, [[1e9, "GHz"], [1e6, "MHz"], [1e3, "kHz"], [1, "Hz"]]);
    if (ends("_j")) return f.scaled(value, [[1e9, "GJ"], [1e6, "MJ"], [1e3, "kJ"], [1, "J"]]);
    if (ends("_w")) return f.scaled(value, [[1e6, "MW"], [1e3, "kW"], [1, "W"]]);
    if (ends("_per_s")) return f.digits(value) + " /s";
    if (ends("_s")) return f.span(value);
    return f.digits(value);
  },
};
