// The book of runs, one run in full, and what failed: one component, three sorts of data.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

function bar(run) {
  const stack = make("div", "tb-bar");
  for (const part of run.parts) {
    const one = make("span", part.tone);
    one.style.width = `${part.share * 100}%`;
    one.title = `${part.label}: ${part.count.toLocaleString("en")}`;
    stack.append(one);
  }
  stack.setAttribute("role", "progressbar");
  stack.setAttribute("aria-valuemin", 0);
  stack.setAttribute("aria-valuemax", run.planned);
  stack.setAttribute("aria-valuenow", run.asked);
  stack.setAttribute("aria-label", `run ${run.run}`);
  return stack;
}

const count = (run) => {
  const parts = run.parts.filter((part) => part.label).map((part) => `${part.count.toLocaleString("en")} ${part.label}`).join(", ");
  return make("div", "tb-count", `${run.asked.toLocaleString("en")} of ${run.planned.toLocaleString("en")}${parts ? `: ${parts}` : ""}`);
};

function figures(run) {
  const box = make("div", "tb-figures");
  for (const [name, value] of run.figures) {
    const one = make("div");
    one.append(make("span", "", name), value);
    box.append(one);
  }
  return box;
}

const state = (run) => make("span", `tb-chip ${run.tone}${run.live ? " tb-live" : ""}`, run.state);

function leading(link, act) {
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    act();
  };
  return link;
}

function line(run, open) {
  const tr = make("tr", run.now ? "now" : "");
  const who = make("td", "c-who");
  const link = make("a");
  link.href = run.href;
  leading(link, () => open(run.run));
  link.append(make("div", "tb-who", run.who), make("div", "tb-where", run.about));
  who.append(link);
  const progress = make("td", "c-bar");
  const narrow = figures(run);
  narrow.classList.add("tb-narrow");
  progress.append(bar(run), count(run), narrow);
  const how = make("td", "c-state");
  how.append(state(run));
  const told = make("td", "c-figures");
  told.append(figures(run), make("div", "tb-where", `${run.started} UTC`));
  tr.append(make("td", "c-run", run.run), who, progress, how, told);
  return tr;
}

function list(data, open) {
  if (!data.runs.length) return [make("p", "tb-none", data.none)];
  const table = make("table", "tb-runlist");
  const head = make("tr");
  for (const [name, label] of [["c-run", "Run"], ["c-who", "Who, of what"], ["c-bar", "Judgements"], ["c-state", "State"], ["c-figures", "Figures"]]) {
    const th = make("th", name, label);
    th.scope = "col";
    head.append(th);
  }
  const body = make("tbody");
  body.append(...data.runs.map((run) => line(run, open)));
  const top = make("thead");
  top.append(head);
  table.append(top, body);
  return [table];
}

function full(run) {
  const box = make("section", "tb-one");
  const head = make("h2", "", `Run ${run.run}: ${run.who}`);
  head.append(state(run));
  box.append(head, make("div", "tb-where", `${run.about} \u00b7 since ${run.started} UTC`), bar(run), count(run), figures(run));
  if (run.note) box.append(make("p", "tb-note", run.note));
  return [box];
}

function failures(root, data, send) {
  const box = make("section", "tb-failures");
  box.append(make("h3", "", "What was not scored, and why"), make("p", "tb-note", "Counted by rating: a reply each, where a trait is rated by reply."));
  const reasons = make("ul", "tb-reasons");
  for (const one of data.reasons) {
    const item = make("li");
    const link = make("a", one.now ? "now" : "");
    link.href = one.href;
    leading(link, () => choose(root, one.why));
    link.append(make("b", "", one.count.toLocaleString("en")), ` ${one.label}`, make("small", "", one.meaning));
    item.append(link);
    reasons.append(item);
  }
  const cases = make("ul", "tb-cases");
  for (const one of data.cases) {
    const item = make("li");
    const link = make("a", "", one.trait);
    link.href = one.href;
    leading(link, () => send("open", { href: one.href }));
    item.append(link, make("div", "tb-where", one.where));
    if (one.reason) item.append(make("p", "", one.reason));
    if (one.error) item.append(make("p", "tb-note", one.error));
    const more = make("details");
    more.append(make("summary", "", one.reply ? "What the model said" : "The model said nothing"));
    if (one.reply) more.append(make("pre", "", one.reply));
    if (one.request) more.append(make("div", "tb-where", `request ${one.request}`));
    item.append(more);
    cases.append(item);
  }
  box.append(reasons, cases);
  if (data.more) box.append(make("p", "tb-note", data.more));
  return [box];
}

// A page that looks again by itself does so with the address it had when it began to look: a look that
// set out before a click was answered brings back the reason that was chosen before, and may do so before
// the answer was ever drawn. So what was clicked is asked for until it is shown, and what is shown is held
// against the address in the browser; a few times, in case nobody hears.
const TRIES = 4, PATIENCE = 1500; // ms

const shownIn = (data) => data.reasons.find((one) => one.now)?.why;

function choose(root, why) {
  clearInterval(root.tbAsking);
  let left = TRIES;
  root.tbSend("reason", { why });
  root.tbAsking = setInterval(() => {
    if (!root.isConnected || shownIn(root.tbData) === why || !left--) clearInterval(root.tbAsking);
    else root.tbSend("reason", { why });
  }, PATIENCE);
}

function astray(data) {
  const asked = new URLSearchParams(location.search).get("why");
  return asked !== shownIn(data) && data.reasons.some((one) => one.why === asked) ? asked : "";
}

function followAddress(root, data) {
  const asked = astray(data);
  root.tbTries = asked ? (root.tbTries ?? 0) + 1 : 0;
  if (asked && root.tbTries <= TRIES) root.tbSend("reason", { why: asked });
}

// Nothing is drawn anew between press and release: a link made again under the finger hears no click.
function calmly(root, draw) {
  if (!root.tbHeld) {
    root.tbHeld = { down: false, draw: null };
    const release = () => setTimeout(() => {
      const { draw: later } = root.tbHeld;
      root.tbHeld = { down: false, draw: null };
      later?.();
    });
    root.addEventListener("pointerdown", () => {
      root.tbHeld.down = true;
      addEventListener("pointerup", release, { once: true });
      addEventListener("pointercancel", release, { once: true });
    });
  }
  if (root.tbHeld.down) root.tbHeld.draw = draw;
  else draw();
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  const send = (name, value) => setTriggerValue(name, { ...value, n: Date.now() });
  const open = (run) => send("open", { run });
  Object.assign(root, { tbData: data, tbSend: send });
  if (data.reasons) followAddress(root, data);
  calmly(root, () => {
    if (data.reasons) {
      if (root.dataset.ready === data.version) return; // an opened reply stays open
      root.replaceChildren(...failures(root, data, send));
    } else if (data.runs) root.replaceChildren(...list(data, open));
    else root.replaceChildren(...full(data.run));
    root.dataset.ready = data.version;
  });
}
