/** The API page: shows `openapi.yaml` in Swagger UI, in the theme of the other pages. */

import { Header } from "./common/header.js";
import { translator } from "./common/i18n.js";
import { isDark, onThemeChange } from "./common/theme.js";
import texts from "./translations/header.js";

new Header("api", translator(texts), { hasConnection: false });
onThemeChange(() => document.documentElement.classList.toggle("dark-mode", isDark()));

window.SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Sends nothing to other servers.
  validatorUrl: null,
});
