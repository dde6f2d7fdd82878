// Rater against rater: alpha with its interval beside the ceiling, and the table of values behind.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const place = (value) => `${(100 * (Math.max(-0.2, Math.min(1, value)) + 0.2)) / 1.2}%`;

function track(one) {
  const node = make("div", "tb-alpha");
  node.setAttribute("aria-hidden", "true");
  for (const at of [0, 0.4, 0.8]) {
    const line = make("i", "grid" + (at ? "" : " zero"));
    line.style.left = place(at);
    node.append(line);
  }
  for (const [kind, told] of [["people", one.people], ["mine", one.alpha]]) {
    if (!told || told.at == null) continue;
    if (told.low != null) {
      const bar = make("i", `bar ${kind}`);
      bar.style.left = place(told.low);
      bar.style.right = `calc(100% - ${place(told.high)})`;
      node.append(bar);
    }
    const dot = make("i", `dot ${kind}`);
    dot.style.left = place(told.at);
    node.append(dot);
  }
  return node;
}

function row(one, pick) {
  const tr = make("tr", one.open ? "open" : "");
  const th = make("th");
  th.scope = "row";
  const button = make("button", "tb-open", one.title);
  button.type = "button";
  button.setAttribute("aria-expanded", String(one.open));
  button.onclick = () => pick({ trait: one.open ? "" : one.trait });
  th.append(button);
  if (one.note) th.append(make("small", "", one.note));
  const n = make("td", "num", String(one.n));
  n.append(make("small", "", `${one.scenarios} scenarios`));
  const alpha = make("td");
  const said = make("div", "tb-alpha-said");
  said.append(make("b", "", one.alpha.told), make("span", "", one.alpha.tip));
  if (one.people) said.append(make("span", "ceiling", `people ${one.people.told} (${one.people.tip}), n ${one.people.n}`));
  alpha.append(track(one), said);
  const raw = make("td", "num", one.raw);
  tr.append(th, n, raw, alpha);
  for (const other of one.others) {
    const td = make("td", "num", other.told);
    td.append(make("small", "", other.tip));
    tr.append(td);
  }
  if (one.lacking) {
    const td = make("td", "tb-gate");
    td.append(make("b", one.lacking.length ? "no" : "yes", one.lacking.length ? "not yet" : "may gate"));
    if (one.lacking.length) {
      const list = make("ul");
      list.append(...one.lacking.map((line) => make("li", "", line)));
      td.append(list);
    }
    tr.append(td);
  }
  return tr;
}

function matrix(table, pick) {
  const node = make("table", "tb-matrix");
  const caption = make("caption", "", `Rows: ${table.names[0]}. Columns: ${table.names[1]}. Click a number for the transcripts behind it.`);
  const top = make("tr");
  top.append(make("td"));
  for (const head of table.heads) {
    const th = make("th", "", head);
    th.scope = "col";
    top.append(th);
  }
  const body = make("tbody");
  table.cells.forEach((line, r) => {
    const tr = make("tr");
    const th = make("th", "", table.heads[r]);
    th.scope = "row";
    tr.append(th);
    line.forEach((cell, c) => {
      const td = make("td", r === c ? "same" : "");
      td.style.setProperty("--share", cell.share);
      if (cell.count) {
        const here = table.picked && table.picked[0] === table.values[r] && table.picked[1] === table.values[c];
        const button = make("button", "", cell.count.toLocaleString());
        button.type = "button";
        button.setAttribute("aria-pressed", String(!!here));
        button.setAttribute("aria-label", `${cell.count.toLocaleString()}: ${table.names[0]} ${table.heads[r]}, ${table.names[1]} ${table.heads[c]}`);
        button.onclick = () => pick({ cell: here ? "" : `${table.values[r]},${table.values[c]}` });
        td.append(button);
      } else td.append(make("span", "", "\u00b7"));
      tr.append(td);
    });
    body.append(tr);
  });
  node.append(caption, top, body);
  return node;
}

function unit(one, open) {
  const item = make("li");
  const link = make("a", "", one.opening);
  link.href = one.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(one);
  };
  if (one.values) item.append(make("b", "", one.values));
  item.append(link);
  if (one.where) item.append(make("div", "tb-where", one.where));
  return item;
}

function detail(table, pick, open) {
  const node = make("section", "tb-behind");
  node.setAttribute("aria-label", table.title);
  node.append(make("h2", "", table.title));
  const side = make("div");
  if (table.values.length) side.append(matrix(table, pick));
  if (table.leniency.length) {
    const list = make("dl", "tb-lenient");
    list.append(make("dt", "head", "Marks higher than the others by"), make("dd", "", ""));
    for (const one of table.leniency) list.append(make("dt", "", one.rater), make("dd", "", `${one.told} (${one.tip}), n ${one.n}`));
    side.append(list);
  }
  for (const one of table.lost) {
    const lone = make("details", "tb-lone");
    const said = `${one.count.toLocaleString()} not compared: ${one.why}`;
    const units = make("ul", "tb-units");
    units.append(...one.units.map((each) => unit(each, open)));
    lone.append(make("summary", "", said), units);
    if (one.count > one.units.length) lone.append(make("p", "tb-sub", `The first ${one.units.length} of them; traitbook agree --json lists each.`));
    side.append(lone);
  }
  const found = make("div");
  found.append(make("h3", "", table.picked ? "In this cell" : "The widest disagreements"));
  const list = make("ul", "tb-units");
  list.append(...table.units.map((one) => unit(one, open)));
  found.append(table.units.length ? list : make("p", "tb-sub", "None."));
  const two = make("div", "tb-two");
  two.append(side, found);
  node.append(two);
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const pick = (told) => setTriggerValue("pick", { ...told, n: Date.now() });
  const open = (one) => setTriggerValue("open", { t: one.t, m: one.m, beside: one.beside, n: Date.now() });
  const table = make("table", "tb-agreed");
  table.append(make("caption", "", data.caption));
  const top = make("tr");
  const heads = ["Trait", data.unit, "raw", "alpha", ...(data.rows[0]?.others.map((one) => one.name) || []), ...(data.rows[0]?.lacking ? ["May it gate?"] : [])];
  for (const head of heads) {
    const th = make("th", "", head);
    th.scope = "col";
    top.append(th);
  }
  const thead = make("thead");
  thead.append(top);
  const body = make("tbody");
  body.append(...data.rows.map((one) => row(one, pick)));
  table.append(thead, body);
  const had = root.querySelector(":focus")?.textContent;
  if (data.heading) root.setAttribute("aria-label", data.heading); // two of these may stand on a page
  const heading = data.heading ? [make("h2", "tb-heading", data.heading)] : [];
  root.replaceChildren(...heading, ...(data.rows.length ? [table] : []), make("p", "tb-sub", data.unmatched));
  if (data.table) root.append(detail(data.table, pick, open));
  if (had) [...root.querySelectorAll("button")].find((one) => one.textContent === had)?.focus();
  root.dataset.ready = data.version;
}
