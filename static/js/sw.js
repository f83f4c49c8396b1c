// The service worker: shows what is pushed, and opens it. It caches nothing and touches no request.
const ICON = "/static/icons/icon-192.png";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function shown(message) {
  const { title, body, url, tag, unread } = message;
  if (typeof unread === "number") await self.navigator.setAppBadge?.(unread).catch(() => {});
  // Whoever looks at the site sees it arrive there. The self-test is to be seen in any case.
  const looking = (await windows()).some((one) => one.focused && one.visibilityState === "visible");
  if (looking && tag !== "test") return;
  await self.registration.showNotification(title, { body, tag, icon: ICON, badge: ICON, data: { url } });
}

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(shown(event.data.json()));
});

async function open(url) {
  const all = await windows();
  const one = all.find((each) => each.visibilityState === "visible") ?? all[0];
  if (!one) return self.clients.openWindow(url);
  await one.focus();
  return one.navigate(url).catch(() => self.clients.openWindow(url));
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.url, self.location.origin).href));
});
