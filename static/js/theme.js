// Theme, colours of gain and loss: the cookie is what the server reads, so the next page comes out right at once.
// A language needs the server; its button submits the form.
const YEAR = 365 * 24 * 3600;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

function show(name, value) {
  if (name === "theme" && value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset[name] = value;
  for (const button of document.querySelectorAll(`[data-preferences] button[name="${name}"]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-preferences]");
  const button = event.submitter;
  if (!form || !button || button.name === "language") return;
  event.preventDefault();
  remember(button.name, button.value);
  show(button.name, button.value);
});
