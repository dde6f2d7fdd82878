// What lies behind a number: how the values spread, and the words, the furthest first.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

function spread(rows) {
  const table = make("table", "tb-spread");
  table.append(make("caption", "", "How often each value was given (ratings of single turns, where the trait is rated by turn)"));
  for (const row of rows) {
    const tr = make("tr");
    const th = make("th", "", row.release);
    th.scope = "row";
    const stack = make("div", "tb-stack");
    for (const part of row.parts) {
      const one = make("span", `${part.tone}${part.far ? " far" : ""}`, part.share > 0.05 ? `${part.label}: ${part.count}` : "");
      one.style.width = `${part.share * 100}%`;
      one.title = `${part.label}: ${part.count}`;
      stack.append(one);
    }
    stack.setAttribute("role", "img");
    stack.setAttribute("aria-label", row.parts.map((part) => `${part.label}: ${part.count}`).join(", "));
    const td = make("td");
    td.append(stack);
    tr.append(th, td, make("td", "tb-rest", row.rest));
    table.append(tr);
  }
  return table;
}

function found(item, open) {
  const li = make("li");
  const chip = make("span", `tb-chip ${item.tone}`, item.value);
  const side = make("div");
  side.append(chip);
  const link = make("a");
  link.href = item.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(item);
  };
  for (const quote of item.quotes) {
    const q = make("q", quote.match === "missing" ? "missing" : "", quote.text);
    if (quote.match !== "exact") q.title = quote.match === "missing" ? "these words are not there" : `found ${quote.match}`;
    link.append(q);
  }
  if (item.why) link.append(make("div", "tb-why", item.why));
  li.append(side, link, make("div", "tb-where", item.where));
  return li;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const open = (item) => setTriggerValue("open", { t: item.t, m: item.m, n: Date.now() });
  const list = make("ul", "tb-found");
  list.append(...data.found.map((item) => found(item, open)));
  root.replaceChildren(make("h2", "", data.title), make("p", "tb-asked", data.asked), ...(data.spread.length ? [spread(data.spread)] : []), list);
  if (data.more) root.append(make("p", "tb-asked", data.more));
  root.dataset.ready = data.version;
}
