// Around a post that is being written: it is kept as a draft, its pictures are uploaded, it may become a thread, it may
// go out later. composer.js loads this where a composer stands, and asks it before it sends.
import * as blocks from "./block-editors.js";
import * as drafts from "./drafts.js";
import * as pictures from "./pictures.js";
import { text } from "./texts.js";
import * as threads from "./threads.js";
import "./video.js";
import { say } from "./composer.js";

/** A composer has come onto the page. */
export function wake(form) {
  threads.wake(form);
  pictures.wake(form);
  blocks.wake(form);
  return drafts.wake(form);
}

/** Whether the form may be sent: every picture is there. What else its buttons can ask for is done here. */
export async function ready(form, submitter) {
  if (!(await pictures.settled(form))) {
    say(form, text("picture_missing"));
    return false;
  }
  if (submitter?.matches("[data-schedule-it]")) {
    await drafts.schedule(form);
    return false;
  }
  if (submitter?.matches("[data-save-it]")) {
    if (await drafts.save(form)) location.assign("/drafts/?tab=scheduled");
    return false;
  }
  await drafts.settled(form);
  return true;
}

/** It was published, or scheduled: the form begins anew. */
export function cleared(form) {
  form.reset();
  threads.clear(form);
  pictures.clear(form);
  drafts.begin(form);
  form.dispatchEvent(new CustomEvent("planet:cleared", { bubbles: true }));
}

document.addEventListener("planet:done", ({ target }) => cleared(target));
