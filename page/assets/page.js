// What the page does in the browser beyond Gradio: jump from a citation to its card and back,
// keep the newest question in sight, tell when typing pauses, and say what is announced. Clicks are caught for the whole
// document, because the conversation and the cards are replaced as an answer grows.
(() => {
  if (window.datelineReady) return;
  window.datelineReady = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function goTo(target, block) {
    document.querySelectorAll(".lit").forEach((card) => card.classList.remove("lit"));
    for (let group = target.closest("details"); group; group = group.parentElement?.closest("details")) {
      group.open = true;
    }
    target.classList.add("lit");
    target.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.citation, a.back, a.figure");
    if (!link) return;
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault(); // the page's <base> would turn the fragment into another address
    goTo(target, link.matches(".back") ? "start" : "nearest");
  });

  // Escape puts away what bears out a figure, until the pointer or the focus moves on.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.classList.add("proof-off");
  });
  for (const gesture of ["pointerover", "focusin"]) {
    document.addEventListener(gesture, () => document.body.classList.remove("proof-off"));
  }

  // The slider counts days; a screen reader is told the day.
  function tellDay() {
    const slider = document.querySelector("#as-of-slider input[type=range]");
    const first = document.querySelector("#remaining [data-first]")?.dataset.first;
    if (!slider || !first) return;
    const day = new Date(Date.parse(first) + slider.value * 86400000).toISOString().slice(0, 10);
    if (slider.getAttribute("aria-valuetext") !== day) slider.setAttribute("aria-valuetext", day);
  }
  document.addEventListener("input", tellDay);

  // A question is read ahead once nothing was typed for a moment.
  const PAUSE = 400; // milliseconds
  let pause = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#question")) return;
    clearTimeout(pause);
    const text = event.target.value;
    pause = setTimeout(() => {
      if (text.trim() && event.target.value === text) document.getElementById("paused")?.click();
    }, PAUSE);
  });

  // A new question goes to the top; its answer is followed as it grows, until the reader scrolls.
  let shown = 0;
  let following = false;
  for (const gesture of ["wheel", "touchmove", "keydown", "mousedown"]) {
    addEventListener(gesture, () => { following = false; }, { passive: true });
  }
  new MutationObserver(() => {
    tellDay();
    for (const id of ["status", "remaining"]) { // what they say is replaced, they themselves stay
      document.getElementById(id)?.setAttribute("role", "status");
    }
    const all = document.querySelectorAll("#conversation .exchange");
    if (all.length > shown) following = true;
    shown = all.length;
    if (following && shown > 1) all[shown - 1].scrollIntoView({ block: "start" });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})();
