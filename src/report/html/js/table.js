// A table that can be searched and sorted. Only the rows in sight are in the page, so that 100,000 stay fluid.

const ROW_HEIGHT = 24;
const PRINTED = 40;

// A search in words: all must be in the row. `wait_s>60` and `class=vision` ask one column.
R.query = (table, text) => {
  const tests = text.trim().split(/\s+/).filter(Boolean).map((word) => {
    const parts = /^([^<>=]+)(<=|>=|=|<|>)(.+)$/.exec(word);
    const column = parts && table.column[parts[1]];
    return column ? R.queryColumn(column, parts[2], parts[3]) : R.queryText(table, word.toLowerCase());
  });
  return (row) => tests.every((test) => test(row));
};

R.queryColumn = (column, sign, wanted) => {
  if (column.text) {
    const word = wanted.toLowerCase();
    const fits = column.words.map((w) => w.toLowerCase() === word);
    return (row) => sign === "=" && fits[column.index[row]];
  }
  const value = parseFloat(wanted);
  const compare = { "<": (x) => x < value, ">": (x) => x > value, "<=": (x) => x <= value, ">=": (x) => x >= value, "=": (x) => x === value }[sign];
  return (row) => compare(column.values[row]);
};

// Words are looked through once each, however many rows have them; of numbers only whole ones are looked at.
R.queryText = (table, word) => {
  const texts = table.list.filter((c) => c.text).map((c) => [c, c.words.map((w) => w.toLowerCase().includes(word))]);
  const id = table.list[0];
  const number = id && !id.text && /^\d+$/.test(word) ? id : null;
  return (row) => texts.some(([column, fits]) => fits[column.index[row]]) || (number && String(number.values[row]) === word);
};

R.DataTable = class {
  // `options`: columns (names, in order), label, onRow(row), search, sort.
  constructor(holder, table, options) {
    Object.assign(this, { holder, table, options });
    this.columns = (options.columns || table.list.map((c) => c.name)).map((name) => table.column[name]).filter(Boolean);
    this.order = Uint32Array.from({ length: table.rows }, (_, k) => k);
    this.sorted = null;
    this.selected = -1;
    this.build();
    if (options.search) this.input.value = options.search;
    if (options.sort && table.column[options.sort.column]) this.sorted = options.sort;
    this.refresh();
    this.scroll.addEventListener("scroll", () => this.rows(), { passive: true });
  }

  build() {
    this.input = R.element("input", { type: "search", placeholder: this.options.hint || "search", "aria-label": "Search " + this.options.label, spellcheck: "false" });
    this.input.addEventListener("input", () => this.refresh());
    this.count = R.element("output", { "aria-live": "polite" });
    this.head = this.columns.map((column) => {
      const button = R.element("button", { type: "button" }, column.name);
      button.addEventListener("click", () => this.sortBy(column.name));
      return R.element("th", { scope: "col", class: column.text ? false : "n" }, button);
    });
    this.body = R.element("tbody");
    const grid = R.element("table", { "aria-label": this.options.label, "aria-rowcount": this.table.rows + 1 }, R.element("thead", {}, R.element("tr", {}, ...this.head)), this.body);
    this.scroll = R.element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": this.options.label }, grid);
    const bar = R.element("div", { class: "controls search" }, this.input, this.count);
    // Of a few rows all are in sight.
    const few = this.table.rows <= 12 && !this.options.hint;
    this.holder.append(...(few ? [] : [bar]), this.scroll);
    if (this.holder.dataset.note && this.table.rows > PRINTED) this.holder.append(R.element("p", { class: "note print-note" }, this.holder.dataset.note));
    this.holder.classList.toggle("linked", Boolean(this.options.onRow));
    this.body.addEventListener("click", (event) => {
      const line = event.target.closest("tr.row");
      if (line && this.options.onRow) this.options.onRow(Number(line.dataset.row));
    });
    window.addEventListener("beforeprint", () => this.rows(true));
    window.addEventListener("afterprint", () => this.rows());
  }

  sortBy(name) {
    const again = this.sorted && this.sorted.column === name;
    // Largest first: that is what one looks for in numbers. A third click gives the order of the file.
    const falls = !this.table.column[name].text;
    if (!again) this.sorted = { column: name, falls };
    else if (this.sorted.falls === falls) this.sorted = { column: name, falls: !falls };
    else this.sorted = null;
    this.refresh();
  }

  refresh() {
    const fits = R.query(this.table, this.input.value);
    const kept = [];
    for (let row = 0; row < this.table.rows; row += 1) if (fits(row)) kept.push(row);
    this.order = this.arrange(Uint32Array.from(kept));
    const all = R.format.plain(this.table.rows);
    this.count.textContent = kept.length === this.table.rows ? all + " rows" : R.format.plain(kept.length) + " of " + all + " rows";
    this.holder.dataset.rows = kept.length;
    this.head.forEach((cell, k) => {
      const on = this.sorted && this.sorted.column === this.columns[k].name;
      if (on) cell.setAttribute("aria-sort", this.sorted.falls ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    this.scroll.scrollTop = 0;
    this.rows();
  }

  // Empty cells last, whichever way.
  arrange(rows) {
    if (!this.sorted) return rows;
    const column = this.table.column[this.sorted.column];
    const sign = this.sorted.falls ? -1 : 1;
    if (column.text) {
      const byName = column.words.map((word, k) => [word, k]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      const rank = new Uint32Array(byName.length);
      byName.forEach(([, k], place) => { rank[k] = place; });
      return rows.sort((a, b) => sign * (rank[column.index[a]] - rank[column.index[b]]) || a - b);
    }
    const values = column.values;
    const missing = (row) => (Number.isNaN(values[row]) ? 1 : 0);
    return rows.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : sign * (values[a] - values[b])) || a - b);
  }

  // The rows in sight, between two blanks as high as those before and behind.
  rows(print = false) {
    const count = this.order.length;
    const tall = this.scroll.clientHeight || 500;
    const first = print ? 0 : Math.max(0, Math.floor(this.scroll.scrollTop / ROW_HEIGHT) - 12);
    const last = Math.min(count, print ? PRINTED : first + Math.ceil(tall / ROW_HEIGHT) + 24);
    const blank = (rows) => {
      const cell = R.element("td", { colspan: this.columns.length });
      cell.style.height = rows * ROW_HEIGHT + "px";
      return R.element("tr", { class: "pad", "aria-hidden": "true" }, cell);
    };
    const lines = [];
    for (let k = first; k < last; k += 1) lines.push(this.line(this.order[k], k));
    const before = first > 0 ? [blank(first)] : [];
    const behind = last < count && !print ? [blank(count - last)] : [];
    this.body.replaceChildren(...before, ...lines, ...behind);
  }

  line(row, k) {
    const cells = this.columns.map((column) => R.element("td", column.text ? { title: column.at(row).length > 24 ? column.at(row) : false } : { class: "n" }, R.cell(column, row)));
    return R.element("tr", { class: "row", "data-row": row, "aria-rowindex": k + 2, "aria-selected": row === this.selected ? "true" : false }, ...cells);
  }

  // Marks a row and brings it into sight.
  select(row) {
    this.selected = row;
    let place = this.order.indexOf(row);
    if (place < 0 && row >= 0) {
      this.input.value = "";
      this.refresh();
      place = this.order.indexOf(row);
    }
    if (place >= 0) this.scroll.scrollTop = Math.max(0, (place - 6) * ROW_HEIGHT);
    this.rows();
  }
};

// A cell as the file has it: numbers in the unit of the column's name. The last place of a time may be off by one, as
// differences of rounded instants are, and is not shown.
R.cell = (column, row) => {
  if (column.text) return column.at(row);
  const value = column.values[row];
  if (Number.isNaN(value)) return "";
  if (column.decimals) return R.format.plain(value, Math.min(Math.max(column.decimals - 1, 0), 6), true);
  return Number.isInteger(value) || Math.abs(value) >= 1e6 ? R.format.plain(value, 0) : R.format.digits(value, 6);
};
