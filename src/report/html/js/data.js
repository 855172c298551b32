// Tables of the page: columns as typed arrays, from the short JSON that holds them.

R.json = (name) => {
  const holder = R.find("data-" + name);
  return holder ? JSON.parse(holder.textContent) : null;
};

// The table `name`, or null where the page has none.
R.table = (name) => {
  const json = R.json(name);
  return json && R.decode(json);
};

R.decode = (json) => {
  const table = { rows: json.rows, json, list: [], column: Object.create(null) };
  for (const source of json.columns) {
    const column = source.text ? R.decodeWords(source, json.rows) : R.decodeNumbers(source, json.rows, table.column);
    column.name = source.name;
    table.list.push(column);
    table.column[source.name] = column;
  }
  return table;
};

const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

// Indices into the list of a column: a letter each, or numbers where there are more than letters.
R.indices = (source, rows) => {
  if (source.w.length < 2) return new Uint32Array(rows);
  if (typeof source.v !== "string") return Uint32Array.from(source.v);
  const known = new Uint8Array(128);
  for (let k = 0; k < LETTERS.length; k += 1) known[LETTERS.charCodeAt(k)] = k;
  const index = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) index[row] = known[source.v.charCodeAt(row)];
  return index;
};

R.decodeWords = (source, rows) => {
  const index = R.indices(source, rows);
  return { text: true, words: source.w, index, at: (row) => source.w[index[row]] };
};

// `ticks` are whole multiples of 10^-e: sums of them are exact, so that equal instants stay equal.
R.decodeNumbers = (source, rows, known) => {
  const e = source.e || 0;
  const scale = Math.pow(10, e);
  const ticks = new Float64Array(rows);
  const base = source.from ? known[source.from].ticks : null;
  const index = source.w && R.indices(source, rows);
  const given = (row) => (index ? source.w[index[row]] : source.v[row]);
  if (source.at) R.fillChanges(source, ticks);
  else {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) {
      const value = given(row);
      if (value === "") ticks[row] = NaN;
      else if (source.delta) ticks[row] = sum += value;
      else ticks[row] = base ? base[row] + value : value;
    }
  }
  const values = e === 0 ? ticks : ticks.map((tick) => tick / scale);
  return { text: false, values, ticks, decimals: e, at: (row) => values[row] };
};

R.fillChanges = (source, values) => {
  let row = 0;
  for (let k = 0; k < source.at.length; k += 1) {
    row += source.at[k];
    const next = k + 1 < source.at.length ? row + source.at[k + 1] : values.length;
    values.fill(source.v[k], row, next);
  }
};

// A column worked out from others.
R.derive = (table, name, decimals, of) => {
  const values = new Float64Array(table.rows);
  for (let row = 0; row < table.rows; row += 1) values[row] = of(row);
  const column = { name, text: false, values, ticks: values, decimals, at: (row) => values[row] };
  table.list.push(column);
  table.column[name] = column;
};

// The first index of the rising list `sorted` whose value is above `value`.
R.above = (sorted, value) => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
};
