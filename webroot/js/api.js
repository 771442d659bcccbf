/** The API page: what `openapi.yaml` says, by Swagger UI, as light or dark as the other pages. */

import { chosenTheme, systemTheme } from "./preferences.js";

function paint() {
  const dark = (chosenTheme() ?? (systemTheme.matches ? "dark" : "light")) === "dark";
  document.documentElement.classList.toggle("dark-mode", dark);
}

systemTheme.addEventListener("change", paint);
paint();

window.SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Nothing is asked of any other server.
  validatorUrl: null,
});
