// The reviewer's desk. What is done goes into an outbox that the browser keeps until the server has
// said that it is on disk; "Saved" is shown then and not before. One batch is under way at a time,
// because Streamlit keeps only the last of two messages that come between two runs.
const desks = new WeakMap();
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const PATIENCE = 6000; // ms without an answer before the same is sent again
const keep = (key, value) => {
  try {
    if (value == null || value === "" || (Array.isArray(value) && !value.length)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {} // a full or forbidden store must not stop the work
};
const kept = (key, other) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? other;
  } catch {
    return other;
  }
};

// ---- sending -----------------------------------------------------------------------------------

const BOX = "tb-outbox:";
const boxKey = (state) => BOX + state.data.draft;
const waits = (tries) => Math.min(15000, 1000 * 2 ** tries); // ms until the next try: 2, 4, 8, 15, 15 s
// With what is kept goes where it was said, so that it can be sent from there another day.
function hold(state) {
  const at = new URL(location.href);
  if (state.where === "review") at.searchParams.set("kept", "1");
  keep(boxKey(state), state.box.length ? { at: at.pathname + at.search, box: state.box } : null);
}
const held = (key) => kept(key, null)?.box ?? [];

function put(state, message) {
  const same = (one) => one.kind === "rate" && message.kind === "rate" && one.trait === message.trait && one.m === message.m;
  state.box = [...state.box.filter((one) => !same(one) || state.sent.includes(one)), message];
  hold(state);
  flush(state);
}

function flush(state, now) {
  if (state.sent.length || !state.box.length || (state.later && !now)) return status(state);
  state.sent = [...state.box];
  state.number = Date.now();
  state.send("say", { n: state.number, of: state.data.draft, batch: state.sent });
  clearTimeout(state.timer);
  state.timer = setTimeout(() => again(state), PATIENCE);
  status(state);
}

function again(state) {
  if (!state.sent.length || !state.root.isConnected) return;
  state.late = true;
  state.send("say", { n: state.number, of: state.data.draft, batch: state.sent, again: Date.now() });
  clearTimeout(state.timer);
  state.timer = setTimeout(() => again(state), PATIENCE);
  status(state);
}

function answered(state, ack) {
  if (ack?.ok && ack.n === state.dropped) {
    state.dropped = 0;
    state.failed = "";
    state.saved = `It was on disk before you gave it up. ${ack.told}`;
  }
  if (!ack || ack.n !== state.number || !state.sent.length) return;
  clearTimeout(state.timer);
  state.late = false;
  if (ack.later) { // nothing is wrong with it but the time
    state.later = ack.told;
    state.saved = state.failed = "";
    state.sent = [];
    state.timer = setTimeout(() => flush(state, true), waits(++state.tries));
    return;
  }
  for (const one of state.sent) if (one.kind === "rate" && ack.ok) {
    const key = draftKey(state, one.trait, one.m);
    if ((kept(key, {}).note ?? one.note) === one.note) keep(key, null); // or more was typed meanwhile
  }
  state.box = state.box.filter((one) => !state.sent.includes(one));
  settle(state);
  state.saved = ack.ok ? ack.told || "Saved" : "";
  state.failed = ack.ok ? "" : ack.told;
}

// The answer to what was under way when the page went on to something else.
function arrived(state, ack) {
  if (!state.away || ack?.n !== state.away.n) return;
  const { key, count } = state.away;
  const left = ack.ok ? held(key).slice(count) : held(key);
  keep(key, left.length ? { ...kept(key, {}), box: left } : null);
  state.away = null;
}

function settle(state) {
  clearTimeout(state.timer);
  state.sent = [];
  state.later = "";
  state.late = false;
  state.tries = 0;
  hold(state);
}

// Drop what is not on disk. Notes stay as drafts; one try may be under way, and its answer is told.
function giveUp(state) {
  state.dropped = state.sent.length ? state.number : 0;
  state.box = [];
  settle(state);
  for (const one of state.data.traits) Object.assign(one, one.server);
  state.saved = "";
  state.failed = "Given up. Shown is what is on disk.";
  draw(state);
}

function status(state) {
  const { line } = state;
  if (!line) return;
  const going = state.sent.length || state.box.length;
  line.className = "tb-state" + (state.failed ? " failed" : state.late || state.later ? " late" : going ? " going" : state.saved ? " saved" : "");
  const told = state.failed
    || (state.late ? "Not saved yet: no answer from the server. It is kept in this browser and sent again."
      : state.later ? `Not on disk yet: ${state.later}. What you said is kept in this browser and sent again until it is.`
      : going ? "Saving\u2026" : state.saved || state.hint);
  if (line.textContent !== told) line.textContent = told; // the same words are not read out again
  state.trouble.hidden = !(state.late || state.later);
}

function trouble(state) {
  const box = make("div", "tb-desk-buttons tb-trouble");
  const add = (part, label, title, action) => {
    const one = make("button", "tb-do", label);
    one.type = "button";
    one.title = title;
    one.dataset.part = part;
    one.onclick = action;
    box.append(one);
  };
  add("try", "Try now", "Send it again at once", () => (state.sent.length ? again(state) : flush(state, true)));
  add("drop", "Give up", "Drop what is not on disk yet; notes stay here", () => giveUp(state));
  return box;
}

// What this person said elsewhere, in this browser, and is not on disk yet.
function elsewhere(state) {
  const name = state.data.draft.split("/").slice(2).join("/");
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const parts = key.startsWith(BOX) ? key.slice(BOX.length).split("/") : [];
      if (parts.slice(2).join("/") === name && key !== boxKey(state) && kept(key, null)?.at) found.push(key);
    }
  } catch {}
  return found.map((key) => {
    const { at, box } = kept(key, {});
    const line = make("p", "tb-told", `Not on disk yet: ${box.length === 1 ? "one thing" : `${box.length} things`} you said elsewhere. `);
    const link = make("a", "", "Open it there");
    link.href = at.startsWith("/") && !at.startsWith("//") ? at : "/";
    const drop = make("button", "tb-do", "Give up");
    drop.type = "button";
    drop.setAttribute("aria-label", "Give up what you said elsewhere");
    drop.onclick = () => (keep(key, null), draw(state));
    line.append(link, " ", drop);
    return line;
  });
}

// ---- what is on the desk -----------------------------------------------------------------------

const draftKey = (state, trait, m) => `tb-draft:${state.data.draft}:${trait}:${m ?? ""}`;
const draft = (state, one) => kept(draftKey(state, one.trait, target(state, one)), {});
function drafted(state, one, change) {
  const next = { ...draft(state, one), ...change };
  for (const name of Object.keys(next)) if (next[name] == null || next[name] === "") delete next[name];
  keep(draftKey(state, one.trait, target(state, one)), Object.keys(next).length ? next : null);
}
// Where nothing names the turn, it is the reply in focus, or the one that follows.
function target(state, one) {
  if (one.m != null || one.level !== "turn" || one.pair || !state.data.may.includes("turn")) return one.m ?? null;
  const columns = document.querySelectorAll(".tb-reader .tb-head").length || 1;
  const cells = [...document.querySelectorAll(".tb-reader .tb-cell")].filter((_, index) => index % columns === state.data.column);
  const now = Math.max(0, cells.findIndex((cell) => cell.classList.contains("now")));
  const answers = (cell) => cell.querySelector(".tb-m.assistant");
  const here = cells.slice(now).find(answers) || cells.slice(0, now).reverse().find(answers);
  return here ? +answers(here).dataset.message.split(":")[1] : null;
}
const note = (state, one) => draft(state, one).note ?? one.note;
const quotes = (state, one) => draft(state, one).quotes ?? one.quotes.map((q, k) => ({ text: q.text, k }));
const unsure = (state, one) => draft(state, one).unsure ?? one.unsure;

// A trait that is asked of the turn in focus shows what was said of that turn.
function focus(state) {
  if (!state.data.may.includes("turn")) return;
  for (const one of state.data.traits) {
    if (one.level !== "turn" || one.pair) continue;
    const m = target(state, one);
    const way = [...state.box].reverse().find((x) => x.kind === "rate" && x.trait === one.trait && x.m === m);
    const said = one.turns[m] || { given: null, note: "", unsure: false, quotes: [] };
    Object.assign(one, said, way ? { given: shownAs(one, way), note: way.note, unsure: way.unsure } : {});
  }
}

function shownAs(one, message) {
  const found = one.values.find((v) => v.value === message.value);
  return { status: message.status, value: message.value, label: found ? found.label : "n/a", tone: found ? found.tone : "none" };
}

function current(state) {
  return state.data.traits[state.at];
}

function rate(state, status_, value) {
  const one = current(state);
  if (!one || !state.data.may.includes("rate")) return;
  const marked = words();
  const m = target(state, one);
  if (marked && !one.pair) {
    drafted(state, one, { quotes: [...quotes(state, one), marked] });
    getSelection().removeAllRanges();
    leave(state);
  }
  const message = { kind: "rate", trait: one.trait, m, pair: one.pair, status: status_, value, note: note(state, one), unsure: unsure(state, one), quotes: quotes(state, one) };
  one.given = shownAs(one, message);
  Object.assign(one, { note: message.note, unsure: message.unsure });
  state.saved = state.failed = state.hint = "";
  put(state, message);
  const open = state.data.traits.findIndex((trait, index) => index > state.at && !trait.given);
  const first = state.data.traits.findIndex((trait) => !trait.given);
  if (!marked && state.data.may.includes("finish") && (open >= 0 || first >= 0)) state.at = open >= 0 ? open : first;
  draw(state);
  say(state, `${one.title}: ${one.given.label}`);
}

// A changed note, doubt or quote of a trait that has its value is a new rating with that value.
function again_rated(state, one) {
  if (!one.given) return draw(state);
  const at = state.at;
  const { status: status_, value } = one.given;
  const message = { kind: "rate", trait: one.trait, m: target(state, one), pair: one.pair, status: status_, value, note: note(state, one), unsure: unsure(state, one), quotes: quotes(state, one) };
  Object.assign(one, { note: message.note, unsure: message.unsure });
  put(state, message);
  state.at = at;
  draw(state);
}

function draw(state) {
  const { data, root } = state;
  focus(state);
  const had = document.activeElement?.dataset?.part;
  const box = make("div", "tb-desk-in");
  const head = make("div", "tb-desk-head");
  head.append(make("h2", "", data.title), make("p", "tb-sub", data.sub), make("p", "tb-sub", data.who));
  state.line = make("p", "tb-state");
  state.line.setAttribute("role", "status");
  state.trouble = trouble(state);
  box.append(head, ...data.told.map((line) => make("p", "tb-told", line)), ...elsewhere(state), state.line, state.trouble);
  if (data.revealed) box.append(revealed(data.revealed));
  data.traits.forEach((one, index) => box.append(trait(state, one, index)));
  box.append(buttons(state), threads(state), help(state));
  root.replaceChildren(box);
  if (had) root.querySelector(`[data-part="${CSS.escape(had)}"]`)?.focus();
  status(state);
}

function revealed(lines) {
  const list = make("dl", "tb-revealed");
  list.setAttribute("aria-label", "What it was");
  for (const [what, told] of lines) list.append(make("dt", "", what), make("dd", "", told));
  return list;
}

function trait(state, one, index) {
  const open = index === state.at;
  const node = make("section", "tb-trait" + (open ? " open" : ""));
  node.setAttribute("aria-label", one.title);
  const head = make("button", "tb-trait-head");
  head.type = "button";
  head.dataset.part = `head-${one.trait}`;
  head.setAttribute("aria-expanded", String(open));
  head.append(make("b", "", one.title));
  const m = target(state, one);
  head.append(make("span", "tb-where", m != null ? `message ${m}` : one.pair ? "the two" : "all of it"));
  if (one.given) head.append(make("span", `tb-chip ${one.given.tone}`, one.given.label));
  head.onclick = () => {
    state.at = index;
    draw(state);
  };
  node.append(head);
  if (!open) return node;
  node.append(make("p", "tb-question", one.question));
  const may = state.data.may.includes("rate");
  const group = make("div", one.pair ? "tb-values across" : "tb-values");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", `Values of ${one.title}`);
  for (const v of one.values) group.append(choice(state, v.key, v.label, v.anchor, v.tone, one.given?.status === "rated" && one.given.value === v.value, () => rate(state, "rated", v.value), may));
  if (!one.pair) group.append(choice(state, "x", "n/a", one.na, "none", one.given?.status === "not_applicable", () => rate(state, "not_applicable", null), may));
  node.append(group);
  if (one.decide) node.append(make("p", "tb-decide", one.decide));
  node.append(evidence(state, one, may), doubt(state, one, may), noting(state, one, may));
  if (one.history.length) node.append(past(one.history));
  return node;
}

function choice(state, key, label, anchor, tone, pressed, action, may) {
  const node = make("button", `tb-choice ${tone}`);
  node.type = "button";
  node.disabled = !may;
  node.dataset.part = `choice-${key}-${label}`;
  node.setAttribute("aria-pressed", String(pressed));
  node.append(make("kbd", "tb-kbd", key), make("b", "", label), make("span", "", anchor));
  node.onclick = action;
  return node;
}

function evidence(state, one, may) {
  const list = make("ul", "tb-evidence");
  list.setAttribute("aria-label", "Words it rests on");
  const all = quotes(state, one);
  all.forEach((quote, index) => {
    const item = make("li");
    item.append(make("q", "", quote.text));
    if (may) {
      const drop = make("button", "tb-drop", "\u00d7");
      drop.type = "button";
      drop.setAttribute("aria-label", `Take out the quote: ${quote.text}`);
      drop.onclick = () => {
        drafted(state, one, { quotes: all.filter((_, i) => i !== index) });
        again_rated(state, one);
      };
      item.append(drop);
    }
    list.append(item);
  });
  if (!all.length) list.hidden = true;
  return list;
}

function doubt(state, one, may) {
  const label = make("label", "tb-unsure");
  const box = make("input");
  box.type = "checkbox";
  box.checked = unsure(state, one);
  box.disabled = !may;
  box.dataset.part = "unsure";
  box.onchange = () => toggle(state);
  label.append(box, " Unsure ", make("kbd", "tb-kbd", "u"));
  return label;
}

function toggle(state) {
  const one = current(state);
  if (!one) return;
  drafted(state, one, { unsure: !unsure(state, one) });
  again_rated(state, one);
}

function noting(state, one, may) {
  const area = make("textarea", "tb-note");
  area.rows = 2;
  area.value = note(state, one);
  area.placeholder = "Note (w)";
  area.disabled = !may;
  area.dataset.part = "note";
  area.setAttribute("aria-label", `Note on ${one.title}`);
  area.oninput = () => drafted(state, one, { note: area.value === one.note ? null : area.value });
  area.onchange = () => {
    if (one.given && area.value !== one.note) again_rated(state, one);
  };
  return area;
}

function past(history) {
  const box = make("details", "tb-past");
  box.append(make("summary", "", `Said before (${history.length})`));
  const list = make("ul");
  list.append(...history.map((line) => make("li", "", line)));
  box.append(list);
  return box;
}

function buttons(state) {
  const bar = make("div", "tb-desk-buttons tb-moves"); // always in sight: who is new looks for them
  const { may } = state.data;
  const add = (label, key, title, action, on = true, main = false) => {
    const one = make("button", "tb-do" + (main ? " main" : ""));
    one.type = "button";
    one.title = title;
    one.disabled = !on;
    one.dataset.part = `do-${key}`;
    one.append(label, " ", make("kbd", "tb-kbd", key));
    one.onclick = action;
    bar.append(one);
  };
  const whole = state.data.traits.every((one) => one.given);
  if (may.includes("finish")) add("Finish and show", "Enter", whole ? "What it was, and who said what" : "Every trait needs a value first", () => finish(state), whole, true);
  if (may.includes("next")) add("Next", "n", "Finish, and go to the next", () => next(state), whole || state.data.revealed != null, state.data.revealed != null);
  if (may.includes("back")) add("Back", "p", "The one you finished before this", () => put(state, { kind: "back" }));
  if (may.includes("skip")) add("Skip", "s", "It comes again at the end", () => put(state, { kind: "skip" }));
  if (may.includes("pair")) add(state.data.traits[0]?.pair ? "Rate one" : "Compare the two", "b", "Which of the two has more of a trait", () => put(state, { kind: "pair" }));
  if (may.includes("rate")) add("Undo", "z", "Take the last rating of this trait back", () => undo(state), !!current(state)?.given);
  add("Comment", "c", "About the marked words, the turn, or all of it", () => commenting(state));
  add("Keys", "?", "What the keys do", () => state.help.showModal());
  return bar;
}

function finish(state) {
  if (!state.data.may.includes("finish")) return;
  const open = state.data.traits.findIndex((one) => !one.given);
  if (open < 0) return put(state, { kind: "finish" });
  state.at = open;
  state.saved = "";
  state.hint = `${current(state).title} has no value yet: choose one first, or x where it does not apply.`;
  draw(state);
}

function next(state) {
  if (!state.data.may.includes("next")) return;
  const open = state.data.traits.findIndex((one) => !one.given);
  if (open >= 0 && state.data.revealed == null) return finish(state);
  put(state, { kind: "next" });
}

function undo(state) {
  const one = current(state);
  if (!one?.given || !state.data.may.includes("rate")) return;
  const was = one.given.value;
  one.given = null;
  put(state, { kind: "undo", trait: one.trait, m: target(state, one), pair: one.pair, was });
  draw(state);
  say(state, `${one.title}: taken back`);
}

// ---- comments ----------------------------------------------------------------------------------

function threads(state) {
  const box = make("div", "tb-threads");
  const firsts = state.data.comments.filter((one) => one.answers == null);
  if (firsts.length) box.append(make("h3", "", firsts.length === 1 ? "1 comment" : `${firsts.length} comments`));
  for (const first of firsts) {
    const thread = make("article", "tb-thread" + (first.resolved ? " resolved" : ""));
    thread.setAttribute("aria-label", `Comment by ${first.author}`);
    if (first.quote) thread.append(make("q", "", first.quote));
    for (const one of [first, ...state.data.comments.filter((reply) => reply.answers === first.key)]) thread.append(spoken(one));
    if (state.data.may.includes("comment")) {
      const line = make("div", "tb-desk-buttons");
      const reply = make("button", "tb-do", "Reply");
      reply.dataset.part = `reply-${first.key}`;
      reply.onclick = () => commenting(state, first);
      const settle = make("button", "tb-do", first.resolved ? "Open again" : "Resolve");
      settle.dataset.part = `settle-${first.key}`;
      settle.onclick = () => put(state, { kind: "resolve", key: first.key, resolved: !first.resolved });
      line.append(reply, settle);
      thread.append(line);
    }
    box.append(thread);
  }
  return box;
}

function spoken(one) {
  const node = make("div", "tb-spoken");
  const head = make("p", "tb-sub", `${one.author} \u00b7 ${one.at.slice(0, 10)}${one.m ? ` \u00b7 message ${one.m}` : ""}${one.resolved && one.answers == null ? " \u00b7 resolved" : ""}`);
  for (const tag of one.tags) head.append(" ", make("span", "tb-tag", tag));
  node.append(head, make("p", "", one.text));
  return node;
}

function commenting(state, answers) {
  const on = answers ? null : words();
  const focus = document.querySelector(".tb-reader .tb-cell.now .tb-m")?.dataset.message.split(":");
  leave(state);
  const box = make("dialog", "tb-help");
  box.setAttribute("aria-label", answers ? "Reply" : "Comment");
  const key = `tb-comment:${state.data.draft}:${answers ? answers.key : ""}`;
  const area = make("textarea", "tb-note");
  area.rows = 4;
  area.value = kept(key, "");
  area.setAttribute("aria-label", answers ? "Reply" : "Comment");
  area.oninput = () => keep(key, area.value);
  const tags = make("input", "tb-note");
  tags.placeholder = "tags, with commas between";
  tags.setAttribute("aria-label", "Tags");
  tags.setAttribute("list", "tb-tags-known");
  const known = make("datalist");
  known.id = "tb-tags-known";
  known.append(...state.data.tags.map((tag) => new Option(tag)));
  const whole = make("label", "tb-unsure");
  const all = make("input");
  all.type = "checkbox";
  whole.append(all, " about the whole transcript");
  const send = make("button", "tb-do main", "Send (Ctrl Enter)");
  const done = () => {
    if (!area.value.trim()) return area.focus();
    const where = on || (focus && !all.checked ? { c: +focus[0], m: +focus[1] } : { c: focus ? +focus[0] : 0 });
    put(state, { kind: "comment", id: `${Date.now()}`, text: area.value, tags: tags.value.split(","), answers: answers?.key ?? null, on: answers ? null : where });
    keep(key, null);
    box.close();
  };
  send.onclick = done;
  area.onkeydown = tags.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) done();
  };
  box.append(make("h2", "", answers ? `Reply to ${answers.author}` : on ? "Comment on these words" : `Comment on message ${focus?.[1] ?? "?"}`));
  if (on) box.append(make("q", "", on.text));
  box.append(area);
  if (!answers) box.append(tags, known);
  if (!answers && !on) box.append(whole);
  box.append(send);
  box.onclose = () => box.remove();
  state.root.append(box);
  box.showModal();
  area.focus();
}

// ---- words: where a selection stands -----------------------------------------------------------

const points = (text) => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

// The selection as a place in one part: code points of what is shown. Beyond a part it is cut off.
function words() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const holder = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest?.(".tb-reader .tb-text[data-body]");
  let body = holder(range.startContainer);
  const text = document.createRange();
  if (!body) {
    body = [...document.querySelectorAll(".tb-reader .tb-text[data-body]")].find((one) => range.intersectsNode(one));
    if (!body) return null;
  }
  text.selectNodeContents(body);
  if (text.comparePoint(range.startContainer, range.startOffset) === 0) text.setStart(range.startContainer, range.startOffset);
  if (text.comparePoint(range.endContainer, range.endOffset) === 0) text.setEnd(range.endContainer, range.endOffset);
  const chosen = text.toString();
  const lead = chosen.length - chosen.trimStart().length;
  const plain = chosen.trim();
  if (!plain) return null;
  const before = document.createRange();
  before.selectNodeContents(body);
  before.setEnd(text.startContainer, text.startOffset);
  const a = points(before.toString()) + points(chosen.slice(0, lead));
  const [c, m, p] = body.dataset.body.split(":").map(Number);
  return { c, m, p, a, b: a + points(plain), text: plain };
}

// Marking by keyboard: a real selection that goes from word to word of the turn in focus.
function mark(state) {
  const cell = document.querySelector(".tb-reader .tb-cell.now .tb-m.assistant")?.closest(".tb-cell") || document.querySelector(".tb-reader .tb-cell.now");
  const found = [];
  for (const body of cell?.querySelectorAll(".tb-text[data-body]") || []) {
    if (body.closest("details:not([open])")) continue;
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const match of node.data.matchAll(/\S+/gu)) found.push({ body, node, from: match.index, to: match.index + match[0].length });
  }
  if (!found.length) return say(state, "No words to mark here");
  state.marking = { found, from: 0, to: 0 };
  select(state);
  say(state, "Marking: arrows move, Shift and arrows extend, Enter quotes, Escape leaves");
}

function select(state) {
  const { found, from, to } = state.marking;
  const [first, last] = from <= to ? [found[from], found[to]] : [found[to], found[from]];
  const selection = getSelection();
  selection.removeAllRanges();
  const range = document.createRange();
  range.setStart(first.node, first.from);
  range.setEnd(last.node, last.to);
  selection.addRange(range);
  found[to].node.parentElement.scrollIntoView({ block: "nearest" });
}

function move(state, step, extend) {
  const marking = state.marking;
  const last = marking.found.length - 1;
  const wanted = Math.max(0, Math.min(last, marking.to + step));
  if (extend && marking.found[wanted].body !== marking.found[marking.from].body) return;
  marking.to = wanted;
  if (!extend) marking.from = wanted;
  select(state);
}

function leave(state) {
  state.marking = null;
}

function quoteWords(state) {
  const one = current(state);
  const marked = words();
  if (!one || !marked || one.pair) return false;
  drafted(state, one, { quotes: [...quotes(state, one), marked] });
  getSelection().removeAllRanges();
  leave(state);
  again_rated(state, one);
  say(state, `Quoted for ${one.title}`);
  return true;
}

function floating(state) {
  state.float?.remove();
  const marked = words();
  if (!marked || !state.root.isConnected) return;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  const one = current(state);
  const bar = (state.float = make("div", "tb-float"));
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "With the marked words");
  const add = (label, key, action) => {
    const button = make("button", "tb-do");
    button.type = "button";
    button.append(label, " ", make("kbd", "tb-kbd", key));
    button.onmousedown = (event) => event.preventDefault(); // or the selection would be gone
    button.onclick = () => {
      action();
      state.float?.remove();
    };
    bar.append(button);
  };
  if (one && !one.pair && state.data.may.includes("rate")) {
    add(`Quote: ${one.title}`, "Enter", () => quoteWords(state));
    for (const v of one.values) add(v.label, v.key, () => rate(state, "rated", v.value));
  }
  add("Comment", "c", () => commenting(state));
  state.root.append(bar);
  bar.style.left = `${Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 12))}px`;
  bar.style.top = `${Math.max(8, box.top - bar.offsetHeight - 6)}px`;
}

// ---- keys --------------------------------------------------------------------------------------

function help(state) {
  const box = make("dialog", "tb-help");
  box.setAttribute("aria-label", "Keys of the desk");
  box.append(make("h2", "", "Keys"));
  const list = make("dl");
  const also = [["j k", "next and previous turn"], ["e E", "next and previous evidence"], ["t v", "thinking and tools; verbatim"]];
  for (const [keys, what] of [...state.data.keys, ...also]) {
    const term = make("dt");
    for (const key of keys.split(" ")) term.append(make("span", "tb-kbd", key), " ");
    list.append(term, make("dd", "", what));
  }
  const close = make("button", "tb-do", "Close (Esc)");
  close.onclick = () => box.close();
  box.append(list, close);
  state.help = box;
  return box;
}

const say = (state, text) => (state.live.textContent = text);
const typing = (event) => event.composedPath()[0]?.closest?.("input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=textbox],[role=combobox],[role=listbox],dialog");

function step(state, by) {
  const count = state.data.traits.length;
  if (!count) return;
  state.at = (state.at + by + count) % count;
  draw(state);
  say(state, current(state).title);
}

function marks(state, event) {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10, l: 1, h: -1, L: 1, H: -1 };
  if (event.key in moves) move(state, moves[event.key], event.shiftKey);
  else if (event.key === "Escape") {
    leave(state);
    getSelection().removeAllRanges();
  } else return false;
  return true;
}

function pressed(state, event) {
  const { may } = state.data;
  const one = current(state);
  if (state.marking && marks(state, event)) return true;
  const value = one?.values.find((v) => v.key === event.key);
  if (value) return rate(state, "rated", value.value), true;
  const actions = {
    x: () => !one?.pair && rate(state, "not_applicable", null),
    u: () => toggle(state),
    w: () => state.root.querySelector('[data-part="note"]')?.focus(),
    "[": () => step(state, -1),
    "]": () => step(state, 1),
    m: () => mark(state),
    c: () => commenting(state),
    z: () => undo(state),
    ...(may.includes("next") ? { n: () => next(state) } : {}),
    ...(may.includes("back") || may.includes("next") ? { p: () => may.includes("back") && put(state, { kind: "back" }) } : {}),
    ...(may.includes("skip") ? { s: () => put(state, { kind: "skip" }) } : {}),
    ...(may.includes("pair") ? { b: () => put(state, { kind: "pair" }) } : {}),
    "?": () => state.help.showModal(),
  };
  if (event.key === "Enter") {
    const button = event.composedPath()[0]?.closest?.("button,a,summary,[role=button],[role=tab]");
    if (quoteWords(state)) return true;
    if (button || !may.includes("finish")) return false;
    return finish(state), true;
  }
  const action = actions[event.key];
  if (action) action();
  return !!action;
}

function listen(state) {
  state.stop?.abort();
  const control = (state.stop = new AbortController());
  const options = { signal: control.signal };
  document.addEventListener("keydown", (event) => {
    if (!state.root.isConnected || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.composedPath()[0] === state.root.querySelector('[data-part="note"]')) {
      event.composedPath()[0].blur();
      return;
    }
    if (typing(event)) return;
    if (pressed(state, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, { ...options, capture: true });
  let wait;
  document.addEventListener("selectionchange", () => {
    clearTimeout(wait);
    wait = setTimeout(() => floating(state), 120);
  }, options);
  addEventListener("online", () => state.sent.length && again(state), options);
  addEventListener("tb-now", () => state.data.may.includes("turn") && draw(state), options);
}

// What is on the desk comes by a second, tiny component (desk_state.js), so that an answer from the
// server does not send all of this again.
function update(state) {
  const { data, send } = window.tbDesk || {};
  if (!data || !data.draft.startsWith(`${state.where}/`)) return;
  state.send = send;
  const other = state.data?.version !== data.version;
  const moved = state.data?.draft !== data.draft;
  const going = state.sent.length > 0;
  arrived(state, data.ack);
  answered(state, data.ack);
  if (moved && state.sent.length) state.away = { n: state.number, key: boxKey(state), count: state.sent.length };
  state.data = data;
  if (moved) {
    state.box = held(boxKey(state)); // what an earlier page could not get saved
    settle(state);
    state.failed = state.hint = "";
    state.at = Math.max(0, data.traits.findIndex((one) => !one.given));
    if (going || other) state.saved = data.ack?.ok && data.ack.n === state.number ? data.ack.told : "";
  }
  state.at = Math.min(state.at, Math.max(0, data.traits.length - 1));
  // What is still on its way is shown as given already; the server's word comes with the answer.
  for (const one of data.traits) {
    one.server = { given: one.given, note: one.note, unsure: one.unsure, quotes: one.quotes };
    const way = [...state.box].reverse().find((m) => m.kind === "rate" && m.trait === one.trait && m.m === target(state, one));
    if (way) one.given = shownAs(one, way);
  }
  listen(state);
  draw(state);
  flush(state);
  state.outer.dataset.ready = data.version;
}

export default function (component) {
  const { data, parentElement } = component;
  const outer = parentElement.querySelector(".tb");
  if (!outer || !data) return;
  let state = desks.get(outer);
  if (!state) {
    const root = make("div");
    const live = make("div", "tb-hush");
    live.setAttribute("aria-live", "polite");
    outer.replaceChildren(live, root);
    desks.set(outer, (state = { outer, root, live, box: [], sent: [], at: 0, saved: "", failed: "", hint: "", later: "", late: false, tries: 0, dropped: 0, away: null }));
  }
  state.where = data.where;
  state.hearing?.abort();
  state.hearing = new AbortController();
  addEventListener("tb-desk", () => update(state), { signal: state.hearing.signal });
  update(state);
  return () => {
    state.hearing.abort();
    state.stop?.abort();
    clearTimeout(state.timer);
  };
}
