package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.Signer;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** The pages move to another node when their own is killed, without a proxy in front. */
class MovingIT extends InBrowser {
  /** {@code mvn verify -Dit.test=MovingIT -Dstentor.kills=10} takes more of them. */
  private static final int KILLS = Integer.getInteger("stentor.kills", 2);

  /** Maximum for the fastest of all kills; on a busy machine some take longer. */
  private static final long LIMIT_MILLIS = 2000;

  private static final String LIVE_AND_SAYS =
      "text => document.getElementById('state').dataset.state === 'live'"
          + " && document.getElementById('bannerText').textContent === text";

  private static final String FRAME_IS_LOADED =
      """
      () => [...document.querySelectorAll('iframe')]
        .map((frame) => frame.contentDocument)
        .some((inside) => inside?.readyState === 'complete' && inside.URL.endsWith('/nodes.html'))
      """;

  private static final String SECRET = "a secret of more than thirty-two bytes";

  @Test
  void a_page_whose_node_is_killed_is_live_on_the_other_one_within_two_seconds() {
    List<String> said = new ArrayList<>();
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2);
        Window window =
            browser.open(page(cluster.node(0).port(), "?room=moving")).awaitLive().rename("Ann")) {
      List<Long> times =
          killInTurns(
              KILLS,
              cluster,
              window,
              "Back: nothing was missed.",
              kill -> say(window, said, "while away " + kill),
              (kill, other) -> {
                say(window, said, "on the other node " + kill);
                assertThat(window.page().locator(".pending")).hasCount(0);
              });
      System.out.println("from kill -9 to live on the other node, in ms: " + times);
      assertThat(times).anyMatch(millis -> millis < LIMIT_MILLIS);
      assertThat(window.texts().allTextContents()).isEqualTo(said);
      assertThat(window.page().locator("#ulMsg .gap")).hasCount(0);
      assertThat(window.page().locator("#ulMsg .own")).hasCount(2 * KILLS);
      assertThat(window.at("txtName")).hasValue("Ann");
    }
  }

  private static void say(Window window, List<String> said, String text) {
    window.say(text);
    said.add(text);
  }

  @Test
  void a_page_reaches_a_node_that_joined_after_it_was_loaded() {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(1);
        Window window = browser.open(page(cluster.node(0).port(), "?room=later")).awaitLive()) {
      window.say("before").awaitLast("before");
      NodeProcess later = cluster.add();
      awaitFrame(window);
      cluster.node(0).kill9();

      assertThat(window.at("bannerText")).containsText("http://localhost:" + later.port());
      window.say("after").awaitMessages("before", "after");
      assertThat(window.complaints())
          .allMatch(
              text ->
                  text.contains("WebSocket") && text.matches(".*ERR_CONNECTION_(REFUSED|RESET).*"));
    }
  }

  @Test
  void the_comparison_goes_on_at_the_other_node_with_the_same_token() {
    Launch launch =
        Launch.jar("--host", "127.0.0.1")
            .withEnv("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", SECRET)
            .withEnv("STENTOR_IDENTITY_ANONYMOUS", false);
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, launch);
        Window window = browser.open(page(cluster.node(0).port(), "compare.html"))) {
      String token = Signer.secret("HS256", SECRET).sign(new JsonObject().put("sub", "ann"));
      window.awaitState("signedOut").at("txtToken").fill(token);
      window.at("txtToken").press("Enter");
      window.awaitLive();
      killInTurns(
          1,
          cluster,
          window,
          "Back.",
          kill -> {},
          (kill, other) -> {
            window.at("rngRate").press("ArrowRight"); // The figures begin again.
            for (String transport : List.of("short", "long", "stream", "socket")) {
              String mean = ".transport[data-transport=" + transport + "] .mean";
              assertThat(window.page().locator(mean)).not().hasText("–");
            }
            assertThat(window.at("notice")).isHidden();
          });
      assertThat(window.complaints()).noneMatch(text -> text.contains("Content Security Policy"));
    }
  }

  @Test
  void the_console_goes_on_at_the_other_node_with_the_same_key() {
    Launch launch = InConsole.withKeys(Launch.jar("--host", "127.0.0.1"));
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, launch);
        Window window = InConsole.enter(cluster.node(0), options -> {})) {
      killInTurns(
          1,
          cluster,
          window,
          "Back.",
          kill -> {},
          (kill, other) -> {
            HttpRoom.at(other.port(), "console:" + kill)
                .publishLater("", "text/plain", "moved".getBytes(StandardCharsets.UTF_8))
                .join();
            InConsole.lookInto(window, "console:" + kill);
            assertThat(window.at("messages")).containsText("moved");
            window.at("txtPublish").fill("hello");
            window.at("btnPublish").click();
            assertThat(window.at("publishResult")).containsText("Published at");
            window.at("btnClose").click();
          });
      assertThat(window.at("summary")).hasAttribute("data-old", "false");
      assertThat(window.complaints()).noneMatch(text -> text.contains("Content Security Policy"));
    }
  }

  /**
   * Kills the node of a page again and again; the page moves to the other one of two.
   *
   * @param kills how often; a node is started again after each but the last
   * @param back what the page says about what it missed
   * @param whileAway done between a kill and the page's arrival
   * @param afterwards done when the page has arrived, with the number of the kill and the node
   * @return the times until the page was live again, in milliseconds
   */
  private static List<Long> killInTurns(
      int kills,
      ClusterOfProcesses cluster,
      Window window,
      String back,
      IntConsumer whileAway,
      BiConsumer<Integer, NodeProcess> afterwards) {
    awaitFrame(window);
    List<Long> times = new ArrayList<>();
    NodeProcess current = cluster.node(0);
    NodeProcess other = cluster.node(1);
    for (int i = 1; i <= kills; i++) {
      long start = System.nanoTime();
      current.kill9();
      whileAway.accept(i);
      String text = "This page moved to http://localhost:%d. %s".formatted(other.port(), back);
      window.page().waitForFunction(LIVE_AND_SAYS, text);
      times.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      afterwards.accept(i, other);
      if (i < kills) {
        NodeProcess restarted = cluster.addAt(current.port());
        current = other;
        other = restarted;
      }
    }
    return times;
  }

  /** Waits until the page can reach other nodes: it never can if its node dies before. */
  private static void awaitFrame(Window window) {
    window.page().waitForFunction(FRAME_IS_LOADED);
  }
}
