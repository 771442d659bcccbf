package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.http.api.NodesEndpoint;
import io.stentor.support.RawHttp;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The URLs of the nodes, as requests over real sockets get them. */
class NodeUrlsTest {
  private static final String PUBLIC = "https://b.example.org";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void nodes_of_one_machine_have_the_host_that_the_client_used() {
    int port = serve("", List.of("http://*:7001", "https://*:7002", PUBLIC));

    assertThat(list(port, "chat.example:" + port))
        .isEqualTo(
            "{\"nodes\":[\"http://chat.example:%d\",\"http://chat.example:7001\",\"https://chat.example:7002\",\"%s\"]}"
                .formatted(port, PUBLIC));
    assertThat(list(port, "[::1]:" + port)).contains("\"http://[::1]:7001\"");
  }

  @Test
  void usual_ports_are_left_out_as_browsers_do() {
    int port = serve("", List.of("http://*:80", "https://*:443", "http://*:443"));

    assertThat(list(port, "h:" + port)).endsWith("\"http://h\",\"https://h\",\"http://h:443\"]}");
  }

  @Test
  void behind_a_proxy_no_url_is_guessed() {
    int port = serve("", List.of("http://*:7001", PUBLIC));

    assertThat(list(port, "chat.example")).isEqualTo("{\"nodes\":[]}");
    assertThat(list(port, "chat.example:443")).isEqualTo("{\"nodes\":[]}");
    for (String header : List.of("X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1")) {
      assertThat(list(port, "localhost:" + port, header)).isEqualTo("{\"nodes\":[]}");
    }
  }

  @Test
  void a_configured_url_is_told_whichever_way_a_client_came() {
    int port = serve("https://a.example.org", List.of("http://*:7001", PUBLIC));

    assertThat(list(port, "proxy", "X-Forwarded-For: 10.0.0.1"))
        .isEqualTo("{\"nodes\":[\"https://a.example.org\",\"" + PUBLIC + "\"]}");
  }

  @Test
  void nodes_with_the_same_url_are_one() {
    int port = serve(PUBLIC, List.of(PUBLIC, PUBLIC));

    assertThat(list(port, "h")).isEqualTo("{\"nodes\":[\"" + PUBLIC + "\"]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a;script-src *", "a b", "a'", "a,b", "<b>", "a\"", "é"})
  void a_host_that_could_be_more_than_a_host_is_in_no_answer(String host) {
    int port = serve("", List.of("http://*:7001"));

    RawHttp.Answer answer = ask(port, "/nodes.html", host + ":" + port);

    assertThat(answer.header("Content-Security-Policy")).doesNotContain("7001", host);
    assertThat(answer.body()).doesNotContain("7001", host);
  }

  @Test
  void the_policy_of_the_frame_allows_connections_to_these_nodes_and_nothing_else() {
    int port = serve("", List.of("http://*:7001", PUBLIC));

    RawHttp.Answer answer = ask(port, "/nodes.html", "h:" + port);

    assertThat(answer.header("Content-Security-Policy"))
        .isEqualTo(
            "default-src 'none'; connect-src 'self' http://h:%d ws://h:%d http://h:7001 ws://h:7001"
                    .formatted(port, port)
                + " https://b.example.org wss://b.example.org; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'self'");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.body()).endsWith(list(port, "h:" + port)).doesNotContain("<script");
  }

  @Test
  void pages_of_other_nodes_are_allowed_where_those_of_this_one_are_and_nobody_else() {
    int self = allowing(List.of("self"));
    int listed = allowing(List.of("https://app.example.org"));

    Set.of("http://h:7001", PUBLIC, "http://h:6999")
        .forEach(
            origin -> {
              assertThat(allows(self, "h:" + self, origin)).as(origin).isTrue();
              assertThat(allows(listed, "h:" + listed, origin)).as(origin).isFalse();
            });
    Stream.of("http://h:7002", "https://h:7001", "http://other:7001", "http://b.example.org")
        .forEach(origin -> assertThat(allows(self, "h:" + self, origin)).as(origin).isFalse());
    assertThat(allows(self, "h", "http://h:7001")).isFalse();
  }

  /** Returns the port of a node that says whether it allows the origin of a request. */
  private int allowing(List<String> allowed) {
    NodeUrls urls =
        new NodeUrls("", () -> List.of("http://*:7001", PUBLIC), () -> List.of("http://*:6999"));
    AllowedOrigins origins = new AllowedOrigins(() -> allowed, urls);
    Router router = Router.router(vertx);
    router.get().handler(ctx -> ctx.end(String.valueOf(origins.allow(ctx.request()))));
    return listen(router);
  }

  private static boolean allows(int port, String host, String origin) {
    return Boolean.parseBoolean(ask(port, "/", host, "Origin: " + origin).body());
  }

  private int serve(String publicUrl, List<String> others) {
    NodesEndpoint endpoint = new NodesEndpoint(new NodeUrls(publicUrl, () -> others, List::of));
    Router router = Router.router(vertx);
    router.get("/nodes").handler(endpoint::handleList);
    endpoint.mountFrame(router);
    return listen(router);
  }

  private int listen(Router router) {
    return vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(0, "127.0.0.1")
        .await()
        .actualPort();
  }

  private static String list(int port, String host, String... headers) {
    return ask(port, "/nodes", host, headers).body();
  }

  private static RawHttp.Answer ask(int port, String path, String host, String... headers) {
    Stream<String> first = Stream.of("GET " + path + " HTTP/1.1", "Host: " + host);
    return RawHttp.exchange(port, Stream.concat(first, Stream.of(headers)).toArray(String[]::new));
  }
}
