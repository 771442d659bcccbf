package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import io.stentor.identity.ApiKeys;
import io.stentor.support.Client;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A node with an admin key, and another key that does not open the console. */
abstract class InConsole extends InBrowser {
  static final String ADMIN = ApiKeys.generate();
  static final String SHOP = ApiKeys.generate();
  static final int SOON_MILLIS = 30_000;
  static NodeProcess open;

  @BeforeAll
  static void startOpenNode() {
    open = NodeProcess.start(withKeys(Launch.server()));
  }

  @AfterAll
  static void stopOpenNode() {
    if (open != null) {
      open.close();
    }
  }

  /** Nodes that know both keys. */
  static Launch withKeys(Launch launch) {
    JsonArray keys =
        new JsonArray()
            .add(new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(SHOP)))
            .add(
                new JsonObject()
                    .put("name", "console")
                    .put("sha256", ApiKeys.hash(ADMIN))
                    .put("admin", true));
    return launch.withEnv("STENTOR_IDENTITY_API_KEYS", keys.encode());
  }

  /** The console of a node, with the admin key entered. */
  static Window enter(NodeProcess at, Consumer<NewContextOptions> settings) {
    Window one = browser.open(page(at.port(), "admin.html"), settings);
    show(one, ADMIN);
    one.awaitLive();
    assertThat(nodes(one).first()).isVisible(new IsVisibleOptions().setTimeout(SOON_MILLIS));
    return one;
  }

  static Window enter() {
    return enter(open, options -> {});
  }

  static void show(Window one, String key) {
    one.at("txtKey").fill(key);
    one.at("txtKey").press("Enter");
  }

  static Locator nodes(Window one) {
    return one.page().locator("#nodes > li");
  }

  static Locator room(Window one, String name) {
    return one.page().locator("#rooms tr[data-room='" + name + "']");
  }

  static Locator figure(Window one, String name) {
    return one.page().locator(".tile[data-figure=" + name + "] .value");
  }

  static Client join(String room, String name) {
    String user = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    return Client.connect(open.port(), "/rooms/" + room + (user.isEmpty() ? "" : "?name=" + user));
  }

  static void lookInto(Window one, String name) {
    one.at("txtSearch").fill(name);
    room(one, name).locator("button").click();
    assertThat(one.at("roomName")).hasText(name);
  }

  static void confirm(Window one, String choice) {
    Locator dialog = one.page().locator("dialog.confirm");
    assertThat(dialog).isVisible();
    assertThat(dialog.locator("button[type=button]")).isFocused();
    dialog.locator("input[value=" + choice + "]").check();
    dialog.locator("button.danger").click();
    assertThat(dialog).hasCount(0);
  }
}
