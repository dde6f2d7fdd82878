// Tells the reader what to light. Apart from it, so that a rating sends a few kilobytes and no more.
export default function (component) {
  window.tbOverlay = component.data;
  dispatchEvent(new CustomEvent("tb-overlay", { detail: component.data }));
}
