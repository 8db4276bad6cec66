// What the reader takes along, in the browser: a copy of an answer, files to save, a link to share.
// `trigger` is Gradio's; it tells the server what was asked for (`taking_away.py`).
const root = (window.gradio_config?.root ?? location.href.replace(/[?#].*$/, "")).replace(/\/$/, "");

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // browsers lend the clipboard to https and to this machine only
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

function tell(line) {
  const status = document.querySelector("#status .status");
  if (status) status.textContent = line;
}

// What the server made: a file to save, or a link to copy.
window.datelineTake = (made) => {
  const { name, type, text, link } = JSON.parse(made || "{}");
  if (link) copy(`${root}/${link}`);
  if (!name) return;
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([text], { type }));
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
  tell(`${name} is saved`);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-take]");
  if (!button) return;
  const { take, text, number } = button.dataset;
  if (take !== "copy") return trigger("click", { what: take, number: number ?? "" });
  copy(text).then(() => tell("The answer is copied with its quotes"));
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.(".judge form");
  if (!form) return;
  event.preventDefault();
  const { reason, correct } = Object.fromEntries(new FormData(form));
  trigger("click", { what: "bad", number: form.dataset.number, reason, correct });
});
