// The page's language for the browser and for Gradio's own labels, and what a click on a [n] mark does.
document.documentElement.lang = "LANGUAGE";

function showSource(mark) {
  const turn = mark.dataset.turn;
  for (const section of document.querySelectorAll("#bronnen section.turn")) section.hidden = section.dataset.turn !== turn;
  const card = document.getElementById(mark.getAttribute("href").slice(1));
  if (!card) return;
  for (const other of document.querySelectorAll("article.source.chosen")) other.classList.remove("chosen");
  card.classList.add("chosen");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.focus({ preventScroll: true });
  (card.querySelector("mark") || card).scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.mark");
  if (!mark) return;
  event.preventDefault();
  showSource(mark);
});
