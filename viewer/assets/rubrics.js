// Rubrics as cards; one of them in full; the words in which two versions differ.
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};

const far = (scale, index) => {
  const zero = scale.findIndex((one) => one.tone === "good");
  return Math.abs(index - Math.max(zero, 0));
};

function rule(scale) {
  const strip = make("div", "tb-rule");
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", `scale ${scale[0].value} to ${scale.at(-1).value}`);
  scale.forEach((one, index) => {
    const step = make("span", one.tone, one.value);
    step.style.setProperty("--far", far(scale, index));
    step.title = one.anchor;
    strip.append(step);
  });
  return strip;
}

function ends(card, full) {
  const row = make("div", full ? "tb-ends tb-named" : "tb-ends");
  row.append(make("span", "", full ? `minus: ${card.under}` : card.under), make("span", "", full ? `plus: ${card.over}` : card.over));
  return row;
}

function anchors(scale) {
  const list = make("dl", "tb-anchors");
  scale.forEach((one, index) => {
    const value = make("dt", one.tone, one.value);
    value.style.setProperty("--far", far(scale, index));
    list.append(value, make("dd", "", one.anchor));
  });
  return list;
}

function pairs(rows) {
  const list = make("dl", "tb-more");
  for (const [name, text] of rows) list.append(make("dt", "", name), make("dd", "", text));
  return list;
}

function card(one, full, open) {
  const node = make(full ? "article" : "a", "tb-card");
  node.dataset.trait = one.trait;
  if (!full) {
    node.href = one.href;
    node.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(one.trait);
    };
  }
  const head = make("h2", "", one.name);
  if (one.gate) head.append(make("span", "tb-chip good", "may gate"));
  node.append(head, make("p", "", one.question));
  if (full) {
    if (one.under || one.over) node.append(ends(one, true));
    node.append(anchors(one.scale), pairs(one.more));
  } else {
    node.append(rule(one.scale));
    if (one.under || one.over) node.append(ends(one));
  }
  const foot = make("footer");
  foot.append(make("span", "", one.level), make("span", "", one.used));
  if (one.earlier) foot.append(make("span", "", one.earlier));
  const version = make("span", "", "version ");
  version.append(make("code", "", one.version));
  foot.append(version);
  node.append(foot);
  return node;
}

function changes(data) {
  const box = make("section", "tb-changes");
  box.append(make("h3", "", `Words that changed, ${data.title}`));
  if (!data.fields.length) {
    box.append(make("p", "", data.none));
    return box;
  }
  const list = make("dl", "tb-more");
  const tags = { same: "span", gone: "del", new: "ins" };
  for (const [name, pieces] of data.fields) {
    const text = make("dd");
    for (const [kind, words] of pieces) {
      const bare = words.trimStart();
      text.append(words.slice(0, words.length - bare.length), make(tags[kind], "", bare));
    }
    list.append(make("dt", "", name), text);
  }
  box.append(list);
  return box;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".tb");
  if (!root || !data) return;
  root.dataset.ready = data.version;
  if (data.fields) {
    root.replaceChildren(changes(data));
    return;
  }
  const open = (trait) => setTriggerValue("open", { trait, n: Date.now() });
  root.classList.toggle("tb-full", data.full);
  const grid = make("div", "tb-cards");
  grid.append(...data.cards.map((one) => card(one, data.full, open)));
  root.replaceChildren(grid);
}
