// What the library does in the browser beyond Gradio: buttons of the lists, and files that are
// dropped or chosen, which go to the server one after another. `element` and `trigger` are Gradio's.
const root = (window.gradio_config?.root ?? location.href.replace(/[?#].*$/, "")).replace(/\/$/, "");

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#shelves [data-do]");
  if (!button) return;
  const { do: what, id } = button.dataset;
  if (what === "remove" && !confirm(`${button.getAttribute("aria-label")}?`)) return;
  if (what === "open") opener = id;
  trigger("click", { what, id, shown: button.getAttribute("aria-label")?.replace(/^[^:]*: /, "") ?? "" });
});

for (const id of ["library-note", "library-said"]) { // what they say is replaced, they stay
  document.getElementById(id)?.setAttribute("role", "status");
}

// An article that is opened takes the list's place, and closing it goes back to where it was.
let opener = null;
new MutationObserver(() => {
  const article = document.querySelector(".stored");
  if (article && !article.dataset.seen) {
    article.dataset.seen = "yes";
    article.focus({ preventScroll: true });
    scrollTo(0, 0);
  } else if (!article && opener) {
    document.querySelector(`#articles [data-id="${CSS.escape(opener)}"]`)?.focus();
    opener = null;
  }
}).observe(document.getElementById("article") ?? document.body, { childList: true, subtree: true });

async function send(files) {
  const refused = [];
  for (const file of files) {
    try {
      const reply = await fetch(`${root}/api/library/files?name=${encodeURIComponent(file.name)}`, {
        method: "POST", body: file, headers: { "content-type": "application/octet-stream" },
      });
      if (!reply.ok) refused.push(`${file.name}: ${(await reply.json()).error}`);
      trigger("click", { what: "sent", id: "", shown: "" });
    } catch {
      refused.push(`${file.name}: it could not be sent`);
    }
  }
  if (refused.length) trigger("click", { what: "refused", id: "", shown: refused.join("; ").slice(0, 2000) });
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("#drop input[type=file]")) return;
  send([...event.target.files]).finally(() => { event.target.value = ""; });
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = document.querySelector("#drop label");
    if (!zone?.checkVisibility() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop") send([...event.dataTransfer.files]);
  });
}
