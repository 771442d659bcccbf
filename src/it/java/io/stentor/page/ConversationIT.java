package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page.GetByTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conversation on the chat page: messages with senders and times, unread counts, members. */
class ConversationIT extends InBrowser {
  @Test
  void loads_the_newest_messages_and_older_ones_when_scrolling_up() {
    HttpRoom room = HttpRoom.at(node.port(), "earlier");
    for (int i = 0; i < 120; i++) {
      room.publish("said " + i);
    }
    try (Window one = browser.open(page("?room=earlier")).awaitLive()) {
      one.awaitLast("said 119");
      assertThat(one.texts()).hasCount(50);
      for (int count : new int[] {100, 120}) {
        scrollTo(one, "0");
        assertThat(one.texts()).hasCount(count);
      }
      scrollTo(one, "0");
      assertThat(one.texts().first()).hasText("said 0");
      assertThat(one.at("older")).hasText("This is the beginning of the room's log.");
      assertThat(one.complaints()).isEmpty();
    }
  }

  @Test
  void loading_older_messages_does_not_move_the_view() {
    HttpRoom room = HttpRoom.at(node.port(), "steady");
    for (int i = 0; i < 100; i++) {
      room.publish("said " + i);
    }
    try (Window one = browser.open(page("?room=steady")).awaitLive()) {
      one.awaitLast("said 99");
      scrollTo(one, "5");
      assertThat(one.texts()).hasCount(100);
      Locator seen = one.page().getByText("said 50", new GetByTextOptions().setExact(true));
      assertThat(seen).isInViewport();
    }
  }

  @Test
  void shows_senders_and_own_messages_also_after_a_reload() {
    try (Window ann = browser.open(page("?room=who")).awaitLive().rename("Ann");
        Window bob = browser.open(page("?room=who")).awaitLive()) {
      ann.say("by Ann");
      bob.awaitLast("by Ann").say("by nobody in particular");
      ann.awaitLast("by nobody in particular");

      assertThat(names(ann).first()).hasText("you");
      assertThat(names(ann).last()).containsText("guest ");
      assertThat(names(bob).first()).hasText("Ann");
      assertThat(ann.page().locator("#ulMsg .own .text")).hasText("by Ann");
      assertThat(ann.page().locator("#ulMsg .own .status")).hasAttribute("aria-label", "sent");
      ann.page().reload();
      ann.awaitLast("by nobody in particular");
      assertThat(ann.page().locator("#ulMsg .own .text")).hasText("by Ann");
      assertThat(ann.at("whoami")).hasText("Ann");
    }
  }

  @Test
  void messages_of_one_sender_are_grouped_under_one_name() {
    try (Window one = browser.open(page("?room=together")).awaitLive()) {
      one.say("first").awaitLast("first");
      one.say("second").awaitLast("second");
      HttpRoom.at(node.port(), "together").publish("another");
      one.awaitLast("another");

      assertThat(one.page().locator("#ulMsg .head:visible .name"))
          .hasText(new String[] {"you", "someone"});
    }
  }

  @Test
  void shows_the_size_of_a_binary_message_in_the_language_of_the_page() {
    Launch allowing = Launch.server().withEnv("STENTOR_ROOM_DEFAULTS_ALLOW_BINARY", true);
    try (NodeProcess other = NodeProcess.start(allowing);
        Window english = browser.open(page(other.port(), "?room=bytes")).awaitLive();
        Window chinese =
            browser
                .open(page(other.port(), "?room=bytes"), options -> options.setLocale("zh-CN"))
                .awaitLive()) {
      HttpRoom room = HttpRoom.at(other.port(), "bytes");
      room.publish("application/octet-stream", new byte[1234]);

      english.awaitLast("binary message, 1,234 bytes");
      chinese.awaitLast("二进制消息，1,234 字节");
      room.publish("after");
      english.awaitLast("after");
      english.page().reload();
      assertThat(english.awaitLive().awaitLast("after").texts().first())
          .hasText("binary message, 1,234 bytes");
      assertThat(english.complaints()).isEmpty();
    }
  }

  @Test
  void shows_who_joins_and_leaves() {
    try (Window ann = browser.open(page("?room=people")).awaitLive().rename("Ann")) {
      Locator people = ann.page().locator("#ulMembers");
      try (Window bob = browser.open(page("?room=people")).awaitLive().rename("Bob")) {
        assertThat(people).containsText("Bob");
        assertThat(ann.at("membersTitle")).hasText("2 here");
        assertThat(bob.page().locator("#ulMembers li").first()).hasText("Bob(you)");
      }
      assertThat(ann.page().locator("#ulMembers .left").last()).hasText("Bobleft");
      assertThat(ann.at("membersTitle")).hasText("1 here");
      assertThat(people).not().containsText("Bob", new ContainsTextOptions().setTimeout(10_000));
      assertThat(ann.at("membersHint")).containsText("nobody checks them");
    }
  }

  @Test
  void counts_unread_messages_of_other_rooms_and_marks_the_first() {
    try (Window one = browser.open(page("?room=counted")).awaitLive()) {
      one.say("seen").awaitLast("seen");
      assertThat(one.page().locator(".pending")).hasCount(0);
      one.page().locator("#ulRooms a").first().click();
      assertThat(one.at("roomName")).hasText("# lobby");
      HttpRoom room = HttpRoom.at(node.port(), "counted");
      room.publish("news 1");
      room.publish("news 2");

      Locator badge = one.page().locator("#ulRooms a:not([aria-current]) .badge");
      assertThat(badge).hasText("2");
      assertThat(one.page()).hasTitle("(2) # lobby – Stentor");
      one.page().reload();
      assertThat(badge).hasText("2");
      badge.click();
      one.awaitLast("news 2");
      assertThat(one.page().locator("#ulMsg .unread")).hasText("New messages");
      assertThat(one.page().locator("#ulMsg li:has(.unread) .text")).hasText("news 1");
      assertThat(one.page()).hasTitle("# counted – Stentor");
    }
  }

  @Test
  void a_room_can_be_left_and_is_remembered() {
    try (Window one = browser.open(page("?room=left-alone")).awaitLive()) {
      one.page().locator("[aria-label='Leave left-alone']").click();

      assertThat(one.at("roomName")).hasText("# lobby");
      assertThat(one.page().locator("#ulRooms bdi")).hasText("# lobby");
      assertThat(one.page().locator("#ulRecent bdi")).hasText("# left-alone");
      one.page().goBack();
      assertThat(one.at("roomName")).hasText("# left-alone");
      assertThat(one.page().locator("#ulRooms bdi"))
          .hasText(new String[] {"# lobby", "# left-alone"});
    }
  }

  @Test
  void addresses_are_links_and_nothing_else_is() {
    try (Window one = browser.open(page("?room=links")).awaitLive()) {
      one.say(
          "see https://example.org/a_(b)?x=1. (http://example.com/), javascript:alert(1)"
              + " https://x\" onmouseover=\"alert(1) https:// data:text/html,x");
      Locator links = one.page().locator("#ulMsg li:last-child .text a");

      assertThat(links)
          .hasText(
              new String[] {"https://example.org/a_(b)?x=1", "http://example.com/", "https://x"});
      assertThat(links.first()).hasAttribute("rel", "noopener noreferrer nofollow ugc");
      assertThat(links.last()).hasAttribute("href", "https://x/");
      assertThat(links.last()).not().hasAttribute("onmouseover", "alert(1)");
    }
  }

  @Test
  void names_texts_and_json_are_never_markup() {
    String attack = "<img src=x onerror=\"document.title='taken'\">";
    HttpRoom room = HttpRoom.at(node.port(), "attack");
    byte[] json =
        "{\"text\":\"<script>document.title='taken'</script>\"}".getBytes(StandardCharsets.UTF_8);
    room.publishLater(
            "?name=%3Cimg%20src=x%20onerror=%22document.title='taken'%22%3E",
            "text/plain", attack.getBytes(StandardCharsets.UTF_8))
        .join();
    room.publish("application/json", json);
    try (Window one = browser.open(page("?room=attack")).awaitLive().rename(attack);
        Window two = browser.open(page("?room=attack")).awaitLive()) {
      one.say(attack).awaitLast(attack);
      two.awaitMessages(attack, new String(json, StandardCharsets.UTF_8), attack);

      assertThat(names(two)).hasText(new String[] {attack, "someone", attack});
      assertThat(two.at("ulMembers")).containsText(attack);
      for (Window window : List.of(one, two)) {
        assertThat(window.page().locator("#ulMsg :is(img, script), #ulMembers :is(img, script)"))
            .hasCount(0);
        assertThat(window.page()).hasTitle("# attack – Stentor");
        assertThat(window.complaints()).isEmpty();
      }
    }
  }

  @Test
  void a_name_with_invisible_characters_is_refused() {
    try (Window one = browser.open(page("")).awaitLive()) {
      one.at("btnToken").click();
      one.at("txtName").fill("a\u202eb");
      one.at("txtName").press("Enter");

      assertThat(one.at("nameError")).containsText("no invisible ones");
    }
  }

  private static Locator names(Window one) {
    return one.page().locator("#ulMsg .head .name");
  }
}
