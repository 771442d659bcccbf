package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import io.stentor.identity.Signer;
import io.stentor.support.Axe;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static NodeProcess keysOnly;

  @BeforeAll
  static void startNodes() {
    tokens = NodeProcess.start(closed().atDebug());
    demo = NodeProcess.start(closed().withEnv("STENTOR_IDENTITY_DEMO_LOGIN", true));
    JsonArray rooms =
        new JsonArray()
            .add(rule("heralds").put("publish", "server"))
            .add(rule("users").put("publish", "authenticated").put("readHistory", "server"))
            .add(rule("secret").put("subscribe", "token").put("publish", "token"));
    keysOnly = NodeProcess.start(Launch.server().withEnv("STENTOR_IDENTITY_ANONYMOUS", false));
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
    for (NodeProcess node : List.of(tokens, demo, rules, keysOnly)) {
      node.close();
    }
  }

  private static String token(String secret, JsonObject claims) {
    return Signer.secret("HS256", secret).sign(claims);
  }

  private static String token(String user) {
    return token(SECRET, new JsonObject().put("sub", user));
  }

  private static String forged() {
    return token("another secret of more than 32 bytes", new JsonObject().put("sub", "eve"));
  }

  private static String ended() {
    return token(SECRET, new JsonObject().put("sub", "eve").put("exp", 1_700_000_000));
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
      one.awaitState("signedOut");
      assertThat(one.at("state")).hasText("signed out");
      assertThat(one.at("txtToken")).isFocused();
      assertThat(one.at("frmName")).isHidden();
      assertThat(one.at("notice")).isHidden();
      assertThat(one.at("btnSend")).isDisabled();
      show(one, "no token");
      assertThat(one.at("loginError")).containsText("three parts");
      one.at("txtToken").pressSequentially("x");
      assertThat(one.at("loginError")).isEmpty();
      show(one, forged());
      assertThat(one.at("loginError")).containsText("does not accept this token");
      assertThat(one.at("txtToken")).isFocused();
      show(one, ended());
      assertThat(one.at("loginError")).containsText("has expired");
      assertThat(one.at("txtToken")).isFocused();
      one.awaitState("signedOut");
      show(one, ann);

      one.awaitLive().say("hello").awaitLast("hello");
      assertThat(one.at("login")).isHidden();
      assertThat(one.at("txtMsg")).isFocused();
      assertThat(one.at("whoami")).hasText("Ann 你");
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
    assertThat(one.at("whoami")).hasText("Ann 你");
    one.at("btnToken").click();
    assertThat(one.at("loginText")).hasText("You are Ann 你: your token sets your name.");
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
      one.awaitState("signedOut");
      assertThat(one.at("txtToken")).isFocused();
      show(one, token("ann"));
      one.awaitLive();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en-GB, Who are you?, 'This is a demo: you can use any name, and nobody checks it.'",
    "zh-CN, 你是谁？, 这是演示：可以使用任何昵称，不作验证。"
  })
  void with_the_demo_login_a_name_is_enough(String locale, String title, String hint) {
    String address = page(demo.port(), "?room=demo-" + locale);
    try (Window one = browser.open(address, options -> options.setLocale(locale));
        Window two = browser.open(address, options -> options.setLocale(locale))) {
      assertThat(one.at("loginTitle")).hasText(title);
      assertThat(one.at("nameHint")).hasText(hint);
      assertThat(one.at("loginText")).containsText(locale.equals("en-GB") ? "choose one" : "请取一个");
      assertThat(one.at("txtName")).isFocused();
      one.at("txtName").press("Enter");
      assertThat(one.at("nameError")).not().isEmpty();
      one.at("txtName").fill("Ann");
      assertThat(one.at("nameError")).isEmpty();
      one.at("txtName").press("Enter");
      one.awaitLive().say("hello");
      assertThat(one.at("whoami")).hasText("Ann");
      two.at("txtName").fill("Bob");
      two.at("txtName").press("Enter");
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

  @Test
  void a_bad_token_does_not_end_a_session_that_works() {
    try (Window one = browser.open(page(tokens.port(), "?room=goes-on"))) {
      show(one, token("ann"));
      one.awaitLive().say("before").awaitLast("before");
      one.at("btnToken").click();
      assertThat(one.at("txtToken")).isFocused();
      show(one, forged());
      assertThat(one.at("loginError")).containsText("does not accept this token");
      one.awaitState("live");
      one.say("after").awaitMessages("before", "after");
      assertThat(one.at("whoami")).hasText("ann");
      one.at("btnLoginEnd").click();
      assertThat(one.at("login")).isHidden();
      one.at("btnToken").click();
      assertThat(one.at("loginError")).isEmpty();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en-GB, This server has no tokens configured., Who are you?",
    "zh-CN, 此服务器未启用令牌。, 你是谁？"
  })
  void a_server_without_tokens_says_so(String locale, String text, String title) {
    try (Window one = browser.open(page(""), options -> options.setLocale(locale)).awaitLive()) {
      one.at("btnToken").click();
      assertThat(one.at("loginTitle")).hasText(title);
      assertThat(one.at("noTokens")).hasText(text);
      assertThat(one.at("frmToken")).isHidden();
      assertThat(one.at("txtName")).isFocused();
      one.page().keyboard().press("Escape");
      assertThat(one.at("login")).isHidden();
      assertThat(one.at("txtMsg")).isFocused();
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void a_server_that_lets_in_only_servers_says_that_it_has_no_tokens() {
    try (Window one = browser.open(page(keysOnly.port(), ""))) {
      assertThat(one.at("loginText")).containsText("it has no keys for tokens");
      assertThat(one.at("frmToken")).isHidden();
      assertThat(one.at("frmName")).isHidden();
      one.awaitState("signedOut");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quotes.html", "compare.html"})
  void other_pages_sign_in_in_the_same_way_and_with_the_same_token(String path) {
    try (Window one = browser.open(page(tokens.port(), path))) {
      one.awaitState("signedOut");
      assertThat(one.at("loginText")).hasText("This server requires a token. Please enter yours.");
      assertThat(one.at("txtToken")).isFocused();
      show(one, forged());
      assertThat(one.at("loginError")).containsText("does not accept this token");
      assertThat(one.at("txtToken")).isFocused();
      assertThat(Axe.findings(one)).isEmpty();
      show(one, token("ann"));
      one.awaitLive();
      assertThat(one.at("login")).isHidden();
      one.page().navigate(page(tokens.port(), ""));
      one.awaitLive();
      assertThat(one.at("whoami")).hasText("ann");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en-GB | heralds | false | You can read this room but not write in it. Only servers may"
            + " write here.",
        "en-GB | users | true | You can read this room but not write in it. Only users with a token"
            + " may write here.",
        "zh-CN | heralds | false | 你可以查看此房间的消息，但不能发言。只有服务器才能发言。",
        "zh-CN | users | true | 你可以查看此房间的消息，但不能发言。只有持令牌的用户才能发言。"
      })
  void a_room_that_one_may_not_write_in_says_who_may(
      String locale, String room, boolean offersLogin, String why) {
    try (Window one =
        browser.open(page(rules.port(), "?room=" + room), options -> options.setLocale(locale))) {
      one.awaitLive();
      assertThat(one.at("readOnlyText")).hasText(why);
      assertThat(one.at("frmMsg")).isHidden();
      assertThat(one.at("btnWrite")).isVisible(new IsVisibleOptions().setVisible(offersLogin));
      assertThat(Axe.findings(one)).isEmpty();
      one.page().locator("#ulRooms a").first().click();
      assertThat(one.at("frmMsg")).isVisible();
      assertThat(one.at("readOnly")).isHidden();
      assertThat(one.complaints()).isEmpty();
    }
  }

  /** The permission is lost between the answer that allowed it and the message. */
  @Test
  void a_denied_message_says_who_may_publish_and_offers_no_retry() {
    AtomicBoolean allow = new AtomicBoolean(true);
    try (Window one = browser.open("about:blank")) {
      one.page()
          .route(
              "**/rooms/heralds",
              route -> {
                APIResponse answer = route.fetch();
                String permission = "\"publish\":" + allow.getAndSet(false);
                String body = answer.text().replace("\"publish\":false", permission);
                route.fulfill(new FulfillOptions().setResponse(answer).setBody(body));
              });
      one.page().navigate(page(rules.port(), "?room=heralds"));
      one.awaitLive().say("may I?");

      assertThat(one.page().locator(".failed .status"))
          .hasText(
              "not sent: you are not allowed to write in this room. Only servers may write here.");
      assertThat(one.at("readOnly")).isVisible();
      assertThat(one.page().locator(".failed button")).hasText(new String[] {"Discard"});
    }
  }

  @Test
  void the_box_is_there_once_a_token_allows_to_write() {
    try (Window one = browser.open(page(rules.port(), "?room=users")).awaitLive()) {
      assertThat(one.at("login")).isHidden();
      one.at("btnWrite").click();
      one.at("txtToken").fill(token("ann"));
      one.at("txtToken").press("Enter");
      assertThat(one.page().locator("#ulMembers li")).hasText("ann(you)");
      assertThat(one.at("readOnly")).isHidden();
      one.say("I may").awaitMessages("I may");
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
              english
                  ? "You need a token that allows you to read this room."
                  : "查看此房间的消息需要有相应权限的令牌。");
      assertThat(one.at("txtToken")).isFocused();
      assertThat(one.at("frmMsg")).isHidden();
      show(one, token("eve"));
      assertThat(one.at("noticeText"))
          .hasText(english ? "You are not allowed to read this room." : "你无权查看此房间的消息。");
      assertThat(one.at("btnRetry")).isHidden();
      one.at("btnOther").click();
      assertThat(one.at("txtToken")).isFocused();
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
      assertThat(one.at("frmName")).isVisible();
      Pictures.take(one, "login-" + width, com.microsoft.playwright.options.ColorScheme.LIGHT);
      assertThat(Axe.findings(one)).isEmpty();
    }
  }
}
