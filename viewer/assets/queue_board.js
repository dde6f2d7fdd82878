// Queues as a table: progress, pace, and the way in.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

function row(one, data, send) {
  const tr = make("tr");
  const name = make("th");
  name.scope = "row";
  const link = make("a", "", one.name);
  link.href = one.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    send("pick", { name: one.name, n: Date.now() });
  };
  name.append(link, make("small", "", one.told));
  const traits = make("td", "", one.traits);
  if (one.ordering) traits.append(make("small", "", one.ordering));
  const progress = make("td");
  const bar = make("div", "tb-progress");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `${one.done} of ${one.readings} readings done, ${one.going} going on`);
  for (const [kind, count] of [["done", one.done], ["going", one.going]]) {
    const part = make("i", kind);
    part.style.width = `${one.readings ? (100 * count) / one.readings : 0}%`;
    bar.append(part);
  }
  progress.append(make("span", "", `${one.done.toLocaleString()} of ${one.readings.toLocaleString()} readings`), bar, make("small", "", one.going ? `${one.going} going on now` : ""));
  const mine = make("td", "", one.mine);
  if (one.people) mine.append(make("small", "", one.people));
  tr.append(name, traits, progress, mine);
  if (data.lead) {
    const last = make("td");
    if (!one.closed) {
      const close = make("button", "tb-do", "Close");
      close.type = "button";
      close.title = `Give nothing more of ${one.name} out`;
      close.onclick = () => send("close", { key: one.key, n: Date.now() });
      last.append(close);
    }
    tr.append(last);
  }
  return tr;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const table = make("table", "tb-queues");
  const head = make("tr");
  for (const title of ["Queue", "Traits", "Progress", "You", ...(data.lead ? ["Lead"] : [])]) {
    const th = make("th", "", title);
    th.scope = "col";
    head.append(th);
  }
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  body.append(...data.rows.map((one) => row(one, data, setTriggerValue)));
  table.append(top, body);
  root.replaceChildren(table);
  root.dataset.ready = String(data.rows.length);
}
