// Passkeys and security keys: <form data-passkey="get|create"> asks the browser for a credential before it is sent.
// The options come from a JSON element (data-options) or an address (data-options-url).
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }));

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const response = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error("failed");
  return response.json();
}

async function create(form) {
  const { publicKey } = (await options(form)).creation_options;
  const selection = { ...publicKey.authenticatorSelection };
  const passkey = form.elements.passwordless?.checked ?? false;
  selection.residentKey = passkey ? "required" : "discouraged";
  selection.requireResidentKey = passkey;
  if (passkey) selection.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      authenticatorSelection: selection,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });
}

async function get(form) {
  const { publicKey } = (await options(form)).request_options;
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });
}

function plain(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: base64url(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = base64url(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    type: credential.type,
    id: credential.id,
    rawId: base64url(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    response: parts,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

const REASONS = { InvalidStateError: "known", SecurityError: "unsupported", NotSupportedError: "unsupported" };

function complain(form, error) {
  const place = form.querySelector("[data-passkey-error]");
  const failed = error.message === "failed" || error instanceof TypeError;
  const reason = failed ? "failed" : (REASONS[error.name] ?? "cancelled");
  place.textContent = place.dataset[window.PublicKeyCredential ? reason : "unsupported"];
  place.hidden = false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-passkey]")) return;
  event.preventDefault();
  form.querySelector("[data-passkey-error]").hidden = true;
  form.toggleAttribute("aria-busy", true);
  try {
    const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
    form.elements.credential.value = JSON.stringify(plain(credential));
    form.submit();
  } catch (error) {
    form.removeAttribute("aria-busy");
    complain(form, error);
  }
});
