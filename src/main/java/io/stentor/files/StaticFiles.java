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
import java.nio.file.Path;
import java.util.List;

/**
 * The pages: files of the webroot, from disk or from the jar. One event loop.
 *
 * <p>Every answer carries a strong {@code ETag} and asks browsers to check it at each use: names
 * hold no version, so anything else would show old scripts beside new pages. There are no directory
 * listings and no way out of the root, see {@link FileName} and {@link DiskFiles}.
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

  private void answer(RoutingContext ctx, String name, StaticFile file) {
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
}
