// After a login: tells the app what was wanted before it (login.js kept it), once.
export default function (component) {
  let wanted = null;
  try {
    // Without a login begun in this tab what was kept is from another day.
    if (sessionStorage.getItem("tb-trying")) wanted = sessionStorage.getItem("tb-wanted");
    sessionStorage.removeItem("tb-wanted");
    sessionStorage.removeItem("tb-trying");
  } catch {}
  if (!wanted || wanted === "/") return;
  const url = new URL(wanted, location.origin);
  const page = url.pathname.split("/").pop();
  setTimeout(() => component.setTriggerValue("wanted", { page, search: url.search, n: Date.now() }));
}
