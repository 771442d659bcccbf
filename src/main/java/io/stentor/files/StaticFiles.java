package io.stentor.files;

import io.stentor.http.Problem;
import io.stentor.http.SecurityHeaders;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The pages: files of the webroot, from disk or from the jar. One event loop.
 *
 * <p>Every answer carries a strong {@code ETag} and asks browsers to check it at each use: names
 * hold no version, so anything else would show old scripts beside new pages. There are no directory
 * listings and no way out of the root, see {@link FileName} and {@link FileSource.DiskFiles}.
 */
public final class StaticFiles implements Handler<RoutingContext> {
  /*
   * vertx-web's StaticHandler has no ETag, follows links out of the root and unpacks files of the
   * jar into a directory that has to be writable, hence a handler of our own. Fresh or not is
   * vertx-web's decision, content types and sending files are Vert.x's.
   */
  private final FileSource files;

  private StaticFiles(FileSource files) {
    this.files = files;
  }

  /**
   * Serves files for every path that no route before this one has answered. What is not a file
   * passes on to the routes behind.
   *
   * @param webroot a directory; where it does not exist, the files in the jar are served
   * @return where the files come from, for the log
   */
  public static String mount(Router router, Vertx vertx, String webroot) {
    FileSource files = FileSource.of(vertx, Path.of(webroot));
    router.route().handler(new StaticFiles(files));
    return files.toString();
  }

  @Override
  public void handle(RoutingContext ctx) {
    String name = FileName.of(ctx.request().path());
    if (name == null) {
      ctx.next();
      return;
    }
    files
        .find(name)
        .onSuccess(
            found -> found.ifPresentOrElse(file -> answer(ctx, name, file), () -> ctx.next()))
        .onFailure(ctx::fail);
  }

  private void answer(RoutingContext ctx, String name, FileSource.StaticFile file) {
    HttpMethod method = ctx.request().method();
    if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      Problem.methodNotAllowed(ctx, List.of(HttpMethod.GET, HttpMethod.HEAD));
      return;
    }
    HttpServerResponse response = ctx.response();
    SecurityHeaders.put(response);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    ctx.etag(file.etag());
    if (ctx.isFresh()) {
      response.setStatusCode(304).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, file.contentType())
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(file.size()));
    Buffer bytes = file.bytes();
    if (method.equals(HttpMethod.HEAD)) {
      response.end();
    } else if (bytes != null) {
      response.end(bytes);
    } else {
      send(ctx, name, file.size());
    }
  }

  private void send(RoutingContext ctx, String name, long size) {
    // Not sendFile: over HTTP/1 it opens the file on the event loop.
    files
        .open(name)
        .compose(
            file ->
                file.setReadLength(size)
                    .pipe()
                    .endOnFailure(false)
                    .to(ctx.response())
                    .eventually(file::close))
        .onFailure(ctx::fail);
  }

  /** Turns a request's path into the name of a file below the root of static files. */
  static final class FileName {
    private FileName() {}

    /**
     * The name, with {@code /} between its parts; {@code null} for what can name no file: parts
     * that are empty or begin with a dot (the directories {@code .} and {@code ..} and hidden
     * files), and parts that hold a slash, a backslash or a control character after decoding,
     * however they were written.
     *
     * @param path as it stood in the request, percent-encoded
     */
    static @Nullable String of(@Nullable String path) {
      if (path == null || !path.startsWith("/")) {
        return null;
      }
      StringJoiner name = new StringJoiner("/");
      String[] parts = path.substring(1).split("/", -1);
      for (int i = 0; i < parts.length; i++) {
        String part =
            parts[i].isEmpty() && i == parts.length - 1 ? FileSource.INDEX : decoded(parts[i]);
        if (part == null || part.isEmpty() || part.startsWith(".") || !isPlain(part)) {
          return null;
        }
        name.add(part);
      }
      return name.toString();
    }

    private static @Nullable String decoded(String part) {
      try {
        // The decoder is made for forms, where a plus sign means a blank; in a path it means
        // itself.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException malformed) {
        return null;
      }
    }

    private static boolean isPlain(String part) {
      return part.chars().noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }
  }
}
