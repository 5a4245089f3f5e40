// The page's language for the browser and for Gradio's own labels, and what a click on a [n] mark does.
const page = document.documentElement;
const setLanguage = () => page.lang === "LANGUAGE" || (page.lang = "LANGUAGE"); // Gradio puts the browser's there
setLanguage();
new MutationObserver(setLanguage).observe(page, { attributes: true, attributeFilter: ["lang"] });

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

// Gradio's own names are English or in the browser's language; roles that do not fit their content are put right.
const NAMES = LABELS;
new MutationObserver(() => {
  for (const list of document.querySelectorAll("#gesprek [role=list]")) list.setAttribute("role", "group");
  for (const message of document.querySelectorAll("#gesprek [data-testid][aria-label]")) message.removeAttribute("aria-label");
  for (const part of document.querySelectorAll("#gesprek [aria-label]")) {
    const [name, rest] = part.ariaLabel.split(/ (?=\d+: )/);
    if (name in NAMES) part.ariaLabel = rest ? `${NAMES[name]} ${rest}` : NAMES[name];
    if (part.title) part.title = part.ariaLabel;
  }
}).observe(page, { childList: true, subtree: true });

// Gradio scrolls to the end of what is new; a sentence that has come above its quotes is brought back into view.
let told = "";
const lastAnswer = () => [...document.querySelectorAll("#gesprek .answer")].pop();
function showWritten() {
  const answer = lastAnswer(); // the one of a moment ago may have been replaced
  const room = answer?.closest("#gesprek .bubble-wrap");
  if (!room || !answer.matches(".written")) return;
  const above = answer.getBoundingClientRect().top - room.getBoundingClientRect().top;
  if (above < 0) room.scrollTop += above - 60; // with the line above it that says what is going on
}
new MutationObserver(() => {
  const answer = lastAnswer();
  const note = document.querySelectorAll("#gesprek .writing").length; // that it is still being written; when it goes, all moves up
  const said = answer?.matches(".written") ? note + answer.firstChild.textContent : "";
  if (said === told) return;
  told = said;
  if (said) for (const moment of [0, 150, 400, 800]) setTimeout(showWritten, moment);
}).observe(page, { childList: true, subtree: true });

function fillIn(question) {
  const box = document.querySelector("#vraag textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

document.addEventListener("click", (event) => {
  const question = event.target.closest?.("a.question");
  if (question) {
    event.preventDefault();
    fillIn(question.textContent);
  }
  const mark = event.target.closest?.("a.mark");
  if (!mark) return;
  event.preventDefault();
  showSource(mark);
});

// The report of a run is put in its frame, because no page may be framed by its address; it is as high as its content.
new MutationObserver(() => {
  for (const frame of document.querySelectorAll("iframe.report[data-from]")) {
    const address = frame.dataset.from;
    delete frame.dataset.from;
    fetch(address).then((response) => response.text()).then((text) => (frame.srcdoc = text));
  }
}).observe(page, { childList: true, subtree: true });

document.addEventListener("load", (event) => {
  const frame = event.target;
  if (!frame.matches?.("iframe.report")) return;
  const fit = () => (frame.style.height = `${frame.contentDocument.body.offsetHeight + 40}px`);
  new ResizeObserver(fit).observe(frame.contentDocument.body);
}, true);
