package io.stentor.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.files.FileSource.StaticFile;
import io.stentor.http.ErrorHandlers;
import io.stentor.support.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
  private static final String SECRET = "not for the world";

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private Path root;
  private int port;

  @BeforeEach
  void serve() throws IOException {
    root = Files.createDirectories(directory.resolve("webroot"));
    Files.createDirectories(root.resolve("js"));
    Files.createDirectories(root.resolve(".git"));
    Files.createDirectories(directory.resolve("webroot-other"));
    Files.writeString(root.resolve("index.html"), "<!doctype html>first page");
    Files.writeString(root.resolve("js/chat.js"), "export {};");
    Files.writeString(root.resolve(".hidden"), SECRET);
    Files.writeString(root.resolve(".git/config"), SECRET);
    Files.writeString(directory.resolve("secret.txt"), SECRET);
    Files.writeString(directory.resolve("webroot-other/secret.txt"), SECRET);
    Files.createSymbolicLink(root.resolve("out.txt"), directory.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("out"), directory);
    Files.createSymbolicLink(root.resolve("beside"), directory.resolve("webroot-other"));
    Files.createSymbolicLink(root.resolve("in.js"), Path.of("js/chat.js"));
    port = start(root.toString());
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private int start(String webroot) {
    Router router = Router.router(vertx);
    StaticFiles.mount(router, vertx, webroot);
    ErrorHandlers.mount(router);
    HttpServer server = vertx.createHttpServer().requestHandler(router);
    return server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private HttpResponse<String> ask(String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8, first page",
    "/index.html, text/html; charset=utf-8, first page",
    "/js/chat.js, text/javascript; charset=utf-8, export",
    "/in.js, text/javascript; charset=utf-8, export",
  })
  void serves_a_file_as_what_it_is(String path, String type, String text) {
    HttpResponse<String> answer = ask("GET", path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "content-type")).isEqualTo(type);
    assertThat(answer.body()).contains(text);
  }

  @Test
  void a_page_may_load_and_reach_nothing_but_its_own_origin() {
    HttpResponse<String> answer = ask("GET", "/");

    assertThat(header(answer, "content-security-policy"))
        .contains("default-src 'none'", "script-src 'self';", "connect-src 'self';")
        .contains("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "*", "http");
    assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
    assertThat(header(answer, "referrer-policy")).isEqualTo("no-referrer");
    assertThat(header(answer, "cross-origin-opener-policy")).isEqualTo("same-origin");
    assertThat(header(answer, "permissions-policy")).contains("camera=()");
  }

  @Test
  void a_file_that_the_browser_has_is_not_sent_again() {
    HttpResponse<String> first = ask("GET", "/");
    String etag = header(first, "etag");
    HttpResponse<String> second = ask("GET", "/", "If-None-Match", "\"other\", " + etag);
    HttpResponse<String> third = ask("GET", "/", "If-None-Match", "\"other\"");

    assertThat(etag).matches("\"[\\w-]{16,}\"");
    assertThat(header(first, "cache-control")).isEqualTo("no-cache");
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    assertThat(header(second, "etag")).isEqualTo(etag);
    assertThat(header(second, "cache-control")).isEqualTo("no-cache");
    assertThat(third.statusCode()).isEqualTo(200);
  }

  @Test
  void a_changed_file_is_served_changed_at_the_next_request() throws IOException {
    String before = header(ask("GET", "/"), "etag");
    Files.writeString(root.resolve("index.html"), "<!doctype html>other page");
    HttpResponse<String> after = ask("GET", "/", "If-None-Match", before);

    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(after.body()).contains("other page");
    assertThat(header(after, "etag")).isNotEqualTo(before);
  }

  @Test
  void a_removed_file_is_gone_at_the_next_request() throws IOException {
    ask("GET", "/");
    Files.delete(root.resolve("index.html"));

    assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
  }

  @Test
  void head_answers_like_get_without_the_body() {
    HttpResponse<String> get = ask("GET", "/");
    HttpResponse<String> head = ask("HEAD", "/");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    for (String name : new String[] {"content-length", "content-type", "etag"}) {
      assertThat(header(head, name)).isNotEmpty().isEqualTo(header(get, name));
    }
  }

  @Test
  void a_file_too_large_to_be_held_is_served_whole() throws IOException {
    byte[] large = new byte[StaticFile.MAX_HELD_BYTES + 1];
    large[large.length - 1] = 'z';
    Files.write(root.resolve("large.bin"), large);
    HttpResponse<String> answer = ask("GET", "/large.bin");

    assertThat(answer.body()).hasSize(large.length).endsWith("z");
    assertThat(header(answer, "content-type")).isEqualTo("application/octet-stream");
    assertThat(ask("HEAD", "/large.bin").body()).isEmpty();
    assertThat(ask("GET", "/large.bin", "If-None-Match", header(answer, "etag")).statusCode())
        .isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/js", "/js/", "/.git/", "/nothing", "/index.html/", "/index.html/x"})
  void a_directory_is_never_listed_and_an_unknown_path_is_a_problem(String path) {
    HttpResponse<String> answer = ask("GET", path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(header(answer, "content-type")).isEqualTo("application/problem+json");
    assertThat(answer.body()).doesNotContain("chat.js");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/js/../../secret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/js/..%5c..%5csecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/../webroot-other/secret.txt",
        "/beside/secret.txt",
        "/out.txt",
        "/out/secret.txt",
        "/out.txt%00.html",
        "/secret.txt%00",
        "/.hidden",
        "/%2ehidden",
        "/.git/config",
        "//secret.txt",
        "/js/..;/../secret.txt",
        "/file:///etc/passwd",
        "/etc/passwd",
        "//etc/passwd",
        "http://localhost/../secret.txt",
      })
  void there_is_no_way_out_of_the_root(String path) {
    RawHttp.Answer answer = RawHttp.get(port, path);

    assertThat(answer.status()).isIn(400, 404);
    assertThat(answer.body()).doesNotContain(SECRET, "root:");
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
  }

  @Test
  void a_file_takes_no_other_method() {
    HttpResponse<String> post = ask("POST", "/");

    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(header(post, "allow")).isEqualTo("GET, HEAD");
    assertThat(new JsonObject(post.body()).getInteger("status")).isEqualTo(405);
    assertThat(ask("POST", "/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void without_the_directory_the_pages_of_the_program_are_served() {
    port = start(directory.resolve("missing").toString());

    assertThat(ask("GET", "/").body()).contains("ulMsg");
    assertThat(ask("GET", "/js/chat.js").statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/js").statusCode()).isEqualTo(404);
    assertThat(ask("HEAD", "/favicon.svg").statusCode()).isEqualTo(200);
  }
}
