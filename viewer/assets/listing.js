// A page of transcripts: one line each, a real link each, keys to walk them.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

const COLUMNS = [["c-open", "Transcript"], ["c-release", "Release"], ["c-turns", "Msgs"], ["c-flags", "What stands out"]];

function line(row, open) {
  const tr = make("tr");
  const first = make("td", "c-open");
  const link = make("a");
  link.href = row.href;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(row.id);
  };
  link.append(make("div", "tb-opening", row.opening || "(no user message)"), make("div", "tb-where", row.scenario));
  first.append(link);
  if (row.snippet) first.append(snippet(row.snippet));
  const release = make("td", "c-release", row.release);
  if (row.sample > 1) release.append(make("div", "tb-where", `sample ${row.sample}`));
  const flags = make("td", "c-flags");
  const chips = make("div", "tb-flags");
  for (const flag of row.flags) {
    const chip = make("span", `tb-chip ${flag.tone}`);
    chip.append(make("b", "", flag.label), make("i", "", flag.who), document.createTextNode(flag.value));
    chip.title = flag.tip;
    chips.append(chip);
  }
  flags.append(chips);
  tr.append(first, release, make("td", "c-turns", row.messages), flags);
  return tr;
}

// The words that were found stand between two private-use characters.
function snippet(text) {
  const node = make("div", "tb-snippet");
  text.split("\ue000").forEach((piece, index) => {
    const [found, rest] = index ? piece.split("\ue001") : [null, piece];
    if (found != null) node.append(make("b", "", found));
    node.append(rest ?? "");
  });
  return node;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const send = (name, value) => setTriggerValue(name, { ...value, n: Date.now() });
  const open = (id) => send("open", { id });
  root.replaceChildren();
  root.dataset.ready = data.version;
  if (!data.rows.length) {
    root.append(make("p", "tb-none", data.none));
    return undefined;
  }
  const table = make("table", "tb-list");
  table.append(make("caption", "", data.caption));
  const headings = make("tr");
  for (const [name, label] of COLUMNS) {
    const th = make("th", name, label);
    th.scope = "col";
    headings.append(th);
  }
  const head = make("thead");
  head.append(headings);
  const body = make("tbody");
  const lines = data.rows.map((row) => line(row, open));
  body.append(...lines);
  table.append(head, body);
  root.append(table);
  if (data.pages > 1) root.append(pager(data, send));
  return listen(root, lines, data, open, send);
}

function pager(data, send) {
  const node = make("nav", "tb-pager");
  node.setAttribute("aria-label", "Pages");
  const button = (label, page, off) => {
    const one = make("button", "", label);
    one.type = "button";
    one.disabled = off;
    one.onclick = () => send("page", { page });
    return one;
  };
  node.append(
    button("\u2190 Newer", data.page - 1, data.page <= 1),
    make("span", "", `Page ${data.page} of ${data.more ? "many" : data.pages}`),
    button("Older \u2192", data.page + 1, data.page >= data.pages && !data.more),
  );
  return node;
}

function listen(root, lines, data, open, send) {
  const control = new AbortController();
  let at = -1;
  const to = (index) => {
    lines[at]?.classList.remove("now");
    at = Math.max(0, Math.min(lines.length - 1, index));
    lines[at].classList.add("now");
    lines[at].querySelector("a").focus({ preventScroll: true });
    lines[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !root.isConnected) return;
    if (event.composedPath()[0]?.closest?.("input,textarea,select,[contenteditable=true],[role=combobox],[role=listbox],dialog")) return;
    if (event.key === "j") to(at + 1);
    else if (event.key === "k") to(at - 1);
    else if (event.key === "o" && at >= 0) open(data.rows[at].id);
    else if (event.key === "n" && (data.page < data.pages || data.more)) send("page", { page: data.page + 1 });
    else if (event.key === "p" && data.page > 1) send("page", { page: data.page - 1 });
    else if (event.key === "/") parentSearch(event);
    else return;
    event.preventDefault();
  }, { signal: control.signal });
  return () => control.abort();
}

function parentSearch(event) {
  document.querySelector('input[type="text"]')?.focus();
  event.preventDefault();
}
