// "Check it in this browser": fetches one's own proof and works it out here.
import { isProven } from "./merkle.js";

const button = document.querySelector("[data-proof]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.proof, { headers: { Accept: "application/json" } });
    const right = answer.ok && isProven(await answer.json(), button.dataset.root);
    document.querySelector("[data-proof-says]").textContent = right ? button.dataset.yes : button.dataset.no;
  });
}
