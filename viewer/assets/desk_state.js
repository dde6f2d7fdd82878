// Hands the desk what lies on it, and the way to say something.
export default function (component) {
  window.tbDesk = { data: component.data, send: component.setTriggerValue };
  dispatchEvent(new CustomEvent("tb-desk"));
}
