// The reader: transcripts in one grid, row = turn, one scroll bar. What is lit comes by a second,
// tiny component (overlay.js), so that a new rating does not send the transcripts again.
const readers = new WeakMap();
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

// Offsets come as code points; JavaScript counts UTF-16 units.
const toUnits = (text, points) => {
  let unit = 0;
  for (let point = 0; point < points && unit < text.length; point++) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  return unit;
};

function build(state, data) {
  const { root } = state;
  root.replaceChildren();
  root.style.setProperty("--n", data.columns.length);
  state.live = make("div", "tb-hush");
  state.live.setAttribute("aria-live", "polite");
  state.tip = make("div", "tb-tip");
  state.tip.setAttribute("role", "tooltip");
  state.tip.hidden = true;
  state.scroll = make("div", "tb-scroll");
  state.scroll.tabIndex = 0;
  state.scroll.setAttribute("role", "region");
  state.scroll.setAttribute("aria-label", "Transcripts, one column each, one row a turn");
  state.heads = data.columns.map((column, index) => head(column, index));
  const heads = make("div", "tb-heads");
  heads.append(...state.heads.map((one) => one.node));
  const grid = make("div", "tb-grid");
  state.bodies = new Map();
  state.cells = data.rows.map((row, at) => row.map((messages, column) => cell(state, data, messages, at, column)));
  grid.append(...state.cells.flat());
  state.scroll.append(heads, grid);
  root.append(state.live, bar(state, data), state.scroll, state.tip, help(state, data));
  state.now = 0;
  state.unfolded = false;
  const hidden = state.root.querySelector("details.tb-fold");
  state.folds.hidden = !hidden;
}

// What is read, and the hands on it: releases to put beside each other, the view, the way on.
function bar(state, data) {
  const node = make("div", "tb-top");
  node.append(make("h1", "", data.title), make("span", "tb-tags", data.tags));
  const tools = make("div", "tb-tools");
  const button = (label, title, action, pressed) => {
    const one = make("button", "", label);
    one.type = "button";
    one.title = title;
    if (pressed != null) one.setAttribute("aria-pressed", String(pressed));
    one.onclick = action;
    tools.append(one);
    return one;
  };
  const send = (name, value) => state.send(name, { ...value, n: Date.now() });
  const few = data.choices.length <= 6;
  for (const one of data.choices.filter((choice) => few || choice.shown))
    button(one.label, one.shown ? "Take it out of the view" : "Put it beside", () => send("beside", { id: one.id }), one.shown);
  if (!few) {
    const select = make("select");
    select.setAttribute("aria-label", "Put another beside");
    select.append(new Option("put beside\u2026", ""));
    for (const one of data.choices.filter((choice) => !choice.shown)) select.append(new Option(one.label, one.id));
    select.onchange = () => select.value && send("beside", { id: select.value });
    tools.append(select);
  }
  tools.append(make("span", "tb-gap"));
  button("Verbatim", "Every character as it stands (v)", () => turn(state), data.verbatim);
  state.folds = button("Thinking and tools", "Show or fold them all (t)", () => unfold(state), false);
  if (data.desk != null) button("Rate, comment", "Put the desk beside, or away (r)", () => desk(state), data.desk);
  button("\u2190", "The one before in the list (p)", () => walk(state, -1)).disabled = !data.before;
  button("\u2192", "The next in the list (n)", () => walk(state, 1)).disabled = !data.after;
  button("Keys ?", "What the keys do", () => state.help.showModal());
  node.append(tools);
  return node;
}

function head(column) {
  const node = make("div", "tb-head");
  const title = make("h2", "", column.title);
  if (column.synthetic) {
    const fake = make("span", "tb-fake", "synthetic");
    fake.title = "Written for Traitbook. Nobody said this.";
    title.append(fake);
  }
  const chips = make("div", "tb-chips");
  node.append(title, make("p", "", column.sub), chips);
  return { node, chips };
}

function cell(state, data, messages, row, column) {
  const node = make("div", "tb-cell");
  node.dataset.row = row;
  if (!messages || !messages.length) {
    node.append(make("p", "tb-empty tb-m", ""));
    return node;
  }
  for (const message of messages) node.append(article(state, data, message, column));
  return node;
}

function article(state, data, message, column) {
  const node = make("article", `tb-m ${message.role}`);
  node.dataset.message = `${column}:${message.n}`;
  node.setAttribute("aria-label", `${data.columns[column].title}, message ${message.n}, ${message.role}`);
  const bar = make("div", "tb-bar");
  const link = make("a", "tb-number", String(message.n));
  link.href = message.href;
  link.title = "A link to this message";
  bar.append(link, make("span", "", message.label));
  if (message.differs) {
    const differs = make("span", "tb-differs", "differs");
    differs.title = `Not the same words as in ${data.columns[0].title}`;
    differs.style.textTransform = "none";
    bar.append(differs);
  }
  node.append(bar);
  for (const part of message.parts) node.append(body(state, data, part, `${column}:${message.n}:${part.i}`));
  if (!message.parts.length) node.append(make("p", "tb-empty", "(said nothing)"));
  return node;
}

function body(state, data, part, key) {
  const text = make("div", "tb-text" + (part.verbatim ? " tb-verbatim" : ""));
  text.innerHTML = part.html; // made safe on the server: markdown-it without HTML, then nh3
  text.dataset.body = key; // column:message:part, for what is marked in it
  state.bodies.set(key, { node: text, html: part.html });
  if (!part.fold) return text;
  const details = make("details", "tb-fold" + (part.failed ? " failed" : ""));
  details.append(make("summary", "", part.fold), text);
  return details;
}

function help(state, data) {
  const box = make("dialog", "tb-help");
  box.setAttribute("aria-label", "Keys");
  box.append(make("h2", "", "Keys"));
  const list = make("dl");
  for (const [keys, what] of data.keys) {
    const term = make("dt");
    for (const key of keys.split(" ")) term.append(make("span", "tb-kbd", key), " ");
    list.append(term, make("dd", "", what));
  }
  box.append(list, ...data.legend.map((line) => make("p", "", line)));
  const close = make("button", "tb-chip", "Close (Esc)");
  close.onclick = () => box.close();
  box.append(close);
  state.help = box;
  return box;
}

// ---- what is lit -------------------------------------------------------------------------------

function light(state, overlay) {
  if (!overlay || overlay.version !== state.version) return;
  state.spans = new Map(overlay.spans.map((span) => [span.id, span]));
  const byBody = new Map();
  for (const span of overlay.spans) {
    const key = `${span.c}:${span.m}:${span.p}`;
    byBody.set(key, [...(byBody.get(key) || []), span]);
  }
  for (const [key, { node, html }] of state.bodies) {
    const spans = byBody.get(key) || [];
    const drawn = JSON.stringify(spans);
    if (node._drawn === drawn || (!spans.length && !node._drawn)) continue;
    node._drawn = drawn;
    node.innerHTML = html;
    if (spans.length) paint(node, spans);
  }
  for (const old of state.root.querySelectorAll(".tb-missing")) old.remove();
  for (const lost of overlay.missing) {
    const at = state.root.querySelector(`[data-message="${lost.c}:${lost.m}"]`) || state.heads[lost.c]?.node;
    at?.append(make("p", "tb-missing", `${lost.who} quotes words that are not there: \u201c${lost.text}\u201d`));
  }
  const asked = state.waiting;
  state.waiting = null;
  state.lit = true;
  overlay.chips.forEach((chips, column) => state.heads[column]?.chips.replaceChildren(...chips.map((one) => chip(state, one, column))));
  if (asked) toEvidence(state, asked.fits, asked.step);
}

function paint(node, spans) {
  const text = node.textContent;
  const ranges = spans.map((span) => ({ span, from: toUnits(text, span.a), to: toUnits(text, span.b) }));
  const cuts = [...new Set(ranges.flatMap((range) => [range.from, range.to]))].sort((a, b) => a - b);
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let at = 0;
  for (let one = walker.nextNode(); one; one = walker.nextNode()) {
    nodes.push([one, at]);
    at += one.data.length;
  }
  for (const [one, from] of nodes) {
    const to = from + one.data.length;
    if (!ranges.some((range) => range.from < to && range.to > from)) continue;
    const points = [from, ...cuts.filter((cut) => cut > from && cut < to), to];
    const pieces = document.createDocumentFragment();
    for (let i = 0; i + 1 < points.length; i++) {
      const words = one.data.slice(points[i] - from, points[i + 1] - from);
      const here = ranges.filter((range) => range.from <= points[i] && range.to >= points[i + 1]);
      pieces.append(here.length && words.trim() ? mark(words, here.map((range) => range.span)) : words);
    }
    one.replaceWith(pieces);
  }
}

// Not focusable: a focusable mark swallows a selection that begins inside it.
function mark(words, spans) {
  const first = spans.find((span) => span.kind === "judge" || span.kind === "signal") || spans[0];
  const person = spans.some((span) => span.kind === "person" || span.kind === "author");
  const node = make("mark", `by-${first.kind} ${first.tone}${person && spans.length > 1 ? " also-person" : ""}`, words);
  node.dataset.ids = spans.map((span) => span.id).join(" ");
  return node;
}

function chip(state, one, column) {
  const node = make("button", `tb-chip ${one.tone}`);
  node.type = "button";
  node.append(make("b", "", one.label));
  for (const [who, value] of one.values) node.append(make("i", "", who), document.createTextNode(value));
  node.dataset.tip = one.tip;
  node.setAttribute("aria-description", one.tip);
  node.onclick = () => toEvidence(state, (span) => span.c === column && span.trait === one.trait);
  return node;
}

// Steps add up until the next transcript is here: keys that come faster than pages are not lost.
function walk(state, step) {
  const { data } = state;
  const steps = (state.steps || 0) + step;
  if ((steps > 0 && !data.after) || (steps < 0 && !data.before)) return;
  state.steps = steps;
  state.send("nav", { from: data.first, step: steps, n: Date.now() });
}

const desk = (state) => state.send("desk", { to: state.data.desk ? "" : "1", n: Date.now() });

const turn = (state) => state.send("view", { to: state.data.verbatim ? "" : "verbatim", n: Date.now() });

// ---- moving ------------------------------------------------------------------------------------

function go(state, row, say = true) {
  const last = state.cells.length - 1;
  row = Math.max(0, Math.min(last, row));
  for (const one of state.cells[state.now] || []) one.classList.remove("now");
  state.now = row;
  for (const one of state.cells[row] || []) one.classList.add("now");
  const top = state.cells[row]?.find((one) => one.querySelector(".tb-m")) || state.cells[row]?.[0];
  if (top) settle(state, top, 4);
  const message = top?.querySelector("[data-message]")?.dataset.message.split(":")[1];
  dispatchEvent(new CustomEvent("tb-now"));
  if (message && say) {
    remember("m", message);
    state.live.textContent = `Turn ${row + 1} of ${last + 1}`;
  }
}

// Rows off screen have only a guessed height, so one jump may miss: look again for a few frames.
function settle(state, node, gap, tries = 6) {
  const covered = state.scroll.querySelector(".tb-heads").offsetHeight + gap;
  const off = node.getBoundingClientRect().top - state.scroll.getBoundingClientRect().top - covered;
  if (Math.abs(off) > 1) state.scroll.scrollTop += off;
  if (tries > 0) requestAnimationFrame(() => node.isConnected && settle(state, node, gap, tries - 1));
}

function remember(name, value) {
  const url = new URL(location.href);
  if (url.searchParams.get(name) === value) return;
  url.searchParams.set(name, value);
  history.replaceState(history.state, "", url);
}

// Evidence in reading order: row by row, and within a row column by column.
function toEvidence(state, fits = () => true, step = 1) {
  if (!state.lit) {
    state.waiting = { fits, step }; // the key came before the overlay did
    return;
  }
  const seen = new Set();
  const stops = [];
  for (const one of state.root.querySelectorAll("mark")) {
    const ids = one.dataset.ids.split(" ").filter((id) => fits(state.spans.get(id)));
    if (ids.length && ids.some((id) => !seen.has(id))) stops.push(one);
    ids.forEach((id) => seen.add(id));
  }
  if (!stops.length) {
    state.live.textContent = "No evidence is lit here";
    return;
  }
  const before = stops.indexOf(state.stop);
  const stop = stops[before < 0 ? (step > 0 ? 0 : stops.length - 1) : (before + step + stops.length) % stops.length];
  state.root.querySelectorAll("mark.on").forEach((one) => one.classList.remove("on"));
  state.stop = stop;
  const ids = stop.dataset.ids;
  state.root.querySelectorAll("mark").forEach((one) => one.dataset.ids === ids && one.classList.add("on"));
  for (let up = stop.parentElement; up && up !== state.root; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  settle(state, stop, state.scroll.clientHeight * 0.25);
  state.live.textContent = "";
  setTimeout(() => {
    tell(state, stop);
    state.live.textContent = `Evidence ${stops.indexOf(stop) + 1} of ${stops.length}. ${state.tip.textContent}`;
  }, 130);
}

function tell(state, node) {
  const lines = node.dataset.ids
    ? node.dataset.ids.split(" ").map((id) => state.spans.get(id)).filter(Boolean).map((span) => [span.who, span.why])
    : [["", node.dataset.tip]];
  state.tip.replaceChildren(
    ...lines.map(([who, why]) => {
      const line = make("div");
      if (who) line.append(make("b", "", who), document.createElement("br"));
      line.append(why || "");
      return line;
    }),
  );
  state.tip.hidden = false;
  const box = node.getBoundingClientRect();
  const tip = state.tip.getBoundingClientRect();
  const below = box.bottom + 6 + tip.height < innerHeight;
  state.tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.width - 12))}px`;
  state.tip.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - tip.height - 6)}px`;
}

function fit(state) {
  const top = state.scroll.getBoundingClientRect().top + scrollY;
  state.root.style.setProperty("--h", `max(320px, calc(100dvh - ${Math.round(top)}px - 8px))`);
}

const typing = (event) => event.composedPath()[0]?.closest?.("input,textarea,select,[contenteditable=true],[role=textbox],[role=combobox],[role=listbox],[role=dialog],dialog[open]");

function listen(state) {
  state.stopListening?.abort();
  const control = (state.stopListening = new AbortController());
  const options = { signal: control.signal };
  const { root } = state;
  const actions = {
    j: () => go(state, state.now + 1),
    k: () => go(state, state.now - 1),
    n: () => walk(state, 1),
    p: () => walk(state, -1),
    e: () => toEvidence(state),
    E: () => toEvidence(state, undefined, -1),
    v: () => turn(state),
    t: () => unfold(state),
    r: () => state.data.desk != null && desk(state),
    "?": () => state.help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event)) return;
    if (event.key === "Escape") state.tip.hidden = true;
    const action = actions[event.key];
    if (!action || !root.isConnected) return;
    event.preventDefault();
    action();
  }, options);
  root.addEventListener("mouseover", (event) => {
    const over = event.target.closest?.("mark,[data-tip]");
    if (over) tell(state, over);
    else state.tip.hidden = true;
  }, options);
  root.addEventListener("focusin", (event) => event.target.dataset?.tip && tell(state, event.target), options);
  root.addEventListener("focusout", () => (state.tip.hidden = true), options);
  root.addEventListener("mouseleave", () => (state.tip.hidden = true), options);
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.(".tb-number");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      navigator.clipboard?.writeText(link.href).catch(() => {});
      state.live.textContent = "Link copied";
    }
    const row = event.target.closest?.(".tb-cell")?.dataset.row;
    if (row != null && getSelection().isCollapsed) {
      for (const one of state.cells[state.now] || []) one.classList.remove("now");
      state.now = +row;
      for (const one of state.cells[state.now]) one.classList.add("now");
      const message = event.target.closest(".tb-m")?.dataset.message;
      if (message) remember("m", message.split(":")[1]);
      dispatchEvent(new CustomEvent("tb-now"));
    }
  }, options);
  addEventListener("resize", () => fit(state), options);
  addEventListener("tb-overlay", (event) => light(state, event.detail), options);
}

function unfold(state) {
  state.unfolded = !state.unfolded;
  state.folds.setAttribute("aria-pressed", String(state.unfolded));
  for (const one of state.root.querySelectorAll("details.tb-fold")) one.open = state.unfolded;
  state.live.textContent = state.unfolded ? "Thinking and tools shown" : "Thinking and tools folded";
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  let state = readers.get(root);
  if (!state) readers.set(root, (state = { root }));
  state.send = setTriggerValue;
  state.data = data;
  listen(state);
  if (state.version !== data.version) {
    state.version = data.version;
    state.steps = 0;
    build(state, data);
    fit(state);
    state.lit = false;
    light(state, window.tbOverlay);
    if (data.focus != null) go(state, data.focus, false);
    else for (const one of state.cells[0] || []) one.classList.add("now");
    root.dataset.ready = data.version;
  }
  return () => state.stopListening?.abort();
}
