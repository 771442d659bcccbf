package io.stentor.page;

import io.stentor.support.Browser;
import io.stentor.support.Launch;
import io.stentor.support.NodeProcess;
import io.stentor.support.Window;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A real browser, and one node, a real process, that serves the page to it. */
abstract class InBrowser {
  static Browser browser;
  static NodeProcess node;

  @BeforeAll
  static void startBrowserAndNode() {
    browser = Browser.start();
    node = NodeProcess.start(Launch.server());
  }

  @AfterAll
  static void stopNodeAndBrowser() {
    if (node != null) {
      node.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  /** The address of the page on the node. */
  static String page(String query) {
    return page(node.port(), query);
  }

  /** The address of the page on another node. */
  static String page(int port, String query) {
    return "http://localhost:" + port + "/" + query;
  }

  /** Scrolls, and lets the page do what it does then. */
  static void scrollTo(Window one, String top) {
    one.page()
        .evaluate(
            "() => new Promise((done) => { document.getElementById('log').scrollTop = "
                + top
                + "; requestAnimationFrame(() => requestAnimationFrame(done)); })");
  }
}
