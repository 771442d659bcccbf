package io.stentor.files;

import io.stentor.http.Problem;
import io.stentor.http.SecurityHeaders;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.MimeMapping;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * Serves the third-party libraries that the pages use, under {@code /libraries/}, from WebJars on
 * the class path; independent of the webroot. Files are read for each request, because requests are
 * rare. Confined to one event loop.
 */
public final class LibraryFiles implements Handler<RoutingContext> {

  private static final String PATH = "/libraries/";
  private static final String WEBJARS = "META-INF/resources/webjars/";

  /** A library, its version in the build, and the files to serve. */
  private record Library(String name, String version, List<String> files) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library("uplot", "1.6.30", List.of("dist/uPlot.min.css", "dist/uPlot.iife.min.js")));

  private final String resource;
  private final String type;
  private final String etag;

  private LibraryFiles(Library library, String file) {
    resource = WEBJARS + library.name() + '/' + library.version() + '/' + file;
    type = MimeMapping.mimeTypeForFilename(file) + "; charset=utf-8";
    etag = '"' + library.name() + '-' + library.version() + '"';
  }

  /** Mounts a route for each file. Other paths are not affected. */
  public static void mount(Router router) {
    for (Library library : LIBRARIES) {
      for (String file : library.files()) {
        String path = PATH + library.name() + '/' + file;
        router.get(path).method(HttpMethod.HEAD).handler(new LibraryFiles(library, file));
        router.route(path).handler(Problem.onlyAllows(List.of(HttpMethod.GET, HttpMethod.HEAD)));
      }
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    HttpServerResponse response = ctx.response();
    SecurityHeaders.put(response);
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    ctx.etag(etag);
    if (ctx.isFresh()) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, type);
    ctx.vertx().executeBlocking(this::read).onSuccess(response::end).onFailure(ctx::fail);
  }

  private Buffer read() throws IOException {
    ClassLoader classes = LibraryFiles.class.getClassLoader();
    try (InputStream in = Objects.requireNonNull(classes.getResourceAsStream(resource), resource)) {
      return Buffer.buffer(in.readAllBytes());
    }
  }
}
