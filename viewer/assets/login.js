// The page before the login. A login leads away and back to the root of the app, so what was wanted
// is kept here, in this tab, until the person is in (homing.js leads there).
const WANTED = "tb-wanted";
const TRYING = "tb-trying";
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text != null) node.textContent = text;
  return node;
};
const tab = (action) => {
  try {
    return action(sessionStorage);
  } catch {
    return null; // a forbidden store costs the way back, not the login
  }
};

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const outer = parentElement.querySelector(".tb");
  if (!outer || !data) return;
  const here = location.pathname + location.search;
  const trying = tab((kept) => kept.getItem(TRYING));
  if (here !== "/" || !trying) tab((kept) => kept.setItem(WANTED, here));
  const box = make("div", "tb-login-in");
  box.append(make("h1", "", "Traitbook"), ...data.who.map((line) => make("p", "", line)));
  const told = data.told || (trying && !outer.dataset.asked ? "You came back without being logged in: it was refused or broken off there. Try again, or ask who runs this app." : "");
  const line = make("p", "tb-login-told", told);
  line.setAttribute("role", "status");
  box.append(line);
  for (const one of data.providers) {
    const button = make("button", "tb-login-go", one.label);
    button.onclick = () => {
      tab((kept) => kept.setItem(TRYING, "1"));
      outer.dataset.asked = "1";
      line.textContent = "";
      setTriggerValue("go", { provider: one.name, n: Date.now() });
    };
    box.append(button);
  }
  outer.replaceChildren(box);
}
