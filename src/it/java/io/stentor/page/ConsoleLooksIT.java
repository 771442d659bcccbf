package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsHiddenOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.stentor.support.Axe;
import io.stentor.support.Client;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The console of two nodes with some traffic: how it looks, and what it shows of nodes that end.
 */
class ConsoleLooksIT extends InBrowser {
  private static final int SOON_MILLIS = 40_000;

  private static ClusterOfProcesses cluster() {
    return ClusterOfProcesses.of(2, InConsole.withKeys(Launch.jar("--host", "127.0.0.1")));
  }

  private static Window enter(NodeProcess at) {
    Window one = InConsole.enter(at, options -> {});
    assertThat(InConsole.nodes(one)).hasCount(2, new HasCountOptions().setTimeout(SOON_MILLIS));
    return one;
  }

  private static String idOf(Window one, NodeProcess node) {
    return one.page()
        .locator("#nodes > li", new Page.LocatorOptions().setHasText(node.pid() + "@"))
        .getAttribute("data-node");
  }

  private static void awaitNode(Window one, String id, String state) {
    assertThat(one.page().locator("#nodes > li[data-node='" + id + "']"))
        .hasAttribute("data-state", state, new HasAttributeOptions().setTimeout(SOON_MILLIS));
  }

  @Test
  void a_killed_node_is_shown_as_gone_and_a_stopped_one_as_stopped() {
    try (ClusterOfProcesses cluster = cluster();
        Window one = enter(cluster.node(0))) {
      assertThat(one.at("summary")).hasText("2 of 2 nodes ready");
      assertThat(one.at("alarm")).isHidden(new IsHiddenOptions().setTimeout(SOON_MILLIS));
      String killed = idOf(one, cluster.node(1));
      assertThat(one.complaints()).isEmpty();
      cluster.node(1).kill9();
      awaitNode(one, killed, "silent");
      awaitNode(one, killed, "gone");
      List<String> refusedLater = refusedFromNowOn(one);
      assertThat(one.at("summary")).hasText("1 of 2 nodes ready");
      assertThat(one.at("alarm")).containsText("No copies");
      assertThat(one.at("alarm")).hasAttribute("data-level", "bad");
      assertThat(event(one, "gone")).containsText(":" + cluster.node(1).port());
      assertThat(event(one, "alone")).containsText(":" + cluster.node(0).port());
      picture(one, "console-alarm", ColorScheme.LIGHT);
      assertThat(Axe.findings(one)).isEmpty();

      NodeProcess third = cluster.add();
      assertThat(InConsole.nodes(one)).hasCount(3, new HasCountOptions().setTimeout(SOON_MILLIS));
      String stopped = idOf(one, third);
      awaitNode(one, stopped, "ready");
      assertThat(third.stop()).isZero();
      awaitNode(one, stopped, "stopped");
      assertThat(event(one, "started").first()).containsText(":" + third.port());
      assertThat(event(one, "stopped")).containsText(":" + third.port());
      picture(one, "console-gone", ColorScheme.LIGHT);
      // Until a killed node counts as gone, what it would have to tell is refused.
      assertThat(one.complaints()).allMatch(complaint -> complaint.contains("status of 503"));
      assertThat(refusedLater).isEmpty();
    }
  }

  /** The URLs of requests that begin from now on and are refused with 503. */
  private static List<String> refusedFromNowOn(Window one) {
    Set<Request> begun = new HashSet<>();
    List<String> refused = new ArrayList<>();
    one.page().onRequest(begun::add);
    one.page()
        .onResponse(
            response -> {
              if (response.status() == 503 && begun.contains(response.request())) {
                refused.add(response.url());
              }
            });
    return refused;
  }

  private static Locator event(Window one, String kind) {
    return one.page().locator("#events li[data-kind=" + kind + "]");
  }

  @Test
  void a_node_that_starts_again_at_its_address_is_the_same_node() {
    try (ClusterOfProcesses cluster = cluster();
        Window one = enter(cluster.node(0))) {
      int port = cluster.node(1).port();
      Locator card =
          one.page().locator("#nodes > li", new Page.LocatorOptions().setHasText(":" + port));
      String before = card.getAttribute("data-node");
      card.locator("button").click();
      assertThat(one.at("scope")).containsText("only node");
      cluster.node(1).kill9();
      awaitNode(one, before, "gone");
      cluster.addAt(port);

      assertThat(card)
          .hasAttribute("data-state", "ready", new HasAttributeOptions().setTimeout(SOON_MILLIS));
      assertThat(card).not().hasAttribute("data-node", before);
      assertThat(card).containsText("start 2 in ten minutes");
      assertThat(one.at("scope")).containsText("only node");
      assertThat(card.locator("button")).hasAttribute("aria-pressed", "true");
      assertThat(InConsole.nodes(one)).hasCount(2);
      assertThat(one.at("summary")).hasText("2 of 2 nodes ready");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void earlier_figures_are_shown_at_once_and_old_figures_are_marked() {
    try (ClusterOfProcesses cluster = cluster()) {
      String killed;
      try (Window first = enter(cluster.node(0))) {
        killed = idOf(first, cluster.node(1));
        cluster.node(1).kill9();
        awaitNode(first, killed, "gone");
      }
      try (Window one = InConsole.enter(cluster.node(0), options -> {})) {
        awaitNode(one, killed, "gone");
        cluster.node(0).kill9();
        assertThat(one.at("summary"))
            .containsText("Frozen", new ContainsTextOptions().setTimeout(SOON_MILLIS));
        one.awaitState("waiting");
      }
    }
  }

  @Test
  void is_accessible_at_any_size_in_both_themes() {
    try (ClusterOfProcesses cluster = cluster();
        Traffic traffic = new Traffic(cluster);
        Window one = enter(cluster.node(0))) {
      traffic.flow(one);
      // Before the pictures: another size of the window moves everything.
      assertThat(LayoutShift.of(one)).isLessThan(0.05);
      for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        one.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        Pictures.take(one, "console", scheme);
        assertThat(Axe.findings(one)).isEmpty();
        lookInto(one, scheme);
        one.at("btnLanguage").click(); // The dark pictures are in Chinese.
      }
      assertThat(one.complaints()).isEmpty();
    }
  }

  private static void lookInto(Window one, ColorScheme scheme) {
    one.page().locator("#rooms tr[data-room='team:1'] button").click();
    assertThat(one.at("members").locator("li").first()).isVisible();
    picture(one, "console-room", scheme);
    assertThat(Axe.findings(one)).isEmpty();
    one.at("members").locator("button").first().click();
    picture(one, "console-confirm", scheme);
    assertThat(Axe.findings(one)).isEmpty();
    one.page().keyboard().press("Escape");
    one.page().keyboard().press("Escape");
    assertThat(one.at("room")).isHidden();
  }

  private static void picture(Window one, String name, ColorScheme scheme) {
    Page page = one.page();
    String theme = scheme.name().toLowerCase(Locale.ROOT);
    int[][] sizes = {{390, 844}, {1280, 900}};
    for (int[] size : sizes) {
      page.setViewportSize(size[0], size[1]);
      page.evaluate("() => new Promise((done) => setTimeout(done, 300))");
      Path file = Path.of("target", name + "-" + size[0] + "-" + theme + ".png");
      page.screenshot(new Page.ScreenshotOptions().setPath(file));
      assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(size[0]);
    }
  }

  @Test
  void the_login_form_looks_as_it_should() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      try (Window one =
          browser.open(page("admin.html"), options -> options.setColorScheme(scheme))) {
        assertThat(one.at("txtKey")).isVisible();
        Pictures.take(one, "console-login", scheme);
        assertThat(Axe.findings(one)).isEmpty();
        assertThat(LayoutShift.of(one)).isLessThan(0.05);
      }
    }
  }

  /** Some people in some rooms on both nodes, who say something now and then. */
  private static final class Traffic implements AutoCloseable {
    private final List<Client> clients = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    Traffic(ClusterOfProcesses cluster) {
      String[] people = {"ann", "bo", "你", "dora", ""};
      for (int i = 0; i < 30; i++) {
        String name = people[i % people.length];
        String path = "/rooms/team:" + i % 4 + (name.isEmpty() ? "" : "?name=" + encoded(name));
        clients.add(Client.connect(cluster.node(i % 3 / 2).port(), path));
      }
      HttpRoom room = HttpRoom.at(cluster.node(0).port(), "team:1");
      HttpRoom other = HttpRoom.at(cluster.node(1).port(), "team:2");
      clock.scheduleAtFixedRate(
          () -> {
            room.publishLater("?name=ann", "text/plain", bytes("have you seen the figures?"));
            other.publishLater("", "application/json", bytes("{\"price\": 12.5}"));
          },
          0,
          50,
          TimeUnit.MILLISECONDS);
    }

    private static String encoded(String name) {
      return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
      return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Waits until plots have something to show. */
    void flow(Window one) {
      Locator kept = one.page().locator("#rooms tr[data-room='team:1'] td.messages");
      Patience.until(one, () -> Integer.parseInt(kept.textContent()) > 400);
    }

    @Override
    public void close() {
      clock.shutdownNow();
      clients.forEach(Client::close);
    }
  }
}
