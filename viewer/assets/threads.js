// Threads of comments: what they are about, what was answered, and the way there.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

function thread(one, data, send) {
  const node = make("article", "tb-thread" + (one.resolved ? " resolved" : ""));
  node.setAttribute("aria-label", `Comment by ${one.author}`);
  const link = make("a", "", one.where);
  link.href = one.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    send("open", { key: one.key, n: Date.now() });
  };
  const head = make("p", "tb-head-line");
  head.append(link, ...one.tags.map((tag) => make("span", "tb-tag", tag)));
  node.append(head);
  if (one.quote) node.append(make("q", "", one.quote));
  for (const said of [one, ...one.replies]) {
    const line = make("div", "tb-said");
    line.append(make("p", "tb-sub", `${said.author} \u00b7 ${said.at}`), make("p", "", said.text));
    node.append(line);
  }
  if (one.resolved) node.append(make("p", "tb-sub", `Resolved by ${one.by}`));
  if (data.may) {
    const settle = make("button", "tb-do", one.resolved ? "Open again" : "Resolve");
    settle.type = "button";
    settle.onclick = () => send("settle", { key: one.key, resolved: !one.resolved, n: Date.now() });
    node.append(settle);
  }
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  root.replaceChildren(...data.rows.map((one) => thread(one, data, setTriggerValue)));
  root.dataset.ready = String(data.rows.length);
}
