/** Shows what a JSON schema describes: its properties, each with its type, limits and description. */

import { element } from "../common/dom.js";
import { block } from "./markdown.js";

/** Nested objects beyond this depth are not shown. */
const MAX_DEPTH = 5;

export class SchemaView {
  #contract;
  #translate;
  #localize;

  constructor(contract, translate, localize) {
    this.#contract = contract;
    this.#translate = translate;
    this.#localize = localize;
  }

  /** Returns the list of the properties of a schema; `null` if it has none. */
  properties(schema, depth = 0) {
    const { properties, required } = this.#merged(schema);
    const names = Object.keys(properties);
    if (names.length === 0 || depth === MAX_DEPTH) {
      return null;
    }
    const rows = names.map((name) => this.#property(name, properties[name], required.includes(name), depth));
    return element("ul", { className: "properties" }, ...rows);
  }

  /** Returns the type of a value and its limits in words. */
  type(schema) {
    const { type, items, enum: values, minimum, maximum, minLength, maxLength } = this.#contract.resolve(schema);
    const of = items ? `${this.type(items)}[]` : (type ?? "");
    const low = minimum ?? minLength;
    const high = maximum ?? maxLength;
    return [of, range(low, high), values && values.length < 8 ? values.join(" | ") : ""]
      .filter(Boolean)
      .join(" ");
  }

  #property(name, schema, isRequired, depth) {
    const resolved = this.#contract.resolve(schema);
    const nested = this.properties(resolved.items ?? resolved, depth + 1);
    return element(
      "li",
      {},
      element("code", { textContent: name }),
      " ",
      element("span", { className: "hint", textContent: this.type(schema) }),
      ...(isRequired ? [" ", element("span", { className: "required", textContent: this.#translate("required") })] : []),
      ...(resolved.description ? [" ", block("span", resolved.description, this.#localize)] : []),
      ...(nested ? [nested] : []),
    );
  }

  /** The properties of a schema and of all parts of it. */
  #merged(schema) {
    const resolved = this.#contract.resolve(schema) ?? {};
    const all = { properties: { ...resolved.properties }, required: [...(resolved.required ?? [])] };
    for (const part of resolved.allOf ?? []) {
      const { properties, required } = this.#merged(part);
      Object.assign(all.properties, properties);
      all.required.push(...required);
    }
    return all;
  }
}

function range(low, high) {
  if (low === undefined) {
    return high === undefined ? "" : `≤ ${high}`;
  }
  return high === undefined ? `≥ ${low}` : `${low}–${high}`;
}
