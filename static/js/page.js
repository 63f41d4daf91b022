// What every page can do: copy, print, close its menus, keep words from being lost, say what ended.
"use strict";

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
  if (event.target.closest("[data-print]")) window.print();
  document.querySelectorAll("details.frame-menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.frame-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

async function copyText(button) {
  const source = document.querySelector(button.dataset.copy);
  const text = (source.value === undefined ? source.textContent : source.value).trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page without TLS has no clipboard of its own: the old way.
    const field = document.createElement("textarea");
    field.className = "visually-hidden";
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  if (button.dataset.copied) button.textContent = button.dataset.copied;
}

// What depends on what is ticked is asked for anew with every tick.
document.querySelectorAll("button[data-by-tick]").forEach((button) => {
  button.form.addEventListener("change", ({ target }) => {
    if (target.type === "checkbox") button.form.requestSubmit(button);
  });
});

// Who leaves a page of words that were not saved is asked first; refused words are not saved either.
document.querySelectorAll("form[data-words]").forEach((form) => {
  let saving = false;
  const changed = ({ value, defaultValue }) => value !== defaultValue;
  const unsaved = () => form.dataset.words === "refused" || [...form.querySelectorAll("textarea")].some(changed);
  form.addEventListener("submit", () => { saving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (saving || !unsaved()) return;
    event.preventDefault();
    event.returnValue = true; // browsers before 2023 ask only then
  });
});

// A part asked for by htmx: without a session or a seat a banner, never a redirect;
// without a network a note.
function show(id, shown) {
  const banner = document.getElementById(id);
  if (banner) banner.hidden = !shown;
}

document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr ? event.detail.xhr.status : 0;
  show("network-note", status === 0 || status >= 500);
  show("out-of-reach", status === 404);
  if (status === 401) show("logged-out", true);
  else if (status >= 200 && status < 300) show("logged-out", false);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && /^\s*<!doctype/i.test(xhr.responseText)) event.detail.shouldSwap = false;
});
