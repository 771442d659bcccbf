/** The request of an operation: a form of its parameters and its body, the same as a command, and the answer to it. */

import { element } from "../common/dom.js";
import { measured } from "../common/format.js";
import { exampleText } from "./contract.js";
import { block } from "./markdown.js";

/** Characters of an answer that are shown; a stream is ended there. */
const MAX_SHOWN = 64 * 1024;

const SHOWN_HEADERS = ["content-type", "location", "retry-after"];

let forms = 0;

export class RequestForm {
  #operation;
  #schemas;
  #translate;
  #localize;
  #credentials;
  #number = forms++;
  #inputs = new Map();
  #type = null;
  #body = null;
  #command = element("pre", { tabIndex: 0 });
  #send = element("button", { className: "primary", type: "submit" });
  #answer = element("div", { className: "answer", hidden: true });
  #running = null;

  /**
   * @param operation an operation of the contract
   * @param schemas a `SchemaView`
   * @param credentials returns the key or token of the page's field
   */
  constructor(operation, { schemas, translate, localize, credentials }) {
    this.#operation = operation;
    this.#schemas = schemas;
    this.#translate = translate;
    this.#localize = localize;
    this.#credentials = credentials;
  }

  /** Returns the form. */
  create() {
    const parameters = this.#operation.parameters.map((one) => this.#parameter(one));
    const body = this.#operation.bodies.length > 0 ? [this.#bodyFields()] : [];
    const copy = element("button", { type: "button", className: "quiet", textContent: this.#translate("copy") });
    copy.addEventListener("click", () => this.#copy(copy));
    this.#command.setAttribute("aria-label", "curl");
    const form = element(
      "form",
      { className: "request", noValidate: true },
      ...(parameters.length > 0 ? [element("div", { className: "parameters" }, ...parameters)] : []),
      ...body,
      this.#command,
      element("div", { className: "actions" }, this.#send, copy),
      this.#answer,
    );
    form.addEventListener("input", () => this.showCommand());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#running ? this.#running.abort() : this.#exchange();
    });
    this.#showButton();
    this.showCommand();
    return form;
  }

  /** Writes the command that sends the same request. */
  showCommand() {
    const { url, method, headers, body } = this.#request();
    const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
    const parts = [
      `curl ${this.#operation.isStream ? "-N " : ""}${quoted(url)}`,
      ...(method === "POST" && body === undefined ? ["-X POST"] : []),
      ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
      ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
    ];
    this.#command.textContent = parts.join(" \\\n  ");
  }

  #parameter(parameter) {
    const { name, in: place, required, description, example, schema } = parameter;
    const id = `f${this.#number}-${name}`;
    const input = this.#input(schema);
    Object.assign(input, { id, required: Boolean(required) });
    if (required) {
      input.value = example ?? schema.examples?.[0] ?? "";
    } else if (input.matches("input")) {
      input.placeholder = schema.default ?? example ?? schema.examples?.[0] ?? "";
    }
    this.#inputs.set(parameter, input);
    const kind = [this.#translate(place), this.#schemas.type(schema)].join(" · ");
    const label = element("label", { htmlFor: id }, element("code", { textContent: name }));
    const hint = element("span", { className: "hint", textContent: kind });
    const text = block("p", description ?? "", this.#localize);
    return element("div", { className: "parameter" }, element("div", {}, label, " ", hint), input, text);
  }

  #input(schema) {
    const values = schema.type === "boolean" ? ["true", "false"] : schema.enum;
    if (!values) {
      return element("input", { autocomplete: "off", spellcheck: false });
    }
    const options = ["", ...values].map((value) => element("option", { value, textContent: value || "–" }));
    return element("select", {}, ...options);
  }

  #bodyFields() {
    const { bodies } = this.#operation;
    const typeId = `f${this.#number}-type`;
    const bodyId = `f${this.#number}-body`;
    const options = bodies.map(({ type }) => element("option", { value: type, textContent: type }));
    this.#type = element("select", { id: typeId }, ...options);
    this.#body = element("textarea", { id: bodyId, rows: 4, spellcheck: false });
    const fill = () => {
      this.#body.value = exampleText(this.#bodyOf(this.#type.value).examples[0]?.value ?? "");
      this.#body.rows = Math.min(12, Math.max(2, this.#body.value.split("\n").length));
    };
    this.#type.addEventListener("change", fill);
    fill();
    const schema = this.#schemas.properties(bodies[0].schema);
    return element(
      "div",
      { className: "body" },
      element(
        "div",
        { className: "body-type" },
        element("label", { htmlFor: bodyId, textContent: this.#translate("body") }),
        element("label", { htmlFor: typeId, className: "visually-hidden", textContent: this.#translate("mediaType") }),
        this.#type,
      ),
      this.#body,
      ...(schema ? [schema] : []),
    );
  }

  #bodyOf(type) {
    return this.#operation.bodies.find((one) => one.type === type);
  }

  /** The request that the form describes. Its URL is absolute. */
  #request() {
    const query = new URLSearchParams();
    const headers = this.#authorization();
    let path = this.#operation.path;
    for (const [{ name, in: place }, input] of this.#inputs) {
      if (place === "path") {
        path = path.replace(`{${name}}`, encodeURIComponent(input.value));
      } else if (input.value !== "" && place === "query") {
        query.set(name, input.value);
      } else if (input.value !== "") {
        headers[name] = input.value;
      }
    }
    if (this.#type) {
      headers["Content-Type"] = this.#type.value;
    }
    const search = query.size > 0 ? `?${query}` : "";
    const url = new URL(`.${path}${search}`, location.href).href;
    return { url, method: this.#operation.method, headers, body: this.#body?.value };
  }

  #authorization() {
    const credentials = this.#credentials();
    if (credentials === "" || this.#operation.credentials === "") {
      return {};
    }
    return this.#operation.credentials === "bearer"
      ? { Authorization: `Bearer ${credentials}` }
      : { "X-API-Key": credentials };
  }

  async #exchange() {
    const { url, ...options } = this.#request();
    const running = new AbortController();
    this.#running = running;
    this.#showButton();
    const status = element("p", { className: "status", role: "status", textContent: this.#translate("sending") });
    const output = element("pre", { tabIndex: 0, hidden: true });
    this.#answer.hidden = false;
    this.#answer.replaceChildren(status, output);
    const start = performance.now();
    try {
      const response = await fetch(url, { ...options, cache: "no-store", signal: running.signal });
      const took = measured(performance.now() - start);
      status.textContent = `${response.status} ${response.statusText} · ${took}`;
      status.classList.toggle("error", !response.ok);
      await this.#read(response, output);
    } catch (error) {
      if (error.name !== "AbortError") {
        status.textContent = this.#translate("unreachable");
        status.classList.add("error");
      }
    } finally {
      this.#running = null;
      this.#showButton();
    }
  }

  /** Shows an answer as it arrives. */
  async #read(response, output) {
    const headers = SHOWN_HEADERS.filter((name) => response.headers.has(name))
      .map((name) => `${name}: ${response.headers.get(name)}\n`)
      .join("");
    output.hidden = false;
    output.textContent = headers;
    if (!response.body) {
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      output.textContent = `${headers}\n${text.slice(0, MAX_SHOWN)}`;
      if (text.length > MAX_SHOWN) {
        output.textContent += `\n${this.#translate("cut")}`;
        this.#running.abort();
      }
    }
    output.textContent = `${headers}\n${pretty(text)}`;
  }

  #showButton() {
    this.#send.textContent = this.#translate(this.#running ? "stop" : "send");
  }

  async #copy(button) {
    try {
      await navigator.clipboard.writeText(this.#command.textContent);
      button.textContent = this.#translate("copied");
    } catch {
      getSelection().selectAllChildren(this.#command);
    }
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
