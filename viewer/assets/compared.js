// Two judges against people: what the second gained, paired, and where the two differ most.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const place = (value) => `${50 + 50 * value}%`;

function difference(one) {
  const td = make("td");
  const track = make("div", "tb-alpha tb-gain");
  track.setAttribute("aria-hidden", "true");
  const zero = make("i", "grid zero");
  zero.style.left = "50%";
  track.append(zero);
  if (one.low != null) {
    const bar = make("i", `bar mine ${one.way}`);
    bar.style.left = place(one.low);
    bar.style.right = `calc(100% - ${place(one.high)})`;
    track.append(bar);
  }
  if (one.at != null) {
    const dot = make("i", `dot mine ${one.way}`);
    dot.style.left = place(one.at);
    track.append(dot);
  }
  const said = make("div", "tb-alpha-said");
  said.append(make("b", "", one.told), make("span", "", one.tip));
  td.append(track, said);
  return td;
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
  for (const line of [one.words, one.note]) if (line) th.append(make("small", "", line));
  const n = make("td", "num", String(one.n));
  n.append(make("small", "", `${one.scenarios} scenarios`));
  const closer = difference(one.closer);
  if (one.p) closer.querySelector(".tb-alpha-said").append(make("span", "", one.p));
  tr.append(th, n, ...one.alphas.map((told) => make("td", "num", told)), difference(one.alpha), closer);
  return tr;
}

function unit(one, open) {
  const tr = make("tr");
  const where = make("td");
  const link = make("a", "", one.opening);
  link.href = one.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(one);
  };
  where.append(link, make("div", "tb-where", one.where));
  one.values.forEach((value, index) => {
    const near = (index === 1 && one.nearer === "first") || (index === 2 && one.nearer === "second");
    tr.append(make("td", "num" + (near ? " near" : ""), value));
  });
  tr.append(make("td", "tb-said", one.said), where);
  return tr;
}

function behind(told, names, open) {
  const node = make("section", "tb-behind");
  node.setAttribute("aria-label", told.title);
  node.append(make("h2", "", `${told.title}: where the two differ most`));
  if (!told.units.length) {
    node.append(make("p", "tb-sub", "They gave the same value everywhere."));
    return node;
  }
  const table = make("table", "tb-agreed tb-apart");
  const top = make("tr");
  for (const head of [...names, "Nearer", "Transcript"]) {
    const th = make("th", "", head);
    th.scope = "col";
    top.append(th);
  }
  const thead = make("thead");
  thead.append(top);
  const body = make("tbody");
  body.append(...told.units.map((one) => unit(one, open)));
  table.append(thead, body);
  node.append(table);
  if (told.all > told.units.length) node.append(make("p", "tb-sub", `The first ${told.units.length} of ${told.all.toLocaleString()} on which they differ.`));
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const pick = (told) => setTriggerValue("pick", { ...told, n: Date.now() });
  const open = (one) => setTriggerValue("open", { t: one.t, m: one.m, n: Date.now() });
  const table = make("table", "tb-agreed");
  table.append(make("caption", "", data.caption));
  const top = make("tr");
  for (const head of ["Trait", "n", `alpha: ${data.names[1]}`, `alpha: ${data.names[2]}`, "gain in alpha", "points nearer to people"]) {
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
  root.replaceChildren(table);
  if (data.behind) root.append(behind(data.behind, data.names, open));
  if (had) [...root.querySelectorAll("button")].find((one) => one.textContent === had)?.focus();
  root.dataset.ready = data.version;
}
