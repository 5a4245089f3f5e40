"use strict";
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll("#questions tbody tr")];

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const text = wanted.text.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const fits = ["verdict", "category", "difficulty", "stage"].every((key) => !wanted[key] || row.dataset[key] === wanted[key]);
    row.hidden = !(fits && (!text || row.textContent.toLowerCase().includes(text) || row.id.includes(text)));
    shown += row.hidden ? 0 : 1;
  }
  const count = document.getElementById("count");
  count.textContent = count.dataset.text.replace("#", shown);
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// A link to a question opens it; on paper everything is open.
addEventListener("hashchange", () => document.querySelector(`${CSS.escape ? "#" + CSS.escape(location.hash.slice(1)) : ""} details`)?.setAttribute("open", ""));
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((each) => (each.open = true));
});
addEventListener("afterprint", () => closed.forEach((each) => (each.open = false)));
