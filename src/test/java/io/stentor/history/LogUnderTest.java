package io.stentor.history;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One room's log in some {@link io.stentor.history.History}, and verbs for it. */
public abstract class LogUnderTest {
  protected static final History LIMITS = new History(1000, 1_000_000, 300);
  protected static final int ALL = 10_000;

  /** The clock of the logs under test, in milliseconds. */
  public static final AtomicLong NOW = new AtomicLong(1_000_000);

  /** The appender of this test, different from those of all others. */
  protected final long appender = UUID.randomUUID().getMostSignificantBits();

  /** A room that nobody else uses. */
  protected final RoomName room = new RoomName("r-" + UUID.randomUUID());

  protected final AtomicLong number = new AtomicLong(1);

  protected abstract io.stentor.history.History history();

  protected static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  protected static Publication keyed(String text, String key) {
    byte[] data = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return Publication.stored(Kind.TEXT, data, NOW.get(), key, null, Attributes.NONE);
  }

  protected static List<Publication> publications(String... texts) {
    return Arrays.stream(texts).map(text -> Publication.text(text, NOW.get())).toList();
  }

  protected Batch batch(String... texts) {
    return new Batch(appender, number.getAndAdd(texts.length), publications(texts));
  }

  protected List<Long> append(History limits, String... texts) {
    return append(limits, batch(texts));
  }

  protected List<Long> append(History limits, Batch batch) {
    return await(history().append(room, batch, limits)).offsets(batch.publications().size());
  }

  protected Page read(Position after, int maxMessages, int maxBytes, History limits) {
    return await(history().read(room, after, maxMessages, maxBytes, limits));
  }

  protected Page all(History limits) {
    return read(Position.NONE, ALL, Integer.MAX_VALUE, limits);
  }

  protected static List<String> texts(Page page) {
    return page.publications().stream().map(Publication::text).toList();
  }
}
