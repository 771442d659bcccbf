package io.stentor.docs;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.stentor.identity.ApiKeys;
import io.stentor.support.Api;
import io.stentor.support.Browser;
import io.stentor.support.CodeBlock;
import io.stentor.support.Command;
import io.stentor.support.ForgetfulProxy;
import io.stentor.support.HttpRoom;
import io.stentor.support.InstalledProgram;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.NpmPackages;
import io.stentor.support.Ports;
import io.stentor.support.StallingProxy;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recipes of docs/GUIDE.md: their files are written into one directory and run there, against a
 * node with the guide's configuration. Only addresses are other ones.
 */
class GuideIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String KEY = "the key of the guide's server";
  private static final String SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef";
  private static final int APP_PORT = Ports.free();

  private static Path directory;
  private static NodeProcess node;
  private static Command app;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    directory = Files.createTempDirectory(NpmPackages.directory().toAbsolutePath(), "guide");
    int port = Ports.free();
    writeFiles(directory, port);
    Files.writeString(directory.resolve("stentor.secret"), SECRET + "\n");
    String options = directory.resolve("stentor.json").toString();
    node =
        NodeProcess.start(
            Launch.jar("--host", "127.0.0.1", "--port", "" + port, "--conf", options)
                .withEnv(
                    "STENTOR_IDENTITY_TOKENS_HMAC_SECRET_FILE",
                    directory.resolve("stentor.secret")));
    app = command("node", "app.mjs").awaitText("listening");
    browser = Browser.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
    }
    if (app != null) {
      app.close();
    }
    if (node != null) {
      node.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }

  /** Writes all files of the guide, for a node at this port. */
  private static void writeFiles(Path target, int port) throws IOException {
    for (CodeBlock block : CodeBlock.of(Path.of("docs", "GUIDE.md"))) {
      String name = block.noteBehind(CodeBlock.FILE);
      if (name != null) {
        String text =
            block
                .text()
                .replace("localhost:9898", "127.0.0.1:" + port)
                .replace("\"…\"", "\"" + ApiKeys.hash(KEY) + "\"");
        Files.writeString(target.resolve(name), text);
      }
    }
  }

  private static Command command(String... command) {
    return commandIn(directory, command);
  }

  private static Command commandIn(Path place, String... command) {
    List<String> whole = new ArrayList<>(Arrays.asList(command));
    whole.set(0, InstalledProgram.find(command[0]).toString());
    Map<String, String> environment =
        Map.of("TOKEN_SECRET", SECRET, "API_KEY", KEY, "PORT", Integer.toString(APP_PORT));
    return Command.start(whole, place, environment);
  }

  private static String run(String... command) {
    try (Command one = command(command)) {
      return one.awaitEnd().strip();
    }
  }

  /** A page of the application for a user who has logged in. */
  private static Window open(String user, String page) {
    return open(user, page, one -> one);
  }

  private static Window open(String user, String page, UnaryOperator<Page> prepare) {
    Window window = browser.open(app("/login?user=" + user));
    prepare.apply(window.page()).navigate(app(page));
    return window;
  }

  private static String app(String path) {
    return "http://localhost:" + APP_PORT + path;
  }

  private static void publish(String room, String text) {
    HttpRoom.Answer answer =
        HttpRoom.at(node.port(), room)
            .publish("text/plain", text.getBytes(StandardCharsets.UTF_8), "X-API-Key", KEY);
    assertThat(answer.status()).isEqualTo(201);
  }

  private static List<Object> log(String room) {
    return HttpRoom.at(node.port(), room)
        .get("/rooms/" + room + "/messages?limit=1000", "X-API-Key", KEY)
        .contents();
  }

  private static void clear(String room) {
    Api.at(node.port(), KEY).result("history_remove", "{\"channel\":\"" + room + "\"}");
  }

  /** Ends a user's connections so that they reconnect, and publishes meanwhile. */
  private static void interrupt(String user, String text) {
    disconnect(user, 3000);
    publish("general", text);
  }

  private static void disconnect(String user, int code) {
    JsonObject how = new JsonObject().put("code", code).put("reason", "cut");
    JsonObject whom = new JsonObject().put("user", user).put("disconnect", how);
    Api.at(node.port(), KEY).result("disconnect", whom.encode());
  }

  private static Locator items(Window window) {
    return window.page().locator("li");
  }

  /** A recipe that comes to the guide gets a test here. */
  @Test
  void every_block_of_the_guide_belongs_to_a_recipe_that_is_run_here() {
    List<CodeBlock> blocks = CodeBlock.of(Path.of("docs", "GUIDE.md"));
    assertThat(
            blocks.stream().map(block -> block.noteBehind(CodeBlock.FILE)).filter(Objects::nonNull))
        .containsExactlyInAnyOrder(
            "stentor.json",
            "token.mjs",
            "stentor_token.py",
            "token.php",
            "Token.java",
            "token.go",
            "app.mjs",
            "logout.sh",
            "publish.mjs",
            "publish.py",
            "publish.php",
            "Publish.java",
            "publish.go",
            "stentor.js",
            "messages.html",
            "room.mjs",
            "main.mjs",
            "bundled.html",
            "bundle.sh",
            "listen.mjs",
            "script.html",
            "notifications.html",
            "online.js",
            "online.html",
            "is-online.sh",
            "outbox.js",
            "send.html",
            "price.html",
            "ticker.sh",
            "worker.mjs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node token.mjs",
        "python3 stentor_token.py",
        "php token.php",
        "java Token.java",
        "go run token.go"
      })
  void a_token_that_was_made_in_any_language_is_for_that_user_and_her_room(String program) {
    String token = run((program + " ann").split(" "));
    HttpRoom general = HttpRoom.at(node.port(), "general");
    String bearer = "Bearer " + token;
    assertThat(general.get("/rooms/user:ann/messages", "Authorization", bearer).status())
        .isEqualTo(200);
    assertThat(general.get("/rooms/user:bob/messages", "Authorization", bearer).status())
        .isEqualTo(403);
    assertThat(general.get("/rooms/general/messages", "Authorization", bearer + "x").status())
        .isEqualTo(401);
    HttpRoom.Answer published =
        general.publish("text/plain", program.getBytes(), "Authorization", bearer);
    assertThat(published.status()).isEqualTo(201);
    JsonObject last =
        general
            .get("/rooms/general/messages?limit=1", "Authorization", bearer)
            .json()
            .getJsonArray("messages")
            .getJsonObject(0);
    assertThat(last.getString("from")).isEqualTo("ann");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node publish.mjs",
        "python3 publish.py",
        "php publish.php",
        "java Publish.java",
        "go run publish.go"
      })
  void each_language_publishes_once_though_the_first_answer_is_lost(String program)
      throws IOException {
    try (ForgetfulProxy network = new ForgetfulProxy(node.port())) {
      Path place = Files.createDirectory(directory.resolve("via-" + network.port()));
      writeFiles(place, network.port());
      String message = new JsonObject().put("title", program).encode();
      List<String> whole = new ArrayList<>(List.of(program.split(" ")));
      whole.addAll(List.of("user:zoe", message, "paid-" + program.replaceAll("\\W", "-")));
      try (Command one = commandIn(place, whole.toArray(String[]::new))) {
        assertThat(one.awaitEnd()).contains("epoch", "offset");
      }
      assertThat(network.requests()).isEqualTo(2);
      assertThat(log("user:zoe")).containsOnlyOnce(new JsonObject(message));
    }
  }

  @Test
  void a_page_without_a_library_shows_the_last_messages_and_goes_on_without_a_gap() {
    clear("general");
    List<String> all = IntStream.range(0, 25).mapToObj(i -> "message " + i).toList();
    all.forEach(text -> publish("general", text));
    try (Window ann = open("ann", "/messages.html")) {
      assertThat(items(ann)).hasText(all.subList(5, 25).toArray(String[]::new));
      for (int i = 25; i < 30; i++) {
        interrupt("ann", "message " + i);
        assertThat(items(ann).last()).hasText("message " + i);
      }
      assertThat(items(ann))
          .hasText(IntStream.range(5, 30).mapToObj(i -> "message " + i).toArray(String[]::new));
      assertThat(ann.complaints()).isEmpty();
    }
  }

  @Test
  void a_user_who_logged_out_is_disconnected_and_stays_away() {
    try (Window ann = open("ann", "/messages.html")) {
      publish("general", "before");
      assertThat(items(ann).last()).hasText("before");
      run("bash", "-euo", "pipefail", "logout.sh");
      ann.page().waitForCondition(() -> ann.complaints().contains("closed: 4500 logged out"));
    }
  }

  @Test
  void the_sdk_in_a_bundle_shows_the_last_messages_publishes_and_goes_on() {
    clear("general");
    run("bash", "-euo", "pipefail", "bundle.sh");
    publish("general", "earlier");
    try (Window ann = open("ann", "/bundled.html")) {
      assertThat(items(ann))
          .hasText(
              new String[] {"somebody: \"earlier\"", "ann: {\"text\":\"hello from a bundle\"}"});
      interrupt("ann", "later");
      assertThat(items(ann).last()).hasText("somebody: \"later\"");
      assertThat(items(ann)).hasCount(3);
      assertThat(ann.complaints()).isEmpty();
    }
  }

  @Test
  void the_sdk_from_a_script_tag_does_the_same() {
    clear("general");
    publish("general", "earlier");
    Path sdk = directory.resolveSibling("node_modules/centrifuge/dist/centrifuge.js");
    try (Window ann =
        open(
            "ann",
            "/script.html",
            page -> {
              page.route(
                  "https://unpkg.com/centrifuge@5.8.0/dist/centrifuge.js",
                  route -> route.fulfill(new Route.FulfillOptions().setPath(sdk)));
              return page;
            })) {
      assertThat(items(ann)).hasText(new String[] {"\"earlier\""});
      interrupt("ann", "later");
      assertThat(items(ann)).hasText(new String[] {"\"earlier\"", "\"later\""});
      assertThat(ann.complaints()).isEmpty();
    }
  }

  @Test
  void the_sdk_in_node_does_the_same() {
    clear("general");
    publish("general", "earlier");
    try (Command listener = command("node", "listen.mjs")) {
      listener.awaitText("somebody \"earlier\"");
      publish("general", "live");
      listener.awaitText("somebody \"live\"");
      interrupt("robot", "later");
      listener.awaitText("somebody \"later\"");
      assertThat(listener.printed().lines()).hasSize(3);
    }
  }

  @Test
  void a_notification_reaches_all_devices_of_its_user_and_nobody_else() {
    String away = run("bash", "-euo", "pipefail", "is-online.sh", "ann");
    assertThat(away).isEqualTo("false");
    try (Window phone = open("ann", "/notifications.html?user=ann");
        Window laptop = open("ann", "/notifications.html?user=ann");
        Window thief = open("bob", "/notifications.html?user=ann")) {
      await()
          .atMost(SOON)
          .until(() -> run("bash", "-euo", "pipefail", "is-online.sh", "ann").equals("true"));
      run("node", "publish.mjs", "user:ann", "{\"title\":\"Your order is paid\"}");
      assertThat(items(phone)).hasText(new String[] {"Your order is paid"});
      assertThat(items(laptop)).hasText(new String[] {"Your order is paid"});
      assertThat(items(thief)).hasCount(0);
    }
  }

  @Test
  void a_page_knows_who_is_online() {
    try (Window ann = open("ann", "/online.html")) {
      Locator online = ann.at("online");
      assertThat(online).hasText("ann");
      try (Window bob = open("bob", "/online.html");
          Window again = open("bob", "/messages.html")) {
        assertThat(bob.at("online")).hasText("ann, bob");
        assertThat(again.page()).hasTitle("Messages");
        assertThat(online).hasText("ann, bob");
      }
      assertThat(online).hasText("ann");
      disconnect("ann", 3005);
      try (Window zoe = open("zoe", "/online.html")) {
        assertThat(zoe.at("online")).hasText("ann, zoe");
        assertThat(online).hasText("ann, zoe");
      }
    }
  }

  @Test
  void a_message_is_sent_once_though_answers_are_lost_and_the_page_is_reloaded() {
    clear("general");
    AtomicInteger posts = new AtomicInteger();
    AtomicBoolean losing = new AtomicBoolean(true);
    try (Window ann =
        open(
            "ann",
            "/send.html",
            page -> {
              page.route(
                  "**/rooms/general/messages",
                  route -> {
                    var answer = route.fetch();
                    posts.incrementAndGet();
                    if (losing.get()) {
                      route.abort();
                    } else {
                      route.fulfill(new Route.FulfillOptions().setResponse(answer));
                    }
                  });
              return page;
            })) {
      Page page = ann.page();
      for (String text : List.of("one", "two")) {
        ann.at("text").fill(text);
        page.locator("button").click();
      }
      page.waitForCondition(() -> posts.get() >= 2);
      page.reload();
      losing.set(false);
      page.waitForFunction("localStorage.getItem('outbox') === '[]'");
      assertThat(log("general")).containsExactly("one", "two");
    }
  }

  @Test
  void a_page_shows_the_newest_price_at_once_and_after_a_standstill() throws IOException {
    run("bash", "-euo", "pipefail", "ticker.sh");
    String module = Files.readString(directory.resolve("stentor.js"));
    try (StallingProxy network = new StallingProxy(node.port());
        Window ann =
            open(
                "ann",
                "/price.html",
                page -> {
                  String through = module.replace(":" + node.port(), ":" + network.port());
                  page.route(
                      "**/stentor.js",
                      route ->
                          route.fulfill(
                              new Route.FulfillOptions()
                                  .setContentType("text/javascript")
                                  .setBody(through)));
                  return page;
                })) {
      Locator price = ann.at("price");
      assertThat(price).hasText("13.25");
      network.stall();
      publishPrices(15_000);
      network.flow();
      assertThat(price).hasText("15000.00");
      assertThat(ann.complaints()).isEmpty();
    }
  }

  /** As many prices, more than all buffers hold together; the last one is their number. */
  private static void publishPrices(int count) {
    String filler = "x".repeat(900);
    int batch = 500;
    for (int first = 1; first <= count; first += batch) {
      JsonArray messages = new JsonArray();
      for (int price = first; price < first + batch; price++) {
        JsonObject data = new JsonObject().put("price", price).put("note", filler);
        messages.add(new JsonObject().put("room", "quotes:ACME").put("data", data));
      }
      String answer =
          Api.post(
                  node.port(),
                  "/messages",
                  new JsonObject().put("messages", messages).encode(),
                  "X-API-Key: " + KEY,
                  "Content-Type: application/json")
              .body();
      assertThat(answer).doesNotContain("problem");
    }
  }

  @Test
  void a_slow_worker_that_is_killed_goes_on_and_misses_nothing() {
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      publish("jobs", "job " + i);
      expected.add("done " + i + " job " + i);
    }
    List<String> done = new ArrayList<>();
    try (Command first = command("node", "worker.mjs")) {
      first.awaitText("done 5 ");
      done.addAll(first.kill().lines().toList());
    }
    for (int i = 41; i <= 60; i++) {
      publish("jobs", "job " + i);
      expected.add("done " + i + " job " + i);
    }
    try (Command second = command("node", "worker.mjs")) {
      second.awaitText("done 60 ");
      List<String> rest = second.printed().lines().toList();
      assertThat(done.size() + rest.size()).isBetween(60, 61);
      done.addAll(rest);
    }
    assertThat(done.stream().distinct()).containsExactlyElementsOf(expected);
  }
}
