package io.stentor.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The page of the tutorial that Stentor comes from. */
class TutorialIT extends InBrowser {
  private static final int TUTORIAL_PORT = 9898;

  @Test
  void the_tutorials_own_page_works_unchanged_from_a_file() {
    Assumptions.assumeTrue(
        isFree(TUTORIAL_PORT), "port 9898 is taken, the tutorial's page needs it");
    String page = Path.of("src/it/tutorial/index.html").toUri().toString();
    try (NodeProcess tutorial = NodeProcess.start(Launch.jar("--host", "127.0.0.1"));
        Window one = browser.open(page);
        Window two = browser.open(page)) {
      for (Window window : List.of(one, two)) {
        window.page().waitForCondition(() -> isOpen(window));
      }
      one.at("txtMsg").fill("hello");
      one.at("btnSend").click();

      for (Window window : List.of(one, two)) {
        assertThat(window.page().locator("#ulMsg li")).hasText(new String[] {"消息列表：", "HELLO!!!"});
        assertThat(window.complaints()).isEmpty();
      }
      assertThat(tutorial.isAlive()).isTrue();
    }
  }

  private static boolean isOpen(Window window) {
    return Boolean.TRUE.equals(window.page().evaluate("ws.readyState === WebSocket.OPEN"));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
