package io.stentor.support;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The chat page in a window of its own. The verbs wait up to five seconds for what they claim. One
 * thread: the browser's.
 */
public final class Window implements AutoCloseable {
  /**
   * Chromium ends all requests when an interface of the machine comes or goes, as other tests do.
   */
  private static final String NETWORK_CHANGED = "ERR_NETWORK_CHANGED";

  private final Page page;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Window(Page page) {
    this.page = page;
    page.onConsoleMessage(
        message -> {
          if (List.of("error", "warning").contains(message.type())
              && !message.text().contains(NETWORK_CHANGED)) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onDialog(
        dialog -> {
          complaints.add("a dialog opened: " + dialog.message());
          dialog.dismiss();
        });
  }

  /** The page itself, for what has no verb here. */
  public Page page() {
    return page;
  }

  /** What the browser wrote to its console as an error or warning, a broken policy among it. */
  public List<String> complaints() {
    return complaints;
  }

  /** An element by its id. */
  public Locator at(String id) {
    return page.locator("#" + id);
  }

  /** Waits until the connection is live. */
  public Window awaitLive() {
    return awaitState("live");
  }

  /**
   * Waits until the connection state is this one (a word of the page's code, not its language); up
   * to 30 s, since the page may be waiting before its next attempt.
   */
  public Window awaitState(String state) {
    HasAttributeOptions patience = new HasAttributeOptions().setTimeout(30_000);
    assertThat(at("state")).hasAttribute("data-state", state, patience);
    return this;
  }

  /** Writes into the box and presses Enter. */
  public Window say(String text) {
    at("txtMsg").fill(text);
    at("txtMsg").press("Enter");
    return this;
  }

  /** Calls its user by a name from now on, and waits until the others would see it. */
  public Window rename(String name) {
    at("btnRooms").and(page.locator(":visible")).all().forEach(Locator::click);
    at("btnToken").click();
    at("txtName").fill(name);
    at("txtName").press("Enter");
    assertThat(page.locator("#ulMembers li").first()).containsText(name);
    page.keyboard().press("Escape");
    return this;
  }

  /** The messages in the list. */
  public Locator texts() {
    return page.locator("#ulMsg .text");
  }

  /**
   * Waits until these are the messages in the list, in this order, each in the log, and no others.
   */
  public Window awaitMessages(String... texts) {
    assertThat(texts()).hasText(texts);
    assertThat(page.locator(".pending")).hasCount(0);
    return this;
  }

  /** Waits until this is the last message in the list, and in the log. */
  public Window awaitLast(String text) {
    assertThat(texts().last()).hasText(text);
    assertThat(page.locator(".pending")).hasCount(0);
    return this;
  }

  /** Closes the window and forgets its user. */
  @Override
  public void close() {
    page.context().close();
  }
}
