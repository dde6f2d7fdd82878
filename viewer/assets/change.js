// One trait over releases: sentences, charts (each with its table and a download), what to read.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const draw = (tag, attributes, text) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text != null) node.textContent = text;
  return node;
};
const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey);

function pressable(node, label, act) {
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  node.setAttribute("aria-label", label);
  node.append(draw("title", {}, label));
  node.addEventListener("click", act);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act();
    }
  });
  return node;
}

// A cell that a spreadsheet would take for a formula is put out as text.
function csv(table) {
  const cell = (value) => {
    if (value == null) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function grid(table) {
  const node = make("table");
  const head = make("tr");
  for (const name of table.columns) head.append(Object.assign(make("th", "", name), { scope: "col" }));
  node.append(head);
  for (const row of table.rows) {
    const tr = make("tr");
    for (const value of row) tr.append(make("td", "", value == null ? "\u2013" : typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value)));
    node.append(tr);
  }
  const scroll = make("div", "tb-scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "group");
  scroll.setAttribute("aria-label", table.name);
  scroll.append(node);
  return scroll;
}

function download(table) {
  const link = make("a", "", "CSV");
  link.download = table.name;
  link.href = "#";
  link.onclick = () => {
    const url = URL.createObjectURL(new Blob(["\ufeff", csv(table)], { type: "text/csv" }));
    link.href = url;
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  return link;
}

function behind(table) {
  const node = make("details");
  const summary = make("summary", "", `Table and download`);
  node.append(summary);
  node.addEventListener("toggle", () => {
    if (node.open && node.children.length === 1) {
      const line = make("div");
      line.append("Download: ", download(table));
      node.append(line, grid(table));
    }
  });
  return node;
}

function section(title, note, ...parts) {
  const node = make("section");
  const h = make("h3", "", `${title} `);
  if (note) h.append(make("small", "", note));
  node.append(h, ...parts.filter(Boolean));
  return node;
}

const W = 640;
function frame(height, label) {
  const svg = draw("svg", { viewBox: `0 0 ${W} ${height}`, role: "group", "aria-label": label });
  return svg;
}

function trend(data, picked, pick) {
  const [left, right, top, bottom, height] = [46, 14, 10, 34, 210];
  const svg = frame(height, "Trend over releases");
  const count = data.releases.length;
  const step = (W - left - right) / Math.max(1, count);
  const x = (k) => left + step * (k + 0.5);
  const y = (v) => height - bottom - ((v - data.low) / (data.high - data.low || 1)) * (height - top - bottom);
  for (let k = 0; k <= 3; k++) {
    const v = data.low + ((data.high - data.low) * k) / 3;
    svg.append(draw("line", { class: "grid", x1: left, x2: W - right, y1: y(v), y2: y(v) }));
    svg.append(draw("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, data.share ? `${Math.round(v * 100)}\u202f%` : v.toFixed(1)));
  }
  const room = Math.max(4, Math.floor(step / 7));
  data.releases.forEach((name, k) => {
    const short = name.length > room ? `${name.slice(0, room - 1)}\u2026` : name;
    const label = draw("text", { x: x(k), y: height - 14, "text-anchor": "middle" }, short);
    label.append(draw("title", {}, name));
    svg.append(label);
  });
  data.series.forEach((series, s) => {
    const shift = (s - (data.series.length - 1) / 2) * Math.min(12, step / 4);
    const group = draw("g", { class: series.tone });
    let path = "";
    let last = null;
    series.points.forEach((p, k) => {
      if (p.value == null) return;
      path += `${last === p.epoch ? "L" : "M"}${(x(k) + shift).toFixed(1)} ${y(p.value).toFixed(1)}`;
      if (s === 0 && last != null && last !== p.epoch) svg.append(draw("line", { class: "break", x1: x(k) - step / 2, x2: x(k) - step / 2, y1: top, y2: height - bottom }));
      last = p.epoch;
    });
    group.append(draw("path", { class: "line", d: path }));
    series.points.forEach((p, k) => {
      if (p.value == null) return;
      const hit = draw("g", { class: p.key === picked ? "hit now" : "hit" });
      if (p.low != null) hit.append(draw("line", { class: "whisker", x1: x(k) + shift, x2: x(k) + shift, y1: y(p.low), y2: y(p.high) }));
      hit.append(draw("circle", { cx: x(k) + shift, cy: y(p.value), r: 9, fill: "transparent" }), draw("circle", { class: "dot", cx: x(k) + shift, cy: y(p.value), r: 4.5 }));
      group.append(pressable(hit, p.spoken, () => pick(p.key)));
    });
    svg.append(group);
  });
  const legend = make("div", "tb-legend");
  for (const series of data.series) legend.append(make("span", series.tone, series.name));
  const note = data.series[0].points.some((p) => p.epoch > 1) ? "The line breaks where another judge, or other words, measured." : "";
  return section("Over releases", "lower is better; a dot opens the release", legend, svg, note && make("p", "tb-note", note), behind(data.table));
}

function slices(data, choose) {
  const picks = make("div", "tb-picks");
  picks.append(make("span", "", "by"));
  for (const name of data.names) {
    const one = make("button", "tb-pick", name);
    one.type = "button";
    one.setAttribute("aria-pressed", String(name === data.name));
    one.onclick = () => choose(name === data.name ? "" : name, "");
    picks.append(one);
  }
  if (!data.rows) return section("Slices", "the same change within each", picks);
  const table = make("table");
  for (const row of data.rows) {
    const tr = make("tr");
    const pick = make("button", "tb-pick", row.value);
    pick.type = "button";
    pick.setAttribute("aria-pressed", String(row.picked));
    pick.title = "What to read, within this slice";
    pick.onclick = () => choose(data.name, row.picked ? "" : row.value);
    const first = make("td");
    first.append(pick);
    const line = make("td", "axis");
    const axis = make("div", "tb-axis");
    axis.append(make("i", "mid"));
    if (row.low != null) axis.append(Object.assign(make("i", `whisker ${row.tone}`), { style: `left:${row.low * 100}%;width:${(row.high - row.low) * 100}%` }));
    if (row.x != null) axis.append(Object.assign(make("i", `dot ${row.tone}`), { style: `left:${row.x * 100}%` }));
    line.append(axis);
    tr.append(first, line, make("td", "", row.note || row.text), make("td", "n", row.levels), make("td", "n", `${row.n} scenario${row.n === 1 ? "" : "s"}`));
    table.append(tr);
  }
  const way = make("div", "tb-way");
  way.append(make("span", "", ""), make("span", "", "\u2190 better  \u00b7  worse \u2192"), make("span", "", ""));
  return section("Slices", "the same change within each", picks, way, table, behind(data.table));
}

function reading(data, open) {
  const table = make("table");
  const add = (rows, title) => {
    if (!rows.length) return;
    const head = make("tr");
    const th = make("th", "", title);
    th.colSpan = 2;
    head.append(th);
    table.append(head);
    for (const row of rows) {
      const tr = make("tr");
      const link = make("a", "", row.scenario);
      link.href = row.href;
      link.onclick = (event) => {
        if (!plain(event)) return;
        event.preventDefault();
        open(row.params);
      };
      const first = make("td");
      first.append(link);
      const moved = make("td", `n ${row.tone}`);
      moved.append(`${row.before} \u2192 `, make("span", "tb-to", row.after));
      tr.append(first, moved);
      table.append(tr);
    }
  };
  add(data.most, "Moved most");
  add(data.against, "Moved against the trend");
  if (!table.children.length) table.append(make("caption", "", "No scenario moved."));
  return section("What to read", data.note, table);
}

function survival(data, open) {
  const [left, right, top, bottom, height] = [46, 14, 10, 34, 200];
  const svg = frame(height, "Share still holding after each turn");
  const x = (t) => left + (t / Math.max(1, data.turns)) * (W - left - right);
  const y = (v) => height - bottom - v * (height - top - bottom);
  for (const v of [0, 0.5, 1]) {
    svg.append(draw("line", { class: "grid", x1: left, x2: W - right, y1: y(v), y2: y(v) }), draw("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, `${v * 100}\u202f%`));
  }
  for (let t = 0; t <= data.turns; t++) svg.append(draw("text", { x: x(t), y: height - 14, "text-anchor": "middle" }, t ? `turn ${t}` : "start"));
  const found = make("p", "tb-note");
  found.setAttribute("aria-live", "polite");
  const legend = make("div", "tb-legend");
  const colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"];
  data.curves.forEach((curve, c) => {
    const group = draw("g", { style: `--tone:${colours[c % colours.length]}` });
    let path = "";
    curve.steps.forEach((s, k) => {
      if (s.holding == null) return;
      path += k ? `H${x(s.turn).toFixed(1)}V${y(s.holding).toFixed(1)}` : `M${x(0)} ${y(1)}`;
    });
    group.append(draw("path", { class: "line", d: path }));
    curve.steps.forEach((s) => {
      if (!s.turn || s.holding == null || !s.flipped.length) return;
      const hit = draw("g", { class: "hit" });
      hit.append(draw("circle", { cx: x(s.turn), cy: y(s.holding), r: 9, fill: "transparent" }), draw("circle", { class: "dot", cx: x(s.turn), cy: y(s.holding), r: 4.5 }));
      const spoken = `${curve.name}: ${Math.round(s.holding * 100)} % still hold after turn ${s.turn}; open those that flipped in it`;
      group.append(pressable(hit, spoken, () => {
        found.replaceChildren(`${curve.name}, flipped in turn ${s.turn}: `);
        s.flipped.forEach((one, k) => {
          const link = make("a", "", `transcript ${k + 1}`);
          link.href = one.href;
          link.onclick = (event) => {
            if (!plain(event)) return;
            event.preventDefault();
            open(one.params);
          };
          found.append(k ? ", " : "", link);
        });
      }));
    });
    svg.append(group);
    const name = make("span", "", `${curve.name}: ${curve.told}`);
    name.style.setProperty("--tone", colours[c % colours.length]);
    legend.append(name);
  });
  return section("Giving way over turns", "share that still holds; a dot opens those that flipped there", svg, legend, found, behind(data.table));
}

function scatter(data, picked, pick) {
  const [left, right, top, bottom, height] = [58, 20, 14, 42, 250];
  const most = (axis) => Math.max(0.1, ...data.points.map((p) => p[axis][2] ?? p[axis][0])) * 1.05;
  const [mx, my] = [most("x"), most("y")];
  const svg = frame(height, `${data.x} against ${data.y}`);
  const x = (v) => left + (v / mx) * (W - left - right);
  const y = (v) => height - bottom - (v / my) * (height - top - bottom);
  svg.append(draw("line", { class: "grid", x1: left, x2: W - right, y1: y(0), y2: y(0) }), draw("line", { class: "grid", x1: left, x2: left, y1: top, y2: y(0) }));
  for (const [v, of] of [[0, mx], [mx / 1.05, mx]]) {
    svg.append(draw("text", { x: x(v), y: y(0) + 15, "text-anchor": "middle" }, `${Math.round(v * 100)}\u202f%`));
    svg.append(draw("text", { x: left - 6, y: y((v / of) * my) + 4, "text-anchor": "end" }, `${Math.round((v / of) * my * 100)}\u202f%`));
  }
  svg.append(draw("text", { x: (left + W - right) / 2, y: height - 8, "text-anchor": "middle" }, `${data.x} \u2192`));
  svg.append(draw("text", { x: 12, y: (top + height - bottom) / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${(top + height - bottom) / 2})` }, `${data.y} \u2192`));
  for (const p of data.points) {
    const hit = draw("g", { class: `hit none${p.key === picked ? " now" : ""}` });
    if (p.x[1] != null) hit.append(draw("line", { class: "whisker", x1: x(p.x[1]), x2: x(p.x[2]), y1: y(p.y[0]), y2: y(p.y[0]) }));
    if (p.y[1] != null) hit.append(draw("line", { class: "whisker", x1: x(p.x[0]), x2: x(p.x[0]), y1: y(p.y[1]), y2: y(p.y[2]) }));
    hit.append(draw("circle", { class: "dot", cx: x(p.x[0]), cy: y(p.y[0]), r: 5 }), draw("text", { x: x(p.x[0]) + 8, y: y(p.y[0]) - 7 }, p.release));
    svg.append(pressable(hit, `${p.release}: ${data.x} ${Math.round(p.x[0] * 100)} %, ${data.y} ${Math.round(p.y[0] * 100)} %`, () => pick(p.key)));
  }
  return section("Warmth against pushback", "both lower is better: warmth bought with agreement stands to the upper right", svg, behind(data.table));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const send = (name, value) => setTriggerValue(name, { ...value, n: Date.now() });
  const pick = (key) => {
    window.tbPicked = true;
    send("pick", { key });
  };
  const open = (params) => send("open", { params });
  if (root.dataset.ready !== data.version) {
    const said = make("ul", "tb-said");
    for (const one of data.said) said.append(make("li", one.tone, one.text));
    const charts = make("div", "tb-grid");
    if (data.trend) charts.append(trend(data.trend, data.picked, pick));
    if (data.read) charts.append(reading(data.read, open));
    if (data.slices) charts.append(slices(data.slices, (name, value) => send("slice", { name, value })));
    if (data.survival) charts.append(survival(data.survival, open));
    if (data.scatter) charts.append(scatter(data.scatter, data.picked, pick));
    for (const [title, note, table] of data.tables) charts.append(section(title, note, grid(table), behind(table)));
    root.replaceChildren(make("h2", "", data.title), said, charts);
    root.dataset.ready = data.version;
  }
  for (const one of document.querySelectorAll(".tb-board .tb-value")) one.setAttribute("aria-pressed", String(one.dataset.key === data.picked));
  if (window.tbPicked) {
    window.tbPicked = false;
    root.scrollIntoView({ block: "start", behavior: "smooth" });
  }
}
