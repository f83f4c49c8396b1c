// Pictures and files of a message: chosen, dropped or pasted, uploaded at once, shown in a tray until it is sent.
import { send } from "../send.js";
import { word } from "./words.js";

export class Tray {
  constructor(form, channel) {
    Object.assign(this, { form, channel, items: [], later: null });
    this.place = form.querySelector("[data-tray]");
    const input = form.querySelector("[data-attach]");
    if (!input) return;
    input.addEventListener("change", () => { this.add([...input.files]); input.value = ""; });
    form.addEventListener("paste", ({ clipboardData }) => clipboardData.files.length && this.add([...clipboardData.files]));
    const talk = form.closest("[data-conversation]");
    talk.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    talk.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  get isBusy() {
    return this.items.some((item) => !item.id && !item.failed);
  }

  /** Do it when everything is uploaded. */
  wait(run) {
    this.later = run;
  }

  add(files) {
    for (const file of files) this.upload(file);
  }

  async upload(file) {
    const item = { file, figure: this.draw(file) };
    this.items.push(item);
    const body = new FormData();
    body.set("file", file);
    const meter = item.figure.querySelector("progress");
    try {
      const answer = await send(`/channels/${this.channel}/attach/`, body, { onprogress: (part) => { meter.value = part; } });
      if (!answer.ok) throw new Error(word("upload_failed"));
      item.id = JSON.parse(answer.text).id;
      meter.remove();
    } catch (error) {
      item.failed = true;
      item.figure.classList.add("failed");
      item.figure.title = error.message;
      meter.remove();
    }
    if (!this.isBusy && this.later) {
      const run = this.later;
      this.later = null;
      run();
    }
  }

  draw(file) {
    const figure = document.createElement("figure");
    if (file.type.startsWith("image/")) {
      const image = Object.assign(new Image(), { src: URL.createObjectURL(file), alt: file.name });
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      figure.append(image);
    } else figure.append(Object.assign(document.createElement("figcaption"), { textContent: file.name }));
    const meter = Object.assign(document.createElement("progress"), { className: "meter", max: 1, value: 0 });
    meter.setAttribute("aria-label", word("uploading"));
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "ib sm", textContent: "×" });
    remove.setAttribute("aria-label", `${word("remove")}: ${file.name}`);
    remove.addEventListener("click", () => {
      this.items = this.items.filter((item) => item.figure !== figure);
      figure.remove();
      this.place.hidden = !this.items.length;
    });
    figure.append(meter, remove);
    this.place.append(figure);
    this.place.hidden = false;
    return figure;
  }

  /** The ids of what was uploaded; the tray is empty again. */
  take() {
    const ids = this.items.filter((item) => item.id).map((item) => item.id);
    for (const item of this.items) item.figure.remove();
    this.items = [];
    this.place.hidden = true;
    return ids;
  }
}
