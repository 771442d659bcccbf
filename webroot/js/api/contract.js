/** The contract, `openapi.json`: its operations with every reference resolved. Immutable. */

const METHODS = ["get", "post", "put", "delete", "patch"];

/** Media types that a form can send. Others describe what is also taken. */
const SENDABLE = ["application/json", "text/plain"];

export class Contract {
  #document;

  /** All operations in the order of the document. */
  operations;

  constructor(document) {
    this.#document = document;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => this.#operation(path, method, item)),
    );
  }

  /** The groups of operations: `{name, description, operations}`. */
  get groups() {
    return this.#document.tags.map(({ name, description }) => ({
      name,
      description,
      operations: this.operations.filter(({ tag }) => tag === name),
    }));
  }

  /** What is true of all operations, in Markdown. */
  get description() {
    return this.#document.info.description;
  }

  /** Returns an object, or what it refers to; siblings of the reference win. */
  resolve(object) {
    if (!object?.$ref) {
      return object;
    }
    const { $ref, ...siblings } = object;
    const target = $ref
      .slice(2)
      .split("/")
      .reduce((node, step) => node[step], this.#document);
    return { ...this.resolve(target), ...siblings };
  }

  #operation(path, method, item) {
    const described = item[method];
    const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])]
      .map((one) => this.resolve(one))
      .map((one) => ({ ...one, schema: this.resolve(one.schema) }));
    const responses = Object.entries(described.responses).map(([status, one]) => this.#response(status, one));
    return {
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      tag: described.tags[0],
      summary: described.summary,
      description: described.description ?? "",
      parameters,
      bodies: this.#contents(described.requestBody).filter(({ type }) => SENDABLE.includes(type)),
      responses,
      isStream: /endless stream/i.test(responses[0].description),
      credentials: this.#credentials(described.security ?? this.#document.security),
    };
  }

  #response(status, described) {
    const { description, content, headers = {} } = this.resolve(described);
    return { status, description, headers: Object.keys(headers), contents: this.#contents({ content }) };
  }

  #contents(described) {
    return Object.entries(this.resolve(described)?.content ?? {}).map(([type, { schema, example, examples }]) => ({
      type,
      schema,
      examples: this.#examples(example, examples),
    }));
  }

  #examples(example, examples = {}) {
    const named = Object.values(examples).map((one) => this.resolve(one));
    return example === undefined ? named : [{ value: example }, ...named];
  }

  /** How a key or token is sent: as `bearer`, as `apiKey`, or not at all (`""`). */
  #credentials(security) {
    const schemes = security.flatMap((one) => Object.keys(one));
    return ["bearer", "apiKey"].find((one) => schemes.includes(one)) ?? "";
  }
}

/** Returns the text of an example: JSON in lines, other values as they are. */
export function exampleText(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Returns the fragment of the address that opens an operation. */
export function anchor({ tag, id }) {
  return `/${tag}/${id}`;
}
