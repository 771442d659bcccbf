/** One operation of the contract: a line that opens to its description, its request and its responses. */

import { element } from "../common/dom.js";
import { anchor, exampleText } from "./contract.js";
import { block, markdown } from "./markdown.js";
import { RequestForm } from "./request-form.js";

export class OperationView {
  #operation;
  #tools;
  #form = null;

  /** The `<details>` of the operation; its content is created when it is first opened. */
  element;

  /**
   * @param operation an operation of the contract
   * @param tools `{schemas, translate, localize, credentials}`, see `RequestForm`
   */
  constructor(operation, tools) {
    this.#operation = operation;
    this.#tools = tools;
    this.element = element("details", { id: anchor(operation), className: "operation" }, this.#summary());
    this.element.addEventListener("toggle", () => this.#fill());
  }

  /** Whether the operation contains a text, in its path or in its description. */
  matches(text) {
    const { method, path, summary, description } = this.#operation;
    const all = [method, path, summary, this.#tools.localize(summary), description].join(" ").toLowerCase();
    return text.split(/\s+/).every((word) => all.includes(word));
  }

  /** Opens the operation. */
  open() {
    this.element.open = true;
    this.#fill();
  }

  /** Writes the command again, after the page's key or token has changed. */
  credentialsChanged() {
    this.#form?.showCommand();
  }

  #summary() {
    const { method, path, summary } = this.#operation;
    return element(
      "summary",
      {},
      element("span", { className: "method", textContent: method }),
      element("code", { className: "path" }, ...breakable(path)),
      block("h3", summary, this.#tools.localize),
    );
  }

  #fill() {
    if (this.#form || !this.element.open) {
      return;
    }
    const { description, responses } = this.#operation;
    const { translate, localize } = this.#tools;
    this.#form = new RequestForm(this.#operation, this.#tools);
    const answers = responses.map((response, index) => this.#response(response, index === 0));
    this.element.append(
      element(
        "div",
        { className: "inside" },
        ...markdown(description, localize),
        element("h4", { textContent: translate("request") }),
        this.#form.create(),
        element("h4", { textContent: translate("responses") }),
        ...answers,
      ),
    );
  }

  #response({ status, description, headers, contents }, isOpen) {
    const { translate, localize } = this.#tools;
    const title = element(
      "summary",
      {},
      element("span", { className: "code", textContent: status === "default" ? translate("others") : status }),
      block("span", description, localize),
    );
    const names = headers.length > 0 ? [element("p", {}, element("code", { textContent: headers.join(", ") }))] : [];
    const inside = contents.flatMap((content) => this.#content(content));
    return inside.length === 0
      ? element("p", { className: "response" }, ...title.childNodes)
      : element("details", { className: "response", open: isOpen }, title, ...names, ...inside);
  }

  #content({ type, schema, examples }) {
    // All errors have the same members, which the page describes once.
    const properties = type === "application/problem+json" ? null : this.#tools.schemas.properties(schema);
    const shown = examples.map(({ summary, value }) => {
      const caption = summary ? [block("figcaption", summary, this.#tools.localize)] : [];
      return element("figure", {}, ...caption, element("pre", { tabIndex: 0, textContent: exampleText(value) }));
    });
    return [
      element("p", { className: "hint" }, element("code", { textContent: type })),
      ...shown,
      ...(properties ? [properties] : []),
    ];
  }
}

/** A path that may break after each slash. */
function breakable(path) {
  return path.split(/(?<=\/)/).flatMap((part, index) => (index > 0 ? [element("wbr"), part] : [part]));
}
