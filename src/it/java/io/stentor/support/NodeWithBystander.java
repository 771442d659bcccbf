package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One node for all tests of a class, with somebody in a room during each test, who must have heard
 * only what the test read and must be able to go on after it.
 */
public final class NodeWithBystander
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  /** The path of the bystander's room. */
  public static final String ROOM = "/rooms/tea";

  private NodeProcess node;
  private Client bystander;

  /** The node's port. */
  public int port() {
    return node.port();
  }

  /** The node's log. */
  public LogLines log() {
    return node.log();
  }

  /** Who is in the room. */
  public Client bystander() {
    return bystander;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    node = NodeProcess.start(Launch.server().atDebug());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    bystander = Client.connect(node.port(), ROOM);
    bystander.expectNothingBefore("I am here");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      bystander.expectNothingBefore("still here");
    } catch (AssertionError | CompletionException e) {
      throw new AssertionError("the bystander was disturbed; the node said:\n" + node.log(), e);
    } finally {
      bystander.close();
    }
    assertThat(node.log().all()).noneMatch(line -> line.contains("OutOfMemoryError"));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    node.close();
  }
}
