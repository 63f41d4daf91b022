// A sheet that saves each cell: says what is saved, keeps what is not, never touches a field in use.
"use strict";

// Sections fold on a phone.
document.querySelectorAll(".fold").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = button.closest("tbody").classList.toggle("folded");
    button.setAttribute("aria-expanded", !folded);
  });
});

(() => {
  const form = document.querySelector(".sheet-form");
  const notice = document.getElementById("sheet-words");
  if (!form || !notice) return;

  const words = notice.dataset;
  const place = `sheet:${words.owner}:${location.pathname}:${words.column}`;
  const sent = new Map(); // name → the value under way or sent last
  const unsaved = new Set(); // names whose value the server has not stored
  let offered = {}; // values of an earlier visit, not yet taken up or dropped
  let underWay = 0;
  let leaving = false;
  let goal = null; // what was pressed while a cell was being saved

  const byId = (id) => document.getElementById(id);
  const said = (name) => byId(`${name}-said`);
  const was = (name) => byId(`was-${name}`);
  const inLine = "input:not([type=hidden]), select";
  const fieldsIn = (part, kinds = inLine) => [...part.querySelectorAll(kinds)];
  const namesIn = (cell) => new Set(fieldsIn(cell, `${inLine}, textarea`).map((field) => field.name));

  function read(name) {
    const field = byId(name);
    if (field.type === "checkbox") return field.checked ? field.value : "";
    return field.value;
  }

  function write(name, value) {
    const field = byId(name);
    if (field.type === "checkbox") field.checked = value !== "";
    else field.value = value;
  }

  function post(name) {
    byId(name).dispatchEvent(new Event("change", { bubbles: true }));
  }

  function keep() {
    const values = { ...offered };
    unsaved.forEach((name) => { values[name] = read(name); });
    try {
      if (Object.keys(values).length) localStorage.setItem(place, JSON.stringify(values));
      else localStorage.removeItem(place);
    } catch { /* a full or forbidden store: the value still stands in its field */ }
  }

  function mark(name, state) {
    const output = said(name);
    if (!output) return;
    output.className = `said ${state}`;
    output.textContent = words[state] || "";
    if (state !== "unsaved") return;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm btn-outline-primary";
    again.dataset.again = name;
    again.textContent = words.again;
    output.append(" ", again);
  }

  // What the server said of a field, once.
  function hear(name, answered) {
    const output = said(name);
    if (!output) return;
    if (output.classList.contains("saving")) {
      // An answer without a word on this field: it is what the server has already, or it was lost.
      const same = answered && was(name) && was(name).value === read(name);
      mark(name, same ? "typing" : "unsaved");
      if (same) unsaved.delete(name);
    }
    const { heard, was: stored, value, opens, closes } = output.dataset;
    if (heard) return;
    output.dataset.heard = "1";
    if (stored !== undefined && was(name)) was(name).value = stored;
    if (opens) byId(opens).hidden = false;
    if (closes) byId(closes).hidden = true;
    const refused = output.classList.contains("refused");
    byId(name).classList.toggle("refused", refused);
    byId(name).setAttribute("aria-invalid", refused);
    if (!output.classList.contains("saved")) return;
    if (read(name) !== sent.get(name)) { mark(name, "typing"); return; }
    if (value !== undefined) write(name, value);
    unsaved.delete(name);
  }

  // The first field whose value the server did not take: refused, asked about, or lost on the way.
  function firstOpen() {
    const open = ".refused, .asked, .changed, .unsaved";
    return fieldsIn(form, `${inLine}, textarea`).find(({ name }) => unsaved.has(name) && said(name)?.matches(open));
  }

  // The head says last that all is saved only where all is.
  function tellHead(saved) {
    const open = firstOpen();
    const time = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    if (!open && byId("not-stored")) byId("not-stored").textContent = "";
    if (!byId("saved-at") || !(open || saved)) return;
    byId("saved-at").className = open ? "said refused" : "soft";
    byId("saved-at").textContent = open ? words.notStored : words.savedAt.replace("…", time);
  }

  // Who presses a button goes to the field whose value is not stored, if there is one.
  function goTo(open) {
    open.closest("tbody")?.classList.remove("folded");
    open.focus({ preventScroll: true });
    open.scrollIntoView({ block: "center" });
    if (byId("not-stored")) byId("not-stored").textContent = `${words.notStored} ${open.getAttribute("aria-label")}`;
  }

  document.querySelectorAll(".said").forEach((output) => { output.dataset.heard = "1"; });

  form.addEventListener("input", (event) => {
    const { name } = event.target;
    if (!name || !event.target.closest(".cell")) return;
    if (was(name) && read(name) === was(name).value) unsaved.delete(name);
    else unsaved.add(name);
    if (said(name)?.classList.contains("saved")) mark(name, "typing");
    delete offered[name];
    keep();
  });

  form.addEventListener("htmx:beforeRequest", (event) => {
    const changed = event.detail.requestConfig.triggeringEvent?.target?.name;
    namesIn(event.detail.elt).forEach((name) => sent.set(name, read(name)));
    underWay += 1;
    if (!changed || !byId(changed)) return;
    unsaved.add(changed);
    mark(changed, "saving");
    keep();
  });

  form.addEventListener("htmx:afterRequest", (event) => {
    underWay -= 1;
    const answered = event.detail.xhr.status === 200;
    namesIn(event.detail.elt).forEach((name) => hear(name, answered));
    keep();
    tellHead(answered);
    if (!goal || underWay) return;
    const pressed = goal;
    const open = firstOpen();
    goal = null;
    if (open) goTo(open);
    else pressed.click();
  });

  document.addEventListener("click", (event) => {
    const { answers, again } = event.target.dataset;
    if (again) post(again);
    if (answers) {
      event.preventDefault();
      write(event.target.name, event.target.value);
      post(answers);
      return;
    }
    // Who presses a button right after typing waits for the cell, and is not asked about leaving.
    const pressed = event.target.closest("a[href]:not([target]), button:not([type=button])");
    if (!pressed) return;
    const open = pressed.closest(".page-action") && firstOpen();
    if (!underWay && !open) return;
    event.preventDefault();
    if (underWay) goal = pressed;
    else goTo(open);
  }, true);

  // Who logs in again finds here what was typed.
  document.querySelector("#logged-out a")?.addEventListener("click", () => { leaving = true; });

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !field.matches(".cell input, .cell select")) return;
    event.preventDefault();
    const boxes = fieldsIn(form, ".cell input[type=text], .cell select").filter((box) => box.getClientRects().length);
    const beside = (where) => (box) => field.compareDocumentPosition(box) & where;
    const next = event.shiftKey
      ? boxes.filter(beside(Node.DOCUMENT_POSITION_PRECEDING)).pop()
      : boxes.find(beside(Node.DOCUMENT_POSITION_FOLLOWING)) || document.querySelector(".page-action .btn");
    next?.focus();
    next?.select?.();
  });

  // Escape gives back what is stored.
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Escape" || event.isComposing || !field.matches(".cell input[type=text], .cell textarea")) return;
    if (!was(field.name) || read(field.name) === was(field.name).value) return;
    write(field.name, was(field.name).value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (said(field.name)?.matches(".refused, .asked, .changed")) post(field.name);
  });

  // Who comes from the list of what is missing types at once.
  const asked = location.hash && byId(location.hash.slice(1));
  if (asked) window.addEventListener("load", () => setTimeout(() => fieldsIn(asked)[0]?.focus()));

  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!unsaved.size || leaving) return;
    event.preventDefault();
    event.returnValue = true; // browsers before 2023 ask only then
  });

  // Values of an earlier visit that never reached the server.
  try { offered = JSON.parse(localStorage.getItem(place)) || {}; } catch { offered = {}; }
  Object.keys(offered).forEach((name) => {
    if (!byId(name) || read(name) === offered[name]) delete offered[name];
  });
  keep();
  notice.hidden = !Object.keys(offered).length;
  const called = Object.keys(offered).map((name) => byId(name).getAttribute("aria-label"));
  notice.querySelector("[data-lines]").textContent = called.join("; ");
  notice.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-take], [data-drop]")) return;
    const taken = target.matches("[data-take]") ? Object.entries(offered) : [];
    offered = {};
    notice.hidden = true;
    taken.forEach(([name, value]) => { write(name, value); unsaved.add(name); post(name); });
    keep();
  });
})();

// What a column did not take before it was closed is told there, until it is offered again.
(() => {
  const notice = document.getElementById("kept-words");
  if (!notice) return;
  const place = `sheet:${notice.dataset.owner}:${location.pathname}:${notice.dataset.column}`;
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(place)) || {}; } catch { /* none is told of */ }
  const anchor = (name) => name.replace(/^c(\d+)-.*|^(staff-)/, "line-$1$2").replace(/^a(\d+)$/, "award-$1");
  const rows = [...new Set(Object.keys(kept).map(anchor))].map((id) => document.getElementById(id)).filter(Boolean);
  const called = rows.map((row) => row.querySelector(".code")?.textContent || row.querySelector("th, b").textContent);
  if ("as-of" in kept) called.unshift(notice.dataset.asOf);
  notice.querySelector("[data-lines]").textContent = called.join("; ");
  notice.hidden = !called.length;
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    localStorage.removeItem(place);
    notice.hidden = true;
  });
})();
