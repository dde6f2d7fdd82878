// Streamlit's drop zone is a stop of the Tab key that calls itself presentational, so a screen
// reader says nothing there. It gets a role and a name; its own button stays what opens files.
export default function () {
  const name = () => {
    for (const zone of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
      zone.setAttribute("role", "group");
      zone.setAttribute("aria-label", "Drop files here");
    }
  };
  const watch = new MutationObserver(name);
  watch.observe(document.body, { childList: true, subtree: true });
  name();
  return () => watch.disconnect();
}
