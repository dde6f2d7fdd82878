// Traits by release: every number a button that opens what lies behind it.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const percent = (share) => `${Math.round(share * 100)}\u202f%`;
const at = (node, left, width) => {
  node.style.left = `${left * 100}%`;
  if (width != null) node.style.width = `${width * 100}%`;
  return node;
};

const FEW = 4; // releases that leave room for a wide first column, where both sides stand in one line

function axis(cell) {
  const node = make("div", "tb-axis");
  node.setAttribute("aria-hidden", "true");
  node.append(make("i", cell.two_sided ? "mid" : "end"));
  for (const dot of cell.dots) {
    const tone = cell.external ? "external" : dot.tone;
    if (dot.low != null && dot.high > dot.low) node.append(at(make("i", `whisker ${tone}`), dot.low, dot.high - dot.low));
    node.append(at(make("i", `dot ${tone}`), dot.x));
  }
  return node;
}

function value(cell, pick) {
  if (!cell) return make("div", "tb-nothing", "not rated");
  if (!cell.n) return make("div", "tb-nothing", cell.note);
  const node = make("button", "tb-value");
  node.type = "button";
  node.dataset.key = cell.key;
  node.setAttribute("aria-pressed", "false");
  node.title = cell.spoken;
  node.onclick = () => pick(cell.key);
  const line = make("div", "tb-line");
  if (cell.two_sided) line.append(make("span", "left", cell.texts[0]), make("span", "gap", "\u00b7"), make("span", "right", cell.texts[1]));
  else line.append(make("span", "", cell.texts[0]));
  const basis = make("span", "tb-basis");
  const cover = make("span", "tb-cover");
  const part = make("i");
  part.style.width = `${cell.coverage * 100}%`;
  cover.append(part);
  basis.append(make("span", "", `n ${cell.n.toLocaleString("en")}`), cover);
  if (cell.coverage < 1) basis.append(make("span", cell.coverage < 0.95 ? "tb-part" : "", `${Math.floor(cell.coverage * 100)}\u202f%`));
  line.append(basis);
  if (cell.changes.length) {
    const moved = make("span", "moved");
    for (const one of cell.changes) moved.append(make("b", one.tone, one.text));
    line.append(moved);
  }
  node.append(line, axis(cell));
  return node;
}

function heading(row) {
  const th = make("th");
  th.scope = "row";
  th.title = row.question;
  th.append(make("span", "", row.title));
  if (row.two_sided) {
    const sides = make("div", "tb-sides");
    sides.append(make("small", "u", `\u25c2 ${row.left || "under"}`), make("small", "o", `${row.right || "over"} \u25b8`));
    th.append(sides);
  }
  else th.append(make("small", "", row.way));
  return th;
}

// Arrows walk the cells; Enter opens, as on any button.
function walk(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const here = event.target.closest?.("td");
  if (!step || !here) return;
  let row = here.parentElement;
  let column = [...row.children].indexOf(here);
  for (;;) {
    column += step[1];
    row = step[0] > 0 ? row?.nextElementSibling : step[0] < 0 ? row?.previousElementSibling : row;
    const cell = row?.children[column];
    if (!cell || cell.tagName !== "TD") return;
    const button = cell.querySelector("button");
    if (button) {
      button.focus();
      event.preventDefault();
      return;
    }
  }
}

function press(root, key) {
  for (const one of root.querySelectorAll(".tb-value")) one.setAttribute("aria-pressed", String(one.dataset.key === key));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const pick = (key) => {
    window.tbPicked = true; // what lies behind then comes into view (change.js)
    press(root, key);
    setTriggerValue("pick", { key, n: Date.now() });
  };
  if (root.dataset.ready === data.version) return;
  const table = make("table", data.releases.length > FEW ? "tb-traits" : "tb-traits tb-few");
  table.append(make("caption", "", data.caption));
  table.style.minWidth = `${216 + 82 * data.releases.length}px`;
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
    tr.append(heading(row));
    let epoch = null;
    for (const cell of row.cells) {
      const td = make("td");
      if (cell?.broken && epoch && cell.broken !== epoch) {
        td.className = "tb-broken";
        td.title = "Another judge, or other words: not to be compared with what stands to the left";
      }
      epoch = cell?.broken ?? epoch;
      td.append(value(cell, pick));
      tr.append(td);
    }
    body.append(tr);
  }
  table.append(head, body);
  table.onkeydown = walk;
  const focused = root.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  root.replaceChildren(table);
  if (focused) [...root.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === focused)?.focus({ preventScroll: true });
  press(root, new URLSearchParams(location.search).get("cell"));
  root.dataset.ready = data.version;
}
