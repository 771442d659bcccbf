package io.stentor.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * One operation of the contract. Immutable.
 *
 * @param id {@code operationId}
 * @param path with {@code {name}} where a parameter stands
 * @param parameters of the path, the query and the headers
 * @param takes media types of the body; empty where there is none
 * @param gives media types of the answer; empty where it has no body
 */
record Operation(
    String id,
    HttpMethod method,
    String path,
    List<Parameter> parameters,
    List<String> takes,
    List<String> gives) {

  Operation {
    parameters = List.copyOf(parameters);
    takes = List.copyOf(takes);
    gives = List.copyOf(gives);
  }

  /** The path as vertx-web writes it. */
  String route() {
    return path.replaceAll("\\{(\\w+)}", ":$1");
  }
}
