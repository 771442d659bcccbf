package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import io.stentor.identity.Signer;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in on the chat page: tokens, the demo login, and rooms with restrictions. */
class LoginIT extends InBrowser {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final HasTextOptions PATIENCE = new HasTextOptions().setTimeout(30_000);
  private static NodeProcess tokens;
  private static NodeProcess demo;
  private static NodeProcess rules;

  @BeforeAll
  static void startNodes() {
    tokens = NodeProcess.start(closed().atDebug());
    demo = NodeProcess.start(closed().withEnv("STENTOR_IDENTITY_DEMO_LOGIN", true));
    JsonArray rooms =
        new JsonArray()
            .add(rule("heralds").put("publish", "server"))
            .add(rule("users").put("publish", "authenticated").put("readHistory", "server"))
            .add(rule("secret").put("subscribe", "token").put("publish", "token"));
    rules = NodeProcess.start(withSecret().withEnv("STENTOR_ROOMS", rooms.encode()));
  }

  private static Launch withSecret() {
    return Launch.server()
        .withEnv("STENTOR_IDENTITY_TOKENS_HMAC_SECRET", SECRET)
        .withEnv("STENTOR_IDENTITY_TOKENS_LEEWAY_SECONDS", 0);
  }

  private static Launch closed() {
    return withSecret().withEnv("STENTOR_IDENTITY_ANONYMOUS", false);
  }

  private static JsonObject rule(String match) {
    return new JsonObject().put("match", match);
  }

  @AfterAll
  static void stopNodes() {
    for (NodeProcess node : List.of(tokens, demo, rules)) {
      node.close();
    }
  }

  private static String token(String secret, JsonObject claims) {
    return Signer.secret("HS256", secret).sign(claims);
  }

  private static String token(String user) {
    return token(SECRET, new JsonObject().put("sub", user));
  }

  private static void show(Window window, String token) {
    window.at("txtToken").fill(token);
    window.at("txtToken").press("Enter");
  }

  @Test
  void without_a_token_the_page_asks_for_one_which_then_names_the_user() {
    String ann = token("Ann 你");
    try (Window one = browser.open(page(tokens.port(), "?room=in"))) {
      assertThat(one.at("loginText")).hasText("This server requires a token. Please enter yours.");
      one.awaitState("closed");
      assertThat(one.at("frmDemo")).isHidden();
      assertThat(one.at("notice")).isHidden();
      assertThat(one.at("btnSend")).isDisabled();
      show(one, "no token");
      assertThat(one.at("loginError")).containsText("three parts");
      show(one, token("another secret of more than 32 bytes", new JsonObject().put("sub", "eve")));
      assertThat(one.at("loginText")).containsText("does not accept your token");
      one.awaitState("closed");
      show(one, ann);

      one.awaitLive().say("hello").awaitLast("hello");
      assertThat(one.at("login")).isHidden();
      assertThat(one.at("txtName")).hasValue("Ann 你");
      assertThat(one.at("txtName")).hasAttribute("readonly", "");
      assertThat(one.page().locator("#ulMembers li")).hasText("Ann 你(you)");
      try (Window two = browser.open(page(tokens.port(), "?room=in"))) {
        show(two, token("Bob"));
        two.awaitLive().awaitLast("hello");
        assertThat(two.page().locator("#ulMsg .name")).hasText("Ann 你");
      }
      assertThat(one.complaints()).isEmpty();
      assertKept(one, ann);
    }
  }

  /** A token stays in the tab, and is in no address, no log and no lasting memory. */
  private static void assertKept(Window one, String token) {
    assertThat(one.page().url()).isEqualTo(page(tokens.port(), "?room=in"));
    assertThat((String) one.page().evaluate("JSON.stringify(localStorage)")).doesNotContain(token);
    assertThat(String.join("\n", tokens.log().all())).doesNotContain(token, "eyJ");
    one.page().reload();
    one.awaitLive();
    assertThat(one.at("txtName")).hasValue("Ann 你");
    one.at("btnToken").click();
    one.at("btnForget").click();
    assertThat(one.at("loginText")).containsText("requires a token");
    assertThat((String) one.page().evaluate("JSON.stringify(sessionStorage)"))
        .doesNotContain(token);
  }

  @Test
  void a_new_token_is_asked_for_when_one_expires() {
    JsonObject claims = new JsonObject().put("sub", "ann");
    try (Window one = browser.open(page(tokens.port(), ""))) {
      claims.put("exp", System.currentTimeMillis() / 1000 + 3);
      show(one, token(SECRET, claims));
      one.awaitLive();
      assertThat(one.at("loginText"))
          .hasText(Pattern.compile("^Your token has expired\\..*"), PATIENCE);
      one.awaitState("closed");
      show(one, token("ann"));
      one.awaitLive();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en-GB, Who are you?, 'This is a demo: you can use any name, and nobody checks it.'",
    "zh-CN, 你是谁？, 这是演示：可以用任何名字，不作验证。"
  })
  void with_the_demo_login_a_name_is_enough(String locale, String title, String hint) {
    String address = page(demo.port(), "?room=demo-" + locale);
    try (Window one = browser.open(address, options -> options.setLocale(locale));
        Window two = browser.open(address, options -> options.setLocale(locale))) {
      assertThat(one.at("loginTitle")).hasText(title);
      assertThat(one.at("demoHint")).hasText(hint);
      assertThat(one.at("loginText")).containsText(locale.equals("en-GB") ? "choose one" : "请取一个");
      one.at("txtDemo").fill("Ann");
      one.at("txtDemo").press("Enter");
      one.awaitLive().say("hello");
      assertThat(one.at("txtName")).hasValue("Ann");
      two.at("txtDemo").fill("Bob");
      two.at("txtDemo").press("Enter");
      two.awaitLive().awaitLast("hello");
      assertThat(two.page().locator("#ulMsg .name")).hasText("Ann");

      two.rename("Bo").say("renamed");
      one.awaitLast("renamed");
      assertThat(one.page().locator("#ulMsg .name").last()).hasText("Bo");
      one.page().reload();
      one.awaitLive().awaitLast("renamed");
      assertThat(one.complaints()).isEmpty();
      assertThat(two.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en-GB, heralds, not sent: you are not allowed to write in this room. Only servers are.",
    "en-GB, users, not sent: you are not allowed to write in this room. Only users with a token"
        + " are.",
    "zh-CN, heralds, 未发送：你无权在此房间发言。只有服务器可以。",
    "zh-CN, users, 未发送：你无权在此房间发言。只有持令牌的用户可以。"
  })
  void a_denied_message_says_who_may_publish(String locale, String room, String why) {
    try (Window one =
        browser.open(page(rules.port(), "?room=" + room), options -> options.setLocale(locale))) {
      one.awaitLive().say("may I?");

      assertThat(one.page().locator(".failed .status")).hasText(why);
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_refused_message_is_sent_when_a_token_allows_it() {
    try (Window one = browser.open(page(rules.port(), "?room=users")).awaitLive()) {
      one.say("may I?");
      assertThat(one.page().locator(".failed")).hasCount(1);
      assertThat(one.at("login")).isHidden();
      one.at("btnToken").click();
      assertThat(one.at("txtToken")).isFocused();
      show(one, token("ann"));
      assertThat(one.page().locator("#ulMembers li")).hasText("ann(you)");
      one.page().locator(".failed").getByText("Try again").click();

      assertThat(one.page().locator("#ulMsg .message:not(.pending) .text")).hasText("may I?");
      try (Window two = browser.open(page(rules.port(), "?room=users")).awaitLive()) {
        assertThat(two.at("older")).containsText("not allowed to read earlier messages");
        assertThat(two.at("empty")).isHidden();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"en-GB", "zh-CN"})
  void a_restricted_room_asks_for_a_token_and_refuses_one_that_does_not_name_it(String locale) {
    boolean english = locale.equals("en-GB");
    JsonObject grants =
        new JsonObject()
            .put("subscribe", new JsonArray().add("secret"))
            .put("publish", new JsonArray().add("secret"));
    try (Window one =
        browser.open(page(rules.port(), "?room=secret"), options -> options.setLocale(locale))) {
      assertThat(one.at("loginText"))
          .hasText(
              english ? "You need a token that allows you to read this room." : "阅读此房间需要有相应权限的令牌。");
      assertThat(one.at("btnSend")).isDisabled();
      show(one, token("eve"));
      assertThat(one.at("noticeText"))
          .hasText(english ? "You are not allowed to read this room." : "你无权阅读此房间。");
      one.at("btnToken").click();
      show(one, token(SECRET, new JsonObject().put("sub", "ann").put("allow", grants)));

      one.awaitLive().say("inside").awaitLast("inside");
      assertThat(one.at("notice")).isHidden();
      assertThat(one.at("login")).isHidden();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, 390})
  void the_login_form_is_accessible(int width) {
    try (Window one =
        browser.open(page(demo.port(), ""), options -> options.setViewportSize(width, 844))) {
      assertThat(one.at("frmDemo")).isVisible();
      Pictures.take(one, "login-" + width, com.microsoft.playwright.options.ColorScheme.LIGHT);
      assertThat(Accessible.seriousFindings(one)).isEmpty();
    }
  }
}
