// A picture that was chosen (or dropped) is shown before it is sent, and told at once when it cannot be taken.
// <div data-upload data-max="bytes" data-too-large="…" data-unreadable="…"> holds the input, [data-preview] and
// [data-upload-error]. Without scripts the form sends the file all the same.

const before = new WeakMap(); // preview element → what stood in it

function say(box, message) {
  const place = box.querySelector("[data-upload-error]");
  if (!place) return;
  place.replaceChildren();
  if (!message) return;
  const list = document.createElement("ul");
  list.className = "errors";
  list.append(document.createElement("li"));
  list.firstChild.textContent = message;
  place.append(list);
}

function restore(preview) {
  const old = before.get(preview);
  if (old) preview.replaceChildren(...old);
}

function show(preview, url) {
  if (!before.has(preview)) before.set(preview, [...preview.childNodes]);
  const image = document.createElement("img");
  image.alt = "";
  const frame = preview.querySelector(".av")?.cloneNode(false);
  image.src = url;
  if (frame) frame.append(image);
  preview.replaceChildren(frame ?? image);
  return image.decode();
}

async function chosen(input) {
  const box = input.closest("[data-upload]");
  const preview = box.querySelector("[data-preview]");
  const [file] = input.files;
  say(box, "");
  restore(preview);
  if (!file) return;
  const refuse = (message) => {
    input.value = "";
    restore(preview);
    say(box, message);
  };
  if (file.size > Number(box.dataset.max)) {
    refuse(box.dataset.tooLarge);
    return;
  }
  const url = URL.createObjectURL(file);
  try {
    await show(preview, url);
    const remove = box.querySelector('input[type="checkbox"][name^="remove_"]');
    if (remove) remove.checked = false;
  } catch {
    refuse(box.dataset.unreadable);
  } finally {
    URL.revokeObjectURL(url);
  }
}

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-upload]");
  if (!box) return;
  if (event.target.type === "file") chosen(event.target);
  else if (event.target.checked) {
    // "Remove" is chosen: the new file, if any, is not sent.
    box.querySelector('input[type="file"]').value = "";
    restore(box.querySelector("[data-preview]"));
    say(box, "");
  }
});

for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const input = event.target.closest?.("[data-upload]")?.querySelector('input[type="file"]');
    if (!input || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (type === "dragover") return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
