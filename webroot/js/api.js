/** The API page: what `openapi.yaml` says, by Swagger UI, as light or dark as the other pages. */

import { frame } from "./common/header.js";
import { isDark, whenPainted } from "./common/theme.js";

frame("api", undefined, { pill: false });
whenPainted(() => document.documentElement.classList.toggle("dark-mode", isDark()));

window.SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Nothing is asked of any other server.
  validatorUrl: null,
});
