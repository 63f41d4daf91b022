// A ballot takes no more marks than it may: one of several replaces the last, another is held back.
"use strict";

// Who comes back to what answered a posted ballot sees the ballot, not an error of the browser.
if (document.querySelector("[data-posted]")) history.replaceState(null, "", location.href);

(() => {
  const list = document.querySelector("[data-most]");
  if (!list) return;
  const most = Number(list.dataset.most);
  const yes = () => [...list.querySelectorAll("input[value='1']:checked")];
  const note = document.getElementById("too-many");

  list.addEventListener("change", ({ target }) => {
    note.hidden = true;
    if (!target.checked || target.value !== "1" || yes().length <= most) return;
    if (target.type === "checkbox") {
      yes().forEach((other) => { other.checked = other === target; });
      return;
    }
    target.checked = false;
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  });
})();
