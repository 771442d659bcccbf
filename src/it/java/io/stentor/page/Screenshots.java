package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Not tests but the pictures of {@code README.md}, which {@code script/screenshots} takes. */
class Screenshots extends InBrowser {
  private static final Path IMAGES = Path.of("docs", "images");
  private static final int MOST_BYTES = 80 * 1024;
  private static final int WIDTH = 1120;
  private static final int HEIGHT = 744;
  private static final int SECONDS_OF_QUOTES = 75;

  private static Consumer<NewContextOptions> in(ColorScheme scheme) {
    return options ->
        options
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE)
            .setViewportSize(WIDTH, HEIGHT);
  }

  private static void take(Window window, String name) throws IOException {
    Files.createDirectories(IMAGES);
    Path file = IMAGES.resolve(name + ".png");
    Files.write(file, FewColours.png(window.page().screenshot()));
    assertThat(Files.size(file)).isLessThan(MOST_BYTES);
  }

  @Test
  void chat() throws IOException {
    try (Window ana = browser.open(page("?room=release"), in(ColorScheme.LIGHT));
        Window bo = browser.open(page("?room=release"));
        Window cy = browser.open(page("?room=release"));
        Window bo2 = browser.open(page("?room=release"))) {
      ana.awaitLive().rename("Ana");
      bo.awaitLive().rename("Bo");
      bo2.awaitLive().rename("Bo");
      cy.awaitLive().rename("思远");
      enter(ana, "on-call");
      enter(ana, "release");
      String[][] talk = {
        {"Bo", "Is node 3 down? I see no difference here."},
        {"Ana", "For two minutes. It held this room, and I killed it while you were typing."},
        {"Bo", "Nothing missing on my side, nothing twice."},
        {"Ana", "So it should be:\n212 messages in between, 212 acknowledged"},
        {"Bo", "Side by side it looks good, too: http://localhost:9898/compare.html"},
        {"Bo", "3 ms by WebSocket, 4 by event stream. Polling … well."},
        {"思远", "长轮询也不错，只是请求多一些。"},
        {"Ana", "Then let us ship it. Who writes the note?"},
        {"Bo", "You broke it, you write it."},
      };
      for (String[] line : talk) {
        Window who = line[0].equals("Ana") ? ana : line[0].equals("Bo") ? bo : cy;
        who.say(line[1]);
        assertThat(ana.texts().last()).hasText(line[1]);
        assertThat(ana.page().locator(".pending")).hasCount(0);
      }
      for (int i = 0; i < 3; i++) {
        HttpRoom.at(node.port(), "on-call")
            .publishLater("?name=pager", "text/plain", bytes("disk " + i))
            .join();
      }
      assertThat(ana.page().locator("#ulRooms .badge:visible")).hasText("3");
      ana.at("txtMsg").fill("Done in a minute.");
      assertThat(ana.page().locator("#ulMembers .joined"))
          .hasCount(0, new HasCountOptions().setTimeout(20_000));
      take(ana, "chat");
    }
  }

  private static void enter(Window window, String room) {
    window.at("txtRoom").fill(room);
    window.at("txtRoom").press("Enter");
    assertThat(window.at("roomName")).hasText("# " + room);
    window.awaitLive();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void quotes() throws IOException {
    try (NodeProcess market = NodeProcess.start(Launch.server("--demo"));
        Window one = browser.open(page(market.port(), "quotes.html"), in(ColorScheme.DARK))) {
      one.awaitLive();
      assertThat(one.page().locator("#symbols tr"))
          .hasCount(24, new HasCountOptions().setTimeout(30_000));
      one.page().waitForTimeout(SECONDS_OF_QUOTES * 1000);
      take(one, "quotes");
    }
  }
}
