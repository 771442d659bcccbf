/** The API page: the operations of the contract, which can be tried out, and what is true of all of them. */

import { byId, element, onSubmit } from "./common/dom.js";
import { Header } from "./common/header.js";
import { requestJson } from "./common/http.js";
import { language, onLanguageChange } from "./common/i18n.js";
import { chinese } from "./api/chinese.js";
import { Contract, anchor } from "./api/contract.js";
import { block, markdown } from "./api/markdown.js";
import { OperationView } from "./api/operation-view.js";
import { SchemaView } from "./api/schema-view.js";
import { translate } from "./translations/api.js";

class ApiPage {
  #contract = null;
  #views = new Map();

  start() {
    new Header("api", translate, { hasConnection: false });
    onSubmit("fields", () => {});
    byId("txtFilter").addEventListener("input", () => this.#filter());
    byId("txtCredentials").addEventListener("input", () => this.#views.forEach((one) => one.credentialsChanged()));
    window.addEventListener("hashchange", () => this.#openAddressed());
    onLanguageChange(() => this.#show());
    this.#load();
  }

  async #load() {
    try {
      this.#contract = new Contract(await requestJson("./openapi.json"));
      byId("notice").hidden = true;
      this.#show();
      this.#openAddressed();
    } catch (error) {
      byId("notice").textContent = translate("failed", { reason: error.message });
      byId("notice").hidden = false;
    }
  }

  /** Writes everything in the language of the page. */
  #show() {
    document.title = translate("title");
    if (!this.#contract) {
      return;
    }
    const open = [...this.#views].filter(([, view]) => view.element.open).map(([id]) => id);
    this.#views.clear();
    byId("operations").replaceChildren(...this.#contract.groups.map((group) => this.#group(group)));
    const prose = sections(markdown(this.#contract.description, localize));
    byId("prose").replaceChildren(...prose);
    byId("contents").replaceChildren(...this.#contents(prose));
    open.forEach((id) => this.#views.get(id).open());
    this.#filter();
  }

  #group({ name, description, operations }) {
    const tools = {
      schemas: new SchemaView(this.#contract, translate, localize),
      translate,
      localize,
      credentials: () => byId("txtCredentials").value.trim(),
    };
    const views = operations.map((operation) => {
      const view = new OperationView(operation, tools);
      this.#views.set(anchor(operation), view);
      return view.element;
    });
    const title = Object.assign(block("h2", name, localize), { id: `/${name}` });
    return element("section", {}, title, ...markdown(description, localize), ...views);
  }

  #contents(prose) {
    const groups = this.#contract.groups.map(({ name }) => ({ id: `/${name}`, text: localize(name) }));
    const texts = prose.filter(({ id }) => id).map(({ id, firstChild }) => ({ id, text: firstChild.textContent }));
    return [...groups, ...texts].map(({ id, text }) =>
      element("li", {}, element("a", { href: `#${id}`, textContent: text })),
    );
  }

  #filter() {
    const text = byId("txtFilter").value.trim().toLowerCase();
    for (const view of this.#views.values()) {
      view.element.hidden = !view.matches(text);
    }
    for (const section of byId("operations").children) {
      section.hidden = !section.querySelector(".operation:not([hidden])");
    }
    const found = [...this.#views.values()].some(({ element: { hidden } }) => !hidden);
    byId("none").hidden = found || this.#views.size === 0;
  }

  /** Opens the operation, or shows the section, that the address names. */
  #openAddressed() {
    const id = decodeURIComponent(location.hash.slice(1));
    this.#views.get(id)?.open();
    byId(id)?.scrollIntoView();
  }
}

/** Returns a text of the contract in the language of the page, or as it is if nobody has translated it. */
function localize(text) {
  return language() === "zh" ? (chinese[text] ?? text) : text;
}

/** Returns a section for each heading and what follows it. What comes before the first one stands alone. */
function sections(elements) {
  const all = [element("section")];
  for (const one of elements) {
    if (one.matches("h2")) {
      all.push(element("section", { id: `about-${all.length}` }));
    }
    all.at(-1).append(one);
  }
  return all;
}

new ApiPage().start();
