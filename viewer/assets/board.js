// Traits by release: every number a button that opens what lies behind it.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const percent = (share) => `${Math.round(share * 100)}\u202f%`;

function track(parts) {
  const node = make("div", "tb-track");
  node.setAttribute("aria-hidden", "true");
  for (const [name, share] of parts) {
    const bar = make("i", name);
    if (share != null) bar.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
    node.append(bar);
  }
  return node;
}

function value(cell, pick) {
  if (!cell) return make("div", "tb-nothing", "not rated");
  if (!cell.n) return make("div", "tb-nothing", cell.note);
  const node = make("button", "tb-value");
  node.type = "button";
  node.setAttribute("aria-pressed", String(cell.picked));
  node.title = cell.spoken;
  node.onclick = () => pick(cell.key);
  const line = make("div", "tb-line");
  if (cell.two_sided) {
    line.append(make("span", "left", percent(cell.under)), make("span", "", "\u00b7"), make("span", "right", percent(cell.over)));
  } else {
    line.append(make("span", cell.external ? "" : "fault", cell.mean_text));
  }
  line.append(make("span", "n", `n ${cell.n}`));
  node.append(line);
  if (cell.two_sided) node.append(track([["u", cell.under / 2], ["o", cell.over / 2], ["mid", null]]));
  else node.append(track([[cell.external ? "x" : "s", cell.share]]));
  if (cell.coverage < 1) node.append(make("div", "tb-part", `${percent(cell.coverage)} covered: ${cell.unscored_text}`));
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const pick = (key) => {
    window.tbPicked = true; // what lies behind then comes into view (quotes.js)
    setTriggerValue("pick", { key, n: Date.now() });
  };
  const table = make("table", "tb-traits");
  table.append(make("caption", "", data.caption));
  const top = make("tr");
  top.append(make("th", "", "Trait"));
  for (const release of data.releases) {
    const th = make("th", "", release.name);
    th.scope = "col";
    th.append(make("small", "", release.told));
    top.append(th);
  }
  const head = make("thead");
  head.append(top);
  const body = make("tbody");
  for (const row of data.rows) {
    const tr = make("tr");
    const th = make("th", "", row.title);
    th.scope = "row";
    th.title = row.question;
    th.append(make("small", "", row.told));
    tr.append(th);
    for (const cell of row.cells) {
      const td = make("td");
      td.append(value(cell, pick));
      tr.append(td);
    }
    body.append(tr);
  }
  table.append(head, body);
  root.replaceChildren(table);
  root.dataset.ready = data.version;
}
