package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import io.stentor.support.TlsPrefixProxy;
import io.stentor.support.Window;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chat page in a real browser, against one node that is a real process. */
class ChatPageIT extends InBrowser {

  @TempDir Path directory;

  @Test
  void two_windows_exchange_messages_without_browser_errors() {
    try (Window one = browser.open(page("")).awaitLive();
        Window two = browser.open(page("")).awaitLive()) {
      one.say("hello");
      two.awaitLast("HELLO!!!");
      two.at("txtMsg").fill("straße");
      two.at("btnSend").click();

      one.awaitLast("STRASSE!!!");
      two.awaitLast("STRASSE!!!");
      assertThat(one.at("shouts")).isVisible();
      assertThat(one.at("txtMsg")).isEmpty();
      assertThat(one.complaints()).isEmpty();
      assertThat(two.complaints()).isEmpty();
    }
  }

  @Test
  void an_empty_box_sends_the_greeting_of_the_language_in_the_lobby() {
    try (Window english = browser.open(page("")).awaitLive();
        Window chinese = browser.open(page(""), options -> options.setLocale("zh-CN"))) {
      assertThat(english.at("txtMsg")).hasAttribute("placeholder", "Hello, I am a client");
      english.at("btnSend").click();
      chinese.awaitLive().awaitLast("HELLO, I AM A CLIENT!!!");
      assertThat(chinese.at("txtMsg")).hasAttribute("placeholder", "你好，我是客户端");
      chinese.say("   ");

      english.awaitLast("你好，我是客户端!!!");
    }
  }

  @Test
  void an_empty_box_sends_nothing_in_other_rooms() {
    try (Window one = browser.open(page("?room=greeting")).awaitLive()) {
      assertThat(one.at("txtMsg")).hasAttribute("placeholder", "Write a message");
      assertThat(one.at("composeHint")).not().containsText("greeting");
      one.at("btnSend").click();
      one.say("   ").say("said");

      one.awaitMessages("said");
    }
  }

  @Test
  void a_phone_is_told_nothing_about_keys() {
    Consumer<NewContextOptions> phone = options -> options.setHasTouch(true).setIsMobile(true);
    try (Window lobby = browser.open(page(""), phone).awaitLive();
        Window room = browser.open(page("?room=phone"), phone).awaitLive();
        Window desktop = browser.open(page("?room=phone")).awaitLive()) {
      assertThat(lobby.at("composeHint")).hasText("An empty box sends the greeting.");
      assertThat(room.at("composeHint")).hasText("");
      assertThat(desktop.at("composeHint")).containsText("Shift+Enter");
    }
  }

  @Test
  void a_message_is_text_and_never_markup() {
    String attack = "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>&lt;";
    try (Window one = browser.open(page("?room=markup")).awaitLive();
        Window two = browser.open(page("?room=markup")).awaitLive()) {
      one.say(attack);

      one.awaitMessages(attack);
      two.awaitMessages(attack);
      assertThat(two.page().locator("#ulMsg img, #ulMsg script")).hasCount(0);
      assertThat(two.page().title()).isEqualTo("# markup – Stentor");
      assertThat(one.complaints()).isEmpty();
      assertThat(two.complaints()).isEmpty();
    }
  }

  @Test
  void a_script_that_got_into_the_page_would_not_run() {
    try (Window one = browser.open(page("")).awaitLive()) {
      Page.AddScriptTagOptions script =
          new Page.AddScriptTagOptions().setContent("document.title = 'taken'");

      assertThatThrownBy(() -> one.page().addScriptTag(script))
          .isInstanceOf(PlaywrightException.class)
          .hasMessageContaining("Content Security Policy");
      assertThat(one.page().title()).isEqualTo("# lobby – Stentor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"general", "quotes:demo", "c++", "~a@b.c#1_2-3", "聊天室", "हिन्दी"})
  void the_address_of_the_page_names_the_room(String room) {
    String encoded = URLEncoder.encode(room, StandardCharsets.UTF_8);
    try (Window one = browser.open(page("?room=" + encoded)).awaitLive();
        Window two = browser.open(page("")).awaitLive()) {
      two.at("txtRoom").fill(room);
      two.at("txtRoom").press("Enter");
      assertThat(two.at("roomName")).hasText("# " + room);
      two.awaitLive();
      one.say("only here");

      two.awaitLast("only here");
      assertThat(one.at("roomName")).hasText("# " + room);
    }
  }

  @Test
  void rooms_do_not_receive_messages_of_each_other() {
    try (Window one = browser.open(page("?room=left")).awaitLive();
        Window two = browser.open(page("?room=right")).awaitLive()) {
      one.say("for the left");
      one.awaitMessages("for the left");
      two.say("for the right");

      two.awaitMessages("for the right");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%20b", "a/b", "%00", "%zz", ".", "..", "<b>x</b>", "(long)"})
  void an_invalid_room_name_is_refused_with_the_rule_for_names(String room) {
    String name = room.equals("(long)") ? "x".repeat(129) : room;
    try (Window one = browser.open(page("?room=" + name))) {
      assertThat(one.at("noticeText")).containsText("1 to 128 letters and digits");
      assertThat(one.at("btnSend")).isDisabled();
      assertThat(one.page().locator("#ulRooms bdi")).hasText("# lobby");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void an_invalid_room_name_in_the_form_is_refused_at_once() {
    try (Window one = browser.open(page("")).awaitLive()) {
      one.at("txtRoom").fill("no spaces");
      one.at("txtRoom").press("Enter");

      assertThat(one.at("roomError")).containsText("no spaces");
      one.awaitState("live");
    }
  }

  @Test
  void works_behind_tls_and_under_a_path() {
    try (TlsPrefixProxy proxy = new TlsPrefixProxy(directory, node.port());
        Window lobby = browser.open(proxy.address()).awaitLive();
        Window room = browser.open(proxy.address() + "?room=c%2B%2B").awaitLive();
        Window inside = browser.open(page("?room=c%2B%2B")).awaitLive()) {
      lobby.say("shout");
      room.say("quietly");

      lobby.awaitLast("SHOUT!!!");
      inside.awaitLast("quietly");
      assertThat(lobby.complaints()).isEmpty();
      assertThat(room.complaints()).isEmpty();
    }
  }

  @Test
  void keeps_the_scroll_position_while_the_user_reads_older_messages() {
    try (Window one = browser.open(page("?room=place")).awaitLive();
        Window two = browser.open(page("?room=place")).awaitLive()) {
      one.say("line\n".repeat(100) + "end");
      assertThat(one.texts()).hasCount(1);
      assertThat(one.page().locator(".pending")).hasCount(0);
      one.page().evaluate("document.getElementById('log').scrollTop = 0");
      two.say("news");

      assertThat(one.at("btnNew")).hasText("1 new ↓");
      assertThat(one.page().evaluate("document.getElementById('log').scrollTop")).isEqualTo(0);
      one.at("btnNew").click();
      assertThat(one.at("btnNew")).isHidden();
      assertThat(one.page().locator("#ulMsg .text").last()).isInViewport();
    }
  }

  @Test
  void a_line_break_is_kept_and_enter_of_an_input_method_does_not_send() {
    try (Window one = browser.open(page("?room=keys")).awaitLive()) {
      one.at("txtMsg").fill("one");
      one.at("txtMsg").press("Shift+Enter");
      one.at("txtMsg").pressSequentially("two");
      one.at("txtMsg")
          .dispatchEvent("keydown", Map.of("key", "Enter", "isComposing", true, "keyCode", 229));
      assertThat(one.at("txtMsg")).hasValue("one\ntwo");
      one.at("txtMsg").press("Enter");

      one.awaitMessages("one\ntwo");
    }
  }
}
