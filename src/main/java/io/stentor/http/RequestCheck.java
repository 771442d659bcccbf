package io.stentor.http;

import io.stentor.http.Contract.Operation;
import io.stentor.http.Contract.Parameter;
import io.stentor.http.Contract.Parameter.Place;
import io.stentor.json.Utf8;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Validates a request against its operation in the contract: the accepted media types, the media
 * type of the body, and the parameters. An invalid request is answered with a problem that names
 * the error. Must be called on the event loop of the request.
 *
 * <p>Unknown parameters are ignored, so that newer clients can use older nodes. Handlers check the
 * content and the length of a body while they read it.
 */
public final class RequestCheck implements Handler<RoutingContext> {

  /** The error for a query that {@linkplain #isReadable cannot be decoded}. */
  public static final String UNREADABLE =
      "The query cannot be decoded: it has to be UTF-8, and two digits follow each percent sign.";

  private static final String ANYTHING = "*/*";

  private final Operation operation;
  private final String takes;
  private final String gives;

  public RequestCheck(Operation operation) {
    this.operation = operation;
    this.takes = String.join(" or ", operation.takes());
    this.gives = String.join(" or ", operation.gives());
  }

  @Override
  public void handle(RoutingContext ctx) {
    if (!accepts(ctx)) {
      refuse(
          ctx,
          ProblemType.NOT_ACCEPTABLE,
          "The answer is " + gives + ", which the header Accept excludes.");
      return;
    }
    String bodyError = operation.takes().isEmpty() ? null : contentTypeError(ctx.request());
    if (bodyError != null) {
      refuse(ctx, ProblemType.UNSUPPORTED_MEDIA_TYPE, bodyError);
      return;
    }
    if (!isReadable(ctx.request())) {
      refuse(ctx, ProblemType.BAD_REQUEST, UNREADABLE);
      return;
    }
    for (Parameter parameter : operation.parameters()) {
      if (isRefused(ctx, parameter)) {
        return;
      }
    }
    ctx.next();
  }

  private static void refuse(RoutingContext ctx, ProblemType type, String detail) {
    Problem.answer(ctx.request(), type, detail);
  }

  /** Returns whether the query can be decoded. The router decodes it only for some paths. */
  public static boolean isReadable(HttpServerRequest request) {
    try {
      return request.query() == null
          || (request.params() != null && isUtf8Encoded(request.query()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns whether the decoded query is valid UTF-8. Decoders silently replace invalid bytes. */
  private static boolean isUtf8Encoded(String query) {
    if (query.indexOf('%') < 0) {
      return true;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(query.length());
    for (int i = 0; i < query.length(); i++) {
      char next = query.charAt(i);
      if (next == '%' && i + 2 >= query.length()) {
        return false;
      } else if (next == '%') {
        bytes.write(Integer.parseInt(query, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(next < 0x80 ? next : 0);
      }
    }
    return Utf8.isValid(bytes.toByteArray());
  }

  private boolean accepts(RoutingContext ctx) {
    String accept = ctx.request().getHeader(HttpHeaders.ACCEPT);
    if (accept == null || accept.equals(ANYTHING) || operation.gives().isEmpty()) {
      return true;
    }
    List<MIMEHeader> accepted = ctx.parsedHeaders().accept();
    if (accepted.isEmpty()) {
      return true;
    }
    for (MIMEHeader one : accepted) {
      for (String type : operation.gives()) {
        if (one.weight() > 0 && covers(one, type)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean covers(MIMEHeader range, String type) {
    int slash = type.indexOf('/');
    return matchesOrWildcard(range.component(), type.substring(0, slash))
        && matchesOrWildcard(range.subComponent(), type.substring(slash + 1));
  }

  private static boolean matchesOrWildcard(String part, String of) {
    return part.equals("*") || part.equalsIgnoreCase(of);
  }

  /** The error for the content type of a body; null if it is accepted. */
  private @Nullable String contentTypeError(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (operation.takes().contains(ANYTHING)) {
      return null;
    }
    if (type == null) {
      return "The header Content-Type is missing; it is " + takes + ".";
    }
    int end = type.indexOf(';');
    String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    if (!operation.takes().contains(bare)) {
      return "A body of the type "
          + Printable.value(bare)
          + " is not taken here, only "
          + takes
          + ": set the header Content-Type.";
    }
    if (end >= 0 && !isUtf8(type.substring(end + 1))) {
      return "Only UTF-8 is taken, not what the header Content-Type says: "
          + Printable.value(type)
          + ".";
    }
    return null;
  }

  private static boolean isUtf8(String parameters) {
    String lower = parameters.toLowerCase(Locale.ROOT).replace("\"", "").replace(" ", "");
    int at = lower.indexOf("charset=");
    if (at < 0) {
      return true;
    }
    String charset = lower.substring(at + "charset=".length());
    int end = charset.indexOf(';');
    String bare = end < 0 ? charset : charset.substring(0, end);
    return bare.equals("utf-8") || bare.equals("utf8") || bare.equals("us-ascii");
  }

  private static boolean isRefused(RoutingContext ctx, Parameter parameter) {
    List<String> values = values(ctx, parameter);
    if (values.size() > 1) {
      refuse(
          ctx, parameter, ProblemType.BAD_REQUEST, "The " + parameter.title() + " is given twice.");
      return true;
    }
    if (values.isEmpty()) {
      if (parameter.required()) {
        String detail =
            "The " + parameter.title() + " is missing; it is " + parameter.allowed() + ".";
        refuse(ctx, parameter, ProblemType.BAD_REQUEST, detail);
      }
      return parameter.required();
    }
    Parameter.Wrong wrong = parameter.wrong(values.get(0));
    if (wrong != null) {
      refuse(ctx, parameter, wrong.type(), wrong.detail());
    }
    return wrong != null;
  }

  private static List<String> values(RoutingContext ctx, Parameter parameter) {
    HttpServerRequest request = ctx.request();
    if (parameter.place() == Place.HEADER) {
      List<String> sent = request.headers().getAll(parameter.name());
      return sent.size() == 1 && sent.get(0).isEmpty() ? List.of() : sent;
    }
    if (parameter.place() == Place.QUERY) {
      return request.query() == null ? List.of() : request.params().getAll(parameter.name());
    }
    String segment = ctx.pathParam(parameter.name());
    return segment == null ? List.of() : List.of(segment);
  }

  private static void refuse(
      RoutingContext ctx, Parameter parameter, ProblemType type, String detail) {
    Problem.answer(
        ctx.request(), type, detail, new JsonObject().put("parameter", parameter.name()));
  }
}
