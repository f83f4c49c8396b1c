// Push on this browser: the switch on the settings page. What is subscribed stays so until it is switched off here, in
// the list of browsers, or in the browser's own settings.
import { send } from "./send.js";
import { reason, show } from "./toast.js";

const place = document.querySelector("[data-push]");
const part = (name) => place.querySelector(`[data-push-${name}]`);
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Our public key as the bytes that PushManager wants. */
function key() {
  const text = place.dataset.push.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const same = (a, b) => a && a.byteLength === b.length && new Uint8Array(a).every((byte, index) => byte === b[index]);

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker?.pushManager.getSubscription() ?? null;
}

/** Whether the server wakes this browser: it holds a subscription, and the list has it. */
async function isOn() {
  const made = able ? await subscription() : null;
  return Boolean(made) && [...document.querySelectorAll("[data-ends]")].some((one) => made.endpoint.endsWith(one.dataset.ends));
}

async function refresh() {
  const on = await isOn();
  const denied = able && Notification.permission === "denied";
  part("unable").hidden = able;
  part("denied").hidden = !denied;
  part("on").hidden = !able || denied || on;
  part("off").hidden = !on;
}

const reload = () => location.reload();

/** Tell the server of a subscription; it may know it already. Returns whether it took it. */
async function tell(made) {
  const { endpoint, keys } = made.toJSON();
  const answer = await send("/notifications/push/", new URLSearchParams({ endpoint, ...keys }));
  if (answer.ok) return true;
  const said = answer.text.startsWith("{") ? JSON.parse(answer.text).error : reason(answer.status);
  show(said, { kind: "error" });
  return false;
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return refresh();
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const worker = await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  // Subscribed with a key that this planet does not sign with any more: it would never be heard.
  if (old && !same(old.options.applicationServerKey, key())) await old.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key() });
  if (await tell(made)) return reload();
  await made.unsubscribe();
  return refresh();
}

async function turnOff() {
  const made = await subscription();
  if (!made) return refresh();
  await send("/notifications/push/off/", new URLSearchParams({ endpoint: made.endpoint }));
  await made.unsubscribe();
  return reload();
}

async function run(act) {
  part("on").disabled = part("off").disabled = true;
  try {
    await act();
  } catch (error) {
    // What the browser says of its push service is in its own words, and for developers.
    show(error instanceof DOMException ? place.dataset.failed : error.message, { kind: "error" });
  } finally {
    part("on").disabled = part("off").disabled = false;
  }
}

part("on").addEventListener("click", () => run(turnOn));
part("off").addEventListener("click", () => run(turnOff));
// A browser was removed from the list, perhaps this one.
document.addEventListener("htmx:afterSwap", refresh);
refresh();
