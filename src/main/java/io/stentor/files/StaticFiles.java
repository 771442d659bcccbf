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
 * Serves the pages: the files of the webroot, from disk or from the jar. Confined to one event
 * loop.
 *
 * <p>Every response carries a strong {@code ETag} and requires browsers to revalidate: file names
 * contain no version, so a browser could otherwise combine old scripts with new pages. There are no
 * directory listings, and requests cannot leave the root; see {@link FileName} and {@link
 * FileSource.DiskFiles}.
 */
public final class StaticFiles implements Handler<RoutingContext> {
  /*
   * vertx-web's StaticHandler has no ETag, follows links out of the root, and unpacks the jar's
   * files into a directory that must be writable, hence our own handler. It relies on vertx-web for
   * the freshness check and on Vert.x for content types and for sending files.
   */
  private final FileSource files;

  private StaticFiles(FileSource files) {
    this.files = files;
  }

  /**
   * Serves files for every path that no earlier route has answered. Paths that name no file
   * continue to the later routes.
   *
   * @param webroot a directory; if it does not exist, the files in the jar are served
   * @return the source of the files, for the log
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

  /** Converts a request's path to a file name below the root of static files. */
  static final class FileName {
    private FileName() {}

    /**
     * Returns the file name, with {@code /} between its parts, or {@code null} if the path cannot
     * name a file. Rejects parts that are empty or start with a dot (the directories {@code .} and
     * {@code ..}, and hidden files), and parts that contain a slash, a backslash or a control
     * character after decoding, in any encoding.
     *
     * @param path the percent-encoded path of the request
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
        // URLDecoder decodes forms, where a plus sign is a space; in a path it is literal.
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
